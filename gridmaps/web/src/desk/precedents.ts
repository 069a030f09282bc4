// The library of precedents: searched in Chinese and English, each with its scope, its grounds and what it decided.
import { html, nothing, type TemplateResult } from "lit";
import { get, type CellFeature } from "../api";
import { Question, type Asking } from "../question";
import { asked, type Area, type Page, type Precedent, type Ruling } from "../duty";
import { stateWords } from "../ui/case-states";
import { metres, place, stamp } from "../ui/format";
import { cellWords } from "../ui/names";
import "../ui/picker";
import { FORMS } from "./dispute-detail";
import { NOTHING_DRAWN, type Drawn } from "./ground";
import { cellsWords, drawnOfPrecedent } from "./scope";
import { DeskView, Paged, paused, valueOf } from "./view";

const MOST_FITTED = 20;

const isPast = (one: Precedent): boolean => Boolean(one.superseded_at || one.lead_ended_at);
type Filters = { q: string; matter: string; in_force: boolean };

function areaSaid(area: Area): TemplateResult | string {
  if (area.kind === "cells") return html`in ${cellsWords(area.cells, 12)}`;
  return area.kind === "radius" ? `within ${metres(area.radius_m)} of the case it was ruled on` : "in the area drawn on the map";
}

type Decided = NonNullable<Precedent["cases"]>[number];

const caseLine = (one: Decided, zone: string): TemplateResult => html`<a class="mono" href="/?case=${one.case_no}">${one.case_no}</a>
  <span class="muted">${[stateWords(one.state), one.received_at ? stamp(one.received_at, zone) : ""].filter(Boolean).join(", ")}</span>
  ${one.current_unit ? html`<span class="line">${cellWords(one.current_unit)}</span>` : nothing}`;

