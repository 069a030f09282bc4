// The acts that are legal for this person on this case now, each as a small form; the server's words on refusal.
import "./case-acts.css";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { get, request } from "../api";
import { allOf, type Body, type Catalogue } from "../duty";
import "./picker";
import type { Option } from "./picker";

type Field = { name: string; word: string; kind: "words" | "matter" | "unit" | "body" | "nature" | "provider" | "standard" | "money"; needed: boolean };
type Act = { word: string; fields: Field[]; says: string };
type Legal = { act: string; fields: { name: string; required: boolean }[] };
type Provider = { code: string; name: string; name_zh?: string; kind: string };
type Standard = { id: number; ordinal: number; filing_condition: string };

const field = (name: string, word: string, kind: Field["kind"], needed = true): Field => ({ name, word, kind, needed });
const ACTS: Record<string, Act> = {
  sort: { word: "Sort", says: "Say what the case is about.", fields: [field("category", "Matter", "matter")] },
  accept: { word: "Accept", says: "File the case; a handling standard may be named.", fields: [field("standard", "Handling standard", "standard", false)] },
  dispatch: { word: "Dispatch", says: "Hand it to its unit. Without a choice it goes where the decision says.", fields: [field("lead", "Lead unit", "unit", false), field("reason", "Why another than the decided one", "words", false)] },
  return: { word: "Return", says: "Say that it is not yours, why, and what that rests on.", fields: [field("reason", "Reason", "words"), field("basis", "Basis (law, duty list, minutes)", "words")] },
  dispute: { word: "Raise a dispute", says: "Put it before the panel.", fields: [field("note", "Why nobody can be named", "words")] },
  refer: { word: "Refer", says: "Not the government's to do: a company or a social body calls back.", fields: [field("nature", "Nature", "nature"), field("provider", "Provider", "provider")] },
  contact: { word: "Contacted", says: "The provider has called back.", fields: [] },
  recall: { word: "Recall", says: "Take it back from the provider.", fields: [field("note", "Why", "words")] },
  order_interim: { word: "Order interim handling", says: "A territorial body acts first without becoming responsible.", fields: [field("unit", "Who acts", "body"), field("note", "What is to be done", "words")] },
  note_cost: { word: "Note a cost", says: "What the interim handling cost.", fields: [field("cost", "Cost", "money"), field("note", "For what", "words", false)] },
};
// Ruling has a form of its own on the desk.
const ELSEWHERE = new Set(["rule"]);

