// One conference whole: its case, why it was called, who sits in it, what was said and decided, who does what by when.
import { html, nothing, type TemplateResult } from "lit";
import { get, type Case } from "../api";
import type { Asking } from "../question";
import "../ui/case-acts.css";
import { stateWords } from "../ui/case-states";
import { momentIn, stamp } from "../ui/format";
import { personWords } from "../ui/names";
import "../ui/picker";
import "./conference-decision";
import { boardName, memberWords, stateMark, TRIGGERS, unitsFor, type Action, type WholeConference } from "./conference-words";
import type { Clicked } from "./ground";
import { OneSheet } from "./one-sheet";

type Form = "members" | "minutes" | "decision" | "action" | "end" | `done ${number}`;

class ConferenceSheet extends OneSheet<WholeConference, Form> {
  private found: Case | null = null;

  protected override get path(): string {
    return "/api/v1/conferences";
  }

  protected override forget(): void {
    super.forget();
    this.found = null;
  }

  protected override shown(one: WholeConference, andFly: boolean, asking: Asking): Promise<void> {
    return this.readCase(one.case_no, andFly, asking);
  }

  // Beside the conference: a unit that sits in it need not see the case.
  private async readCase(caseNo: string, andFly: boolean, asking: Asking): Promise<void> {
    const found = await get<Case>(`/api/v1/cases/${encodeURIComponent(caseNo)}`, asking.signal).catch(() => null);
    if (!asking.counts()) return;
    this.found = found;
    this.desk.ground.setPlace(found?.position ?? null, found?.current_cell?.code ?? null, found?.accuracy_m ?? 0);
    if (found && andFly) this.desk.ground.fly(found.position);
  }

  /** A click on the map, while a decision is being made. */
  clicked(clicked: Clicked): void {
    this.querySelector<HTMLElement & { clicked: (at: Clicked) => void }>("gm-decision")?.clicked(clicked);
  }

  private decided(): void {
    this.show(null);
    void this.read(this.number, false);
    this.dispatchEvent(new CustomEvent("changed"));
  }

  protected override render(): TemplateResult {
    const { one } = this;
    if (!one) return this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : html`<p class="hint" aria-busy="true">Loading the conference …</p>`;
    return html`<div class="dispute" data-open=${one.id}>
      <header><div><h2>${boardName(one)}</h2><p class="meta"><a class="mono" href="/?case=${one.case_no}" title="Open it in the command centre">${one.case_no}</a>${stateMark(one)}<span>conference ${one.id}</span></p></div></header>
      ${this.called(one)}${this.seats(one)}${this.minutes(one)}${this.decision(one)}${this.actions(one)}${this.ending(one)}</div>`;
  }

  private called(one: WholeConference): TemplateResult {
    const { desk, found } = this;
    const zone = desk.config.time_zone;
    return html`<section><h3>Why it was called</h3><dl class="who"><dt>Matter</dt><dd>${desk.catalogue.matterName(one.category)}</dd>
      <dt>The case</dt><dd data-case-state=${one.case_state}>${stateWords(one.case_state)}${found?.lead ? html`, with <b>${desk.catalogue.unitName(found.lead)}</b>` : nothing}</dd>
      <dt>Trigger</dt><dd>${TRIGGERS[one.trigger] ?? one.trigger} <span class="muted">since ${stamp(one.due_since, zone)}</span></dd>
      ${one.reason ? html`<dt>Reason</dt><dd class="words">${one.reason}</dd>` : nothing}
      <dt>Opened</dt><dd>${stamp(one.opened_at, zone)} <span class="muted">by ${personWords(one.opened_by, one.opened_by_name)}</span></dd>
      ${one.dispute ? html`<dt>Dispute</dt><dd><a href="#disputes/${one.dispute}">Dispute ${one.dispute}</a></dd>` : nothing}</dl>
      ${found?.text ? html`<p class="words">${found.text}</p>` : nothing}</section>`;
  }

  /** A button that opens its form, and the form below it. */
  private act(name: Form, word: string, form: () => TemplateResult): TemplateResult {
    const on = this.open === name;
    return html`<p class="bar"><button type="button" class="quiet" data-form=${name} aria-expanded=${on} @click=${() => this.show(name)}>${word}</button></p>
      ${on ? html`${form()}${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}` : nothing}`;
  }

  private form(name: string, word: string, fields: TemplateResult, body: () => unknown, path: string): TemplateResult {
    const submit = (event: SubmitEvent): void => void this.send(event, path, body());
    return html`<form class="act" data-form-of=${name} @submit=${submit}>${fields}<button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : word}</button></form>`;
  }

