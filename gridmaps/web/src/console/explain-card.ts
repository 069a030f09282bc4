// "Whose is it here?": a place that was clicked, a matter, and the answer with its reasons in plain sentences.
import { html, nothing, type TemplateResult } from "lit";
import { get, nameOf, type Config } from "../api";
import { asked as addressOf, type Catalogue, type Resolved } from "../duty";
import { holds, type Position } from "../map/shapes";
import { Question, type Asking } from "../question";
import { jurisdictionsOf, sentences, whoFacts, whyFacts } from "../ui/decision";
import { metres, place } from "../ui/format";
import { CHINESE } from "../ui/language";
import { Part } from "../ui/part";
import "../ui/picker";

/** A place, and the cell that is drawn there: none in a river, behind the border, or before the tiles are there. */
export type Asked = { at: Position; cell: Record<string, unknown> | null };
export type Drawn = { accuracy_m: number; outlines: GeoJSON.Geometry[] };

/** What lies where no cell is drawn: the unit after all, or the jurisdictions that reach there. */
type Beyond = { unit: string | null; jurisdictions: { code: string; name: string }[] };

const ACCURACIES = [5, 10, 20, 50, 100, 200];

export class ExplainCard extends Part {
  static override properties = { asked: { attribute: false }, config: { attribute: false }, catalogue: { attribute: false } };
  declare asked: Asked;
  declare config: Config;
  declare catalogue: Catalogue | null;
  private matter = "";
  private accuracy = 10;
  private answer: Resolved | null = null;
  private outlines: GeoJSON.Geometry[] = [];
  private trouble: string | null = null;
  private beyond: Beyond | null = null;
  private readonly question = new Question();
  private readonly asksBeyond = new Question();

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("asked")) return;
    void this.resolve();
    void this.lookBeyond();
  }

  // Where no cell is drawn the server is asked what lies there. Until it says so, nothing is said of the place.
  private async lookBeyond(): Promise<void> {
    this.asksBeyond.drop();
    this.beyond = null;
    this.requestUpdate();
    if (this.asked.cell) return;
    const [lon, lat] = this.asked.at;
    const asking = this.asksBeyond.ask();
    try {
      const [{ placement }, near] = await Promise.all([
        get<Resolved>(addressOf("/api/v1/responsibilities/resolve", { lon, lat, accuracy_m: this.accuracy }), asking.signal),
        get<GeoJSON.FeatureCollection>(addressOf("/api/v1/jurisdictions", { bbox: [lon, lat, lon, lat].join(), limit: 500 }), asking.signal),
      ]);
      if (!asking.counts()) return;
      const here = near.features.filter((one) => holds(one.geometry, [lon, lat])).map((one) => one.properties as { code: string; name: string });
      this.beyond = { unit: placement.cell, jurisdictions: here };
    } catch {
      // The answer to a matter says the same, or what is wrong.
    }
    this.requestUpdate();
  }

  private draw(): void {
    this.dispatchEvent(new CustomEvent<Drawn>("drawn", { detail: { accuracy_m: this.accuracy, outlines: this.outlines } }));
  }

  // The last question counts: a slow answer to an earlier one is dropped.
  private async resolve(): Promise<void> {
    this.question.drop();
    Object.assign(this, { answer: null, trouble: null, outlines: [] });
    this.draw();
    this.requestUpdate();
    if (!this.matter) return;
    const [lon, lat] = this.asked.at;
    const asking = this.question.ask();
    try {
      const answer = await get<Resolved>(addressOf("/api/v1/responsibilities/resolve", { matter: this.matter, lon, lat, accuracy_m: this.accuracy }), asking.signal);
      if (!asking.counts()) return;
      this.answer = answer;
      this.requestUpdate();
      await this.outline(answer, asking);
    } catch (failed) {
      if (asking.counts()) this.trouble = (failed as Error).message;
    }
    this.requestUpdate();
  }

  // An outline that cannot be read leaves the answer whole: it is named there all the same.
  private async outline(answer: Resolved, asking: Asking): Promise<void> {
    const found = await Promise.allSettled(jurisdictionsOf(answer.decision).map((code) => get<GeoJSON.Feature>(`/api/v1/jurisdictions/${encodeURIComponent(code)}`, asking.signal)));
    if (!asking.counts()) return;
    this.outlines = found.flatMap((one) => (one.status === "fulfilled" ? [one.value.geometry] : []));
    this.draw();
  }

  private setMatter(code: string): void {
    this.matter = code;
    void this.resolve();
  }

  private setAccuracy(metresAround: number): void {
    this.accuracy = metresAround;
    void this.resolve();
  }

  protected override render(): TemplateResult {
    const { asked, accuracy } = this;
    return html`<aside class="explain" aria-label="Whose is it here?" data-explain=${String(asked.cell?.code ?? "")}>
      <header><h2>Whose is it here?</h2><button class="close" aria-label="Close" @click=${() => this.dispatchEvent(new CustomEvent("closed"))}>✕</button>
        ${asked.cell ? this.inCell(asked.cell) : this.inNone()}
        <p class="mono muted">${place(asked.at)}</p></header>
      <div class="question">
        <gm-picker label="What is it about?" placeholder="Search a matter" .options=${this.catalogue?.matterOptions() ?? []} .value=${this.matter} @picked=${(event: CustomEvent<string>) => this.setMatter(event.detail)}></gm-picker>
        <label>Accuracy<select name="accuracy" @change=${(event: Event) => this.setAccuracy(Number((event.target as HTMLSelectElement).value))}>
          ${ACCURACIES.map((one) => html`<option value=${one} ?selected=${one === accuracy}>±${metres(one)}</option>`)}</select></label></div>
      ${this.body()}</aside>`;
  }

  private inCell(cell: Record<string, unknown>): TemplateResult {
    const level = this.config.levels.find((one) => one.rank === Number(cell.level));
    return html`<p>${String(cell.name || cell.code)} <span class="muted">${level ? nameOf(level, CHINESE) : ""}</span> <span class="mono muted">${String(cell.code)}</span></p>`;
  }

  private inNone(): TemplateResult {
    const { beyond } = this;
    if (!beyond) return html`<p class="muted">No cell is drawn here.</p>`;
    if (beyond.unit) return html`<p data-beyond="unit"><span class="mono">${beyond.unit}</span></p>`;
    const reaching = beyond.jurisdictions.map((one) => html`<p data-beyond=${one.code}>${one.name || one.code} <span class="muted">jurisdiction</span> <span class="mono muted">${one.code}</span></p>`);
    return html`${reaching.length ? reaching : html`<p data-beyond="nothing">Outside the city</p>`}<p class="muted">No cell of the grid lies here${reaching.length ? "" : ", and no jurisdiction reaches here"}.</p>`;
  }

  private body(): TemplateResult {
    if (this.trouble) return html`<p class="trouble" role="alert">${this.trouble}</p>`;
    if (!this.matter) return html`<p class="muted still">Choose a matter: the answer says who leads, who assists, and why.</p>`;
    if (!this.answer) return html`<p class="muted still" aria-busy="true">Asking …</p>`;
    const { decision } = this.answer;
    return html`<div class="answer" aria-live="polite" data-answer=${decision.decided_by}>
      ${sentences(this.answer)}${whoFacts(decision, this.catalogue)}${whyFacts(decision, this.catalogue)}
      ${this.outlines.length ? html`<p class="muted">The dashed outline on the map is the jurisdiction that the answer rests on.</p>` : nothing}</div>`;
  }
}

customElements.define("gm-explain", ExplainCard);