export class CaseActs extends LitElement {
  static override properties = { caseNo: { attribute: false }, catalogue: { attribute: false }, territorial: { attribute: false }, matter: { attribute: false }, stamp: { attribute: false } };
  declare caseNo: string;
  declare catalogue: Catalogue | null;
  declare territorial: Body[];
  declare matter: string | null;
  /** Changes when the case did: then the acts are asked for again. */
  declare stamp: string;
  private legal: Legal[] | null = null;
  private open: string | null = null;
  private values: Record<string, string> = {};
  private providers: Provider[] = [];
  private standards: Standard[] = [];
  private trouble: string | null = null;
  private busy = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("caseNo")) Object.assign(this, { legal: null, open: null, values: {}, trouble: null });
    if (changed.has("caseNo") || changed.has("stamp")) void this.read(this.caseNo);
  }

  private async read(caseNo: string): Promise<void> {
    try {
      const answer = await get<{ legal: Legal[] }>(`/api/v1/cases/${caseNo}/acts`);
      if (this.caseNo !== caseNo) return;
      this.legal = answer.legal;
    } catch (failed) {
      Object.assign(this, { legal: [], trouble: (failed as Error).message });
    }
    this.requestUpdate();
  }

  private async choose(act: string): Promise<void> {
    Object.assign(this, { open: this.open === act ? null : act, values: act === "refer" ? { nature: "market" } : {}, trouble: null });
    this.requestUpdate();
    try {
      if (act === "refer") this.providers = await allOf<Provider>("/api/v1/providers");
      if (act === "accept" && this.matter) this.standards = (await get<{ standards?: Standard[] }>(`/api/v1/matters/${encodeURIComponent(this.matter)}`)).standards ?? [];
    } catch (failed) {
      this.trouble = (failed as Error).message;
    }
    this.requestUpdate();
  }

  private async submit(event: SubmitEvent, act: string): Promise<void> {
    event.preventDefault();
    const missing = this.fieldsOf(act).find((one) => one.needed && !this.values[one.name]?.trim());
    this.trouble = missing ? `Fill in “${missing.word}” first.` : null;
    if (missing) return this.requestUpdate();
    this.busy = true;
    this.requestUpdate();
    try {
      await request("POST", `/api/v1/cases/${this.caseNo}/actions`, { act, ...this.body(act) });
      Object.assign(this, { open: null, values: {} });
      this.dispatchEvent(new CustomEvent("acted", { detail: act, bubbles: true }));
      await this.read(this.caseNo);
    } catch (failed) {
      this.trouble = (failed as Error).message;
    }
    this.busy = false;
    this.requestUpdate();
  }

  // The server says what it cannot do without: it differs from person to person.
  private fieldsOf(act: string): Field[] {
    const told = this.legal?.find((one) => one.act === act)?.fields ?? [];
    return (ACTS[act]?.fields ?? []).map((one) => ({ ...one, needed: told.find((field_) => field_.name === one.name)?.required ?? one.needed }));
  }

  private body(act: string): Record<string, unknown> {
    const filled = this.fieldsOf(act).filter((one) => this.values[one.name]);
    return Object.fromEntries(filled.map(({ name, kind }) => [name, kind === "money" || kind === "standard" ? Number(this.values[name]) : this.values[name]]));
  }

  protected override render(): TemplateResult | typeof nothing {
    const acts = (this.legal ?? []).map((one) => one.act).filter((act) => !ELSEWHERE.has(act));
    if (this.legal === null) return nothing;
    if (acts.length === 0 && !this.trouble) return nothing;
    return html`<section class="acts" aria-label="Acts"><h3>What you can do now</h3>
      <div class="act-names">${acts.map((act) => html`<button type="button" class="quiet" data-act=${act} aria-expanded=${this.open === act} @click=${() => void this.choose(act)}>${ACTS[act]?.word ?? act.replaceAll("_", " ")}</button>`)}</div>
      ${this.open ? this.form(this.open) : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}</section>`;
  }

  private form(act: string): TemplateResult {
    const known = ACTS[act];
    return html`<form class="act" data-act-form=${act} @submit=${(event: SubmitEvent) => void this.submit(event, act)}>
      ${known ? html`<p class="muted">${known.says}</p>` : nothing}${this.fieldsOf(act).map((one) => this.control(one))}
      <button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : (known?.word ?? act)}</button></form>`;
  }

  private take(name: string, value: string): void {
    this.values = { ...this.values, [name]: value };
    this.requestUpdate();
  }

  private control(one: Field): TemplateResult {
    const value = this.values[one.name] ?? "";
    const word = one.needed ? one.word : `${one.word} (may stay open)`;
    const typed = (event: Event): void => this.take(one.name, (event.target as HTMLInputElement).value);
    if (one.kind === "words") return html`<label>${word}<textarea rows="2" name=${one.name} .value=${value} @input=${typed}></textarea></label>`;
    if (one.kind === "money") return html`<label>${word}<input type="number" min="0" step="0.01" name=${one.name} .value=${value} @input=${typed} /></label>`;
    if (one.kind === "nature") {
      return html`<label>${word}<select name=${one.name} @change=${typed}><option value="market" ?selected=${value === "market"}>Market</option><option value="social" ?selected=${value === "social"}>Social</option></select></label>`;
    }
    return html`<gm-picker data-field=${one.name} .label=${word} .options=${this.options(one.kind)} .value=${value} @picked=${(event: CustomEvent<string>) => this.take(one.name, event.detail)}></gm-picker>`;
  }

  private options(kind: Field["kind"]): Option[] {
    if (kind === "matter") return this.catalogue?.matterOptions() ?? [];
    if (kind === "unit") return this.catalogue?.unitOptions() ?? [];
    if (kind === "standard") return this.standards.map((one) => ({ value: String(one.id), label: `${one.ordinal}. ${one.filing_condition}` }));
    if (kind === "body") return this.territorial.map((one) => ({ value: `@${one.cell}`, label: one.name || one.cell, hint: one.level }));
    const fitting = this.providers.filter((one) => one.kind === this.values.nature);
    return fitting.map((one) => ({ value: one.code, label: one.name_zh ? `${one.name} ${one.name_zh}` : one.name, hint: one.kind, words: `${one.code} ${one.name} ${one.name_zh ?? ""}` }));
  }
}

customElements.define("gm-case-acts", CaseActs);
