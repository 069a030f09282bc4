// The acts that are legal for this person on this case now, each as a small form and under a key of its own; the server's
// words on refusal.
import "./case-acts.css";
import { html, nothing, type TemplateResult } from "lit";
import { get, request, type Case, type Session } from "../api";
import { allOf, type Body, type Catalogue } from "../duty";
import { Question } from "../question";
import { control, type Given, type Provider, type Standard } from "./act-controls";
import { ACTS, fieldsOf, firstValues, narrowPhases, REQUESTS, valueFor, wordOf, type Field, type Told } from "./act-words";
import { stamp } from "./format";
import { NamedPart } from "./part";

type Legal = { act: string; fields: Told[] };
/** An act that was refused after its case was left. */
export type Refused = { caseNo: string; act: string; sentence: string };
// Ruling has a form of its own on the desk.
const ELSEWHERE = new Set(["rule"]);
// By place: digits first, then letters that no list walks with.
const KEYS = "123456789abcdefghilmnopqrstuvwxyz";

export class CaseActs extends NamedPart {
  static override properties = { caseNo: { attribute: false }, catalogue: { attribute: false }, territorial: { attribute: false }, matter: { attribute: false }, requests: { attribute: false }, session: { attribute: false }, stamp: { attribute: false } };
  declare caseNo: string;
  declare catalogue: Catalogue | null;
  declare territorial: Body[];
  declare matter: string | null;
  /** What was asked for in the case, and who looks: whoever decides is not asked whether he asks. */
  declare requests: Case["requests"];
  declare session: Session | null | undefined;
  /** Changes when the case did: then the acts are asked for again. */
  declare stamp: string;
  private readonly question = new Question();
  private readonly asksStandards = new Question();
  private legal: Legal[] | null = null;
  /** Whose the acts are: those of another case stay drawn until its own have come, and cannot be pressed. */
  private of: string | null = null;
  private open: string | null = null;
  private values: Record<string, string> = {};
  private providers: Provider[] = [];
  private standards: Standard[] = [];
  private trouble: string | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key, true);
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("caseNo")) this.forget();
    if (changed.has("caseNo") || changed.has("stamp")) void this.read();
  }

  private forget(): void {
    this.asksStandards.drop();
    Object.assign(this, { of: null, open: null, values: {}, standards: [], trouble: null });
  }

  private async read(): Promise<void> {
    const { caseNo } = this;
    const asking = this.question.ask(caseNo);
    try {
      const answer = await get<{ legal: Legal[] }>(`/api/v1/cases/${caseNo}/acts`, asking.signal);
      if (!asking.counts()) return;
      this.take(caseNo, answer.legal.filter(({ act }) => !ELSEWHERE.has(act)));
    } catch (failed) {
      if (!asking.counts()) return;
      this.take(caseNo, []);
      this.trouble = (failed as Error).message;
    }
    this.requestUpdate();
  }

  private take(caseNo: string, legal: Legal[]): void {
    Object.assign(this, { of: caseNo, legal });
    if (this.open && !legal.some(({ act }) => act === this.open)) this.open = null;
  }

  private get isAsking(): boolean {
    return this.of !== this.caseNo;
  }

  // Before the page's own keys: with a form open, Escape closes that and nothing else.
  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey && event.key === "Enter" && this.contains(event.target as Node)) return this.querySelector("form")?.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && this.open && !this.querySelector(".picker-list")) return this.close(event);
    if (/^(INPUT|SELECT|TEXTAREA)$/.test((event.target as HTMLElement).tagName)) return;
    const act = this.legal?.[KEYS.indexOf(event.key)]?.act;
    if (!act || event.key.length !== 1 || this.isAsking) return;
    event.preventDefault();
    event.stopPropagation();
    void this.choose(act);
  };

  private close(event: KeyboardEvent): void {
    event.stopPropagation();
    const act = this.open;
    this.open = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-act="${act}"]`)?.focus());
  }

  private async choose(act: string): Promise<void> {
    // A page that shows what every side has said asks for the call-back there.
    if (act === "call_back" && !dispatchEvent(new CustomEvent("gm-call-back", { detail: this.caseNo, cancelable: true }))) return;
    this.open = this.open === act ? null : act;
    Object.assign(this, { values: firstValues(this.fields(act)), standards: [], trouble: null });
    this.requestUpdate();
    await this.updateComplete;
    const form = this.querySelector<HTMLElement>("form.act");
    form?.scrollIntoView({ block: "nearest" });
    form?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
    await this.readLists(act);
  }

  private async readLists(act: string): Promise<void> {
    const kinds = this.fields(act).map((one) => one.kind);
    try {
      if (kinds.includes("provider")) this.providers = await allOf<Provider>("/api/v1/providers");
      if (kinds.includes("standard")) await this.readStandards(this.values.category || this.matter);
    } catch (failed) {
      if (this.open === act) this.trouble = (failed as Error).message;
    }
    this.requestUpdate();
  }

  // Those of another matter are none of this one.
  private async readStandards(matter: string | null): Promise<void> {
    const asking = this.asksStandards.ask(matter);
    this.standards = [];
    try {
      const found = matter ? await get<{ standards?: Standard[] }>(`/api/v1/matters/${encodeURIComponent(matter)}`, asking.signal) : null;
      if (asking.counts()) this.standards = found?.standards ?? [];
    } catch (failed) {
      if (asking.counts()) this.trouble = (failed as Error).message;
    }
    this.requestUpdate();
  }

  private async submit(event: SubmitEvent, act: string): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const missing = this.fields(act).find((one) => one.needed && !this.values[one.name]?.trim());
    this.trouble = missing ? `Fill in “${missing.word}” first.` : null;
    if (missing) return this.requestUpdate();
    this.busy = true;
    this.requestUpdate();
    await this.send(this.caseNo, act);
    this.busy = false;
    this.requestUpdate();
  }

  // Whoever has gone on to another case meanwhile is told of a refusal by the page: here stands another case.
  private async send(caseNo: string, act: string): Promise<void> {
    try {
      await request("POST", `/api/v1/cases/${caseNo}/actions`, { act, ...this.body(act) });
      if (this.caseNo !== caseNo) return;
      Object.assign(this, { open: null, values: {} });
      this.dispatchEvent(new CustomEvent("acted", { detail: act, bubbles: true }));
      await this.read();
    } catch (failed) {
      const sentence = (failed as Error).message;
      if (this.caseNo === caseNo) this.trouble = sentence;
      else this.dispatchEvent(new CustomEvent<Refused>("refused", { detail: { caseNo, act, sentence } }));
    }
  }

  private fields(act: string): Field[] {
    const fields = fieldsOf(act, this.legal?.find((one) => one.act === act)?.fields ?? []);
    return this.requests && this.session ? narrowPhases(fields, act, this.requests, this.session) : fields;
  }

  private body(act: string): Record<string, unknown> {
    const filled = this.fields(act).filter((one) => this.values[one.name]?.trim());
    return Object.fromEntries(filled.map((one) => [one.name, valueFor(one, this.values[one.name] ?? "", this.catalogue?.zone)]));
  }

  private fill(name: string, value: string): void {
    this.values = { ...this.values, [name]: value };
    // Standards belong to a matter: another matter has others.
    if (name === "category") {
      this.values = { ...this.values, standard: "" };
      void this.readStandards(value || this.matter);
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.legal === null) return nothing;
    if (this.legal.length === 0 && !this.trouble) return nothing;
    return html`<section class="acts" aria-label="Acts" ?inert=${this.isAsking} aria-busy=${this.isAsking}><h3>What you can do now</h3>
      <div class="act-names">${this.legal.map(({ act }, index) => html`<button type="button" class="quiet" data-act=${act} aria-expanded=${this.open === act} aria-keyshortcuts=${KEYS[index] ?? nothing}
        @click=${() => void this.choose(act)}>${KEYS[index] ? html`<kbd aria-hidden="true">${KEYS[index]}</kbd>` : nothing}${wordOf(act)}</button>`)}</div>
      ${this.open ? this.form(this.open) : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}</section>`;
  }

  // Who decides sees what was asked for, beside the question.
  private asked(act: string): TemplateResult | typeof nothing {
    const waits = this.requests?.find((one) => one.kind === REQUESTS[act] && one.state === "open");
    if (!waits) return nothing;
    const zone = this.catalogue?.zone;
    return html`<p data-asked=${waits.kind}>Asked for by ${waits.asked_by_name ?? "the unit"}, ${stamp(waits.asked_at, zone)}${waits.until ? html`; until ${stamp(waits.until, zone)}` : nothing}</p>`;
  }

  private form(act: string): TemplateResult {
    const { values, catalogue, territorial, providers, standards } = this;
    const trouble = (sentence: string): void => {
      this.trouble = sentence;
      this.requestUpdate();
    };
    const given: Given = { values, catalogue, territorial, providers, standards, take: (name, value) => this.fill(name, value), trouble };
    return html`<form class="act" data-act-form=${act} novalidate @submit=${(event: SubmitEvent) => void this.submit(event, act)}>
      ${ACTS[act] ? html`<p class="muted">${ACTS[act].says}</p>` : nothing}${this.asked(act)}${this.fields(act).map((one) => control(one, given))}
      <button class="primary" ?disabled=${this.busy}>${this.busy ? "Sending …" : wordOf(act)}</button></form>`;
  }
}

customElements.define("gm-case-acts", CaseActs);
