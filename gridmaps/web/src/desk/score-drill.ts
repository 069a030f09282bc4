// The cases behind one figure: what counts, what of it succeeded or missed, what is left out and why; each opens in the
// console. Knows one figure; which period and whose is in the path that it is given.
import { html, nothing, type TemplateResult } from "lit";
import { asked } from "../duty";
import { stamp } from "../ui/format";
import { inTongue } from "../ui/language";
import { cellWords } from "../ui/names";
import { NamedPart } from "../ui/part";
import type { Desk } from "./desk";
import { EMPTY_RATIO, figure, formulaOf, wordsOf, type Behind, type Cause, type Counted, type Drill } from "./score-shapes";
import { Paged } from "./view";

const PARTS: [Counted, string][] = [["denominator", "All that count"], ["numerator", "Met"], ["missed", "Missed"], ["excluded", "Left out"]];
const EMPTY: Record<Counted, string> = { denominator: "Nothing counts here.", numerator: "None.", missed: "None was missed.", excluded: "Nothing is left out." };

export class ScoreDrill extends NamedPart {
  static override properties = { desk: { attribute: false }, drill: { attribute: false }, question: { attribute: false }, subject: { attribute: false }, causes: { attribute: false } };
  declare desk: Desk;
  declare drill: Drill;
  /** What the server is asked, but for the part of the figure. */
  declare question: Record<string, string>;
  declare subject: TemplateResult | string;
  declare causes: Cause[];
  private counted: Counted = "denominator";
  private readonly list = new Paged<Behind>(() => this.path({ limit: 50 }), () => this.desk, () => this.requestUpdate());

  private path(more: Record<string, string | number>): string {
    return asked(`/api/v1/scores/${this.drill.indicator.key}/cases`, { ...this.question, counted: this.counted, ...more });
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("drill")) return;
    const { percent, excluded } = this.drill.row.figures[this.drill.indicator.key] ?? EMPTY_RATIO;
    this.choose(percent === null && excluded ? "excluded" : "denominator");
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("aside")?.focus());
  }

  private choose(counted: Counted): void {
    this.counted = counted;
    this.list.forget();
    void this.list.anew();
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("closed", { bubbles: true }));
  }

  private many(counted: Counted): string {
    const ratio = this.drill.row.figures[this.drill.indicator.key] ?? EMPTY_RATIO;
    if (counted === "excluded") return String(ratio.excluded);
    if (this.drill.indicator.key.endsWith("_score")) return ""; // points are no number of cases
    return String(counted === "denominator" ? ratio.denominator : counted === "numerator" ? ratio.numerator : ratio.denominator - ratio.numerator);
  }

  protected override render(): TemplateResult {
    const { list } = this;
    const { row, indicator } = this.drill;
    const ratio = row.figures[indicator.key] ?? EMPTY_RATIO;
    return html`<aside class="drill" tabindex="-1" aria-label="Cases behind the figure" data-drill=${indicator.key} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.close()}>
      <header><div><h2>${wordsOf(indicator)} <b>${figure(ratio)}</b></h2><p>${this.subject}</p><p class="muted">${formulaOf(indicator)}</p></div><span class="ways"><a class="button" href=${this.path({ format: "csv" })} download data-csv-behind title="All of this list, as a file">CSV</a><button class="quiet" aria-label="Close" @click=${() => this.close()}>✕</button></span></header>
      <div class="which" role="tablist">${PARTS.map(([key, word]) => html`<button role="tab" aria-selected=${this.counted === key} data-counted=${key} @click=${() => this.choose(key)}>${word} <span class="muted">${this.many(key)}</span></button>`)}</div>
      <div class="scroll" data-behind=${list.isRead && !list.loading ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error}</p>` : nothing}
        ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the cases …</p>` : nothing}
        ${list.isRead && list.items.length === 0 ? html`<p class="hint">${EMPTY[this.counted]}</p>` : nothing}
        <ol class="rows">${list.items.map((one) => this.behind(one))}</ol>
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More cases</button>` : nothing}</div></aside>`;
  }

  // A unit that was to be visited on a day: no case lies behind it.
  private day(one: Behind, points: string): TemplateResult {
    return html`<li class="row"><span class="what">${one.cell ? cellWords(one.cell) : "A unit"}</span><span class="age ${points === "missed" ? "late" : ""}">${points === "met" ? "visited" : "not visited"}</span><span class="meta">${stamp(one.at, this.desk.config.time_zone).slice(0, 10)}</span></li>`;
  }

  private behind(one: Behind): TemplateResult {
    const { catalogue, config } = this.desk;
    const source = config.sources.find((entry) => entry.code === one.source);
    const cause = this.causes.find((entry) => entry.cause === one.cause);
    const points = one.denominator > 1 ? `${one.numerator} of ${one.denominator}` : one.cause ? "" : one.numerator ? "met" : "missed";
    if (one.case_no === null) return this.day(one, points);
    return html`<li><a class="row" href="/?case=${one.case_no}" data-case=${one.case_no}><span class="what"><span class="mono">${one.case_no}</span></span><span class="age ${points === "missed" && this.drill.indicator.better === "high" ? "late" : ""}">${points}</span>
      <span class="text">${catalogue.matterName(one.category)}</span>
      <span class="meta"><span>${stamp(one.at, config.time_zone)}</span><span>${one.unit ? catalogue.unitName(one.unit) : "with nobody"}</span><span>${source ? inTongue(source.name, source.name_zh) : (one.source ?? "")}</span>
        ${one.cause ? html`<span class="out">left out: ${cause ? wordsOf(cause) : one.cause.replaceAll("_", " ")}</span>` : nothing}</span></a></li>`;
  }
}

customElements.define("gm-score-drill", ScoreDrill);
