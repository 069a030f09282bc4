// The cases behind a number of the board: of one colour, of one unit and street if those were asked; each opens in the
// console. The server counts and lists by the same words, so the list is as long as the number.
import { html, nothing, type TemplateResult } from "lit";
import type { Case } from "../api";
import { asked } from "../duty";
import { stamp } from "../ui/format";
import { NamedPart } from "../ui/part";
import type { Desk } from "./desk";
import { Paged } from "./view";

/** Left out: any; null: those of nobody, or in no street. */
export type Counted = { colour: string; lead?: string | null; street?: string | null };

export class BoardDrill extends NamedPart {
  static override properties = { desk: { attribute: false }, counted: { attribute: false } };
  declare desk: Desk;
  declare counted: Counted;
  private readonly list = new Paged<Case>(() => this.path(), () => this.desk, () => this.requestUpdate());

  private path(): string {
    const { colour, lead, street } = this.counted;
    return asked("/api/v1/cases", { colour, lead, with_nobody: lead === null, unit: street, off_grid: street === null, counted: true, limit: 50 });
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("counted")) return;
    this.list.forget();
    void this.list.anew();
  }

  protected override render(): TemplateResult {
    const { list, desk } = this;
    return html`<section class="behind" data-behind=${list.isRead && !list.loading ? list.items.length : "loading"}>
      ${list.error ? html`<p class="trouble" role="alert">${list.error}</p>` : nothing}
      ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the cases …</p>` : nothing}
      ${list.isRead && list.items.length === 0 ? html`<p class="muted">None any more.</p>` : nothing}
      <ul class="stack">${list.items.map((one) => html`<li><a class="mono" href="/?case=${one.case_no}" data-behind-case=${one.case_no}>${one.case_no}</a> ${desk.catalogue.matterName(one.category)}
        ${one.due_at ? html`<span class="line muted">due ${stamp(one.due_at, desk.config.time_zone)}</span>` : nothing}</li>`)}</ul>
      ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More cases</button>` : nothing}</section>`;
  }
}
customElements.define("gm-board-drill", BoardDrill);
