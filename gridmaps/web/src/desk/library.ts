// The information library (信息库): one search over closed and self-solved cases, rulings and minutes, by words, kind,
// matter, place and time. What is found stands on the map, and each leads to the thing itself.
import "./library.css";
import { html, nothing, type TemplateResult } from "lit";
import { asked } from "../duty";
import { discOf, type Position } from "../map/shapes";
import { OUTCOMES } from "../ui/act-words";
import { dayBehind, momentIn, place, stamp } from "../ui/format";
import { cellWords } from "../ui/names";
import "../ui/picker";
import { NOTHING_DRAWN, type Clicked } from "./ground";
import { DeskView, Paged, paused, valueOf } from "./view";

type Entry = {
  kind: "case" | "ruling" | "minutes"; ref: string; case_no: string; at: string; matter: string | null; matter_name: string | null; matter_name_zh: string | null; unit: string | null;
  lon: number; lat: number; is_self_solved: boolean; outcome: string | null; precedent: string | null; piece: string; hits: [number, number][];
};
type Where = "" | "cell" | "circle";
type Filters = { q: string; kind: string; matter: string; where: Where; cell: string; centre: Position | null; radius_m: number; from: string; until: string };

// What a kind is called, and how the server is asked for it: a self-solved case is a case.
const KINDS: Record<string, { word: string; asks: Record<string, string> }> = {
  case: { word: "Case 案件", asks: { kind: "case", self_solved: "false" } },
  self_solved: { word: "Self-solved 自处", asks: { kind: "case", self_solved: "true" } },
  ruling: { word: "Ruling 裁定", asks: { kind: "ruling" } },
  minutes: { word: "Minutes 纪要", asks: { kind: "minutes" } },
};
const EMPTY: Filters = { q: "", kind: "", matter: "", where: "", cell: "", centre: null, radius_m: 500, from: "", until: "" };
const idOf = (one: Entry): string => `${one.kind} ${one.ref}`;
const kindOf = (one: Entry): string => (one.is_self_solved && one.kind === "case" ? "self_solved" : one.kind);

/** Where the thing itself is read. */
function leadTo(one: Entry): string {
  if (one.kind === "ruling" && one.precedent) return `#precedents/${encodeURIComponent(one.precedent)}`;
  return one.kind === "minutes" ? `#conferences/${one.ref.split("-")[0]}` : `/?case=${one.case_no}`;
}

/** The piece with what was looked for marked; the server counts characters, not halves of them. */
function marked({ piece, hits }: Entry): (TemplateResult | string)[] {
  const characters = [...piece];
  const part = (from: number, until?: number): string => characters.slice(from, until).join("");
  let at = 0;
  const parts = hits.flatMap(([from, until]) => {
    const before = part(at, from);
    at = until;
    return [before, html`<mark>${part(from, until)}</mark>`];
  });
  return [...parts, part(at)];
}

