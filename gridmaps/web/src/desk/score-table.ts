// One row a subject, one column an indicator: the figures with what was divided by what, each a way to its cases.
import { html, nothing, type TemplateResult } from "lit";
import { CHINESE } from "../ui/language";
import { EMPTY_RATIO, figure, formulaOf, GROUPS, NOTHING, titleOf, type Drill, type Indicator, type Score, type Scores } from "./score-shapes";

export type Sort = { key: string; down: boolean } | null;
export type TableGiven = {
  found: Scores;
  sort: Sort;
  drill: Drill | null;
  subject: string;
  nameOf: (row: Score, isTotal: boolean) => TemplateResult | string;
  sortBy: (key: string) => void;
  open: (drill: Drill) => void;
};
type Group = { name: string; indicators: Indicator[] };

/** The columns in their groups; what the server tells beyond them stands behind. */
export function groupsOf(found: Scores): Group[] {
  const by = new Map(found.indicators.map((one) => [one.key, one]));
  const groups = GROUPS.map(([name, keys]) => ({ name, indicators: keys.flatMap((key) => by.get(key) ?? []) }));
  const known = new Set(GROUPS.flatMap(([, keys]) => keys));
  const rest = found.indicators.filter((one) => !known.has(one.key));
  return rest.length ? [...groups, { name: "More", indicators: rest }] : groups;
}

const valueOf = (row: Score, key: string): number | null => (key === "score" ? row.score : (row.figures[key]?.percent ?? null));

/** In the order that was asked for; what has no figure stands last, whichever way. */
export function sorted(rows: Score[], sort: Sort): Score[] {
  if (!sort) return rows;
  const order = (a: number | null, b: number | null): number => (a === null || b === null ? Number(a === null) - Number(b === null) : sort.down ? b - a : a - b);
  return [...rows].sort((a, b) => order(valueOf(a, sort.key), valueOf(b, sort.key)));
}

export function scoreTable(given: TableGiven): TemplateResult {
  const { found, sort } = given;
  const groups = groupsOf(found);
  const hasParts = [...found.items, ...found.totals].some((one) => one.part);
  const direction = (key: string): string => (sort?.key === key ? (sort.down ? "descending" : "ascending") : "none");
  const head = (key: string, word: TemplateResult, title: string, css = ""): TemplateResult => html`<th scope="col" class="number ${css}" aria-sort=${direction(key)} title=${title} data-column=${key}>
    <button class="plain" @click=${() => given.sortBy(key)}>${word}<i aria-hidden="true">${sort?.key === key ? (sort.down ? "▾" : "▴") : ""}</i></button></th>`;
  return html`<table class="figures"><thead>
    <tr class="groups"><th class="subject" rowspan="2" scope="col">${given.subject}</th>${hasParts ? html`<th rowspan="2" scope="col">From</th>` : nothing}<th class="number mark" rowspan="2" scope="col" aria-sort=${direction("score")}><button class="plain" @click=${() => given.sortBy("score")}>Score 综合分<i aria-hidden="true">${sort?.key === "score" ? (sort.down ? "▾" : "▴") : ""}</i></button></th>
      <th class="number rates" rowspan="2" scope="col" title="Response, resolution and satisfaction, weighed together (响应率、解决率、满意率)">Three rates <small>三率</small></th>
      ${groups.map((group) => html`<th class="first" colspan=${group.indicators.length} scope="colgroup">${group.name}</th>`)}</tr>
    <tr>${groups.map((group) => group.indicators.map((one, index) => head(one.key, CHINESE ? html`${one.name_zh}` : html`${one.name} <small>${one.name_zh}</small>`, formulaOf(one), index ? "" : "first")))}</tr></thead>
    <tbody>${sorted(found.items, sort).map((row) => line(row, given, groups, hasParts, false))}</tbody>
    <tfoot>${found.totals.map((row) => line(row, given, groups, hasParts, true))}</tfoot></table>`;
}

function line(row: Score, given: TableGiven, groups: Group[], hasParts: boolean, isTotal: boolean): TemplateResult {
  return html`<tr data-row=${isTotal ? "all" : (row.key ?? "nobody")}><th scope="row" class="subject">${given.nameOf(row, isTotal)}</th>${hasParts ? html`<td class="part">${row.part ?? ""}</td>` : nothing}${mark(row, isTotal && given.found.by !== "total")}
    ${groups.map((group) => group.indicators.map((one, index) => cell(row, one, given, isTotal, index === 0)))}</tr>`;
}

function mark(row: Score, isUnjudged: boolean): TemplateResult {
  const rates = html`<td class="number rates ${row.three_rates === null ? "none" : ""}" title=${row.three_rates === null ? "无 / n.a.: nobody was contacted or called back here." : nothing}>${row.three_rates?.toFixed(2) ?? NOTHING}</td>`;
  if (isUnjudged) return html`<td class="number mark"></td>${rates}`;
  const title = row.left_out.length ? `Not judged, for want of anything to count: ${row.left_out.join(", ").replaceAll("_", " ")}.` : "";
  if (row.score === null) return html`<td class="number mark none" title=${row.key === null ? "Nobody's: there is nobody to be marked." : `Less than half of the weight could be judged. ${title}`}>${NOTHING}</td>${rates}`;
  return html`<td class="number mark" title=${title || "All weighed figures were there."}><b>${row.score.toFixed(2)}</b><small>${(CHINESE ? row.grade_zh : row.grade) ?? ""}</small></td>${rates}`;
}

function cell(row: Score, one: Indicator, given: TableGiven, isTotal: boolean, isFirst: boolean): TemplateResult {
  const ratio = row.figures[one.key] ?? EMPTY_RATIO;
  const { drill } = given;
  const isOpen = drill?.row === row && drill.indicator.key === one.key;
  const css = `number ${isFirst ? "first" : ""} ${ratio.percent === null ? "none" : ""}`;
  const title = titleOf(one, ratio);
  if (ratio.percent === null && !ratio.excluded) return html`<td class=${css} title=${title} data-figure=${one.key}>${NOTHING}</td>`;
  return html`<td class=${css} data-figure=${one.key}><button class="plain" title=${title} aria-pressed=${isOpen} @click=${() => given.open({ row, indicator: one, isTotal })}>${figure(ratio)}
    ${ratio.percent === null ? nothing : html`<small>${ratio.numerator}/${ratio.denominator}</small>`}${ratio.excluded ? html`<small class="out">+${ratio.excluded} out</small>` : nothing}</button></td>`;
}
