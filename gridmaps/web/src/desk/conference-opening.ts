// Opening a conference: on a case that calls for one, or by hand with a reason.
import { html, nothing, type TemplateResult } from "lit";
import { get, Refusal, request, type Case } from "../api";
import { Question } from "../question";
import { stateWords } from "../ui/case-states";
import { stamp } from "../ui/format";
import { NamedPart } from "../ui/part";
import "../ui/picker";
import { conditions, hindranceOf } from "./conference-conditions";
import { TRIGGERS, unitsFor, type Boards, type Due, type Prospect, type WholeConference } from "./conference-words";
import type { Desk } from "./desk";
import { paused, valueOf } from "./view";

class ConferenceOpening extends NamedPart {
  static override properties = { desk: { attribute: false }, boards: { attribute: false }, caseNo: { attribute: false }, due: { attribute: false } };
  declare desk: Desk;
  declare boards: Boards | null;
  /** Empty while somebody types it. */
  declare caseNo: string;
  declare due: Due | null;
  private typed = "";
  private found: Case | null = null;
  private prospect: Prospect | null = null;
  private board = "";
  private reason = "";
  private units: string[] = [];
  private people = "";
  private readonly question = new Question();
  private trouble: string | null = null;
  /** The conference that is open on this case already. */
  private standing: number | null = null;
  private busy = false;
  private readonly pause = paused();

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("caseNo")) return;
    Object.assign(this, { typed: this.caseNo, found: null, prospect: null, trouble: null, standing: null });
    if (this.caseNo) void this.read(this.caseNo);
    else this.requestUpdate();
  }

  private async read(caseNo: string): Promise<void> {
    const asking = this.question.ask(caseNo);
    try {
      const number = encodeURIComponent(caseNo);
      const [found, prospect] = await Promise.all([get<Case>(`/api/v1/cases/${number}`, asking.signal), get<Prospect>(`/api/v1/conferences/cases/${number}`, asking.signal)]);
      if (!asking.counts()) return;
      Object.assign(this, { found, prospect, trouble: null });
      this.desk.ground.setPlace(found.position, found.current_cell?.code ?? null, found.accuracy_m ?? 0);
      this.desk.ground.fly(found.position);
    } catch (failed) {
      if (asking.counts()) Object.assign(this, { found: null, prospect: null, trouble: this.desk.sentence(failed) });
    }
    this.requestUpdate();
  }

  private type(caseNo: string): void {
    this.question.drop(); // about a number that is being written over
    Object.assign(this, { typed: caseNo, found: null, prospect: null, trouble: null });
    this.requestUpdate();
    this.pause(() => caseNo && void this.read(caseNo));
  }

  /** What calls for it: the trigger by which the case stands among the due ones, else one that stands, else nothing. */
  private get calls(): { trigger: string; since: string } | null {
    return this.due ?? this.prospect?.standing[0] ?? null;
  }

  private body(): Record<string, unknown> {
    const people = this.people.split(/[\n,;，；、]/).map((one) => one.trim()).filter(Boolean);
    const members = [...this.units.map((unit) => ({ unit })), ...people.map((person) => ({ person }))];
    return { case_no: this.typed, trigger: this.calls?.trigger ?? "manual", ...(this.board ? { board: this.board } : {}), reason: this.reason.trim(), members };
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const missing = !this.typed ? "Name the case." : !this.calls && !this.reason.trim() ? "Say why no single unit can solve it." : null;
    Object.assign(this, { trouble: missing, standing: null, busy: missing === null });
    this.requestUpdate();
    if (missing) return;
    try {
      const made = await request<WholeConference>("POST", "/api/v1/conferences", this.body());
      this.desk.go("conferences", String(made.id));
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
      if (failed instanceof Refusal && typeof failed.problem.conference === "number") this.standing = failed.problem.conference;
    }
    this.busy = false;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { calls, desk, found, prospect } = this;
    const zone = desk.config.time_zone;
    return html`<div class="dispute" data-opening=${this.caseNo || "new"}><header><div><h2 tabindex="-1">Open a joint conference</h2>
        <p class="meta">${calls ? html`<span class="late">${TRIGGERS[calls.trigger] ?? calls.trigger}, since ${stamp(calls.since, zone)}</span>` : html`<span>By hand, with a reason</span>`}</p></div></header>
      ${found ? html`<section><h3>The case</h3><dl class="who"><dt>Case</dt><dd><a class="mono" href="/?case=${found.case_no}">${found.case_no}</a></dd><dt>Matter</dt><dd>${desk.catalogue.matterName(found.category)}</dd>
        <dt>State</dt><dd>${stateWords(found.state)}${found.lead ? html`, with ${desk.catalogue.unitName(found.lead)}` : nothing}</dd></dl>${found.text ? html`<p class="words">${found.text}</p>` : nothing}</section>` : nothing}
      ${prospect ? html`<section data-conditions=${prospect.case_no}><h3>What it needs</h3>${conditions(prospect, desk)}</section>` : nothing}
      <section>${this.form()}</section></div>`;
  }

  private form(): TemplateResult {
    const { desk, boards, calls, prospect } = this;
    const hindered = prospect !== null && hindranceOf(prospect) !== null;
    const options = unitsFor(desk, this.found).filter((option) => !this.units.includes(option.value));
    const drop = (unit: string): void => {
      this.units = this.units.filter((one) => one !== unit);
      this.requestUpdate();
    };
    return html`<form class="act" data-open-form novalidate @submit=${(event: SubmitEvent) => void this.submit(event)}>
      ${this.caseNo ? nothing : html`<label>Case number<input name="case_no" class="mono" .value=${this.typed} @input=${(event: Event) => this.type(valueOf(event).trim())} /></label>`}
      <label>Board<select name="board" @change=${(event: Event) => (this.board = valueOf(event))}><option value="">The one that takes the cases of its platform</option>
        ${boards?.items.filter((one) => one.is_in_use).map((one) => html`<option value=${one.code} ?selected=${one.code === this.board}>${one.ordinal} ${one.name} ${one.name_zh}</option>`)}</select></label>
      <label>${calls ? "Remark (may stay open)" : "Why no single unit can solve it"}<textarea name="reason" rows="2" .value=${this.reason} @input=${(event: Event) => (this.reason = valueOf(event))}></textarea></label>
      <div><gm-picker data-field="members" label="Units that sit in it; who held or refused the case sits there anyway" empties .options=${options} @picked=${(event: CustomEvent<string>) => {
        if (event.detail) this.units = [...this.units, event.detail];
        this.requestUpdate();
      }}></gm-picker>${this.units.length ? html`<p class="chips">${this.units.map((unit) => html`<button type="button" class="chip" aria-label="Remove ${unit}" @click=${() => drop(unit)}>${desk.catalogue.unitName(unit)} ✕</button>`)}</p>` : nothing}</div>
      <label>People, one name a line (may stay open)<textarea name="people" rows="2" .value=${this.people} @input=${(event: Event) => (this.people = valueOf(event))}></textarea></label>
      <div class="buttons"><button class="primary" data-submit ?disabled=${this.busy || hindered}>${this.busy ? "Opening …" : "Open the conference"}</button><a class="button" href="#conferences">Cancel</a></div>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}${this.standing ? html` <a href="#conferences/${this.standing}">Show it</a>` : nothing}</p>` : nothing}</form>`;
  }
}

customElements.define("gm-conference-opening", ConferenceOpening);
