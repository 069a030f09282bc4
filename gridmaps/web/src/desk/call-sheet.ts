// One call: what it is about, whom to ring up (a look, which is logged), what was said before, and the form of what the
// citizen says, its outcomes beside. Knows one case; the list leads to the next.
import { html, nothing, type TemplateResult } from "lit";
import { get, request } from "../api";
import { asked, type Page } from "../duty";
import { OUTCOMES } from "../ui/act-words";
import { span, stamp } from "../ui/format";
import { cellWords } from "../ui/names";
import { LED_TO, outcomeWord, triesWords, verdictWord, VERDICTS, type CallBack, type Evaluations, type ToCall } from "./call-words";
import { OneCall } from "./one-call";
import { valueOf } from "./view";

type Reporter = { name?: string; phone?: string; email?: string };
type Looked = { reporter: Reporter | null; text: string | null; look: number };
const PURPOSE = "Call-back 回访";
const DONE_BY = ["submit", "solve_own"];

export class CallSheet extends OneCall {
  private one: ToCall | null = null;
  private looked: Looked | null = null;
  private values: Record<string, string> = {};

  protected forget(): void {
    Object.assign(this, { one: null, looked: null, values: {} });
  }

  protected async readMore(caseNo: string, signal: AbortSignal): Promise<() => void> {
    const { items } = await get<Page<ToCall>>(asked("/api/v1/call-backs/due", { number: caseNo }), signal);
    return () => {
      this.one = items.find((one) => one.case_no === caseNo) ?? null;
    };
  }

  protected override pressed({ key, target }: KeyboardEvent): void {
    if (!this.one) return;
    if (key === "l") void this.look();
    const verdict = VERDICTS[Number(key) - 1]?.[0];
    // A digit among the points is a point.
    if (verdict && (target as HTMLInputElement).name !== "score" && !this.isResting(verdict)) this.take("verdict", verdict);
  }

  private async look(): Promise<void> {
    const { caseNo } = this;
    if (this.looked) return;
    await this.sending(async () => {
      const looked = await request<Looked>("POST", `${this.path}/looks`, { purpose: PURPOSE });
      if (this.caseNo === caseNo) this.looked = looked;
    });
  }

