// The same complaint before it is sent: open cases near by of the same class, and the way to join one of them.
import { html, nothing, type TemplateResult } from "lit";
import { get, nameOf, request, type Config } from "../api";
import { metres, span } from "../ui/format";
import type { Body } from "./outbox";
import type { Words } from "./words";

export type Suggestion = { case_no: string; category: string | null; distance_m: number; age_seconds: number; supporters: number; step: string; state: string };
export type Joined = { case_no: string; supporters: number; counted: boolean; status_url: string | null };
/** What was found for the report that waits, and what became of joining. */
export type Same = { body: Body | null; items: Suggestion[]; busy: boolean; problem: string | null; joined: Joined | null };
export type SameActions = { join: (one: Suggestion) => void; own: () => void; back: () => void };

const PATIENCE_MS = 4000;
export const nothingSame = (): Same => ({ body: null, items: [], busy: false, problem: null, joined: null });

/** What may be the same; nothing when nobody answers in time: a report is never held up by this. */
export async function findSame(body: Body): Promise<Suggestion[]> {
  if (!body.category || !navigator.onLine) return [];
  const asked = new URLSearchParams({ lon: String(body.lon), lat: String(body.lat), category: String(body.category), datum: String(body.datum) });
  if (body.accuracy_m !== null) asked.set("accuracy_m", String(body.accuracy_m));
  try {
    return (await get<{ items: Suggestion[] }>(`/api/v1/duplicates?${asked}`, AbortSignal.timeout(PATIENCE_MS))).items;
  } catch {
    return [];
  }
}

export const joinCase = (caseNo: string, { id, lon, lat, accuracy_m, datum, category, text, reporter }: Body): Promise<Joined> =>
  request<Joined>("POST", `/api/v1/duplicates/${encodeURIComponent(caseNo)}/support`, { id, lon, lat, accuracy_m, datum, category, text, reporter });

function suggested(one: Suggestion, busy: boolean, config: Config | null, chinese: boolean, words: Words, actions: SameActions): TemplateResult {
  const category = config?.categories.find((known) => known.code === one.category);
  return html`<li data-suggested=${one.case_no}><p><b>${nameOf(category, chinese) || one.category}</b> <span class="mono muted">${one.case_no}</span></p>
    <p class="muted">${words.awayAbout.replace("{m}", one.distance_m < 10 ? "10 m" : metres(one.distance_m))} · ${words.ago.replace("{t}", span(one.age_seconds * 1000))}${one.supporters ? ` · ${words.othersToo.replace("{n}", String(one.supporters))}` : ""}</p>
    <button class="secondary" data-join=${one.case_no} ?disabled=${busy} @click=${() => actions.join(one)}>${words.join}</button></li>`;
}

export function sameCard(same: Same, config: Config | null, chinese: boolean, words: Words, actions: SameActions): TemplateResult | typeof nothing {
  const { joined } = same;
  if (joined) {
    return html`<section class="same" role="status" data-joined=${joined.case_no}><h2>${joined.counted ? words.joined : words.joinedBefore}</h2>
      <p><span class="mono">${joined.case_no}</span> · ${words.othersToo.replace("{n}", String(joined.supporters))}</p>
      ${joined.status_url ? html`<p><a class="plain" href=${joined.status_url} data-status-url>${words.statusLink}</a></p>` : nothing}</section>`;
  }
  if (same.items.length === 0) return nothing;
  return html`<section class="same" role="dialog" aria-label=${words.sameTitle} data-same=${same.items.length}><h2>${words.sameTitle}</h2><p class="muted">${words.sameHint}</p>
    <ol>${same.items.map((one) => suggested(one, same.busy, config, chinese, words, actions))}</ol>
    ${same.problem ? html`<p class="trouble" role="alert">${same.problem}</p>` : nothing}
    <p class="row"><button class="primary" data-act="own" ?disabled=${same.busy} @click=${actions.own}>${words.sendOwn}</button>
      <button class="plain" ?disabled=${same.busy} @click=${actions.back}>${words.back}</button></p></section>`;
}
