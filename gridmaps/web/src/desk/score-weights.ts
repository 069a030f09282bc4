// The weights of the composite score and the cut points of its grades: shown to whoever reads scores, edited by an
// administrator of the whole city. New weights hold from now on; a period that has ended keeps those it had.
import { html, nothing, type TemplateResult } from "lit";
import { get, request } from "../api";
import { may } from "../duty";
import { CHINESE } from "../ui/language";
import { Part } from "../ui/part";
import type { Desk } from "./desk";
import { wordsOf, type Indicator, type Weights } from "./score-shapes";
import { valueOf } from "./view";

const DIMENSIONS: [string, string][] = [["cell", "Area 区域"], ["department", "Department 部门"], ["collector", "Patrol 采集岗"], ["dispatcher", "Desk 受理派遣岗"], ["handler", "Handling 处置岗"], ["post", "Other posts 其他岗位"], ["source", "Source 来源"], ["three_rates", "Three rates 三率"]];

export class ScoreWeights extends Part {
  static override properties = { desk: { attribute: false }, indicators: { attribute: false } };
  declare desk: Desk;
  declare indicators: Indicator[];
  private found: Weights | null = null;
  private typed: Record<string, string> = {};
  private said: string | null = null;
  private trouble: string | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  private async read(): Promise<void> {
    try {
      this.found = await get<Weights>("/api/v1/weights");
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private get edits(): boolean {
    return may(this.desk.session, "edit_rules") && this.desk.session.cells === null;
  }

  private weight(dimension: string, key: string): string {
    return this.typed[`${dimension} ${key}`] ?? String(this.found?.weights[dimension]?.[key] ?? "");
  }

  private take(name: string, value: string): void {
    this.typed = { ...this.typed, [name]: value };
    this.said = null;
    this.requestUpdate();
  }

  // What is not named weighs nothing from then on, so a dimension is sent whole or not at all.
  private body(): Record<string, unknown> {
    const touched = DIMENSIONS.map(([key]) => key).filter((key) => Object.keys(this.typed).some((name) => name.startsWith(`${key} `)));
    const whole = (dimension: string): Record<string, number> =>
      Object.fromEntries(this.indicators.map((one): [string, number] => [one.key, Number(this.weight(dimension, one.key) || 0)]).filter(([, weight]) => weight > 0));
    const grades = this.found?.grades.map((one) => ({ ...one, at_least: Number(this.typed[`grade ${one.code}`] ?? one.at_least) }));
    return { weights: Object.fromEntries(touched.map((key) => [key, whole(key)])), ...(Object.keys(this.typed).some((name) => name.startsWith("grade ")) ? { grades } : {}) };
  }

  private async save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    Object.assign(this, { busy: true, trouble: null, said: null });
    this.requestUpdate();
    try {
      this.found = await request<Weights>("PUT", "/api/v1/weights", this.body());
      Object.assign(this, { typed: {}, said: "Saved. These weights hold from now on." });
      this.dispatchEvent(new CustomEvent("weighed", { bubbles: true }));
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { found, trouble } = this;
    if (!found) return html`<p class=${trouble ? "trouble" : "hint"}>${trouble ?? "Loading the weights …"}</p>`;
    const judged = this.indicators.filter((one) => one.better !== "neither");
    const shown = this.edits ? judged : judged.filter((one) => DIMENSIONS.some(([key]) => found.weights[key]?.[one.key]));
    return html`<form class="weights" data-weights @submit=${(event: SubmitEvent) => void this.save(event)}>
      <div class="table"><table><thead><tr><th scope="col">Indicator</th>${DIMENSIONS.map(([, word]) => html`<th scope="col" class="number">${word}</th>`)}</tr></thead>
        <tbody>${shown.map((one) => html`<tr><td>${wordsOf(one)}${CHINESE ? nothing : html` <span class="muted">${one.name_zh}</span>`}${one.better === "low" ? html` <span class="muted">(less is better)</span>` : nothing}</td>${DIMENSIONS.map(([key]) => html`<td class="number">${this.cell(key, one)}</td>`)}</tr>`)}</tbody></table></div>
      <p class="grades">${found.grades.map((one) => html`<label>${CHINESE ? one.name_zh : `${one.name} ${one.name_zh}`} from ${this.edits ? html`<input type="number" min="0" max="100" step="0.5" name="grade-${one.code}" .value=${this.typed[`grade ${one.code}`] ?? String(one.at_least)} @input=${(event: Event) => this.take(`grade ${one.code}`, valueOf(event))} />` : html`<b>${one.at_least}</b>`}</label>`)}</p>
      ${this.edits ? html`<p class="save"><button class="primary" ?disabled=${this.busy || Object.keys(this.typed).length === 0}>${this.busy ? "Saving …" : "Save the weights"}</button> <span class="muted">They hold from now on; a period that has ended keeps the weights it had.</span></p>` : html`<p class="muted">An administrator of the whole city edits these.</p>`}
      ${this.said ? html`<p role="status" data-saved>${this.said}</p>` : nothing}${trouble ? html`<p class="trouble" role="alert">${trouble}</p>` : nothing}</form>`;
  }

  private cell(dimension: string, one: Indicator): TemplateResult | string {
    const weight = this.weight(dimension, one.key);
    if (!this.edits) return weight || html`<span class="muted">–</span>`;
    return html`<input type="number" min="0" max="1000" step="any" name="${dimension}-${one.key}" aria-label="Weight of ${one.name} by ${dimension}" placeholder="0" .value=${weight} @input=${(event: Event) => this.take(`${dimension} ${one.key}`, valueOf(event))} />`;
  }
}

customElements.define("gm-score-weights", ScoreWeights);
