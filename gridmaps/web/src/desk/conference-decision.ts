// The decision of a conference while it is being made: who leads, who assists, on which grounds, how far it reaches; what
// it does to the case is said live. On a disputed case it is a ruling and leaves a precedent.
import { html, nothing, type TemplateResult } from "lit";
import { request, type Case } from "../api";
import { CONFERRED } from "../ui/case-states";
import { NamedPart } from "../ui/part";
import "../ui/picker";
import { moveWords, unitsFor, type WholeConference } from "./conference-words";
import type { Desk } from "./desk";
import { NOTHING_DRAWN, type Clicked } from "./ground";
import { areaPart } from "./ruling-area";
import "./ruling.css";
import { areaOf, clickedOn, drawnOf, firstScope, hindrance, type Scope } from "./scope";
import { valueOf } from "./view";

class Decision extends NamedPart {
  static override properties = { desk: { attribute: false }, one: { attribute: false }, found: { attribute: false } };
  declare desk: Desk;
  declare one: WholeConference;
  /** The case, where it is seen: without its place no area can be drawn. */
  declare found: Case | null;
  private lead = "";
  private assisting: string[] = [];
  private grounds = "";
  private wantsRuling = false;
  private scope: Scope = firstScope(null);
  private trouble: string | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.scope = firstScope(this.found?.current_cell?.code ?? null);
    this.draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.ground.setScope(NOTHING_DRAWN);
  }

  private get isDisputed(): boolean {
    return this.one.case_state === "disputed";
  }

  private get isRuling(): boolean {
    return this.isDisputed || this.wantsRuling;
  }

  clicked(clicked: Clicked): void {
    if (this.isRuling && this.found) this.reach(clickedOn(this.scope, clicked, this.found.position, this.desk.ground.onScreen));
  }

  private reach(scope: Scope): void {
    this.set({ scope });
    this.draw();
  }

  private draw(): void {
    this.desk.ground.setScope(this.isRuling && this.found && !this.hinders() ? drawnOf(this.scope, this.found.position) : NOTHING_DRAWN);
  }

  private set(change: Record<string, unknown>): void {
    Object.assign(this, change, { trouble: null });
    this.requestUpdate();
  }

  /** What hinders the decision whatever is filled in; null when nothing does. */
  private hinders(): string | null {
    const { one } = this;
    if (!CONFERRED.has(one.case_state)) return "The case cannot be moved from where it stands: a decision waits until it is back with a unit, or the conference ends.";
    if (one.members.length < 2) return "A joint conference has at least two members: add them first.";
    if (one.minutes.length === 0) return "Write down what was said first: add a sheet of minutes.";
    return this.isDisputed && !one.may_rule ? "The case is disputed, so the decision is a ruling: a panel member makes it." : null;
  }

  private missing(): string | null {
    if (!this.lead) return "Name the lead unit.";
    if (this.assisting.includes(this.lead)) return "The lead unit cannot assist itself.";
    if (!this.grounds.trim()) return "Write the grounds: later readers have nothing else.";
    if (!this.isRuling) return null;
    const chain = (this.found?.current_territorial ?? []).map((body) => body.cell);
    return this.found ? hindrance(this.scope, this.found.position, chain) : "The place of the case is not loaded.";
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.trouble = this.missing();
    this.requestUpdate();
    if (this.trouble || this.busy) return;
    this.busy = true;
    try {
      const scope = this.isRuling ? { scope: { area: areaOf(this.scope) } } : {};
      await request("POST", `/api/v1/conferences/${this.one.id}/decision`, { lead: this.lead, assisting: this.assisting, grounds: this.grounds.trim(), ...scope });
      this.dispatchEvent(new CustomEvent("decided"));
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const hinders = this.hinders();
    if (hinders) return html`<p class="muted" data-hindered>${hinders}</p>`;
    const { desk, lead, assisting, one, found } = this;
    const options = unitsFor(desk, found);
    const drop = (unit: string): void => this.set({ assisting: assisting.filter((other) => other !== unit) });
    return html`<form class="act" data-decide novalidate @submit=${(event: SubmitEvent) => void this.submit(event)}>
      <gm-picker data-field="lead" label="Lead" placeholder="Department or territorial body" .options=${options} .value=${lead} @picked=${(event: CustomEvent<string>) => this.set({ lead: event.detail })}></gm-picker>
      <div><gm-picker data-field="assisting" label="Assisting (may stay open)" placeholder="Add one" empties .options=${options.filter((option) => option.value !== lead && !assisting.includes(option.value))} @picked=${(event: CustomEvent<string>) => event.detail && this.set({ assisting: [...assisting, event.detail] })}></gm-picker>
        ${assisting.length ? html`<p class="chips">${assisting.map((unit) => html`<button type="button" class="chip" aria-label="Remove ${unit}" @click=${() => drop(unit)}>${desk.catalogue.unitName(unit)} ✕</button>`)}</p>` : nothing}</div>
      <label>Grounds<textarea name="grounds" rows="3" .value=${this.grounds} @input=${(event: Event) => this.set({ grounds: valueOf(event) })}></textarea></label>
      ${this.reachPart()}
      <p class="cover" aria-live="polite" data-cover>${moveWords(one, found, lead, assisting, this.isRuling, desk)}</p>
      <div class="buttons"><button class="primary" data-submit ?disabled=${this.busy}>${this.busy ? "Sending …" : this.isRuling ? "Decide and rule" : "Decide"}</button></div>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}</form>`;
  }

  private reachPart(): TemplateResult | typeof nothing {
    const { one, desk, found } = this;
    const tick = (event: Event): void => {
      this.set({ wantsRuling: (event.target as HTMLInputElement).checked });
      this.draw();
    };
    return html`${one.may_rule && !this.isDisputed ? html`<label class="tick"><input type="checkbox" name="rules" .checked=${this.wantsRuling} @change=${tick} />It is a ruling too, for later cases of this kind</label>` : nothing}
      ${this.isRuling && found ? html`<div>${areaPart(this.scope, (scope) => this.reach(scope), () => desk.ground.fly(found.position, 15))}</div>` : nothing}`;
  }
}

customElements.define("gm-decision", Decision);
