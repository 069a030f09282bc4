// What became of it, in one place: the outcome, the call-backs, and what each side gives the other: the citizen the
// result, the grid the department, the department the report. With the forms for what is this person's to say.
import "./case-said.css";
import { html, nothing, type TemplateResult } from "lit";
import { get, request, type Case, type Config, type Session } from "../api";
import { may, type Catalogue } from "../duty";
import { Question } from "../question";
import { OUTCOMES } from "../ui/act-words";
import { unitWords } from "../ui/decision";
import { stamp } from "../ui/format";
import { NamedPart } from "../ui/part";
import { LEADS, MISSING, outcomeWord, OVER, pointsOf, SETTLED, SIDES, verdictWord, VERDICTS, type CallBack, type Evaluations, type Subject } from "./said-words";

class CaseSaid extends NamedPart {
  static override properties = { one: { attribute: false }, config: { attribute: false }, catalogue: { attribute: false }, session: { attribute: false } };
  declare one: Case;
  declare config: Config | null;
  declare catalogue: Catalogue | null;
  declare session: Session | null;
  private readonly question = new Question();
  private found: Evaluations | null = null;
  private canCall = false;
  private canSettle = false;
  /** The form that is open: a side to score, the call-back, or a call-back to mark. */
  private open = "";
  private values: Record<string, string> = {};
  private trouble: string | null = null;
  private busy = false;
  private read = "";

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("gm-call-back", this.asked);
    addEventListener("keydown", this.key, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("gm-call-back", this.asked);
    removeEventListener("keydown", this.key, true);
  }

