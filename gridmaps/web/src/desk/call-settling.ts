// The supervisor's word where a citizen was dissatisfied again: the case is reopened, or it stays closed with a reason
// that he reads. Knows one case; the list leads to the next.
import { html, nothing, type TemplateResult } from "lit";
import { request } from "../api";
import { stamp } from "../ui/format";
import { cellWords } from "../ui/names";
import { outcomeWord, verdictWord } from "./call-words";
import { OneCall } from "./one-call";
import { valueOf } from "./view";

const WAYS: [string, string][] = [["reopen", "Is reopened 重办"], ["stays_closed", "Stays closed 维持办结"]];

class CallSettling extends OneCall {
  private outcome = "";
  private reason = "";

  protected forget(): void {
    Object.assign(this, { outcome: "", reason: "" });
  }

  protected async readMore(): Promise<() => void> {
    return () => undefined;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { outcome } = this;
    const reason = this.reason.trim();
    this.trouble = !outcome ? "Choose what becomes of it first." : reason ? null : "Say why first.";
    if (this.trouble) return this.requestUpdate();
    await this.sending(async () => {
      await request("POST", `${this.path}/call-backs/settle`, { outcome, reason });
      this.dispatchEvent(new CustomEvent("settled", { detail: html`${outcome === "reopen" ? "reopened" : "stays closed"}; the citizen is told.` }));
    });
  }

  protected override render(): TemplateResult {
    const { whole, desk } = this;
    if (!whole) return this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : html`<p class="hint" aria-busy="true">Loading the case …</p>`;
    return html`<div class="dispute" data-open=${this.caseNo}><header><div><h2>${desk.catalogue.matterName(whole.category)}</h2><p class="meta"><a class="mono" href="/?case=${this.caseNo}">${this.caseNo}</a></p></div></header>
      <section><h3>What citizens said of it</h3><ul class="stack">${this.said?.call_backs.map((call) => html`<li><b class=${call.verdict === "dissatisfied" ? "late" : ""}>${verdictWord(call.verdict)}</b>${call.outcome ? `, ${outcomeWord(call.outcome).toLowerCase()}` : ""} <span class="muted">${stamp(call.at, desk.config.time_zone)}</span>
        ${this.wordsAt(call.at) ? html`<span class="line words">${this.wordsAt(call.at)}</span>` : nothing}</li>`)}</ul></section>
      <section><form class="act call" novalidate data-settle-form @submit=${(event: SubmitEvent) => void this.submit(event)}>
        <fieldset class="choices across"><legend>The case</legend>${WAYS.map(([key, word]) => html`<label><input type="radio" name="outcome" value=${key} .checked=${this.outcome === key} @change=${() => this.take(key)} /><span>${word}</span></label>`)}</fieldset>
        <label>${this.outcome === "stays_closed" ? "Why, as the citizen reads it" : "Why"}<textarea name="reason" rows="3" .value=${this.reason} @input=${(event: Event) => (this.reason = valueOf(event))}></textarea></label>
        ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
        <div class="buttons"><button class="primary" data-submit ?disabled=${this.busy}>${this.busy ? "Sending …" : "Settle it, and on to the next"}</button></div></form></section>
      <section><h3>What it is about</h3><dl class="who">${whole.text ? html`<dt>Reported</dt><dd class="words">${whole.text}</dd>` : nothing}
        <dt>Where</dt><dd>${whole.current_cell ? cellWords(whole.current_cell.code, whole.current_cell.name) : "off the grid"}</dd>
        <dt>Handled by</dt><dd>${whole.lead ? desk.catalogue.unitName(whole.lead) : "its own level"}</dd><dt>Result</dt><dd>${outcomeWord(whole.outcome ?? null)}</dd></dl></section></div>`;
  }

  private take(outcome: string): void {
    Object.assign(this, { outcome, trouble: null });
    this.requestUpdate();
  }
}

customElements.define("gm-call-settling", CallSettling);
