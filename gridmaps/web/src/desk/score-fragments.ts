// Between the desks (碎片化): hand-overs a case, the share sent back as not mine, and how long until somebody opened it, by
// department; each figure leads to the dispatches behind it.
import { html, nothing, type TemplateResult } from "lit";
import { asked } from "../duty";
import { stamp } from "../ui/format";
import { inTongue } from "../ui/language";
import { Part } from "../ui/part";
import type { Desk } from "./desk";
import { NOTHING, type Fragments, type Handed } from "./score-shapes";
import { Paged } from "./view";

type Counted = "cases" | "dispatches" | "returned" | "opened";
const WORDS: Record<Counted, string> = { cases: "Cases", dispatches: "Dispatches", returned: "Returned as not mine", opened: "Opened" };
const hours = (value: number | null): string => (value === null ? NOTHING : `${value.toFixed(1)} h`);

export class ScoreFragments extends Part {
  static override properties = { desk: { attribute: false }, items: { attribute: false }, period: { attribute: false }, cell: { attribute: false } };
  declare desk: Desk;
  declare items: Fragments[];
  declare period: string;
  declare cell: string;
  private open: { unit: string; counted: Counted } | null = null;
  private readonly list = new Paged<Handed>(() => this.path("/cases", { ...this.open, limit: 50 }), () => this.desk, () => this.requestUpdate());

  private path(part: string, more: Record<string, string | number>): string {
    return asked(`/api/v1/scores/fragmentation${part}`, { period: this.period, cell: this.cell, ...more });
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("items")) this.open = null;
  }

  private turn(unit: string, counted: Counted): void {
    const isOpen = this.open?.unit === unit && this.open.counted === counted;
    this.open = isOpen ? null : { unit, counted };
    this.list.forget();
    if (this.open) void this.list.anew();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const columns = ["Cases", "Dispatches", "Hand-overs a case", "Returned as not mine", "Until opened", "From filing until opened"];
    return html`<section data-fragments=${this.items.length}><div class="headed"><h3>Between the desks 碎片化</h3>${this.items.length ? html`<a class="button" href=${this.path("", { format: "csv" })} download data-csv-fragments>CSV</a>` : nothing}</div><p class="muted">How a department's cases wander: hand-overs a case, what it sent back as not its own, and how long until somebody opened it.</p>
      ${this.items.length === 0 ? html`<p class="muted">Nothing was handed over in the period.</p>` : html`<div class="table"><table><thead><tr><th scope="col">Department</th>${columns.map((word) => html`<th scope="col" class="number">${word}</th>`)}</tr></thead>
        <tbody>${this.items.map((one) => this.line(one))}</tbody></table></div>`}</section>`;
  }

  private line(one: Fragments): TemplateResult {
    const name = one.name && one.name !== one.key ? inTongue(one.name, one.name_zh) : this.desk.catalogue.unitName(one.key);
    const cell = (counted: Counted, word: TemplateResult | string, title = ""): TemplateResult => html`<td class="number" title=${title || nothing}><button class="plain figure" aria-expanded=${this.open?.unit === one.key && this.open.counted === counted} data-handed=${counted} @click=${() => this.turn(one.key, counted)}>${word}</button></td>`;
    const unopened = (value: number | null): string => (value === null ? "无 / n.a.: nothing was opened in the period" : "");
    return html`<tr data-fragment=${one.key}><td>${name}</td>${cell("cases", String(one.cases))}${cell("dispatches", String(one.dispatches))}${cell("cases", one.hand_overs.toFixed(2))}
        ${cell("returned", html`<span>${one.dispatches ? one.returned_text : NOTHING} <small class="muted">${one.returned}/${one.dispatches}</small></span>`, one.dispatches ? "" : "无 / n.a.: nothing was dispatched to it")}
        ${cell("opened", hours(one.opening_hours), unopened(one.opening_hours))}${cell("opened", hours(one.acceptance_hours), unopened(one.acceptance_hours))}</tr>
      ${this.open?.unit === one.key ? html`<tr class="behind"><td colspan="7">${this.behind(this.open.counted)}</td></tr>` : nothing}`;
  }

  private behind(counted: Counted): TemplateResult {
    const { list } = this;
    return html`<div class="headed"><h4>${WORDS[counted]}</h4><a class="button" href=${this.path("/cases", { ...this.open, format: "csv" })} download data-csv-handed>CSV</a></div>${list.error ? html`<p class="trouble" role="alert">${list.error}</p>` : nothing}
      ${list.isRead ? nothing : html`<p class="muted" aria-busy="true">Loading the cases …</p>`}${list.isRead && list.items.length === 0 ? html`<p class="muted">None.</p>` : nothing}
      <ul class="excluded">${list.items.map((one) => html`<li data-handed-case=${one.case_no}><a class="mono" href="/?case=${one.case_no}">${one.case_no}</a><span>${stamp(one.at, this.desk.config.time_zone)}</span>
        <span>${one.hands} ${one.hands === 1 ? "hand" : "hands"}</span><span class=${one.is_returned ? "out" : "muted"}>${one.is_returned ? "returned as not mine" : one.opening_hours === null ? "not opened" : `opened after ${hours(one.opening_hours)}`}</span></li>`)}</ul>
      ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More cases</button>` : nothing}`;
  }
}

customElements.define("gm-score-fragments", ScoreFragments);