  // With a form open, Escape closes that and nothing else.
  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open) return;
    event.stopPropagation();
    this.turn("");
  };

  private readonly asked = (event: Event): void => {
    if ((event as CustomEvent<string>).detail !== this.one.case_no || !this.canCall) return;
    event.preventDefault();
    this.turn("call_back");
  };

  protected override willUpdate(): void {
    const { case_no, state, history } = this.one;
    if (!this.read.startsWith(`${case_no} `)) this.forget();
    const wanted = `${case_no} ${state} ${history?.length ?? 0}`;
    if (wanted === this.read || !history) return;
    this.read = wanted;
    void this.readSaid(case_no);
  }

  // What was said of one case says nothing of the next, also while that is still being read.
  private forget(): void {
    this.question.drop();
    Object.assign(this, { found: null, canCall: false, canSettle: false, open: "", values: {}, trouble: null, read: "" });
  }

  // Beside the case: what cannot be read leaves its part away.
  private async readSaid(caseNo: string): Promise<void> {
    const asking = this.question.ask(caseNo);
    const calls = (may(this.session, "call_back") || may(this.session, "supervise")) && OVER.includes(this.one.state ?? "");
    const [found, legal] = await Promise.all([
      get<Evaluations>(`/api/v1/cases/${caseNo}/evaluations`, asking.signal).catch(() => null),
      calls ? get<{ legal: { act: string }[] }>(`/api/v1/cases/${caseNo}/acts`, asking.signal).catch(() => null) : null,
    ]);
    if (!asking.counts()) return;
    const can = (name: string): boolean => legal?.legal.some(({ act }) => act === name) ?? false;
    Object.assign(this, { found, canCall: can("call_back"), canSettle: can("settle_call_back") });
    this.requestUpdate();
  }

  private turn(form: string): void {
    this.open = this.open === form ? "" : form;
    Object.assign(this, { trouble: null, values: form === "call_back" ? { verdict: "satisfied", outcome: "fixed" } : {} });
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const opened = this.querySelector<HTMLElement>("form");
      opened?.scrollIntoView({ block: "nearest" });
      opened?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    });
  }

  private take(name: string, value: string): void {
    this.values = { ...this.values, [name]: value };
    // Dissatisfied and fixed is said seldom, satisfied and not fixed as well; either may be chosen all the same.
    if (name === "verdict") this.values.outcome = value === "satisfied" ? "fixed" : value === "dissatisfied" ? "not_fixed" : "";
    this.requestUpdate();
  }

  private async send(event: SubmitEvent, path: string, body: Record<string, unknown>, missing: string | null): Promise<void> {
    event.preventDefault();
    this.trouble = missing;
    if (missing || this.busy) return this.requestUpdate();
    this.busy = true;
    this.requestUpdate();
    const { case_no } = this.one;
    try {
      await request("POST", `/api/v1/cases/${case_no}/${path}`, body);
      if (this.one.case_no !== case_no) return;
      Object.assign(this, { open: "", values: {} });
      this.dispatchEvent(new CustomEvent("acted", { detail: path, bubbles: true }));
      await this.readSaid(case_no);
    } catch (failed) {
      if (this.one.case_no === case_no) this.trouble = (failed as Error).message;
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  private get zone(): string | undefined {
    return this.config?.time_zone;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { found, one } = this;
    const isOver = OVER.includes(one.state ?? "");
    if (!isOver && !one.outcome && !found?.call_backs.length && !found?.scores.length) return nothing;
    return html`<section class="said-of-it" data-evaluations><h3>What became of it</h3>
      ${one.outcome ? html`<p data-outcome=${one.outcome}>Outcome: <b class=${one.outcome === "not_fixed" ? "late" : ""}>${outcomeWord(one.outcome)}</b></p>` : nothing}
      ${found?.call_backs.length ? html`<h4>Call-backs 回访</h4><ol class="way">${found.call_backs.map((call) => this.call(call))}</ol>` : nothing}
      ${this.canCall ? html`<p class="offers"><button type="button" class="quiet" data-call-back aria-expanded=${this.open === "call_back"} @click=${() => this.turn("call_back")}>Record a call-back by telephone</button></p>${this.open === "call_back" ? this.callForm() : nothing}` : nothing}
      ${found && isOver && !one.is_history ? html`<h4>Each side by the other 双向评价</h4><ul class="sides">${SIDES.map(([subject, who, what]) => this.side(found, subject, who, what))}</ul>` : nothing}
      ${found ? this.earlier(found) : nothing}
      ${found?.missing.length && one.state !== "evaluated" ? html`<p class="muted" data-missing>Still to be said: ${found.missing.map((key) => MISSING[key] ?? key.replaceAll("_", " ")).join(", ")}.</p>` : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}</section>`;
  }

  private call(call: CallBack): TemplateResult {
    const words = (this.found?.words ?? []).filter((said) => said.text && (said.act === "call_back" ? said.at === call.at : said.act === "settle_call_back" && said.at === call.settled_at));
    const waits = call.led_to === "supervisor" && !call.settled_at;
    const leads = call.settled_at ? SETTLED[call.settled_as ?? ""] : LEADS[call.led_to];
    const may_mark = may(this.session, "supervise") && call.verdict !== "not_reached";
    const form = `mark ${call.ordinal}`;
    return html`<li data-call=${call.verdict}><b class=${call.verdict === "dissatisfied" ? "late" : ""}>${verdictWord(call.verdict)}${call.outcome ? html` · <span data-said-outcome=${call.outcome}>${outcomeWord(call.outcome)}</span>` : nothing}</b><span class="muted">${stamp(call.at, this.zone)}</span>
      <span class="muted">${call.spoken_by === "clerk" ? "by telephone" : "by the citizen, on the status page"}${leads ? `, ${leads}` : ""}${call.is_unreasonable ? ", marked as unreasonable: listed, not counted" : ""}</span>
      ${words.map((said) => html`<p class="note">${said.text}</p>`)}
      ${waits && this.canSettle ? html`<p class="offers"><button type="button" class="quiet" data-settle aria-expanded=${this.open === "settle"} @click=${() => this.turn("settle")}>Settle it</button></p>${this.open === "settle" ? this.settleForm() : nothing}` : nothing}
      ${may_mark ? html`<p class="offers"><button type="button" class="link-like" data-mark=${call.ordinal} aria-expanded=${this.open === form} @click=${() => this.turn(form)}>${call.is_unreasonable ? "Take the mark off" : "Mark as unreasonable"}</button></p>${this.open === form ? this.markForm(call) : nothing}` : nothing}</li>`;
  }

  private settleForm(): TemplateResult {
    const { outcome = "" } = this.values;
    const reason = this.values.reason?.trim() ?? "";
    const missing = outcome ? (reason ? null : "Say why first.") : "Choose what becomes of it first.";
    return html`<form class="act" data-settle-form novalidate @submit=${(event: SubmitEvent) => void this.send(event, "call-backs/settle", { outcome, reason }, missing)}>
      <fieldset class="verdicts"><legend>The case</legend>${[["reopen", "Is reopened"], ["stays_closed", "Stays closed"]].map(([key = "", word]) => html`<label><input type="radio" name="outcome" value=${key} .checked=${outcome === key} @change=${() => this.take("outcome", key)} /><span>${word}</span></label>`)}</fieldset>
      ${this.wordsField("reason", outcome === "stays_closed" ? "Why, as the citizen reads it" : "Why")}<button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : "Settle it"}</button></form>`;
  }

  private markForm(call: CallBack): TemplateResult {
    const reason = this.values.reason?.trim() ?? "";
    const body = { is_unreasonable: !call.is_unreasonable, reason };
    return html`<form class="act" novalidate @submit=${(event: SubmitEvent) => void this.send(event, `call-backs/${call.ordinal}/mark`, body, reason ? null : "Say why first.")}>
      ${this.wordsField("reason", "Why")}<button class="primary" ?disabled=${this.busy}>${call.is_unreasonable ? "Take the mark off" : "Mark"}</button></form>`;
  }

  private side(found: Evaluations, subject: Subject, who: string, what: string): TemplateResult {
    const given = found.scores.find((score) => score.subject === subject && score.cycle === found.cycle);
    const answered = found.call_backs.some((call) => call.cycle === found.cycle && call.verdict !== "not_reached");
    // The citizen's points come with his call-back; alone they are given only behind it.
    const isMine = !given && found.may_score.includes(subject) && (subject !== "result" || (answered && !this.canCall));
    const unit = subject === "report" ? null : (given?.unit ?? this.one.lead);
    return html`<li data-side=${subject}><span class="who-whom"><b>${who}</b> on ${what}${unit && subject === "department" ? html`<small class="muted">${unitWords(unit, this.catalogue)}</small>` : nothing}</span>
      ${given ? html`<span data-points=${given.score}>${pointsOf(given.score)}</span>` : isMine ? html`<button type="button" class="quiet" data-give=${subject} aria-expanded=${this.open === subject} @click=${() => this.turn(subject)}>Give points</button>` : html`<span class="muted">not said</span>`}
      ${given ? html`<small class="muted">${stamp(given.at, this.zone)}${this.wordsAt(given.at)}</small>` : nothing}
      ${isMine && this.open === subject ? this.scoreForm(subject) : nothing}</li>`;
  }

  private wordsAt(at: string): TemplateResult | typeof nothing {
    const said = this.found?.words.find((one) => one.act === "evaluate" && one.at === at && one.text);
    return said ? html`<span class="note block">${said.text}</span>` : nothing;
  }

  private earlier(found: Evaluations): TemplateResult | typeof nothing {
    const before = found.scores.filter((score) => score.cycle < found.cycle);
    if (before.length === 0) return nothing;
    return html`<p class="muted">Before it was reopened: ${before.map((score) => `${SIDES.find(([key]) => key === score.subject)?.[1] ?? score.subject} ${score.score} of 5`).join(", ")}.</p>`;
  }

  private pointsField(name: string, word: string): TemplateResult {
    return html`<fieldset class="points-of"><legend>${word}</legend>${[1, 2, 3, 4, 5].map((score) => html`<label><input type="radio" name=${name} value=${score} .checked=${this.values[name] === String(score)} @change=${() => this.take(name, String(score))} /><span>${score}</span></label>`)}<small class="muted">1 bad, 5 good</small></fieldset>`;
  }

  private wordsField(name: string, word: string): TemplateResult {
    return html`<label>${word}<textarea rows="2" name=${name} .value=${this.values[name] ?? ""} @input=${(event: Event) => this.take(name, (event.target as HTMLTextAreaElement).value)}></textarea></label>`;
  }

  private scoreForm(subject: Subject): TemplateResult {
    const score = Number(this.values.score ?? 0);
    const words = this.values.words?.trim();
    const body = { subject, score, ...(words ? { words } : {}) };
    return html`<form class="act" data-score-form=${subject} novalidate @submit=${(event: SubmitEvent) => void this.send(event, "evaluations", body, score ? null : "Choose the points first.")}>
      ${this.pointsField("score", "Points")}${this.wordsField("words", "Why (may stay open)")}
      <button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : "Give the points"}</button></form>`;
  }

  private callForm(): TemplateResult {
    const { verdict = "", outcome = "", score } = this.values;
    const reached = verdict !== "not_reached";
    const words = this.values.words?.trim();
    const body = { act: "call_back", verdict, ...(reached && outcome ? { outcome } : {}), ...(reached && score ? { score: Number(score) } : {}), ...(words ? { words } : {}) };
    return html`<form class="act" data-call-form novalidate @submit=${(event: SubmitEvent) => void this.send(event, "actions", body, null)}>
      <fieldset class="verdicts"><legend>The citizen is</legend>${VERDICTS.map(([key, word]) => html`<label><input type="radio" name="verdict" value=${key} .checked=${verdict === key} @change=${() => this.take("verdict", key)} /><span>${word}</span></label>`)}</fieldset>
      ${reached ? html`<label>By the citizen's word it is<select name="outcome" @change=${(event: Event) => this.take("outcome", (event.target as HTMLSelectElement).value)}>${OUTCOMES.map(([key, word]) => html`<option value=${key} ?selected=${key === outcome} .selected=${key === outcome}>${word}</option>`)}</select></label>
        ${this.pointsField("score", "The citizen's points for the result (may stay open)")}` : nothing}
      ${this.wordsField("words", reached ? "The citizen's words (may stay open)" : "Note (may stay open)")}
      ${verdict === "dissatisfied" ? html`<p class="muted">The first time, the case is reopened and its clock starts anew; after that it goes to the supervisor.</p>` : nothing}
      <button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : "Record the call-back"}</button></form>`;
  }
}

customElements.define("gm-case-said", CaseSaid);
