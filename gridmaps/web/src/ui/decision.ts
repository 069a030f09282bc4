// A decision about the owner in plain sentences: who, on which ground, what was passed over and why.
import { html, nothing, type TemplateResult } from "lit";
import type { Catalogue, Decision, DutyRow, Place, Rejected, UnitRef } from "../duty";
import { percent } from "./format";
import { CHINESE, inTongue } from "./language";

const CERTAINTY: Record<string, string> = {
  certain: "Certain",
  ambiguous: "Ambiguous: near a border, or several units are named",
  doubtful: "Not certain: the position itself is in doubt",
  none: "No rule: territory holds it until somebody decides",
  nobody: "No rule and no territory: a clerk decides",
};
const DECIDED_BY: Record<string, string> = {
  table: "the table of responsibility",
  precedent: "a precedent",
  territory: "territory, because no rule names a unit",
  nobody: "nobody: the place lies outside the grid",
};

export const unitWords = (unit: string | UnitRef | null | undefined, catalogue: Catalogue | null): string =>
  catalogue ? catalogue.unitName(unit) : typeof unit === "string" ? unit : ((CHINESE && unit?.name_zh) || unit?.name || unit?.ref) ?? "nobody";

const WHOLE = 0.995;
const SHAPES = ["polygon", "exclusive_grid", "jurisdiction"];

function placeWords(place: Place | null | undefined): string {
  if (!place) return "everywhere";
  const name = place.name && place.name !== place.code ? `${place.name} (${place.code})` : place.code;
  if (place.kind === "level") return `in every ${(place.name || place.code).toLowerCase()}`;
  return place.kind === "cell" ? `in ${name}` : place.kind === "exclusive_grid" ? `in the exclusive grid ${name}` : `in the jurisdiction ${name}`;
}

/** The jurisdictions that the deciding rows name: their outlines are drawn. */
export const jurisdictionsOf = (decision: Decision): string[] =>
  [...new Set(decision.rows.filter((row) => SHAPES.includes(row.place?.kind)).map((row) => row.place.code))];

const precedentLink = (number: string): TemplateResult =>
  html`<a class="mono" href="/desk#precedents/${encodeURIComponent(number)}" data-precedent=${number}>${number}</a>`;

function rowLine(row: DutyRow, catalogue: Catalogue | null): TemplateResult {
  return html`<li data-row=${row.id}><span class="mono muted">row ${row.id}</span> ${catalogue?.matterName(row.matter) ?? row.matter}, ${placeWords(row.place)}: ${unitWords(row.lead, catalogue)}
    ${row.basis ? html`<small class="muted">${row.basis}</small>` : nothing}</li>`;
}

function rejectedLine(one: Rejected, catalogue: Catalogue | null): TemplateResult {
  return html`<li data-rejected=${one.id}><span class="mono muted">${one.kind} ${one.id}</span> ${unitWords(one.lead, catalogue)}
    <small class="muted">${inTongue(one.says, one.says_zh) || one.why.replaceAll("_", " ")}</small></li>`;
}

function part(word: string, body: unknown): TemplateResult | typeof nothing {
  return body ? html`<dt>${word}</dt><dd>${body}</dd>` : nothing;
}

const list = (units: (string | UnitRef)[] | undefined, catalogue: Catalogue | null): string =>
  (units ?? []).map((unit) => unitWords(unit, catalogue)).join(", ");

// Its sentence tells the share where there is one. Of two rows that tie each has the whole, which is no share to tell.
function alternative(one: Decision["alternatives"][number], catalogue: Catalogue | null): TemplateResult {
  return html`<span class="line">${unitWords(one.lead, catalogue)}${one.share < WHOLE && !one.says ? ` ${percent(one.share)}` : ""}<small class="muted block">${inTongue(one.says, one.says_zh)}</small></span>`;
}

/** What is told to anybody: the answer, then its reasons one by one. */
export function sentences(told: { text: string[]; text_zh: string[] }): TemplateResult | typeof nothing {
  const [answer, ...reasons] = CHINESE && told.text_zh?.length ? told.text_zh : (told.text ?? []);
  if (!answer) return nothing;
  return html`<p class="said">${answer}</p>${reasons.length ? html`<ol class="reasons">${reasons.map((one) => html`<li>${one}</li>`)}</ol>` : nothing}`;
}

/** Who leads, who helps, whose territory it is, and how sure that is. */
export function whoFacts(decision: Decision, catalogue: Catalogue | null): TemplateResult {
  const { alternatives = [], interim } = decision;
  const word = decision.decided_by === "nobody" ? "nobody" : decision.certainty === "ambiguous" && decision.lead && !alternatives.length ? "doubtful" : decision.certainty;
  return html`<p class="certainty ${decision.certainty}">${CERTAINTY[word] ?? word}</p>
    <dl class="who">
      ${part("Lead", html`<b>${unitWords(decision.lead, catalogue)}</b>`)}
      ${part("Assisting", list(decision.assisting, catalogue))}${part("Supervising", list(decision.supervising, catalogue))}
      ${part("Territory", [...(decision.territorial ?? [])].reverse().map((body) => body.name || body.cell).join(" › "))}
      ${part("Decided by", DECIDED_BY[decision.decided_by] ?? decision.decided_by)}
      ${part("Precedent", decision.precedent ? precedentLink(decision.precedent) : "")}
      ${part("Until then", interim ? `${interim.name || interim.cell} acts first` : "")}
      ${part("Could be", alternatives.length ? alternatives.map((one) => alternative(one, catalogue)) : "")}
    </dl>`;
}

/** The rows that decided, and those that did not. */
export function whyFacts(decision: Decision, catalogue: Catalogue | null): TemplateResult {
  const { rows = [], rejected = [] } = decision;
  return html`
    ${rows.length ? html`<h4>Rows that decided</h4><ul class="facts">${rows.map((row) => rowLine(row, catalogue))}</ul>` : nothing}
    ${rejected.length ? html`<h4>Passed over</h4><ul class="facts">${rejected.map((one) => rejectedLine(one, catalogue))}</ul>` : nothing}`;
}