class Library extends DeskView {
  private filters: Filters = EMPTY;
  private readonly list = new Paged<Entry>(() => this.path(), () => this.desk, () => this.shown());
  private readonly pause = paused();
  private pointed: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.list.anew();
  }

  protected opened(): void {}

  // What is over stays over: a list that moves under the reader's hand would serve nobody.
  protected stirred(): void {}

  private path(): string {
    const { q, kind, matter, where, cell, centre, radius_m, from, until } = this.filters;
    const { time_zone } = this.desk.config;
    const disc = where === "circle" && centre ? { lon: centre[0].toFixed(6), lat: centre[1].toFixed(6), radius_m } : {};
    return asked("/api/v1/library", {
      q: q.trim(), matter, cell: where === "cell" ? cell : "", limit: 30, ...KINDS[kind]?.asks, ...disc,
      since: from && momentIn(`${from}T00:00:00`, time_zone), until: until && momentIn(`${dayBehind(until)}T00:00:00`, time_zone),
    });
  }

  private shown(): void {
    this.mark(this.list.items.map((one) => ({ id: idOf(one), at: [one.lon, one.lat], tone: one.kind === "case" ? "open" : "ruled" })));
    this.requestUpdate();
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.draw();
    this.requestUpdate();
    this.pause(() => void this.list.anew());
  }

  private draw(): void {
    const { where, cell, centre, radius_m } = this.filters;
    if (where === "cell" && cell) this.desk.ground.setScope({ ...NOTHING_DRAWN, cells: [cell] });
    else if (where === "circle" && centre) this.desk.ground.setScope({ ...NOTHING_DRAWN, area: discOf(centre, radius_m).geometry, origin: centre });
    else this.desk.ground.setScope(NOTHING_DRAWN);
  }

  protected override clicked({ at, cell, mark }: Clicked): void {
    if (mark) return this.point(mark, true);
    if (this.filters.where === "circle") this.set({ centre: at });
    else if (this.filters.where === "cell" && cell) this.set({ cell: cell === this.filters.cell ? "" : cell });
  }

  // The one that hand, key or map is on: shown in both.
  private point(id: string, andFocus = false): void {
    const one = this.list.items.find((entry) => idOf(entry) === id);
    if (!one) return;
    this.pointed = id;
    this.desk.ground.setPlace([one.lon, one.lat], null);
    this.requestUpdate();
    if (andFocus) void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-entry="${CSS.escape(id)}"]`)?.focus());
  }

  protected override render(): TemplateResult {
    const { list } = this;
    return html`<div class="library">${this.narrow()}
      <div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
        ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Searching …</p>` : nothing}
        ${list.isRead && list.items.length === 0 ? this.empty() : nothing}
        <ol class="rows">${list.items.map((one) => this.row(one))}</ol>
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>${list.loading ? "Loading …" : "More"}</button>` : nothing}
      </div></div>`;
  }

  private narrow(): TemplateResult {
    const { filters, desk } = this;
    const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;
    return html`<div class="filters" role="search">
      <input class="wide" type="search" name="q" placeholder="Words of a case, a ruling, minutes: 中文 or English" aria-label="Search the library" .value=${filters.q} @input=${(event: Event) => this.set({ q: valueOf(event) })} />
      <label class="field">Kind<select name="kind" @change=${(event: Event) => this.set({ kind: valueOf(event) })}>${choice("", filters.kind, "Everything")}${Object.entries(KINDS).map(([key, { word }]) => choice(key, filters.kind, word))}</select></label>
      <gm-picker data-field="matter" label="Matter" placeholder="Any matter" .options=${desk.catalogue.matterOptions()} .value=${filters.matter} @picked=${(event: CustomEvent<string>) => this.set({ matter: event.detail })}></gm-picker>
      <label class="field">From<input type="date" name="from" max=${filters.until || nothing} .value=${filters.from} @change=${(event: Event) => this.set({ from: valueOf(event) })} /></label>
      <label class="field">Until<input type="date" name="until" min=${filters.from || nothing} .value=${filters.until} @change=${(event: Event) => this.set({ until: valueOf(event) })} /></label>
      <label class="field">Place<select name="where" @change=${(event: Event) => this.set({ where: valueOf(event) as Where })}>${choice("", filters.where, "Anywhere")}${choice("cell", filters.where, "In a cell")}${choice("circle", filters.where, "In a circle")}</select></label>
      ${this.wherePart()}</div>`;
  }

  private wherePart(): TemplateResult | typeof nothing {
    const { where, cell, centre, radius_m } = this.filters;
    if (where === "cell") {
      return html`<label class="field">Cell<input class="mono" name="cell" placeholder="its code, or click the map" .value=${cell} @change=${(event: Event) => this.set({ cell: valueOf(event).trim() })} /></label>
        <p class="field said-place">${cell ? cellWords(cell) : "Click a cell on the map."}</p>`;
    }
    if (where !== "circle") return nothing;
    return html`<label class="field">Radius in metres<input type="number" name="radius_m" min="10" max="50000" step="10" .value=${String(radius_m)} @change=${(event: Event) => this.set({ radius_m: Math.min(50000, Math.max(10, Number(valueOf(event)) || 500)) })} /></label>
      <p class="field said-place" data-centre=${centre ? place(centre) : "none"}>${centre ? html`around <span class="mono">${place(centre)}</span>` : "Click its centre on the map."}</p>`;
  }

  private empty(): TemplateResult {
    const { q, kind, matter, where, from, until } = this.filters;
    if (!q && !kind && !matter && !where && !from && !until) return html`<p class="hint"><b>The library is empty.</b>What is closed, ruled on or minuted comes here by itself.</p>`;
    return html`<p class="hint"><b>Nothing found.</b>All words must be there; two Chinese characters are enough. <button class="quiet" @click=${() => this.set(EMPTY)}>Clear all</button></p>`;
  }

  private row(one: Entry): TemplateResult {
    const { catalogue, config } = this.desk;
    const id = idOf(one);
    const [outcome] = OUTCOMES.filter(([key]) => key === one.outcome).map(([, word]) => word);
    const show = (): void => this.point(id);
    return html`<li><a class="row" href=${leadTo(one)} data-entry=${id} data-kind=${kindOf(one)} aria-current=${this.pointed === id ? "true" : nothing} @focus=${show} @mouseenter=${show}>
      <span class="what"><span class="kind ${kindOf(one)}">${KINDS[kindOf(one)]?.word}</span> ${catalogue.nameGiven(one)}</span><span class="age">${stamp(one.at, config.time_zone)}</span>
      <span class="text">${marked(one)}</span>
      <span class="meta"><span class="mono">${one.case_no}</span>${one.precedent ? html`<span>precedent <span class="mono">${one.precedent}</span></span>` : nothing}
        ${one.kind === "case" && outcome ? html`<span>${outcome}</span>` : nothing}${one.unit ? html`<span>${cellWords(one.unit)}</span>` : nothing}</span></a></li>`;
  }
}

customElements.define("gm-library", Library);
