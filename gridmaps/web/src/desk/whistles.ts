// Whistle and report-in (吹哨报到): the list, the form to raise one at a place on the map, and the one that is picked.
import "./conferring.css";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { get } from "../api";
import { asked, may } from "../duty";
import { span, stamp } from "../ui/format";
import "../ui/picker";
import type { Clicked, Mark } from "./ground";
import { DeskView, Paged, paused, valueOf } from "./view";
import "./whistle-raising";
import "./whistle-sheet";
import { callsLine, isLate, limitWords, STATES, typeName, type Whistle, type WhistleType } from "./whistle-words";

type Filters = { state: string; type: string; unit: string; case_no: string; late: boolean };
const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;

class Whistles extends DeskView {
  private filters: Filters = { state: "", type: "", unit: "", case_no: "", late: false };
  private readonly list = new Paged<Whistle>(() => asked("/api/v1/whistles", { limit: 50, ...this.filters, late: this.filters.late ? "true" : null }), () => this.desk, () => this.drawn());
  private types: WhistleType[] = [];
  private trouble: string | null = null;
  private readonly pause = paused();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key);
    void this.list.anew();
    void this.readTypes();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
  }

  private async readTypes(): Promise<void> {
    try {
      this.types = (await get<{ items: WhistleType[] }>("/api/v1/whistles/types")).items;
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private drawn(): void {
    this.mark(this.list.items.map((one): Mark => ({ id: String(one.id), at: [one.lon, one.lat], tone: one.state !== "raised" ? "ruled" : isLate(one) ? "late" : "open" })));
    this.requestUpdate();
  }

  protected stirred(): void {
    void this.list.anew(this.list.items.length);
  }

  protected opened(id: string | null): void {
    if (!id) this.desk.ground.setPlace(null, null);
    this.requestUpdate();
  }

  protected override clicked(clicked: Clicked): void {
    const form = this.querySelector<HTMLElement & { clicked: (at: Clicked) => void }>("gm-whistle-raising");
    if (form) form.clicked(clicked);
    else if (clicked.mark) this.desk.go("whistles", clicked.mark);
  }

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    if (event.key === "j" || event.key === "k") this.walk(event.key === "j" ? 1 : -1);
    if (event.key === "Enter" && target === document.body && this.picked) this.querySelector<HTMLElement>(".sheet button, .sheet a[href]")?.focus();
    if (event.key === "Escape" && this.picked) this.desk.go("whistles");
  };

  private walk(by: number): void {
    const next = this.list.items[Math.max(0, this.list.items.findIndex((one) => String(one.id) === this.picked) + by)];
    if (!next) return;
    this.desk.go("whistles", String(next.id));
    void this.updateComplete.then(() => this.querySelector(".rows [aria-current]")?.scrollIntoView({ block: "nearest" }));
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.requestUpdate();
    this.pause(() => void this.list.anew());
  }

  protected override render(): TemplateResult {
    const { list } = this;
    const narrowed = Object.values(this.filters).some(Boolean);
    return html`<div class="two ${this.picked ? "opened" : ""}"><section class="pile" aria-label="Whistles">
      <div class="which"><b>Whistles 吹哨</b>${may(this.desk.session, "whistle") ? html`<a class="button" href="#whistles/new" data-new>Raise one</a>` : nothing}</div>${this.narrow()}
      <div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
        ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the whistles …</p>` : nothing}
        ${list.isRead && list.items.length === 0 ? (narrowed ? html`<p class="hint"><b>Nothing matches.</b>Change the filters above.</p>` : html`<p class="hint"><b>No whistle yet.</b>A street raises one when it needs other units at a place.</p>`) : nothing}
        <ol class="rows">${repeat(list.items, (one) => one.id, (one) => this.row(one))}</ol>
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More whistles</button>` : nothing}</div></section>
      <article class="sheet" tabindex="-1" aria-label=${this.picked ? "The picked whistle" : "Types of whistles"}>${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}${this.sheet()}</article></div>`;
  }

  private narrow(): TemplateResult {
    const { filters, desk } = this;
    const departments = desk.catalogue.unitOptions().filter((one) => !one.value.startsWith("@"));
    return html`<div class="filters" role="search">
      <select aria-label="State" @change=${(event: Event) => this.set({ state: valueOf(event) })}>${choice("", filters.state, "Any state")}${Object.entries(STATES).map(([key, word]) => choice(key, filters.state, word))}</select>
      <select aria-label="Type" @change=${(event: Event) => this.set({ type: valueOf(event) })}>${choice("", filters.type, "Any type")}${this.types.map((one) => choice(one.code, filters.type, `${one.name} ${one.name_zh}`))}</select>
      <gm-picker class="wide" .options=${departments} .value=${filters.unit} placeholder="Any department called" @picked=${(event: CustomEvent<string>) => this.set({ unit: event.detail })}></gm-picker>
      <input class="wide" type="search" placeholder="Case number" aria-label="Case number" .value=${filters.case_no} @input=${(event: Event) => this.set({ case_no: valueOf(event).trim() })} />
      <label class="tick wide"><input type="checkbox" .checked=${filters.late} @change=${(event: Event) => this.set({ late: (event.target as HTMLInputElement).checked })} />Only those to which a unit came late or not at all</label></div>`;
  }

  private row(one: Whistle): TemplateResult {
    const zone = this.desk.config.time_zone;
    const late = one.state === "raised" && isLate(one);
    const left = Date.parse(one.due_at) - Date.now();
    const when = one.state !== "raised" ? STATES[one.state] : left < 0 ? `due ${span(left)} ago` : `due in ${span(left)}`;
    return html`<li><a class="row ${late ? "late" : ""} ${one.state === "raised" ? "" : "past"}" href="#whistles/${one.id}" data-whistle=${one.id} aria-current=${this.picked === String(one.id) ? "true" : nothing}>
      <span class="what">${typeName(one)}</span><span class="age">${when}</span>
      <span class="text">${one.what || html`<i class="muted">not for your role</i>`}</span>
      <span class="meta">${callsLine(one, this.desk)}<span>${stamp(one.raised_at, zone)}</span>${one.case_no ? html`<span class="mono">${one.case_no}</span>` : nothing}</span></a></li>`;
  }

  private sheet(): TemplateResult {
    const { picked, desk, types } = this;
    const back = html`<a class="back" href="#whistles">← Whistles</a>`;
    if (!picked) {
      return html`<div class="boards"><header><h2>What may be whistled for</h2></header><div class="table"><table data-types=${types.length}><thead><tr><th scope="col">Type</th><th scope="col">The called are there within</th></tr></thead>
        <tbody>${types.filter((one) => one.is_in_use).map((one) => html`<tr><td>${one.name} ${one.name_zh}</td><td>${limitWords(one)}</td></tr>`)}</tbody></table></div>
        <h3>How it goes</h3><p class="muted">A street calls units to a place. Each reports in there with its position, on the phone's reporting page. Who is not there in time stays red. The street records the joint result, and both sides score each other.</p></div>`;
    }
    if (picked === "new" || picked.startsWith("new/")) {
      return html`${back}<gm-whistle-raising .desk=${desk} .types=${types.filter((one) => one.is_in_use)} .caseNo=${picked.slice(4)}></gm-whistle-raising>`;
    }
    return html`${back}<gm-whistle .desk=${desk} .number=${picked} .pulse=${this.pulse} @changed=${() => void this.list.anew(this.list.items.length)}></gm-whistle>`;
  }
}

customElements.define("gm-whistles", Whistles);
