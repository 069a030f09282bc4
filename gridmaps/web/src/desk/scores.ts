// Scores (综合评价): the figures of a period by unit, area, post and source, with their marks, the way from each to its
// cases, what is left out and why, how cases wander between the desks, and the weights. Read when asked, not at every event.
import "./scores.css";
import "./drill.css";
import "./figures.css";
import { html, nothing, type TemplateResult } from "lit";
import { get } from "../api";
import { asked, type Page } from "../duty";
import { clock, stamp } from "../ui/format";
import { inTongue } from "../ui/language";
import { cellWords } from "../ui/names";
import "../ui/picker";
import { firstDay, GRAINS, lastDay, movedBy, partsOf, periodName, type Grain } from "./periods";
import "./score-drill";
import "./score-fragments";
import { NOTHING, wordsOf, type Drill, type Excluded, type Fragments, type Score, type Scores } from "./score-shapes";
import { scoreTable, type Sort } from "./score-table";
import "./score-weights";
import { DeskView, Paged, valueOf } from "./view";

const BY: [string, string][] = [["department", "Department 部门"], ["cell", "Area 区域"], ["post", "Person 岗位（人员）"], ["role", "Post 岗位"], ["source", "Source 来源"], ["taxonomy", "Class 类别"], ["platform", "Platform 平台"]];
const PERIODS: Record<Grain, string> = { day: "Day 日", week: "Week 周", month: "Month 月", quarter: "Quarter 季", year: "Year 年" };
const TAXONOMIES: Record<string, string> = { event: "Events 事件", component: "Components 部件", governance: "Governance 治理事项" };
const ABSENT: Record<string, string> = { cell: "Outside the grid", department: "With nobody yet", post: "Nobody's", role: "Nobody's", platform: "No platform yet", taxonomy: "No matter yet" };
const MANY = 500;
// Of a month, in which it has only begun.
const DAYS_BEGUN = 5;

type Filters = { by: string; level: string; period: Grain; day: string; part: string; cell: string; unit: string };

class ScoresView extends DeskView {
  private filters!: Filters;
  private found: Scores | null = null;
  private fragments: Fragments[] = [];
  private readAt = 0;
  private loading = false;
  private trouble: string | null = null;
  private sort: Sort = null;
  private drill: Drill | null = null;
  private asking = 0;
  private isFirst = true;
  private readonly left = new Paged<Excluded>(() => asked("/api/v1/scores/excluded", { ...this.question(), limit: 50 }), () => this.desk, () => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    const { levels, time_zone } = this.desk.config;
    const street = [...levels].sort((a, b) => a.rank - b.rank)[1] ?? levels[0];
    this.filters ??= { by: "department", level: street?.key ?? "", period: "month", day: stamp(Date.now(), time_zone).slice(0, 10), part: "", cell: "", unit: "" };
    void this.anew();
  }

  protected opened(): void {}

  // Figures of a month cost the server something: they are read when somebody asks.
  protected stirred(): void {}

  /** What the server is asked, whichever of its answers is wanted. */
  private question(): Record<string, string> {
    const { by, level, period, day, cell, unit } = this.filters;
    return { by, level: by === "cell" ? level : "", period: periodName(day, period), cell, unit };
  }

  private path(more: Record<string, string | number> = {}): string {
    return asked("/api/v1/scores", { ...this.question(), grain: this.filters.part, ...more });
  }

  private async anew(): Promise<void> {
    const mine = (this.asking += 1);
    Object.assign(this, { loading: true, trouble: null, drill: null });
    this.requestUpdate();
    try {
      const { by, period, day } = this.filters;
      const [found, fragments] = await Promise.all([
        get<Scores>(this.path({ limit: MANY })),
        by === "department" ? get<Page<Fragments>>(asked("/api/v1/scores/fragmentation", { period: periodName(day, period), cell: this.filters.cell })) : null,
      ]);
      if (mine !== this.asking) return;
      if (this.isFirst && Number(day.slice(8)) <= DAYS_BEGUN && found.items.every((one) => one.score === null)) return this.stepBack();
      Object.assign(this, { found, fragments: fragments?.items ?? [], readAt: Date.now(), isFirst: false });
      if (this.sort === null && !this.filters.part) this.sort = { key: "score", down: true };
      this.left.forget();
      void this.left.anew();
    } catch (failed) {
      if (mine === this.asking) this.trouble = this.desk.sentence(failed);
    }
    if (mine === this.asking) this.loading = false;
    this.requestUpdate();
  }

