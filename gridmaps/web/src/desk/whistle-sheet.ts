// One whistle whole: who was called where, who came when, the joint result, and what both sides say of each other.
import { html, nothing, type TemplateResult } from "lit";
import "../ui/case-acts.css";
import { metres, place, stamp } from "../ui/format";
import { cellWords, personWords } from "../ui/names";
import { OneSheet } from "./one-sheet";
import { callSign, heardWords, isLate, OUTCOMES, stars, STATES, typeName, type Call, type Whistle } from "./whistle-words";

type Form = "result" | "withdrawal" | "score";

class WhistleSheet extends OneSheet<Whistle, Form> {
  protected override get path(): string {
    return "/api/v1/whistles";
  }

  protected override shown(one: Whistle, andFly: boolean): void {
    this.desk.ground.setPlace([one.lon, one.lat], one.unit, one.radius_m ?? 0);
    if (andFly) this.desk.ground.fly([one.lon, one.lat]);
  }

  protected override render(): TemplateResult {
    const { one } = this;
    if (!one) return this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : html`<p class="hint" aria-busy="true">Loading the whistle …</p>`;
    const late = one.state === "raised" && isLate(one);
    return html`<div class="dispute" data-open=${one.id}><header><div><h2>${typeName(one)}</h2>
      <p class="meta"><span class="state ${one.state === "resolved" ? "ruled" : one.state}" data-whistle-state=${one.state}>${STATES[one.state]}</span><span>whistle ${one.id}</span>${late ? html`<span class="late">a called unit is late</span>` : nothing}</p></div></header>
      ${this.wanted(one)}${this.calls(one)}${this.heard(one)}${this.ending(one)}${this.scores(one)}</div>`;
  }

  private wanted(one: Whistle): TemplateResult {
    const { desk } = this;
    const zone = desk.config.time_zone;
    return html`<section><h3>What is wanted</h3>${one.what ? html`<p class="words">${one.what}</p>` : html`<p class="muted">Not for your role.</p>`}</section>
      <section><h3>Where and when</h3><dl class="who"><dt>Called by</dt><dd>${desk.catalogue.unitName(one.street)} <span class="muted">${personWords(one.raised_by, one.raised_by_name)}, ${stamp(one.raised_at, zone)}</span></dd>
      ${one.place ? html`<dt>Place</dt><dd>${one.place}</dd>` : nothing}<dt>Position</dt><dd class="mono">${place([one.lon, one.lat])}</dd>
      <dt>There is</dt><dd>${one.radius_m ? `within ${metres(one.radius_m)} of it` : html`anywhere in ${cellWords(one.unit)}`}</dd>
      ${one.wanted_at ? html`<dt>Wanted</dt><dd>${stamp(one.wanted_at, zone)}</dd>` : nothing}<dt>Due</dt><dd>${stamp(one.due_at, zone)}${one.is_due_by_limit ? html` <span class="muted" data-due-by-limit>by the limit of the type: nobody need be there sooner</span>` : nothing}</dd>
      ${one.case_no ? html`<dt>Case</dt><dd><a class="mono" href="/?case=${one.case_no}">${one.case_no}</a></dd>` : nothing}</dl></section>`;
  }

  private calls(one: Whistle): TemplateResult {
    const zone = this.desk.config.time_zone;
    const isOver = one.state !== "raised";
    const row = (call: Call): TemplateResult => html`<tr data-call=${call.unit} data-call-colour=${call.colour}><td>${this.desk.catalogue.unitName(call.unit)}</td>
      <td class=${call.colour === "red" ? "late" : ""}>${callSign(call, isOver)}</td><td>${call.arrived_at ? html`<span class="line">${stamp(call.arrived_at, zone)}</span>${this.captured(one, call)}` : html`<span class="muted">–</span>`}</td></tr>`;
    return html`<section><h3>Called units</h3><div class="table"><table class="calls"><thead><tr><th scope="col">Unit</th><th scope="col">Stands</th><th scope="col">There since</th></tr></thead><tbody>${one.calls.map(row)}</tbody></table></div>
      ${one.may.report_in.length ? html`<p class="muted">Your unit reports in on the spot, with the <a href="/report">reporting page</a> of a phone.</p>` : nothing}</section>`;
  }

  /** Of when the position is that made the arrival: the time is the server's, this the phone's. */
  private captured(one: Whistle, call: Call): TemplateResult | typeof nothing {
    const said = one.report_ins.find((heard) => heard.counts && heard.unit === call.unit);
    return said ? html`<span class="line muted" data-captured>position of ${stamp(said.captured_at, this.desk.config.time_zone)}</span>` : nothing;
  }

  private heard(one: Whistle): TemplateResult | typeof nothing {
    if (one.report_ins.length === 0) return nothing;
    const zone = this.desk.config.time_zone;
    return html`<section><h3>Report-ins</h3><ul class="stack" data-report-ins=${one.report_ins.length}>${one.report_ins.map((said) => html`<li><b>${this.desk.catalogue.unitName(said.unit)}</b> <time class="muted">${stamp(said.at, zone)}</time>
      <span class="line ${said.counts ? "" : "late"}">${said.counts ? "Counts" : "Does not count"}: ${heardWords(said)}, position of ${stamp(said.captured_at, zone)}</span></li>`)}</ul></section>`;
  }

