// Call-backs (回访): whom to ring up, longest closed first, with the form of the call beside; behind each call the next
// stands ready. For the supervisor, what citizens were dissatisfied with again. Worked by keys.
import "./calls.css";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { asked, may } from "../duty";
import { span, stamp } from "../ui/format";
import "../ui/picker";
import "./call-settling";
import "./call-sheet";
import { outcomeWord, triesWords, type Dissatisfied, type ToCall } from "./call-words";
import { isWriting } from "./one-call";
import { DeskView, Paged, paused, valueOf } from "./view";

type Filters = { ready: boolean; tried: string; category: string; unit: string; number: string };
const SETTLE = "settle";
const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;

class CallBacks extends DeskView {
  private filters: Filters = { ready: true, tried: "", category: "", unit: "", number: "" };
  private readonly calls = new Paged<ToCall>(() => asked("/api/v1/call-backs/due", { limit: 50, ...this.filters }), () => this.desk, () => this.requestUpdate());
  private readonly waiting = new Paged<Dissatisfied>(() => asked("/api/v1/call-backs", { limit: 50 }), () => this.desk, () => this.requestUpdate());
  /** What became of the one before. */
  private done: TemplateResult | null = null;
  private readonly pause = paused();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key);
    this.readAnew(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
  }

  private get mayCall(): boolean {
    return may(this.desk.session, "call_back");
  }

  private get settles(): boolean {
    return !this.mayCall || this.picked === SETTLE || Boolean(this.picked?.startsWith(`${SETTLE}/`));
  }

  /** The case that is open. */
  private get caseNo(): string {
    return this.picked === SETTLE ? "" : (this.picked ?? "").replace(`${SETTLE}/`, "");
  }

  private get numbers(): string[] {
    return (this.settles ? this.waiting.items : this.calls.items).map((one) => one.case_no);
  }

  private readAnew(atLeast: number): void {
    if (this.mayCall) void this.calls.anew(atLeast);
    if (may(this.desk.session, "supervise")) void this.waiting.anew(this.waiting.items.length);
  }

  protected stirred(): void {
    this.readAnew(this.calls.items.length);
  }

  protected opened(id: string | null): void {
    if (!id || id === SETTLE) this.desk.ground.setPlace(null, null);
    this.requestUpdate();
  }

  private go(caseNo: string): void {
    const inside = this.settles && this.mayCall ? (caseNo ? `${SETTLE}/${caseNo}` : SETTLE) : caseNo;
    this.desk.go("call-backs", inside || null);
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target as HTMLElement)) return;
    if (event.key === "j" || event.key === "k") this.walk(event.key === "j" ? 1 : -1);
    if (event.key === "Escape" && this.caseNo) this.go("");
  };

  private walk(by: number): void {
    const { numbers } = this;
    const next = numbers[Math.max(0, numbers.indexOf(this.caseNo) + by)];
    if (!next) return;
    this.done = null;
    this.go(next);
    void this.updateComplete.then(() => this.querySelector(".rows [aria-current]")?.scrollIntoView({ block: "nearest" }));
  }

  /** The one behind it, else the one before; the list is read behind that, so that it holds its place. */
  private next(event: CustomEvent<TemplateResult>): void {
    const { numbers, caseNo } = this;
    const at = numbers.indexOf(caseNo);
    const follows = at < 0 ? numbers[0] : (numbers[at + 1] ?? numbers[at - 1]);
    this.done = html`<span class="mono">${caseNo}</span>: ${event.detail}`;
    this.go(follows && follows !== caseNo ? follows : "");
    this.readAnew(this.calls.items.length);
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.requestUpdate();
    this.pause(() => void this.calls.anew());
  }

  protected override render(): TemplateResult {
    const { settles, caseNo } = this;
    const list: Paged<unknown> = settles ? this.waiting : this.calls;
    return html`<div class="two ${caseNo ? "opened" : ""}"><section class="pile" aria-label=${settles ? "For the supervisor" : "To call"}>${this.which()}${settles ? nothing : this.narrow()}
      <div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
        ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading …</p>` : nothing}
        ${list.isRead && list.items.length === 0 ? this.emptyPart() : nothing}
        <ol class="rows">${settles ? repeat(this.waiting.items, (one) => one.case_no, (one) => this.waitingRow(one)) : repeat(this.calls.items, (one) => one.case_no, (one) => this.row(one))}</ol>
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More</button>` : nothing}</div></section>
      <article class="sheet" tabindex="-1" aria-label=${caseNo ? "The call" : "How it goes"}>${this.done ? html`<p class="done" role="status" data-done><span>${this.done}</span></p>` : nothing}${this.sheet()}</article></div>`;
  }

  private which(): TemplateResult {
    const isSupervisor = may(this.desk.session, "supervise");
    if (!this.mayCall) return html`<div class="which"><b>Dissatisfied again 复核</b></div>`;
    if (!isSupervisor) return html`<div class="which"><b>To call 待回访</b></div>`;
    const tab = (id: string | null, word: string, isOn: boolean, count: Paged<unknown>): TemplateResult =>
      html`<button role="tab" aria-selected=${isOn} data-tab=${id ?? "calls"} @click=${() => this.desk.go("call-backs", id)}>${word}${count.isRead ? html`<span class="count">${count.items.length}${count.next ? "+" : ""}</span>` : nothing}</button>`;
    return html`<div class="which" role="tablist">${tab(null, "To call 待回访", !this.settles, this.calls)}${tab(SETTLE, "Dissatisfied again 复核", this.settles, this.waiting)}</div>`;
  }

  private narrow(): TemplateResult {
    const { filters, desk } = this;
    return html`<div class="filters" role="search">
      <select aria-label="Tried before" @change=${(event: Event) => this.set({ tried: valueOf(event) })}>${choice("", filters.tried, "Tried or not")}${choice("false", filters.tried, "Not tried yet")}${choice("true", filters.tried, "Tried before")}</select>
      <input type="search" aria-label="Case number" placeholder="Case number" .value=${filters.number} @input=${(event: Event) => this.set({ number: valueOf(event).trim() })} />
      <gm-picker .options=${desk.catalogue.matterOptions()} .value=${filters.category} placeholder="Any matter called" @picked=${(event: CustomEvent<string>) => this.set({ category: event.detail })}></gm-picker>
      <input class="mono" aria-label="Within the cell" placeholder="Code of a cell" .value=${filters.unit} @change=${(event: Event) => this.set({ unit: valueOf(event).trim() })} />
      <label class="tick wide"><input type="checkbox" name="ready" .checked=${filters.ready} @change=${(event: Event) => this.set({ ready: (event.target as HTMLInputElement).checked })} />Only who may be tried now</label></div>`;
  }

  private emptyPart(): TemplateResult {
    if (this.settles) return html`<p class="hint"><b>Nothing waits for the supervisor.</b>Who is dissatisfied a second time comes here.</p>`;
    const narrowed = Object.entries(this.filters).some(([name, value]) => name !== "ready" && value);
    if (narrowed) return html`<p class="hint"><b>Nobody matches.</b>Change the filters above.</p>`;
    return html`<p class="hint"><b>Nobody to call now.</b>${this.filters.ready ? "Who was not reached a short while ago is tried again at another hour; untick the box to see them." : "A citizen is asked once his case is closed."}</p>`;
  }

  private row(one: ToCall): TemplateResult {
    const { desk } = this;
    return html`<li><a class="row" href="#call-backs/${one.case_no}" data-call=${one.case_no} aria-current=${this.caseNo === one.case_no ? "true" : nothing}>
      <span class="what">${desk.catalogue.matterName(one.category)}</span><span class="age" title="Closed ${stamp(one.closed_at, desk.config.time_zone)}">closed ${span(Date.now() - Date.parse(one.closed_at))} ago</span>
      <span class="text">${one.text || html`<i class="muted">${one.text === null ? "not for your role" : "no words"}</i>`}</span>
      <span class="meta"><span class="mono">${one.case_no}</span><span data-tries=${one.missed}>${triesWords(one)}</span>${one.again_at ? html`<span class="late" data-again>again from ${stamp(one.again_at, desk.config.time_zone)}</span>` : nothing}</span></a></li>`;
  }

  private waitingRow(one: Dissatisfied): TemplateResult {
    return html`<li><a class="row" href="#call-backs/${this.mayCall ? `${SETTLE}/` : ""}${one.case_no}" data-waiting=${one.case_no} aria-current=${this.caseNo === one.case_no ? "true" : nothing}>
      <span class="what">Dissatisfied, ${outcomeWord(one.outcome).toLowerCase()}</span><span class="age">for ${span(Date.now() - Date.parse(one.at))}</span>
      <span class="text">${one.unit ? this.desk.catalogue.unitName(one.unit) : "with nobody"}</span>
      <span class="meta"><span class="mono">${one.case_no}</span><span>${one.spoken_by === "clerk" ? "by telephone" : "on the status page"}</span></span></a></li>`;
  }

  private sheet(): TemplateResult {
    const { caseNo, settles, desk } = this;
    const back = html`<a class="back" href="#call-backs${settles && this.mayCall ? `/${SETTLE}` : ""}">← The list</a>`;
    if (!caseNo) return this.howTo();
    if (settles) return html`${back}<gm-call-settling .desk=${desk} .caseNo=${caseNo} @settled=${(event: CustomEvent<TemplateResult>) => this.next(event)}></gm-call-settling>`;
    return html`${back}<gm-call-sheet .desk=${desk} .caseNo=${caseNo} @called=${(event: CustomEvent<TemplateResult>) => this.next(event)}></gm-call-sheet>`;
  }

  private howTo(): TemplateResult {
    const first = this.numbers[0];
    const key = (name: string, says: string): TemplateResult => html`<dt><kbd>${name}</kbd></dt><dd>${says}</dd>`;
    return html`<div class="boards"><header><h2>${this.settles ? "Dissatisfied again" : "Calling citizens back"}</h2>${first ? html`<button class="primary" data-begin @click=${() => this.walk(1)}>${this.settles ? "Begin" : "Begin calling"}</button>` : nothing}</header>
      ${this.settles
        ? html`<p class="muted">A case is reopened once for a dissatisfied citizen. What he still finds bad comes here: it is reopened, or it stays closed with a reason that he reads.</p>`
        : html`<p class="muted">Whoever reported something is asked whether it is fixed, longest closed first. Who is dissatisfied the first time gets the case reopened. Who is not reached is tried again at another hour. Nobody asks about his own work: such cases are not listed for you.</p>`}
      <h3>Keys</h3><dl class="who keys">${key("j k", "the next, the one before")}${this.settles ? nothing : html`${key("l", "show whom to ring up; the look is logged")}${key("1 2 3", "satisfied, dissatisfied, not reached")}`}${key("Ctrl Enter", this.settles ? "settle it, and on to the next" : "record the call, and on to the next")}${key("Esc", "back to the list")}</dl></div>`;
  }
}

customElements.define("gm-call-backs", CallBacks);
