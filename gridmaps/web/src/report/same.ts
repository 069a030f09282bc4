// The same complaint before it is sent: open cases near by of the same class, or of any where none is known, and the way
// to join one of them.
import { html, nothing, type TemplateResult } from "lit";
import { nameOf, request, type Config } from "../api";
import { metres, span } from "../ui/format";
import type { Body } from "./outbox";
import type { Photo } from "./photo";
import type { Told } from "./standing";
import type { Words } from "./words";

export type Suggestion = { case_no: string; category: string | null; distance_m: number; age_seconds: number; supporters: number; unnamed_supporters: number; step: string; state: string; by: "class" | "sorted" | "place" };
export type Joined = { case_no: string; supporters: number; unnamed_supporters: number; counted: boolean; status_url: string | null; /** How it stood when that was asked for. */ told?: Told };
/** What was found for the report that waits, and what became of joining. */
export type Same = { body: Body | null; items: Suggestion[]; busy: boolean; problem: string | null; joined: Joined | null };
export type SameActions = { join: (one: Suggestion) => void; own: () => void; back: () => void };

const PATIENCE_MS = 4000;
export const nothingSame = (): Same => ({ body: null, items: [], busy: false, problem: null, joined: null });

/** What may be the same; nothing when nobody answers in time: a report is never held up by this. */
export async function findSame({ lon, lat, accuracy_m, datum, category, text }: Body): Promise<Suggestion[]> {
  if (!navigator.onLine) return [];
  // Words go in the body: an address is kept in logs.
  const asked = { lon, lat, accuracy_m, datum, category, text };
  try {
    return (await request<{ items: Suggestion[] }>("POST", "/api/v1/duplicates", asked, AbortSignal.timeout(PATIENCE_MS))).items;
  } catch {
    return [];
  }
}

/** Joins a case, with the words and the picture of the report that waited. */
export async function joinCase(caseNo: string, { id, lon, lat, accuracy_m, datum, category, text, photos, reporter }: Body, photo: Photo | null): Promise<Joined> {
  if (photo) await request("PUT", `/api/v1/photos/${photo.sha256}`, new Blob([photo.bytes], { type: photo.type }));
  return request<Joined>("POST", `/api/v1/duplicates/${encodeURIComponent(caseNo)}/support`, { id, lon, lat, accuracy_m, datum, category, text, photos, reporter });
}

/** Who else said so: those who are certain, and apart from them those of whom nothing is. */
const others = (one: { supporters: number; unnamed_supporters: number }, words: Words): string =>
  [one.supporters ? words.othersToo.replace("{n}", String(one.supporters)) : "", one.unnamed_supporters ? words.othersUnnamed.replace("{n}", String(one.unnamed_supporters)) : ""].filter(Boolean).join(words.comma);

function suggested(one: Suggestion, busy: boolean, config: Config | null, chinese: boolean, words: Words, actions: SameActions): TemplateResult {
  const category = config?.categories.find((known) => known.code === one.category);
  return html`<li data-suggested=${one.case_no}><p><b>${nameOf(category, chinese) || one.category || words.notSorted}</b> <span class="mono muted">${one.case_no}</span></p>
    <p class="muted">${words.awayAbout.replace("{m}", one.distance_m < 10 ? "10 m" : metres(one.distance_m))} · ${words.ago.replace("{t}", span(one.age_seconds * 1000))}${others(one, words) ? ` · ${others(one, words)}` : ""}</p>
    ${one.by === "class" ? nothing : html`<p class="muted" data-by=${one.by}>${one.by === "place" ? words.byPlace : words.bySorted}</p>`}
    <button class="secondary" data-join=${one.case_no} ?disabled=${busy} @click=${() => actions.join(one)}>${words.join}</button></li>`;
}

export function sameCard(same: Same, config: Config | null, chinese: boolean, words: Words, actions: SameActions): TemplateResult | typeof nothing {
  const { joined } = same;
  if (joined) {
    return html`<section class="same" role="status" data-joined=${joined.case_no}><h2>${joined.counted ? words.joined : words.joinedBefore}</h2>
      <p><span class="mono">${joined.case_no}</span>${others(joined, words) ? ` · ${others(joined, words)}` : ""}</p>
      ${joined.status_url ? html`<p><a class="plain" href=${joined.status_url} data-status-url>${words.statusLink}</a></p>` : nothing}</section>`;
  }
  if (same.items.length === 0) return nothing;
  return html`<section class="same" role="dialog" aria-label=${words.sameTitle} data-same=${same.items.length}><h2>${words.sameTitle}</h2><p class="muted">${words.sameHint}</p>
    <ol>${same.items.map((one) => suggested(one, same.busy, config, chinese, words, actions))}</ol>
    ${same.problem ? html`<p class="trouble" role="alert">${same.problem}</p>` : nothing}
    <p class="row"><button class="primary" data-act="own" ?disabled=${same.busy} @click=${actions.own}>${words.sendOwn}</button>
      <button class="plain" ?disabled=${same.busy} @click=${actions.back}>${words.back}</button></p></section>`;
}
