// The photos of a case: those of its report, those of looks at the place, and those of results; each with what it
// shows, when and by whom, and large on a click. Who may not see them is told none by the server.
import "./case-photos.css";
import { html, nothing, type TemplateResult } from "lit";
import type { Case } from "../api";
import { wordOf } from "../ui/act-words";
import { stamp } from "../ui/format";
import { personWords } from "../ui/names";
import { NamedPart } from "../ui/part";

type Shot = { sha256: string; word: string; by: string; at: string | null };

const KINDS: Record<string, string> = { near: "Near by", far: "From afar", reference: "Beside something known", before: "Before", after: "Result" };
const kindWords = (kind: string | null | undefined): string => (kind ? (KINDS[kind] ?? kind.replaceAll("_", " ")) : "");
const addressOf = (shot: Shot): string => `/api/v1/photos/${shot.sha256}`;

/** Of the report first, then of the acts in their order. Pure. */
export function shotsOf(one: Case): Shot[] {
  const told = one.report_photos?.length ? one.report_photos : (one.photos ?? []).map((sha256) => ({ sha256, kind: null, taken_at: null }));
  const reported = one.history?.find((event) => event.kind === "case.reported");
  const by = reported ? personWords(reported.actor, reported.actor_name) : "the report";
  return [
    ...told.map(({ sha256, kind, taken_at }) => ({ sha256, word: kindWords(kind) || "Report", by, at: taken_at ?? one.received_at })),
    ...(one.act_photos ?? []).map((shot) => ({
      sha256: shot.sha256, word: shot.kind === "after" ? "Result" : `${wordOf(shot.act)}: ${kindWords(shot.kind).toLowerCase()}`, by: personWords(shot.actor, shot.actor_name), at: shot.at ?? shot.taken_at ?? null,
    })),
  ];
}

class CasePhotos extends NamedPart {
  static override properties = { one: { attribute: false }, zone: { attribute: false } };
  declare one: Case;
  declare zone: string | undefined;
  private large = 0;

  private get box(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  private enlarge(index: number): void {
    this.large = index;
    this.requestUpdate();
    void this.updateComplete.then(() => this.box?.open || this.box?.showModal());
  }

  private turn(by: number): void {
    const { length } = shotsOf(this.one);
    this.enlarge((this.large + by + length) % length);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.turn(event.key === "ArrowRight" ? 1 : -1);
  }

  private caption(shot: Shot): TemplateResult {
    return html`<b>${shot.word}</b><span>${stamp(shot.at, this.zone)}</span><span>${shot.by}</span>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const shots = shotsOf(this.one);
    if (shots.length === 0) return nothing;
    return html`<ul class="shots">${shots.map((shot, index) => html`<li data-photo=${shot.sha256}><button type="button" aria-label="Larger: ${shot.word}" @click=${() => this.enlarge(index)}>
      <img src=${addressOf(shot)} alt="" loading="lazy" /></button><p>${this.caption(shot)}</p></li>`)}</ul>${this.largeBox(shots)}`;
  }

  private largeBox(shots: Shot[]): TemplateResult {
    const shot = shots[this.large] ?? shots[0]!;
    return html`<dialog class="large" aria-label="Photo" @keydown=${(event: KeyboardEvent) => this.key(event)} @click=${(event: Event) => event.target === event.currentTarget && this.box?.close()}>
      <img src=${addressOf(shot)} loading="lazy" data-large=${shot.sha256} alt=${shot.word} />
      <footer><p>${this.caption(shot)}</p>${shots.length > 1 ? html`<button type="button" class="quiet" @click=${() => this.turn(-1)}>← Previous</button><button type="button" class="quiet" @click=${() => this.turn(1)}>Next →</button>` : nothing}
        <button type="button" class="quiet" data-close @click=${() => this.box?.close()}>Close</button></footer></dialog>`;
  }
}

customElements.define("gm-case-photos", CasePhotos);