  private button(name: Form, word: string): TemplateResult {
    return html`<button type="button" class="quiet" data-form=${name} aria-expanded=${this.open === name} @click=${() => this.show(name)}>${word}</button>`;
  }

  private get refused(): TemplateResult | typeof nothing {
    return this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing;
  }

  private ending(one: Whistle): TemplateResult | typeof nothing {
    const zone = this.desk.config.time_zone;
    if (one.state !== "raised") {
      return html`<section class="settled"><h3>${one.state === "resolved" ? "Joint result" : "Called off"}</h3>${one.outcome ? html`<p data-outcome=${one.outcome}><b>${OUTCOMES[one.outcome] ?? one.outcome}</b></p>` : nothing}
        <p class="words">${one.result || html`<span class="muted">Not for your role.</span>`}</p><p class="muted">${stamp(one.closed_at, zone)}</p></section>`;
    }
    if (!one.may.end) return html`<section><h3>Joint result</h3><p class="muted" data-read-only>None yet; the street that called records it.</p></section>`;
    return html`<section><h3>Joint result</h3><p class="bar">${this.button("result", "Record the result")}${this.button("withdrawal", "Call it off")}</p>
      ${this.open === "result" ? this.resultForm(one) : this.open === "withdrawal" ? this.withdrawal() : nothing}${this.open === "score" ? nothing : this.refused}</section>`;
  }

  private readonly toggled = (event: Event): void => {
    const { value, checked } = event.target as HTMLInputElement;
    this.take(`release ${value}`, checked ? "yes" : "");
  };

  private resultForm(one: Whistle): TemplateResult {
    const { values } = this;
    const awaited = one.calls.filter((call) => call.is_expected && call.colour === "grey").map((call) => call.unit);
    const body = { outcome: values.outcome ?? "solved", result: values.result?.trim() ?? "", released: awaited.filter((unit) => values[`release ${unit}`]) };
    return html`<form class="act" data-form-of="result" @submit=${(event: SubmitEvent) => void this.send(event, "result", body)}>
      <label>Outcome<select name="outcome" @change=${this.typed}>${Object.entries(OUTCOMES).map(([key, word]) => html`<option value=${key} ?selected=${key === body.outcome}>${word}</option>`)}</select></label>
      <label>What was done together<textarea name="result" rows="3" required .value=${values.result ?? ""} @input=${this.typed}></textarea></label>
      ${awaited.length ? html`<fieldset class="releases"><legend>Still expected. Who is not released must come in time, or stands as absent.</legend>
        ${awaited.map((unit) => html`<label><input type="checkbox" name="release" value=${unit} ?checked=${Boolean(values[`release ${unit}`])} @change=${this.toggled} /> Release ${this.desk.catalogue.unitName(unit)}: not needed any more</label>`)}</fieldset>` : nothing}
      <button class="primary" ?disabled=${this.busy}>Record it</button></form>`;
  }

  private withdrawal(): TemplateResult {
    const { values } = this;
    return html`<form class="act" data-form-of="withdrawal" @submit=${(event: SubmitEvent) => void this.send(event, "withdrawal", { reason: values.reason?.trim() ?? "" })}>
      <label>Why nobody is needed any more<textarea name="reason" rows="2" required .value=${values.reason ?? ""} @input=${this.typed}></textarea></label>
      <button class="primary" ?disabled=${this.busy}>Call it off</button></form>`;
  }

  private scores(one: Whistle): TemplateResult | typeof nothing {
    if (one.state !== "resolved") return nothing;
    const { desk, values } = this;
    const pairs = one.may.score;
    const chosen = pairs[Number(values.pair ?? 0)] ?? pairs[0];
    const body = { ...chosen, score: Number(values.score ?? 5), note: values.note?.trim() ?? "" };
    return html`<section><h3>Both sides score 双考核</h3>${one.scores.length ? html`<ul class="stack" data-scores=${one.scores.length}>${one.scores.map((given) => html`<li><b>${desk.catalogue.unitName(given.by_unit)}</b> <span class="muted">on</span> ${desk.catalogue.unitName(given.about)} ${stars(given.score)}
        ${given.note ? html`<p class="words">${given.note}</p>` : nothing}</li>`)}</ul>` : html`<p class="muted">Nobody has scored yet.</p>`}
      ${pairs.length ? html`<p class="bar">${this.button("score", "Give a score")}</p>` : nothing}
      ${this.open === "score" && chosen ? html`<form class="act" data-form-of="score" @submit=${(event: SubmitEvent) => void this.send(event, "scores", body)}>
        <label>Who scores whom<select name="pair" @change=${this.typed}>${pairs.map((pair, index) => html`<option value=${index} ?selected=${pair === chosen}>${desk.catalogue.unitName(pair.by)} → ${desk.catalogue.unitName(pair.about)}</option>`)}</select></label>
        <label>Score<select name="score" @change=${this.typed}>${[5, 4, 3, 2, 1].map((score) => html`<option value=${score} ?selected=${score === body.score}>${score} of 5</option>`)}</select></label>
        <label>Note (may stay open)<textarea name="note" rows="2" .value=${values.note ?? ""} @input=${this.typed}></textarea></label><button class="primary" ?disabled=${this.busy}>Give it</button></form>${this.refused}` : nothing}</section>`;
  }
}

customElements.define("gm-whistle", WhistleSheet);