class Precedents extends DeskView {
  private filters: Filters = { q: "", matter: "", in_force: false };
  private readonly list = new Paged<Precedent>(() => asked("/api/v1/precedents", { limit: 50, ...this.filters, in_force: this.filters.in_force ? "true" : null }), () => this.desk, () => this.requestUpdate());
  private readonly question = new Question();
  private whole: Precedent | null = null;
  /** The case that the ruling was made on. */
  private first: string | null = null;
  private trouble: string | null = null;
  private readonly pause = paused();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.list.anew();
  }

  protected stirred(): void {
    void this.list.anew(this.list.items.length);
    if (this.picked) void this.read(this.picked);
  }

  protected opened(number: string | null): void {
    if (this.whole?.number !== number) Object.assign(this, { whole: null, first: null, trouble: null });
    if (number) void this.read(number, true);
    else {
      this.question.drop();
      this.desk.ground.setScope(NOTHING_DRAWN);
    }
    this.requestUpdate();
  }

  private async read(number: string, andFit = false): Promise<void> {
    const asking = this.question.ask(number);
    try {
      const whole = await get<Precedent>(`/api/v1/precedents/${encodeURIComponent(number)}`, asking.signal);
      if (!asking.counts()) return;
      Object.assign(this, { whole, trouble: null });
      const drawn = drawnOfPrecedent(whole);
      this.desk.ground.setScope(drawn);
      if (andFit) await this.fit(drawn, asking);
      await this.readFirst(whole, asking);
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private async readFirst({ number, matter }: Precedent, asking: Asking): Promise<void> {
    const rulings = await get<Page<Ruling & { case_no: string }>>(asked("/api/v1/rulings", { matter, limit: 500 }), asking.signal);
    if (asking.counts()) this.first = rulings.items.find((one) => one.precedent === number)?.case_no ?? null;
  }

  private async fit({ area, origin, cells }: Drawn, asking: Asking): Promise<void> {
    const shapes = await Promise.all(cells.slice(0, MOST_FITTED).map((code) => get<CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`, asking.signal)));
    if (!asking.counts()) return;
    const drawn = [area, ...shapes.map((one) => one.geometry)].map((shape) => (shape as GeoJSON.Polygon | null)?.coordinates ?? []);
    this.desk.ground.fit([...drawn, origin ?? []]);
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.requestUpdate();
    this.pause(() => void this.list.anew());
  }

  protected override render(): TemplateResult {
    const { list, filters, desk } = this;
    return html`<div class="two ${this.picked ? "opened" : ""}">
      <section class="pile" aria-label="Precedents">
        <div class="filters" role="search">
          <input class="wide" type="search" name="q" placeholder="Grounds, matter, place: 中文 or English" aria-label="Search the precedents" .value=${filters.q} @input=${(event: Event) => this.set({ q: valueOf(event) })} />
          <gm-picker class="wide" .options=${desk.catalogue.matterOptions()} .value=${filters.matter} placeholder="Any matter" @picked=${(event: CustomEvent<string>) => this.set({ matter: event.detail })}></gm-picker>
          <label class="tick wide"><input type="checkbox" .checked=${filters.in_force} @change=${(event: Event) => this.set({ in_force: (event.target as HTMLInputElement).checked })} />Only those in force</label></div>
        <div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
          ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
          ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the precedents …</p>` : nothing}
          ${list.isRead && list.items.length === 0 ? this.empty() : nothing}
          <ol class="rows">${list.items.map((one) => this.row(one))}</ol>
          ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More precedents</button>` : nothing}</div></section>
      <article class="sheet" tabindex="-1" aria-label="The picked precedent">${this.sheet()}</article></div>`;
  }

  private empty(): TemplateResult {
    const narrowed = this.filters.q || this.filters.matter || this.filters.in_force;
    return narrowed ? html`<p class="hint"><b>Nothing found.</b>Two characters of the grounds are enough; or change the filters.</p>` : html`<p class="hint"><b>No precedent yet.</b>Each ruling on a dispute leaves one.</p>`;
  }

  private row(one: Precedent): TemplateResult {
    const { catalogue, config } = this.desk;
    return html`<li><a class="row ${isPast(one) ? "past" : ""}" href="#precedents/${encodeURIComponent(one.number)}" data-number=${one.number} aria-current=${this.picked === one.number ? "true" : nothing}>
      <span class="what mono">${one.number}</span><span class="age">${one.superseded_at ? "superseded" : one.lead_ended_at ? "lead ended" : "in force"}</span>
      <span class="text">${one.grounds}</span>
      <span class="meta"><span>${catalogue.nameGiven(one)}</span><span>→ ${one.lead_ended_at ? one.lead_name : catalogue.unitName(one.lead)}</span><span>from ${stamp(one.in_force_from, config.time_zone).slice(0, 10)}</span></span></a></li>`;
  }

  private sheet(): TemplateResult {
    const { whole, trouble } = this;
    const back = html`<a class="back" href="#precedents">← Precedents</a>`;
    if (trouble) return html`${back}<p class="trouble" role="alert">${trouble}</p>`;
    if (!this.picked) return html`<div class="blank"><b>No precedent is picked.</b><p>Its scope is drawn on the map, with the grounds and the cases it decided here.</p></div>`;
    if (!whole) return html`${back}<p class="hint" aria-busy="true">Loading the precedent …</p>`;
    return html`${back}${this.facts(whole)}`;
  }

  private facts(one: Precedent): TemplateResult {
    const { catalogue, config } = this.desk;
    const attributes = Object.entries(one.attributes ?? {});
    const assisting = (one.assisting ?? []).map((unit) => catalogue.unitName(unit)).join(", ");
    const zone = config.time_zone;
    const origin = one.area.kind === "radius" ? (one.area.origin ?? one.origin) : one.origin;
    const decided = one.cases?.find((entry) => entry.case_no === this.first);
    const first = decided ?? (this.first ? { case_no: this.first } : null);
    return html`<div class="dispute" data-open=${one.number}>
      <header><div><h2>Precedent <span class="mono">${one.number}</span></h2><p class="meta"><span class="state ${isPast(one) ? "withdrawn" : "ruled"}">${one.superseded_at ? "Superseded" : one.lead_ended_at ? "Lead ended" : "In force"}</span><span>since ${stamp(one.in_force_from, zone)}</span></p></div></header>
      ${one.superseded_at ? html`<p class="why-not">Superseded ${stamp(one.superseded_at, zone)} by ${this.successor(one.superseded_by ?? "")}. Cases decided before keep this number.</p>` : one.lead_ended_at ? html`<p class="why-not">${one.lead_name} ended ${stamp(one.lead_ended_at, zone)}, so this decides no case any more. A like one is a new dispute.</p>` : nothing}
      <section><h3>Grounds</h3><p class="words">${one.grounds}</p></section>
      <section><h3>What it says</h3><dl class="who"><dt>Lead</dt><dd><b>${one.lead_ended_at ? one.lead_name : catalogue.unitName(one.lead)}</b></dd>${assisting ? html`<dt>Assisting</dt><dd>${assisting}</dd>` : nothing}
        <dt>Matter</dt><dd>${catalogue.nameGiven(one)}</dd><dt>Where</dt><dd>${areaSaid(one.area)}</dd>
        ${attributes.length ? html`<dt>Only with</dt><dd>${attributes.map(([key, value]) => html`<span class="chip">${key} = ${value}</span>`)}</dd>` : nothing}
        ${origin ? html`<dt>Around</dt><dd class="mono">${place(origin)}</dd>` : nothing}
        ${one.ruled_at ? html`<dt>Ruled at</dt><dd data-ruled-at>${stamp(one.ruled_at, zone)}${one.brief ? html` <span class="muted">brief <a href="#briefs/${encodeURIComponent(one.brief)}">${one.brief}</a></span>` : nothing}</dd>` : nothing}
        ${one.form ? html`<dt>Form</dt><dd>${FORMS[one.form] ?? one.form}${one.members?.length ? html`<span class="line muted">${one.members.join(", ")}</span>` : nothing}</dd>` : nothing}
        ${first ? html`<dt>First case</dt><dd data-first-case>${caseLine(first, zone)}</dd>` : nothing}</dl></section>
      <section><h3>Cases it decided</h3>${one.cases?.length ? html`<ul class="stack">${one.cases.map((entry) => html`<li>${caseLine(entry, zone)}</li>`)}</ul>` : html`<p class="muted">None within your reach yet.</p>`}</section></div>`;
  }

  private successor(by: string): TemplateResult {
    return by.startsWith("responsibility") ? html`row ${by.replace("responsibility ", "")} of the table` : html`<a class="mono" href="#precedents/${encodeURIComponent(by)}">${by}</a>`;
  }
}

customElements.define("gm-precedents", Precedents);
