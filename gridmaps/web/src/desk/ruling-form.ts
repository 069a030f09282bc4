// The ruling: who leads from now on, on which grounds, and how far it reaches; what it will cover is said live.
import "./ruling.css";
import { html, nothing, type TemplateResult } from "lit";
import { Refusal, request } from "../api";
import { codeOf, type Dispute, type Matter, type Ruling } from "../duty";
import { stamp } from "../ui/format";
import { NamedPart } from "../ui/part";
import "../ui/picker";
import type { Desk } from "./desk";
import { FORMS, rulingFacts } from "./dispute-detail";
import { NOTHING_DRAWN, type Clicked } from "./ground";
import { areaPart } from "./ruling-area";
import { beginningOf, coverWords, type Draft } from "./ruling-words";
import { areaOf, clickedOn, drawnOf, firstScope, hindrance, type Scope } from "./scope";
import { valueOf } from "./view";

type Answer = { precedent: { number: string }; case_no: string };

export class RulingForm extends NamedPart {
  static override properties = { desk: { attribute: false }, dispute: { attribute: false }, chain: { attribute: false } };
  declare desk: Desk;
  declare dispute: Dispute;
  /** The cells of all levels that the case lies in; empty while they are not known. */
  declare chain: string[];
  private draft!: Draft;
  private nodes: Matter[] = [];
  private trouble: string | null = null;
  private winner: Ruling | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.nodes = this.desk.catalogue.nodesOf(this.dispute.matter);
    this.draft = {
      form: "written_instruction", members: this.desk.session.name, lead: "", assisting: [], grounds: "", date: "",
      matter: this.dispute.matter ?? "", ticked: [], scope: firstScope(codeOf(this.dispute.cell)),
    };
    this.draw();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("h2")?.focus());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.ground.setScope(NOTHING_DRAWN);
  }

  /** A click on the map while this form is open. */
  clicked(clicked: Clicked): void {
    this.scope(clickedOn(this.draft.scope, clicked, this.dispute.position, this.desk.ground.onScreen));
  }

  private set(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    this.trouble = null;
    this.requestUpdate();
  }

  private scope(scope: Scope): void {
    this.set({ scope });
    this.draw();
  }

  private draw(): void {
    this.desk.ground.setScope(drawnOf(this.draft.scope, this.dispute.position));
  }

  private missing(): string | null {
    const { draft } = this;
    if (!draft.lead) return "Name the lead unit.";
    if (draft.assisting.includes(draft.lead)) return "The lead unit cannot assist itself.";
    if (!draft.matter) return "The case has no matter yet: it is sorted before it is ruled on.";
    if (this.members().length === 0) return "Name who ruled.";
    if (draft.form === "joint_conference" && this.members().length < 2) return "A joint conference has at least two members: one name a line.";
    if (!draft.grounds.trim()) return "Write the grounds: later readers have nothing else.";
    return hindrance(draft.scope, this.dispute.position, this.chain);
  }

  private members(): string[] {
    return this.draft.members.split(/[\n,;，；、]/).map((one) => one.trim()).filter(Boolean);
  }

  private body(): Record<string, unknown> {
    const { draft, dispute } = this;
    const attributes = Object.fromEntries(Object.entries(dispute.attributes ?? {}).filter(([key]) => draft.ticked.includes(key)));
    return {
      dispute: dispute.id, form: draft.form, members: this.members(), lead: draft.lead, assisting: draft.assisting, grounds: draft.grounds.trim(),
      ...(draft.date ? { effective_from: beginningOf(draft.date, this.desk.config.time_zone) } : {}),
      scope: { ...(draft.matter ? { matter: draft.matter } : {}), attributes, area: areaOf(draft.scope) },
    };
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.trouble = this.missing();
    this.requestUpdate();
    if (this.trouble || this.busy) return;
    this.busy = true;
    try {
      const answer = await request<Answer>("POST", "/api/v1/rulings", this.body());
      const said = `Ruled: precedent ${answer.precedent?.number ?? ""} stands, and case ${answer.case_no ?? this.dispute.case_no} goes to ${this.desk.catalogue.unitName(this.draft.lead)}.`;
      this.dispatchEvent(new CustomEvent("ruled", { detail: { said } }));
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
      if (failed instanceof Refusal && failed.status === 409) this.winner = (failed.problem.ruling as Ruling | undefined) ?? null;
    }
    this.busy = false;
    this.requestUpdate();
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent("left"));
  }

  protected override render(): TemplateResult {
    const { dispute, desk } = this;
    return html`<form class="ruling" @submit=${(event: SubmitEvent) => void this.submit(event)} novalidate>
      <header><h2 tabindex="-1">Ruling on <span class="mono">${dispute.case_no}</span></h2><button type="button" class="quiet" @click=${() => this.leave()}>Back to the dispute</button></header>
      <p class="reminder">${desk.catalogue.nameGiven(dispute)}${dispute.text ? html`: ${dispute.text}` : nothing}</p>
      ${this.winner ? this.lost(this.winner) : html`<div class="ruling-parts"><div>${this.whoPart()}${this.groundsPart()}</div><div>${this.scopePart()}</div></div>${this.foot()}`}
    </form>`;
  }

  private lost(winner: Ruling): TemplateResult {
    return html`<section class="lost" role="alert" data-lost><h3>Somebody ruled first</h3><p>${this.trouble}</p>${rulingFacts(winner, this.desk)}
      <button type="button" class="primary" @click=${() => this.leave()}>Back to the dispute</button></section>`;
  }

  private whoPart(): TemplateResult {
    const { draft, desk } = this;
    const drop = (unit: string): void => this.set({ assisting: draft.assisting.filter((one) => one !== unit) });
    return html`<fieldset><legend>Form</legend><div class="ticks">${Object.entries(FORMS).map(([form, word]) => html`<label class="tick">
        <input type="radio" name="form" value=${form} .checked=${draft.form === form} @change=${() => this.set({ form })} />${word}</label>`)}</div>
      <label class="field">Who ruled, one name a line${draft.form === "joint_conference" ? ", at least two" : ""}<textarea name="members" rows="2" .value=${draft.members} @input=${(event: Event) => this.set({ members: valueOf(event) })}></textarea></label></fieldset>
      <fieldset><legend>Unit</legend><div class="pair">
        <gm-picker data-field="lead" label="Lead" placeholder="Department or territorial body" .options=${desk.catalogue.unitOptions()} .value=${draft.lead} @picked=${(event: CustomEvent<string>) => this.set({ lead: event.detail })}></gm-picker>
        <gm-picker data-field="assisting" label="Assisting" placeholder="Add one" empties .options=${desk.catalogue.unitOptions().filter((one) => one.value !== draft.lead && !draft.assisting.includes(one.value))}
          @picked=${(event: CustomEvent<string>) => this.set({ assisting: [...draft.assisting, event.detail] })}></gm-picker></div>
        ${draft.assisting.length ? html`<p class="chips">${draft.assisting.map((unit) => html`<button type="button" class="chip" aria-label="Remove ${unit}" @click=${() => drop(unit)}>${desk.catalogue.unitName(unit)} ✕</button>`)}</p>` : nothing}</fieldset>`;
  }

  private groundsPart(): TemplateResult {
    const { draft } = this;
    return html`<fieldset><legend>Grounds</legend>
      <label class="field">Why this unit, and on which basis<textarea name="grounds" rows="3" .value=${draft.grounds} @input=${(event: Event) => this.set({ grounds: valueOf(event) })}></textarea></label>
      <label class="field short">In force from (empty: at once)<input type="date" name="effective_from" .value=${draft.date} @change=${(event: Event) => this.set({ date: valueOf(event) })} /></label></fieldset>`;
  }

  private scopePart(): TemplateResult {
    const { draft, dispute } = this;
    const attributes = Object.entries(dispute.attributes ?? {});
    const tick = (key: string): void => this.set({ ticked: draft.ticked.includes(key) ? draft.ticked.filter((one) => one !== key) : [...draft.ticked, key] });
    return html`<fieldset><legend>Scope: which later cases follow it</legend>
      <div class="ticks" role="radiogroup" aria-label="Matter">${this.nodes.map((node) => html`<label class="tick"><input type="radio" name="matter" value=${node.code} .checked=${draft.matter === node.code} @change=${() => this.set({ matter: node.code })} />
        ${this.desk.catalogue.matterName(node.code)}<small class="muted">${node.rank === "category" ? "the whole category" : node.rank === "major" ? "the whole major class" : "this class only"}</small></label>`)}
        ${this.nodes.length ? nothing : html`<p class="muted">The case has no matter yet: it is sorted before it is ruled on.</p>`}</div>
      ${attributes.length ? html`<div class="ticks" role="group" aria-label="Attributes that must match">${attributes.map(([key, value]) => html`<label class="tick"><input type="checkbox" name="attribute" value=${key} .checked=${draft.ticked.includes(key)} @change=${() => tick(key)} />only where ${key} = ${value}</label>`)}</div>` : nothing}
      ${areaPart(draft.scope, (scope) => this.scope(scope), () => this.desk.ground.fly(dispute.position, 15))}</fieldset>`;
  }

  private foot(): TemplateResult {
    const { draft, desk, dispute } = this;
    const hinders = this.missing();
    return html`<footer>
      <p class="cover" aria-live="polite" data-cover>${coverWords(draft, desk.catalogue, dispute.attributes ?? {}, draft.date || `today (${stamp(Date.now(), desk.config.time_zone).slice(0, 10)})`)}</p>
      <div class="last"><button class="primary" data-submit ?disabled=${this.busy}>${this.busy ? "Sending …" : "Record the ruling"}</button>
        ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : hinders ? html`<p class="muted">${hinders}</p>` : nothing}</div></footer>`;
  }
}

customElements.define("gm-ruling", RulingForm);