  private take(name: string, value: string): void {
    this.values = { ...this.values, [name]: value };
    // Dissatisfied and fixed is said seldom, satisfied and not fixed as well; either may be chosen all the same.
    if (name === "verdict") this.values.outcome = value === "satisfied" ? "fixed" : value === "dissatisfied" ? "not_fixed" : "";
    this.trouble = null;
    this.requestUpdate();
    if (name === "verdict") void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[name=verdict][value=${value}]`)?.focus());
  }

  private isResting(verdict: string): boolean {
    return verdict === "not_reached" && Boolean(this.one?.again_at);
  }

  private missing(): string | null {
    const { verdict = "", outcome = "" } = this.values;
    if (!verdict) return "Choose what the citizen says first.";
    return verdict === "not_reached" || outcome ? null : "Choose what it is by the citizen's word first.";
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.trouble = this.missing();
    if (this.trouble) return this.requestUpdate();
    const { verdict = "", outcome = "", score } = this.values;
    const words = this.values.words?.trim();
    const isReached = verdict !== "not_reached";
    const body = { act: "call_back", verdict, ...(isReached ? { outcome } : {}), ...(isReached && score ? { score: Number(score) } : {}), ...(words ? { words } : {}) };
    await this.sending(async () => {
      const { path } = this;
      await request("POST", `${path}/actions`, body);
      const { call_backs } = await get<Evaluations>(`${path}/evaluations`);
      this.dispatchEvent(new CustomEvent("called", { detail: this.became(verdict, call_backs.at(-1)) }));
    });
  }

  private became(verdict: string, call: CallBack | undefined): TemplateResult {
    const leads = LED_TO[call?.led_to ?? ""];
    const missed = (this.one?.missed ?? 0) + 1;
    const isLast = missed >= (this.one?.attempts ?? missed);
    const then = verdict !== "not_reached" ? leads : isLast ? "tried as often as is asked for, the case goes on without him" : "he is tried again at another hour";
    return html`${verdictWord(verdict)} is recorded${then ? `; ${then}` : ""}.`;
  }

  protected override render(): TemplateResult {
    const { one, whole, desk } = this;
    if (!whole) return this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : html`<p class="hint" aria-busy="true">Loading the case …</p>`;
    return html`<div class="dispute" data-open=${this.caseNo}><header><div><h2>${desk.catalogue.matterName(whole.category)}</h2><p class="meta"><a class="mono" href="/?case=${this.caseNo}">${this.caseNo}</a>${one ? html`<span>${triesWords(one)}</span>` : nothing}</p></div>
        ${one ? html`<button class="quiet" data-look ?disabled=${this.looked !== null} @click=${() => void this.look()}>Whom to ring up <kbd>l</kbd></button>` : nothing}</header>
      ${one ? html`${this.contactPart()}${this.form(one)}` : html`<section><p class="hint" data-not-waiting><b>This case waits for no call of yours.</b>It was answered meanwhile, or you had a part in it.</p></section>`}
      ${this.about(one)}${this.earlier()}</div>`;
  }

  private contactPart(): TemplateResult | typeof nothing {
    const { looked } = this;
    if (!looked) return nothing;
    const { name, phone, email } = looked.reporter ?? {};
    return html`<section class="contact" data-looked=${looked.look}><dl class="who">
      <dt>Name</dt><dd>${name ?? html`<span class="muted">not told</span>`}</dd>
      <dt>Telephone</dt><dd>${phone ? html`<a class="phone" href="tel:${phone.replaceAll(/[^+0-9]/g, "")}">${phone}</a>` : html`<span class="muted">none left${email ? "" : "; nobody can be rung up"}</span>`}</dd>
      ${email ? html`<dt>E-mail</dt><dd><a href="mailto:${email}">${email}</a></dd>` : nothing}
      ${looked.text ? html`<dt>Said</dt><dd class="words">${looked.text}</dd>` : nothing}</dl><p class="muted">Your look is logged, number ${looked.look}.</p></section>`;
  }

  private form(one: ToCall): TemplateResult {
    const { values } = this;
    const isReached = Boolean(values.verdict) && values.verdict !== "not_reached";
    return html`<section><form class="act call" novalidate data-call-form @submit=${(event: SubmitEvent) => void this.submit(event)} @keydown=${(event: KeyboardEvent) => this.entered(event)}>
      <div class="sides-of"><fieldset class="choices"><legend>The citizen is</legend>${VERDICTS.map(([key, word], index) => this.pick("verdict", key, html`${word} <kbd>${index + 1}</kbd>`, this.isResting(key)))}</fieldset>
        <fieldset class="choices" ?disabled=${!isReached}><legend>By the citizen's word it is</legend>${OUTCOMES.map(([key, word]) => this.pick("outcome", key, word, false))}</fieldset></div>
      ${one.again_at ? html`<p class="muted" data-resting>Nobody was reached ${one.last_at ? `at ${stamp(one.last_at, this.desk.config.time_zone)}` : "a short while ago"}; another try that reaches nobody counts from ${stamp(one.again_at, this.desk.config.time_zone)} on.</p>` : nothing}
      ${values.verdict === "dissatisfied" ? html`<p class="muted">The first time, the case is reopened and its clock starts anew; after that it goes to the supervisor.</p>` : nothing}
      <fieldset class="choices across" ?disabled=${!isReached}><legend>The citizen's points for the result, 5 is good (may stay open)</legend>${[1, 2, 3, 4, 5].map((score) => this.pick("score", String(score), String(score), false))}</fieldset>
      <label>${isReached || !values.verdict ? "The citizen's words (may stay open)" : "Note (may stay open)"}<textarea name="words" rows="2" .value=${values.words ?? ""} @input=${(event: Event) => this.take("words", valueOf(event))}></textarea></label>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
      <div class="buttons"><button class="primary" data-submit ?disabled=${this.busy}>${this.busy ? "Sending …" : "Record, and on to the next"}</button></div></form></section>`;
  }

  // Enter on a choice records the call, as in a text field of one line.
  private entered(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    (event.currentTarget as HTMLFormElement).requestSubmit();
  }

  private pick(name: string, key: string, word: TemplateResult | string, isOff: boolean): TemplateResult {
    return html`<label><input type="radio" name=${name} value=${key} ?disabled=${isOff} .checked=${this.values[name] === key} @change=${() => this.take(name, key)} /><span>${word}</span></label>`;
  }

  private about(one: ToCall | null): TemplateResult {
    const { whole, desk } = this;
    const zone = desk.config.time_zone;
    const lead = one?.lead ?? whole?.lead;
    const cell = whole?.current_cell?.code;
    const done = whole?.notes?.filter(({ act }) => DONE_BY.includes(act)).at(-1);
    const text = this.looked?.text ? null : (whole?.text ?? one?.text);
    return html`<section><h3>What it is about</h3><dl class="who">
      ${text ? html`<dt>Reported</dt><dd class="words">${text}</dd>` : nothing}
      <dt>When</dt><dd>${stamp(whole?.received_at, zone)}</dd>
      <dt>Where</dt><dd>${cell ? cellWords(cell, whole?.current_cell?.name) : "off the grid"}</dd>
      <dt>Handled by</dt><dd>${lead ? desk.catalogue.unitName(lead) : "its own level"}</dd>
      <dt>Result</dt><dd data-outcome>${outcomeWord(whole?.outcome ?? null)}${one ? html`<span class="muted">, closed ${stamp(one.closed_at, zone)}, ${span(Date.now() - Date.parse(one.closed_at))} ago</span>` : nothing}</dd>
      ${done ? html`<dt>By its word</dt><dd class="words">${done.note}</dd>` : nothing}</dl></section>`;
  }

  private earlier(): TemplateResult | typeof nothing {
    const calls = this.said?.call_backs ?? [];
    if (calls.length === 0) return nothing;
    const zone = this.desk.config.time_zone;
    return html`<section><h3>Called before</h3><ul class="stack" data-before=${calls.length}>${calls.map((call) => html`<li>${verdictWord(call.verdict)}${call.outcome ? `, ${outcomeWord(call.outcome).toLowerCase()}` : ""} <span class="muted">${stamp(call.at, zone)}${call.spoken_by === "clerk" ? "" : ", on the status page"}${LED_TO[call.led_to] ? `; ${LED_TO[call.led_to]}` : ""}</span>${this.wordsAt(call.at) ? html`<span class="line words">${this.wordsAt(call.at)}</span>` : nothing}</li>`)}</ul></section>`;
  }
}

customElements.define("gm-call-sheet", CallSheet);