  private unitPicker(label: string): TemplateResult {
    return html`<gm-picker data-field="unit" .label=${label} placeholder="Department or territorial body" .options=${unitsFor(this.desk, this.found)} .value=${this.values.unit ?? ""} @picked=${(event: CustomEvent<string>) => this.take("unit", event.detail)}></gm-picker>`;
  }

  private at(local: string | undefined): string | null {
    return local ? momentIn(local, this.desk.config.time_zone) : null;
  }

  private seats(one: WholeConference): TemplateResult {
    const { values } = this;
    const body = (): unknown => ({ members: [{ unit: values.unit || null, person: values.person?.trim() || null }] });
    const fields = (): TemplateResult => html`${this.unitPicker("Unit (may stay open for a person alone)")}<label>Person (may stay open for a unit alone)<input name="person" .value=${values.person ?? ""} @input=${this.typed} /></label>`;
    return html`<section><h3>Who sits in it</h3>${one.members.length ? html`<ul class="seats" data-members=${one.members.length}>${one.members.map((member) => html`<li>${memberWords(member, this.desk)}</li>`)}</ul>` : html`<p class="muted">Nobody yet.</p>`}
      ${one.state === "open" && one.may_confer ? this.act("members", "Add a member", () => this.form("members", "Add", fields(), body, "members")) : nothing}</section>`;
  }

  private minutes(one: WholeConference): TemplateResult {
    const { values } = this;
    const zone = this.desk.config.time_zone;
    const over = one.state !== "open";
    const standing = one.minutes.filter((sheet) => sheet.corrected_by === null);
    const newest = over ? String(standing.at(-1)?.ordinal ?? "") : "";
    const corrects = values.corrects ?? newest;
    const body = (): unknown => ({ text: values.text ?? "", held_at: this.at(values.held_at), corrects: corrects ? Number(corrects) : null });
    const fields = (): TemplateResult => html`${standing.length ? html`<label>It corrects<select name="corrects" @change=${this.typed}>${over ? nothing : html`<option value="" ?selected=${!corrects}>No sheet: it is a new one</option>`}${standing.map((sheet) => html`<option value=${sheet.ordinal} ?selected=${corrects === String(sheet.ordinal)}>Sheet ${sheet.ordinal}, held ${stamp(sheet.held_at, zone)}</option>`)}</select></label>` : nothing}
      <label>What was said<textarea name="text" rows="5" required .value=${values.text ?? ""} @input=${this.typed}></textarea></label>
      <label>Held (empty: ${corrects ? "as the sheet it corrects" : "now"})<input type="datetime-local" name="held_at" .value=${values.held_at ?? ""} @input=${this.typed} /></label>`;
    const adding = over ? "Correct the minutes" : "Add a sheet of minutes";
    return html`<section><h3>Minutes</h3>${one.minutes.length ? html`<ol class="stack" data-minutes=${one.minutes.length}>${one.minutes.map((sheet) => html`<li data-corrected-by=${sheet.corrected_by ?? nothing}><p class="words ${sheet.corrected_by ? "muted" : ""}">${sheet.text || html`<span class="muted">Not for your role.</span>`}</p>
        <p class="muted">sheet ${sheet.ordinal}, ${sheet.corrects ? html`corrects sheet ${sheet.corrects}, ` : nothing}${sheet.corrected_by ? html`<b>corrected by sheet ${sheet.corrected_by}</b>, ` : nothing}held ${stamp(sheet.held_at, zone)}, written ${stamp(sheet.recorded_at, zone)} by ${personWords(sheet.recorded_by, sheet.recorded_by_name)}</p></li>`)}</ol>` : html`<p class="muted">None yet. A decision needs them.</p>`}
      ${(over ? standing.length > 0 : true) && one.may_confer ? this.act("minutes", adding, () => this.form("minutes", "Add the sheet", fields(), body, "minutes")) : nothing}</section>`;
  }

