// The supervisor's board: cases by colour, unit and street, the oldest late ones, the orders and their written replies.
import "./supervision.css";
import { html, nothing, type TemplateResult } from "lit";
import { get, request } from "../api";
import { asked } from "../duty";
import { Question } from "../question";
import { stateWords } from "../ui/case-states";
import { COLOURS, colourSign } from "../ui/colour";
import { span, stamp } from "../ui/format";
import { missedWords, type Missed } from "../ui/missed";
import { cellWords, personWords } from "../ui/names";
import "./board-drill";
import type { Counted } from "./board-drill";
import "./supervision-rules";
import { DeskView, Paged, valueOf } from "./view";

type Count = { lead: string | null; lead_name: string | null; street: string | null; street_name: string | null } & Record<"green" | "yellow" | "red" | "grey", number>;
type Late = { case_no: string; state: string; matter: string | null; lead: string | null; cell: string | null; due_at: string };
type Board = { at: string; totals: Record<string, number>; counts: Count[]; oldest_red: Late[]; unanswered: { id: number; case_no: string; level: number; addressee: string; reply_due_at: string }[]; late_actions: { conference: number; ordinal: number; case_no: string; owner: string; due_at: string; chased_at: string | null }[]; uncovered: string[] };
type Order = Missed & {
  id: number; case_no: string; kind: string; cause: string; level: number; addressee: string; addressee_name: string; copied: string[]; state: string; colour: string; due_at: string;
  reply_due_at: string | null; replied_at: string | null; case_state: string; case_due_at: string | null; matter: string | null; matter_name: string | null; cell: string | null;
  written_by: string; written_by_name: string | null; ended_at: string | null; ended_by: string | null; ended_by_name: string | null;
  note: string | null; replies: { text: string | null; at: string; actor: string; actor_name: string | null }[]; may_answer: boolean;
};
type Filters = { colour: string; state: string; unanswered: boolean };

const KINDS: Record<string, string> = { chase: "Chase 催办", order: "Order 督办单", written_chase: "Written chase 书面催办", criticism: "Criticism notice 通报批评" };
const STATES: Record<string, string> = { open: "Open", answered: "Answered", climbed: "Climbed", ended: "Ended" };
const CAUSES: Record<string, string> = { yellow: "it is due soon", red: "its deadline has passed", manual: "ordered by hand", unanswered: "the level below did not answer in time", still_red: "it stayed late" };
const plain = (word: string): string => word.replaceAll("_", " ");
const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;

