// Joint conferences (联席会议): the list, the cases that call for one, the boards, and the conference that is picked.
import "./conferring.css";
import { html, nothing, type TemplateResult } from "lit";
import { get } from "../api";
import { asked, may } from "../duty";
import { stateWords } from "../ui/case-states";
import { span, stamp } from "../ui/format";
import "./boards";
import "./conference-opening";
import "./conference-sheet";
import { boardName, STATES, TRIGGERS, type Boards, type Conference, type Due } from "./conference-words";
import type { Clicked } from "./ground";
import { DeskView, Paged, paused, valueOf } from "./view";

type Filters = { state: string; board: string; trigger: string; case_no: string; late: boolean };
const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;

class Conferences extends DeskView {
  private filters: Filters = { state: "", board: "", trigger: "", case_no: "", late: false };
  private readonly list = new Paged<Conference>(() => asked("/api/v1/conferences", { limit: 50, ...this.filters, late: this.filters.late ? "true" : null }), () => this.desk, () => this.requestUpdate());
  private readonly due = new Paged<Due>(() => asked("/api/v1/conferences/due", { limit: 50 }), () => this.desk, () => this.requestUpdate());
  private boards: Boards | null = null;
  private trouble: string | null = null;
  private showsDue = false;
  private readonly pause = paused();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key);
    void this.readAll();
    void this.readBoards();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
  }

  private async readAll(): Promise<void> {
    await Promise.all([this.list.anew(this.list.items.length), this.due.anew(this.due.items.length)]);
  }

  private async readBoards(): Promise<void> {
    try {
      this.boards = await get<Boards>("/api/v1/conferences/boards");
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  protected stirred(): void {
    void this.readAll();
  }

  protected opened(id: string | null): void {
    if (id?.startsWith("due/")) this.showsDue = true;
    if (!id) this.desk.ground.setPlace(null, null);
    this.requestUpdate();
  }

  protected override clicked(clicked: Clicked): void {
    this.querySelector<HTMLElement & { clicked: (at: Clicked) => void }>("gm-conference")?.clicked(clicked);
  }

  /** What the list that is shown holds, by the name in the address. */
  private names(): string[] {
    return this.showsDue ? this.due.items.map((one) => `due/${one.case_no}`) : this.list.items.map((one) => String(one.id));
  }

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    if (event.key === "j" || event.key === "k") this.walk(event.key === "j" ? 1 : -1);
    if (event.key === "Enter" && target === document.body && this.picked) this.querySelector<HTMLElement>(".sheet button, .sheet a[href]")?.focus();
    if (event.key === "Escape" && this.picked) this.desk.go("conferences");
  };

  private walk(by: number): void {
    const names = this.names();
    const next = names[Math.max(0, names.indexOf(this.picked ?? "") + by)];
    if (!next) return;
    this.desk.go("conferences", next);
    void this.updateComplete.then(() => this.querySelector(".rows [aria-current]")?.scrollIntoView({ block: "nearest" }));
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.requestUpdate();
    this.pause(() => void this.list.anew());
  }

  private show(due: boolean): void {
    this.showsDue = due;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { showsDue, due } = this;
    const tab = (on: boolean, name: string, words: TemplateResult | string): TemplateResult => html`<button role="tab" aria-selected=${on === showsDue} data-list=${name} @click=${() => this.show(on)}>${words}</button>`;
    return html`<div class="two ${this.picked ? "opened" : ""}"><section class="pile" aria-label="Conferences">
      <div class="which" role="tablist" aria-label="Which list">${tab(false, "conferences", "Conferences")}${tab(true, "due", html`Due<span class="count">${due.isRead ? `${due.items.length}${due.next ? "+" : ""}` : ""}</span>`)}
        ${may(this.desk.session, "confer") ? html`<a class="button" href="#conferences/new" data-new>Open one</a>` : nothing}</div>
      ${showsDue ? this.dueList() : html`${this.narrow()}${this.conferenceList()}`}</section>
      <article class="sheet" tabindex="-1" aria-label=${this.picked ? "The picked conference" : "Boards"}>${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}${this.sheet()}</article></div>`;
  }

  private narrow(): TemplateResult {
    const { filters, boards } = this;
    return html`<div class="filters" role="search">
      <select aria-label="State" @change=${(event: Event) => this.set({ state: valueOf(event) })}>${choice("", filters.state, "Open and ended")}${Object.entries(STATES).map(([key, word]) => choice(key, filters.state, word))}</select>
      <select aria-label="What opened it" @change=${(event: Event) => this.set({ trigger: valueOf(event) })}>${choice("", filters.trigger, "Any trigger")}${Object.entries(TRIGGERS).map(([key, word]) => choice(key, filters.trigger, word))}</select>
      <select class="wide" aria-label="Board" @change=${(event: Event) => this.set({ board: valueOf(event) })}>${choice("", filters.board, "Any board")}${boards?.items.map((one) => choice(one.code, filters.board, `${one.ordinal} ${one.name} ${one.name_zh}`))}</select>
      <input class="wide" type="search" placeholder="Case number" aria-label="Case number" .value=${filters.case_no} @input=${(event: Event) => this.set({ case_no: valueOf(event).trim() })} />
      <label class="tick wide"><input type="checkbox" .checked=${filters.late} @change=${(event: Event) => this.set({ late: (event.target as HTMLInputElement).checked })} />Only those with a late action</label></div>`;
  }

  private conferenceList(): TemplateResult {
    const { list, filters } = this;
    const narrowed = filters.state || filters.board || filters.trigger || filters.case_no || filters.late;
    return html`<div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
      ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
      ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the conferences …</p>` : nothing}
      ${list.isRead && list.items.length === 0 ? (narrowed ? html`<p class="hint"><b>Nothing matches.</b>Change the filters above.</p>` : html`<p class="hint"><b>No conference yet.</b>One opens when two units refused a case, when a late one's lead asks for help, or by hand.</p>`) : nothing}
      <ol class="rows">${list.items.map((one) => this.row(one))}</ol>
      ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More conferences</button>` : nothing}</div>`;
  }

  private row(one: Conference): TemplateResult {
    const { catalogue, config } = this.desk;
    const became = one.state === "decided" ? `→ ${catalogue.unitName(one.lead)}` : one.state === "ended" ? one.end_reason || "ended without a decision" : `open for ${span(Date.now() - Date.parse(one.opened_at))}`;
    return html`<li><a class="row ${one.state === "open" ? "" : "past"}" href="#conferences/${one.id}" data-conference=${one.id} data-case=${one.case_no} aria-current=${this.picked === String(one.id) ? "true" : nothing}>
      <span class="what">${boardName(one)}</span><span class="age">${STATES[one.state]}</span>
      <span class="text">${catalogue.matterName(one.category)}: ${became}</span>
      <span class="meta"><span class="mono">${one.case_no}</span><span>${TRIGGERS[one.trigger] ?? one.trigger}</span><span>${stamp(one.opened_at, config.time_zone).slice(0, 10)}</span>
        ${one.open_actions ? html`<span>${one.open_actions} to do</span>` : nothing}${one.late_actions ? html`<span class="late">${one.late_actions} late</span>` : nothing}</span></a></li>`;
  }

  private dueList(): TemplateResult {
    const { due, desk } = this;
    return html`<div class="scroll" data-due=${due.isRead ? due.items.length : "loading"}>
      ${due.error ? html`<p class="trouble" role="alert">${due.error} <button class="quiet" @click=${() => void due.anew()}>Try again</button></p>` : nothing}
      ${due.isRead && due.items.length === 0 ? html`<p class="hint"><b>No case calls for a conference.</b>One that two units refused stands here, and a late one whose lead asks for help, until a conference is opened.</p>` : nothing}
      <ol class="rows">${due.items.map((one) => html`<li><a class="row late" href="#conferences/due%2F${one.case_no}" data-due-case=${one.case_no} aria-current=${this.picked === `due/${one.case_no}` ? "true" : nothing}>
        <span class="what">${desk.catalogue.matterName(one.category)}</span><span class="age">for ${span(Date.now() - Date.parse(one.since))}</span>
        <span class="text">${TRIGGERS[one.trigger] ?? one.trigger}</span>
        <span class="meta"><span class="mono">${one.case_no}</span><span>${stateWords(one.state)}</span></span></a></li>`)}</ol>
      ${due.next ? html`<button class="more" ?disabled=${due.loading} @click=${() => void due.more()}>More cases</button>` : nothing}</div>`;
  }

  private sheet(): TemplateResult {
    const { picked, desk, boards } = this;
    const back = html`<a class="back" href="#conferences">← Conferences</a>`;
    if (!picked) {
      return html`<div class="boards"><header><h2>The boards of the district</h2></header><gm-boards .desk=${desk} .boards=${boards} @edited=${() => void this.readBoards()}></gm-boards></div>`;
    }
    if (picked === "new" || picked.startsWith("due/") || picked.startsWith("new/")) {
      const caseNo = picked.split("/")[1] ?? "";
      return html`${back}<gm-conference-opening .desk=${desk} .boards=${boards} .caseNo=${caseNo} .due=${this.due.items.find((one) => one.case_no === caseNo) ?? null}></gm-conference-opening>`;
    }
    return html`${back}<gm-conference .desk=${desk} .number=${picked} .pulse=${this.pulse} @changed=${() => void this.readAll()}></gm-conference>`;
  }
}

customElements.define("gm-conferences", Conferences);
