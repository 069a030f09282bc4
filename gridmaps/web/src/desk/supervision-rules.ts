// The rules of supervision: when a case turns yellow, and what is written at which level about a red one. Told to whoever
// reads the board; an administrator of the whole city edits them here.
import { html, nothing, type TemplateResult } from "lit";
import { get, request } from "../api";
import "../ui/case-acts.css";
import { may } from "../duty";
import { amountWords, CLOCKS } from "../ui/amounts";
import { Part } from "../ui/part";
import type { Desk } from "./desk";
import { ladderFields } from "./ladder-form";
import { bodyOf, EVERY_SOURCE, holderWords, newRung, RUNG_KINDS, shareWords, sourceWords, timeWords, type Colour, type Ladder, type Rules, type Rung } from "./rule-shapes";
import { valueOf } from "./view";

type Draft = { colour: string; share: string; left: string } | { source: string; rungs: Rung[] };

class SupervisionRules extends Part {
  static override properties = { desk: { attribute: false }, pulse: { attribute: false } };
  declare desk: Desk;
  declare pulse: number;
  private rules: Rules | null = null;
  private draft: Draft | null = null;
  private said: string | null = null;
  private trouble: string | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key, true);
    void this.read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key, true);
  }

  // Before the page's own keys, wherever the focus is: while something is edited, Escape leaves that and nothing else.
  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.draft) return;
    event.stopPropagation();
    this.edit(null);
  };

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("pulse") && changed.get("pulse") !== undefined && !this.draft) void this.read();
  }

  private async read(): Promise<void> {
    try {
      this.rules = await get<Rules>("/api/v1/supervision/rules");
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private get edits(): boolean {
    return may(this.desk.session, "edit_rules") && this.desk.session.cells === null;
  }

  private edit(draft: Draft | null): void {
    Object.assign(this, { draft, trouble: null, said: null });
    this.requestUpdate();
    if (draft) void this.updateComplete.then(() => this.querySelector<HTMLElement>("form input, form select")?.focus());
  }

  private set(draft: Draft): void {
    Object.assign(this, { draft, trouble: null });
    this.requestUpdate();
  }

  private async put(event: Event | null, path: string, body: unknown, said: string): Promise<void> {
    event?.preventDefault();
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: null, said: null });
    this.requestUpdate();
    try {
      await request("PUT", `/api/v1/supervision/rules/${path}`, body);
      Object.assign(this, { draft: null, said });
      await this.read();
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { rules, trouble } = this;
    return html`<div class="rules"><header><div><h2>Rules of supervision 限时督办</h2><p class="muted">When a case turns yellow, and what is written about a red one.</p></div><a class="button" href="#supervision">Board</a></header>
      ${trouble && !this.draft ? html`<p class="trouble" role="alert">${trouble}</p>` : nothing}${this.said ? html`<p class="said" role="status" data-saved>${this.said}</p>` : nothing}
      ${rules ? html`${this.colourPart(rules)}${this.ladderPart(rules)}` : trouble ? nothing : html`<p class="hint" aria-busy="true">Loading the rules …</p>`}
      ${this.edits ? nothing : html`<p class="muted" data-read-only>An administrator of the whole city edits these.</p>`}</div>`;
  }

  private colourPart({ colours }: Rules): TemplateResult {
    return html`<h3>When a case turns yellow</h3><div class="table"><table data-colours=${colours.length}><thead><tr><th scope="col">Limits counted in</th><th scope="col">Used of the limit</th><th scope="col">Or left of it, whichever comes first</th>${this.edits ? html`<th scope="col"><span class="unseen">Edit</span></th>` : nothing}</tr></thead>
      <tbody>${colours.map((one) => (this.draft && "colour" in this.draft && this.draft.colour === one.unit ? this.colourForm(one) : this.colourRow(one)))}</tbody></table></div>`;
  }

  private colourRow(one: Colour): TemplateResult {
    const share = String(Number((one.used_share * 100).toFixed(4)));
    return html`<tr data-colour-rule=${one.unit}><td>${CLOCKS[one.unit]?.[1] ?? one.unit}</td><td>${shareWords(one.used_share)}</td>
      <td>${amountWords(one.units_left, one.unit)}${one.is_reckoned ? nothing : html` <span class="flag" title="The next sweep reckons them anew.">running cases follow with the next sweep</span>`}</td>
      ${this.edits ? html`<td class="number"><button class="quiet" aria-label="Edit: ${CLOCKS[one.unit]?.[1] ?? one.unit}" data-edit-colour @click=${() => this.edit({ colour: one.unit, share, left: String(one.units_left) })}>Edit</button></td>` : nothing}</tr>`;
  }

  private colourForm(one: Colour): TemplateResult {
    const draft = this.draft as { colour: string; share: string; left: string };
    const was = String(Number((one.used_share * 100).toFixed(4)));
    // What nobody touched is sent as it was told: two thirds are no round number of hundredths.
    const body = { used_share: draft.share === was ? one.used_share : Number(draft.share) / 100, units_left: Number(draft.left) };
    const number = (name: "share" | "left", word: string): TemplateResult => html`<label>${word}<input type="number" name=${name} min="0" step="any" required .value=${draft[name]} @input=${(event: Event) => this.set({ ...draft, [name]: valueOf(event) })} /></label>`;
    return html`<tr class="editing" data-editing=${one.unit}><td>${CLOCKS[one.unit]?.[1] ?? one.unit}</td><td colspan="3"><form class="act" @submit=${(event: Event) => void this.put(event, `colours/${one.unit}`, body, "Saved. New deadlines warn by it at once, running cases from the next sweep on.")}>
      <div class="fields">${number("share", "Used of the limit, in percent")}${number("left", `Or left of it, in ${CLOCKS[one.unit]?.[1] ?? one.unit}`)}</div>${this.buttons()}</form></td></tr>`;
  }

  private buttons(more: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<div class="buttons"><button class="primary" data-save ?disabled=${this.busy}>${this.busy ? "Saving …" : "Save"}</button><button type="button" class="quiet" @click=${() => this.edit(null)}>Cancel</button>${more}</div>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}`;
  }

  private ladderPart({ ladders }: Rules): TemplateResult {
    const { draft } = this;
    const isNew = draft && "source" in draft && !ladders.some((one) => one.source === draft.source);
    return html`<h3>What is written about a red case</h3><p class="muted">A ladder is climbed while nobody answers in time, or the case stays late. What a supervisor orders by hand climbs the first.</p>
      ${ladders.map((one) => this.ladder(one))}${isNew ? this.ladder({ source: draft.source, is_own: false, rungs: [] }) : nothing}${this.edits && !draft ? this.another(ladders) : nothing}`;
  }

  /** The way to a ladder of its own, for the sources that have none. */
  private another(ladders: Ladder[]): TemplateResult {
    const free = this.desk.config.sources.filter((one) => !ladders.some((ladder) => ladder.source === one.code));
    return html`<p class="bar"><select aria-label="A ladder of its own for" data-own-ladder @change=${(event: Event) => valueOf(event) && this.edit({ source: valueOf(event), rungs: [newRung([])] })}><option value="">A ladder of its own for …</option>${free.map((one) => html`<option value=${one.code}>${sourceWords(one.code, this.desk.config)}</option>`)}</select></p>`;
  }

  private ladder(one: Ladder): TemplateResult {
    const { desk, draft } = this;
    const isEdited = draft !== null && "source" in draft && draft.source === one.source;
    return html`<section data-ladder=${one.source}><header><h4>${sourceWords(one.source, desk.config)}</h4>${this.edits && !draft ? html`<button class="quiet" data-edit-ladder @click=${() => this.edit({ source: one.source, rungs: one.rungs })}>Edit</button>` : nothing}</header>
      ${isEdited ? this.ladderForm(one, draft) : this.rungTable(one)}</section>`;
  }

  private rungTable({ rungs }: Ladder): TemplateResult {
    const { config } = this.desk;
    const row = (one: Rung): TemplateResult => html`<tr><td class="number">${one.level}</td><td>${RUNG_KINDS[one.kind] ?? one.kind}</td><td>${holderWords(one.holder, config)}</td><td>${holderWords(one.copy_to, config) || html`<span class="muted">–</span>`}</td>
      <td>${timeWords(one.after, "at once")}</td><td>${one.reply ? timeWords(one.reply, "") : html`<span class="muted">no answer asked</span>`}</td><td>${timeWords(one.still_red, "–")}</td></tr>`;
    return html`<div class="table"><table data-rungs=${rungs.length}><thead><tr><th scope="col" class="number">Level</th><th scope="col">Written</th><th scope="col">To</th><th scope="col">Copy to</th><th scope="col">If first, behind the deadline</th><th scope="col">Answer within</th><th scope="col">A level up when late for</th></tr></thead><tbody>${rungs.map(row)}</tbody></table></div>`;
  }

  private ladderForm(one: Ladder, draft: { source: string; rungs: Rung[] }): TemplateResult {
    const path = `ladders/${encodeURIComponent(one.source)}`;
    const canDrop = one.source !== EVERY_SOURCE && one.rungs.length > 0;
    const drop = html`<button type="button" class="quiet" data-drop-ladder ?disabled=${this.busy} @click=${() => void this.put(null, path, { rungs: [] }, "Its cases climb the ladder of all sources from now on.")}>Drop it: climb that of all sources</button>`;
    return html`<form class="ladder" @submit=${(event: Event) => void this.put(event, path, bodyOf(draft.rungs), "Saved. The ladder holds for what is written from now on.")}>
      ${ladderFields(draft.rungs, this.desk.config, (rungs) => this.set({ source: one.source, rungs }))}${this.buttons(canDrop ? drop : nothing)}</form>`;
  }
}

customElements.define("gm-supervision-rules", SupervisionRules);