class Supervision extends DeskView {
  private filters: Filters = { colour: "", state: "", unanswered: false };
  private readonly list = new Paged<Order>(() => asked("/api/v1/supervision/orders", { limit: 50, ...this.filters, unanswered: this.filters.unanswered ? "true" : null }), () => this.desk, () => this.requestUpdate());
  private readonly asksBoard = new Question();
  private readonly asksOrder = new Question();
  private board: Board | null = null;
  private order: Order | null = null;
  private trouble: string | null = null;
  private reply = "";
  private behind: Counted | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key);
    void this.list.anew();
    void this.readBoard();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
  }

  protected stirred(): void {
    void this.list.anew(this.list.items.length);
    void this.readBoard();
    if (this.picked && !this.showsRules) void this.read(this.picked);
  }

  protected opened(id: string | null): void {
    if (String(this.order?.id) !== id) Object.assign(this, { order: null, trouble: null, reply: "" });
    if (id && !this.showsRules) void this.read(id);
    else this.asksOrder.drop();
    this.requestUpdate();
  }

  private get showsRules(): boolean {
    return this.picked === "rules";
  }

  private async readBoard(): Promise<void> {
    const asking = this.asksBoard.ask();
    try {
      const board = await get<Board>("/api/v1/supervision/board", asking.signal);
      if (asking.counts()) this.board = board;
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private async read(id: string): Promise<void> {
    const asking = this.asksOrder.ask(id);
    try {
      const order = await get<Order>(`/api/v1/supervision/orders/${encodeURIComponent(id)}`, asking.signal);
      if (asking.counts()) this.order = order;
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    if (!this.showsRules && (event.key === "j" || event.key === "k")) this.walk(event.key === "j" ? 1 : -1);
    if (event.key === "Enter" && target === document.body && this.picked) this.querySelector<HTMLElement>(".sheet textarea, .sheet a")?.focus();
    if (event.key === "Escape" && this.picked) this.desk.go("supervision");
  };

  private walk(by: number): void {
    const next = this.list.items[Math.max(0, this.list.items.findIndex((one) => String(one.id) === this.picked) + by)];
    if (next) this.desk.go("supervision", String(next.id));
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    void this.list.anew();
  }

  private async answer(event: SubmitEvent, order: Order): Promise<void> {
    event.preventDefault();
    this.trouble = this.reply.trim() ? null : "Write the answer first.";
    if (!this.trouble) {
      this.busy = true;
      this.requestUpdate();
      try {
        const answered = await request<Order>("POST", `/api/v1/supervision/orders/${order.id}/replies`, { text: this.reply.trim() });
        if (this.order?.id === order.id) Object.assign(this, { order: answered, reply: "" });
        void this.list.anew(this.list.items.length);
      } catch (failed) {
        this.trouble = this.desk.sentence(failed);
      }
      this.busy = false;
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { list } = this;
    if (this.showsRules) return html`<div class="scroll"><gm-supervision-rules .desk=${this.desk} .pulse=${this.pulse}></gm-supervision-rules></div>`;
    return html`<div class="two ${this.picked ? "opened" : ""}"><section class="pile" aria-label="Orders"><div class="which"><b>Orders 督办</b><a class="button" href="#supervision/rules" data-rules>Rules</a></div>${this.narrow()}
      <div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
        ${list.isRead && list.items.length === 0 ? html`<p class="hint"><b>No order.</b>The sweep chases what is due soon and orders an answer to what is late.</p>` : nothing}
        <ol class="rows">${list.items.map((one) => this.row(one))}</ol>
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More orders</button>` : nothing}</div></section>
      <article class="sheet" tabindex="-1" aria-label=${this.picked ? "The picked order" : "Board"}>${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
        ${this.picked ? this.whole() : this.boardPart()}</article></div>`;
  }

  private narrow(): TemplateResult {
    const { filters } = this;
    return html`<div class="filters" role="search">
      <select aria-label="Colour" @change=${(event: Event) => this.set({ colour: valueOf(event) })}>${choice("", filters.colour, "Any colour")}${Object.entries(COLOURS).map(([key, { sign, word }]) => choice(key, filters.colour, `${sign} ${word}`))}</select>
      <select aria-label="State" @change=${(event: Event) => this.set({ state: valueOf(event) })}>${choice("", filters.state, "Any state")}${Object.entries(STATES).map(([key, word]) => choice(key, filters.state, word))}</select>
      <label class="tick wide"><input type="checkbox" .checked=${filters.unanswered} @change=${(event: Event) => this.set({ unanswered: (event.target as HTMLInputElement).checked })} />Only those whose reply is overdue</label></div>`;
  }

  private row(one: Order): TemplateResult {
    const zone = this.desk.config.time_zone;
    return html`<li><a class="row ${one.state === "ended" ? "past" : ""}" href="#supervision/${one.id}" data-order=${one.id} aria-current=${this.picked === String(one.id) ? "true" : nothing}>
      <span class="what">${colourSign(one.colour)} ${this.askedOf(one)}</span><span class="age">${STATES[one.state] ?? one.state}</span>
      <span class="text">${KINDS[one.kind] ?? one.kind}, level ${one.level}: ${one.matter_name ?? this.desk.catalogue.matterName(one.matter)}</span>
      <span class="meta"><span class="mono">${one.case_no}</span>${one.reply_due_at ? html`<span class=${this.isSilent(one) ? "late" : ""}>reply by ${stamp(one.reply_due_at, zone)}</span>` : nothing}${one.missed_at ? html`<span class="late" data-missed>missed one before</span>` : nothing}</span></a></li>`;
  }

  /** Who is asked: a case that is with nobody is the command centre's, which is no unit of the city. */
  private askedOf(one: Order): string {
    return one.addressee_name === one.addressee ? this.desk.catalogue.unitName(one.addressee) : one.addressee_name;
  }

  private isSilent(one: Order): boolean {
    return one.state === "open" && !one.replied_at && one.reply_due_at !== null && Date.parse(one.reply_due_at) < Date.now();
  }

  /** A colour narrows the orders, and its cases stand below the tiles. */
  private turn(colour: string): void {
    const isOn = this.filters.colour === colour;
    this.behind = isOn ? null : { colour };
    this.set({ colour: isOn ? "" : colour });
  }

  private behindPart(): TemplateResult | typeof nothing {
    const { behind, desk } = this;
    if (!behind) return nothing;
    const whose = behind.lead === undefined ? "all units" : behind.lead ? desk.catalogue.unitName(behind.lead) : "with nobody yet";
    const where = behind.street === undefined ? nothing : behind.street ? html`, ${cellWords(behind.street)}` : ", off the grid";
    return html`<div data-board-behind><h3>${colourSign(behind.colour)} cases: ${whose}${where} <button class="plain" aria-label="Close the list" @click=${() => this.look(null)}>✕</button></h3>
      <gm-board-drill .desk=${desk} .counted=${behind}></gm-board-drill></div>`;
  }

  private look(behind: Counted | null): void {
    this.behind = behind;
    this.requestUpdate();
  }

  private countPart(one: Count, colour: "green" | "yellow" | "red" | "grey"): TemplateResult | number {
    if (!one[colour]) return 0;
    const counted = { colour, lead: one.lead, street: one.street };
    return html`<button class="plain figure" data-count-of=${colour} @click=${() => this.look(counted)}>${one[colour]}</button>`;
  }

  private boardPart(): TemplateResult {
    const { board, desk } = this;
    if (!board) return html`<p class="hint" aria-busy="true">Loading the board …</p>`;
    const colours = ["red", "yellow", "green", "grey"] as const;
    return html`<div class="board" data-board>${this.uncoveredPart(board)}
      <div class="tiles">${colours.map((colour) => html`<button class="tile" data-tile=${colour} aria-pressed=${this.filters.colour === colour} @click=${() => this.turn(colour)}>${colourSign(colour, true)}<b>${(board.totals[colour] ?? 0).toLocaleString("en")}</b></button>`)}</div>
      ${this.behindPart()}
      <h3>By unit and street</h3>
      <div class="table"><table><thead><tr><th scope="col">Unit</th><th scope="col">Street</th>${colours.map((colour) => html`<th scope="col" class="number">${colourSign(colour)}</th>`)}</tr></thead>
        <tbody>${board.counts.map((one) => html`<tr data-count=${one.lead ?? "nobody"}><td>${one.lead ? one.lead_name && one.lead_name !== one.lead ? one.lead_name : desk.catalogue.unitName(one.lead) : html`<span class="muted">with nobody yet</span>`}</td>
          <td>${one.street ? (one.street_name ?? one.street) : html`<span class="muted">off the grid</span>`}</td>${colours.map((colour) => html`<td class="number ${one[colour] ? "" : "muted"}">${this.countPart(one, colour)}</td>`)}</tr>`)}</tbody></table></div>
      <h3>Longest late</h3>${board.oldest_red.length ? html`<ul class="stack">${board.oldest_red.map((one) => this.lateLine(one))}</ul>` : html`<p class="muted">No case is late.</p>`}
      <h3>Orders without an answer in time</h3>${board.unanswered.length ? html`<ul class="stack">${board.unanswered.map((one) => html`<li><a href="#supervision/${one.id}">${desk.catalogue.unitName(one.addressee)}</a> <span class="muted">level ${one.level}, case <span class="mono">${one.case_no}</span></span>
        <span class="line late">since ${stamp(one.reply_due_at, desk.config.time_zone)}</span></li>`)}</ul>` : html`<p class="muted">None.</p>`}
      <h3>Actions of joint conferences that are late</h3>${board.late_actions.length ? html`<ul class="stack" data-late-actions=${board.late_actions.length}>${board.late_actions.map((one) => html`<li><a href="#conferences/${one.conference}">${desk.catalogue.unitName(one.owner)}</a> <span class="muted">action ${one.ordinal} of conference ${one.conference}, case <span class="mono">${one.case_no}</span></span>
        <span class="line late">was due ${stamp(one.due_at, desk.config.time_zone)}${one.chased_at ? html`, chased ${stamp(one.chased_at, desk.config.time_zone)}` : nothing}</span></li>`)}</ul>` : html`<p class="muted">None.</p>`}
      <p class="muted fine-print">As it stood at ${stamp(board.at, desk.config.time_zone)}.</p></div>`;
  }

  /** The centre works every day of the year: a day with nobody on duty is an error. */
  private uncoveredPart({ uncovered }: Board): TemplateResult | typeof nothing {
    if (!uncovered.length) return nothing;
    const days = uncovered.slice(0, 3).join(", ") + (uncovered.length > 3 ? " and others" : "");
    return html`<p class="trouble" role="alert" data-uncovered=${uncovered.length}>Nobody is on duty at the command centre on ${uncovered.length} of the next 14 days: ${days}.</p>`;
  }

  private lateLine(one: Late): TemplateResult {
    const { desk } = this;
    return html`<li data-late=${one.case_no}><a class="mono" href="/?case=${one.case_no}">${one.case_no}</a> ${desk.catalogue.matterName(one.matter)} <span class="late">${span(Date.now() - Date.parse(one.due_at))} late</span>
      <span class="line muted">${one.lead ? desk.catalogue.unitName(one.lead) : "with nobody yet"} · ${stateWords(one.state)}${one.cell ? html` · ${cellWords(one.cell)}` : nothing}</span></li>`;
  }

  private whole(): TemplateResult {
    const { order, desk } = this;
    const back = html`<a class="back" href="#supervision">← Board</a>`;
    if (!order) return html`${back}<p class="hint" aria-busy="true">Loading the order …</p>`;
    const zone = desk.config.time_zone;
    return html`${back}<div class="dispute" data-open=${order.id}>
      <header><div><h2>${KINDS[order.kind] ?? order.kind} to ${this.askedOf(order)}</h2><p class="meta"><span class="state">${STATES[order.state] ?? order.state}</span><span>level ${order.level}</span></p></div><a class="button" href="#supervision">Board</a></header>
      <section><h3>What it asks about</h3><dl class="who"><dt>Case</dt><dd><a class="mono" href="/?case=${order.case_no}">${order.case_no}</a> ${colourSign(order.colour, true)}</dd>
        <dt>Matter</dt><dd>${order.matter_name ?? desk.catalogue.matterName(order.matter)}</dd>${order.cell ? html`<dt>Unit</dt><dd>${cellWords(order.cell)}</dd>` : nothing}
        <dt>State</dt><dd>${stateWords(order.case_state)}${order.case_due_at ? html` <span class="muted">due ${stamp(order.case_due_at, zone)}</span>` : nothing}</dd>
        ${order.missed_at ? html`<dt>On record</dt><dd>${missedWords(order, zone, (unit) => desk.catalogue.unitName(unit))}</dd>` : nothing}
        <dt>Cause</dt><dd>${CAUSES[order.cause] ?? plain(order.cause)}</dd><dt>Written</dt><dd>${stamp(order.due_at, zone)} <span class="muted">by ${personWords(order.written_by, order.written_by_name)}</span></dd>
        ${order.copied.length ? html`<dt>Copy to</dt><dd>${order.copied.map((unit) => desk.catalogue.unitName(unit)).join(", ")}</dd>` : nothing}
        ${order.reply_due_at ? html`<dt>Reply by</dt><dd class=${this.isSilent(order) ? "late" : ""}>${stamp(order.reply_due_at, zone)}</dd>` : nothing}
        ${order.ended_at ? html`<dt>Ended</dt><dd>${stamp(order.ended_at, zone)} <span class="muted">by ${personWords(order.ended_by, order.ended_by_name)}</span></dd>` : nothing}</dl></section>
      ${order.note || order.cause === "manual" ? html`<section data-asks><h3>What is to be answered</h3><p class="words">${order.note ?? "Not for your role."}</p></section>` : nothing}
      <section><h3>Replies</h3>${order.replies.length ? html`<ol class="stack">${order.replies.map((one) => html`<li><p class="words">${one.text ?? "Not for your role."}</p><p class="muted">${stamp(one.at, zone)}, ${personWords(one.actor, one.actor_name)}</p></li>`)}</ol>` : html`<p class="muted">None yet.</p>`}
      ${order.may_answer ? this.replyForm(order) : nothing}</section></div>`;
  }

  private replyForm(order: Order): TemplateResult {
    return html`<form class="act" @submit=${(event: SubmitEvent) => void this.answer(event, order)}><label>Answer for ${this.askedOf(order)}<textarea name="reply" rows="3" .value=${this.reply} @input=${(event: Event) => {
      this.reply = valueOf(event);
    }}></textarea></label><button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : "Answer in writing"}</button></form>`;
  }
}

customElements.define("gm-supervision", Supervision);