  private decision(one: WholeConference): TemplateResult {
    const { desk } = this;
    if (one.state === "decided") {
      const zone = desk.config.time_zone;
      return html`<section class="settled" data-decision><h3>The decision</h3><dl class="who"><dt>Lead</dt><dd><b>${desk.catalogue.unitName(one.lead)}</b></dd>
        ${one.assisting.length ? html`<dt>Assisting</dt><dd>${one.assisting.map((unit) => desk.catalogue.unitName(unit)).join(", ")}</dd>` : nothing}
        ${one.grounds ? html`<dt>Grounds</dt><dd class="words">${one.grounds}</dd>` : nothing}
        <dt>Decided</dt><dd>${stamp(one.closed_at, zone)} <span class="muted">by ${personWords(one.closed_by, one.closed_by_name)}</span></dd>
        ${one.precedent ? html`<dt>Precedent</dt><dd><a class="mono" href="#precedents/${encodeURIComponent(one.precedent)}" data-precedent=${one.precedent}>${one.precedent}</a></dd>` : html`<dt>Precedent</dt><dd class="muted">None: it held for this case alone.</dd>`}</dl></section>`;
    }
    if (one.state !== "open") return html``;
    const form = (): TemplateResult => html`<gm-decision .desk=${desk} .one=${one} .found=${this.found} @decided=${() => this.decided()}></gm-decision>`;
    return html`<section><h3>The decision</h3>${one.may_confer ? this.act("decision", "Decide …", form) : html`<p class="muted" data-read-only>None yet. You read here as ${desk.session.role.replaceAll("_", " ")}; the centre or a panel member decides.</p>`}</section>`;
  }

  private actions(one: WholeConference): TemplateResult {
    const { values } = this;
    const body = (): unknown => ({ owner: values.unit ?? "", what: values.what ?? "", due_at: this.at(values.due_at) });
    const fields = (): TemplateResult => html`${this.unitPicker("Owner")}<label>What is to be done<textarea name="what" rows="2" required .value=${values.what ?? ""} @input=${this.typed}></textarea></label>
      <label>By when<input type="datetime-local" name="due_at" required .value=${values.due_at ?? ""} @input=${this.typed} /></label>`;
    return html`<section><h3>Actions</h3>${one.actions.length ? html`<ol class="stack" data-actions=${one.actions.length}>${one.actions.map((action) => this.action(action))}</ol>` : html`<p class="muted">None yet.</p>`}
      ${one.state !== "ended" && one.may_confer ? this.act("action", "Add an action", () => this.form("action", "Add", fields(), body, "actions")) : nothing}</section>`;
  }

  private action(action: Action): TemplateResult {
    const { desk, values } = this;
    const zone = desk.config.time_zone;
    const late = action.is_late && action.state === "open";
    const fields = (): TemplateResult => html`<label>Became<select name="state" @change=${this.typed}><option value="done">Done</option><option value="cancelled">Not needed any more</option></select></label>
      <label>Note (may stay open)<textarea name="note" rows="2" .value=${values.note ?? ""} @input=${this.typed}></textarea></label>`;
    const body = (): unknown => ({ state: values.state ?? "done", note: values.note?.trim() ?? "" });
    return html`<li class="task is-${action.state}" data-action=${action.ordinal} data-action-state=${action.state}><b>${desk.catalogue.unitName(action.owner)}</b>
      <span class="when ${late ? "late" : "muted"}">${action.state === "open" ? html`${late ? "◆ late, was due " : "by "}${stamp(action.due_at, zone)}` : html`${action.state === "done" ? "● done" : "cancelled"} ${stamp(action.ended_at, zone)}${action.is_late ? ", late" : ""}`}${late && action.chased_at ? html`, chased ${stamp(action.chased_at, zone)}` : nothing}</span>
      <p class="words">${action.what || html`<span class="muted">Not for your role.</span>`}</p>${action.note ? html`<p class="words muted">${action.note}</p>` : nothing}
      ${action.may_end ? html`<div class="bar-of">${this.act(`done ${action.ordinal}`, "End it …", () => this.form(`done ${action.ordinal}`, "Record it", fields(), body, `actions/${action.ordinal}`))}</div>` : nothing}</li>`;
  }

  private ending(one: WholeConference): TemplateResult {
    const { values } = this;
    if (one.state === "ended") {
      return html`<section><h3>Ended without a decision</h3><p class="words">${one.end_reason}</p><p class="muted">${stamp(one.closed_at, this.desk.config.time_zone)} by ${personWords(one.closed_by, one.closed_by_name)}</p></section>`;
    }
    if (one.state !== "open" || !one.may_confer) return html``;
    const fields = (): TemplateResult => html`<label>Why it ends without a decision; the case stays where it is<textarea name="reason" rows="2" required .value=${values.reason ?? ""} @input=${this.typed}></textarea></label>`;
    return html`<section><h3>End</h3>${this.act("end", "End it without a decision", () => this.form("end", "End the conference", fields(), () => ({ reason: values.reason ?? "" }), "end"))}</section>`;
  }
}

customElements.define("gm-conference", ConferenceSheet);