  // A month that has only just begun has nothing to show: the first look is at the one before.
  private stepBack(): void {
    this.isFirst = false;
    this.set({ day: movedBy(this.filters.day, this.filters.period, -1) });
  }

  private async more(): Promise<void> {
    const { found } = this;
    if (!found?.next) return;
    try {
      const page = await get<Scores>(this.path({ limit: MANY, cursor: found.next }));
      if (this.found !== found) return;
      this.found = { ...found, items: [...found.items, ...page.items], next: page.next };
    } catch (failed) {
      if (this.found === found) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    if (!partsOf(this.filters.period).some((one) => one === this.filters.part)) this.filters.part = "";
    if ("part" in change) this.sort = null;
    void this.anew();
  }

  private sortBy(key: string): void {
    const isLow = this.found?.indicators.find((one) => one.key === key)?.better === "low";
    this.sort = this.sort?.key === key ? { key, down: !this.sort.down } : { key, down: !isLow };
    this.requestUpdate();
  }

  private subject(row: Score, isTotal: boolean): TemplateResult | string {
    const { by } = this.filters;
    if (isTotal) return "All together 合计";
    if (row.key === null) return html`<span class="muted">${ABSENT[by] ?? "None"}</span>`;
    if (by === "cell") return cellWords(row.key, row.name);
    if (by === "department") return row.name && row.name !== row.key ? inTongue(row.name, row.name_zh) : this.desk.catalogue.unitName(row.key);
    if (by === "taxonomy") return TAXONOMIES[row.key] ?? row.key;
    if (by === "role") return row.key.replaceAll("_", " ").replaceAll("+", ", ");
    return inTongue(row.name, row.name_zh) || row.key;
  }

  // An area leads to the areas within it.
  private subjectCell(row: Score, isTotal: boolean): TemplateResult | string {
    const { levels } = this.desk.config;
    const at = levels.findIndex((one) => one.key === this.filters.level);
    const next = levels[at + 1];
    if (this.filters.by !== "cell" || isTotal || row.key === null || !next) return this.subject(row, isTotal);
    return html`<button class="plain into" title="Compare the areas within it" @click=${() => this.set({ cell: row.key ?? "", level: next.key })}>${this.subject(row, isTotal)}</button>`;
  }

  /** The question behind one figure: its group, and its part of the period alone. */
  private behind({ row, isTotal }: Drill): Record<string, string> {
    const { found, filters } = this;
    const question = { ...this.question(), by: isTotal ? "total" : filters.by, key: isTotal ? "" : (row.key ?? "") };
    if (!row.part || !found) return question;
    const last = lastDay(row.part, filters.part as Grain);
    return { ...question, period: "", from: row.part < found.since ? found.since : row.part, until: last > found.until ? found.until : last };
  }

  protected override render(): TemplateResult {
    const { found, drill } = this;
    return html`<div class="scores">${this.narrow()}
      <div class="sheets ${drill ? "opened" : ""}"><div class="scroll" data-scores=${found && !this.loading ? found.items.length : "loading"} aria-busy=${this.loading}>
        ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble} <button class="quiet" @click=${() => void this.anew()}>Try again</button></p>` : nothing}
        ${found ? this.figures(found) : this.trouble ? nothing : html`<p class="hint" aria-busy="true">Counting …</p>`}</div>
      ${drill ? html`<gm-score-drill .desk=${this.desk} .drill=${drill} .question=${this.behind(drill)} .subject=${html`${this.subject(drill.row, drill.isTotal)}${drill.row.part ? html` <span class="muted">from ${drill.row.part}</span>` : nothing}`} .causes=${found?.excluded ?? []} @closed=${() => this.open(null)}></gm-score-drill>` : nothing}</div></div>`;
  }

  private open(drill: Drill | null): void {
    this.drill = drill;
    this.requestUpdate();
  }

  private narrow(): TemplateResult {
    const { filters, desk } = this;
    const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;
    const step = (by: number): void => this.set({ day: movedBy(filters.day, filters.period, by) });
    return html`<div class="filters score-filters" role="search">
      <label class="field">Compare<select name="by" @change=${(event: Event) => this.set({ by: valueOf(event) })}>${BY.map(([key, word]) => choice(key, filters.by, word))}</select></label>
      ${filters.by === "cell" ? html`<label class="field">Level<select name="level" @change=${(event: Event) => this.set({ level: valueOf(event) })}>${desk.config.levels.map((one) => choice(one.key, filters.level, `${one.name} ${one.name_zh}`))}</select></label>` : nothing}
      <label class="field">Period<select name="period" @change=${(event: Event) => this.set({ period: valueOf(event) as Grain })}>${GRAINS.map((one) => choice(one, filters.period, PERIODS[one]))}</select></label>
      <div class="field from"><label for="score-from">From</label><span><button class="quiet" aria-label="The period before" data-step="-1" @click=${() => step(-1)}>‹</button><input id="score-from" type="date" name="from" .value=${firstDay(filters.day, filters.period)} @change=${(event: Event) => valueOf(event) && this.set({ day: valueOf(event) })} /><button class="quiet" aria-label="The period behind" data-step="1" @click=${() => step(1)}>›</button></span></div>
      <label class="field">In parts<select name="part" @change=${(event: Event) => this.set({ part: valueOf(event) })}>${choice("", filters.part, "Whole")}${partsOf(filters.period).map((one) => choice(one, filters.part, PERIODS[one]))}</select></label>
      <label class="field">Within the cell<input class="mono" name="cell" placeholder="any" .value=${filters.cell} @change=${(event: Event) => this.set({ cell: valueOf(event).trim() })} /></label>
      <gm-picker data-field="unit" label="Only of the unit" placeholder="any" .options=${desk.catalogue.unitOptions().filter((one) => !one.value.startsWith("@"))} .value=${filters.unit} @picked=${(event: CustomEvent<string>) => this.set({ unit: event.detail })}></gm-picker>
      <span class="ways"><button class="quiet" ?disabled=${this.loading} @click=${() => void this.anew()}>Read anew</button><a class="button" href=${this.path({ format: "csv" })} download data-csv>CSV</a><a class="button" href=${this.path({ format: "html" })} target="_blank" rel="noopener" data-paper>Printable page</a></span></div>`;
  }

  private figures(found: Scores): TemplateResult {
    const { filters, desk } = this;
    const word = BY.find(([key]) => key === filters.by)?.[1] ?? filters.by;
    return html`<p class="fine muted beside" data-days>${periodName(filters.day, filters.period)}: ${found.since} to ${found.until}, as counted at ${clock(this.readAt, desk.config.time_zone)}. ${NOTHING} where there is nothing to divide by. Click a figure for its cases.</p>
      ${found.items.length ? nothing : html`<p class="hint beside"><b>Nothing to count.</b>No case of these days within your reach; try another period.</p>`}
      ${scoreTable({ found, sort: this.sort, drill: this.drill, subject: word, nameOf: (row, isTotal) => this.subjectCell(row, isTotal), sortBy: (key) => this.sortBy(key), open: (drill) => this.open(drill) })}
      ${found.next ? html`<button class="more beside" @click=${() => void this.more()}>More rows</button>` : nothing}
      <div class="beside sections">${filters.by === "department" ? html`<gm-score-fragments .desk=${desk} .items=${this.fragments} .period=${periodName(filters.day, filters.period)} .cell=${filters.cell}></gm-score-fragments>` : nothing}${this.leftOut(found)}
        <details class="block"><summary>Weights and grades 权重</summary><gm-score-weights .desk=${desk} .indicators=${found.indicators} @weighed=${() => void this.anew()}></gm-score-weights></details></div>`;
  }

  private leftOut(found: Scores): TemplateResult {
    const { left, desk } = this;
    return html`<section data-left-out=${found.excluded.length}><div class="headed"><h3>Listed and not counted 列出而不计入</h3>${found.excluded.length ? html`<a class="button" href=${asked("/api/v1/scores/excluded", { ...this.question(), format: "csv" })} download data-csv-excluded>CSV</a>` : nothing}</div>
      ${found.excluded.length ? html`<p>${found.excluded.map((one) => html`<span class="chip">${wordsOf(one)} <b>${one.cases}</b></span>`)}</p>` : html`<p class="muted">Every case of these days counts.</p>`}
      ${left.items.length ? html`<ul class="excluded">${left.items.map((one) => html`<li data-excluded=${one.case_no}><a class="mono" href="/?case=${one.case_no}">${one.case_no}</a><span class="out">${inTongue(one.cause_name, one.cause_name_zh)}</span><span>${desk.catalogue.matterName(one.category)}</span>
        <span class="muted">${one.unit ? desk.catalogue.unitName(one.unit) : "with nobody"}, ${stamp(one.at, desk.config.time_zone)}</span></li>`)}</ul>` : nothing}
      ${left.next ? html`<button class="more" ?disabled=${left.loading} @click=${() => void left.more()}>More cases</button>` : nothing}</section>`;
  }
}

customElements.define("gm-scores", ScoresView);
