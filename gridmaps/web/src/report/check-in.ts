// The all-clear of an officer: the unit in which one stands, and whether the check-in counts and why.
import { html, nothing, type TemplateResult } from "lit";
import { get, isSessionEnded, Refusal, request, type CellFeature, type CheckIn, type Located } from "../api";
import { newId } from "./outbox";
import { findPlace } from "./place";
import { isChinese, type Words } from "./words";

export type ClearState = { busy: boolean; unit: string | null; result: CheckIn | null; problem: string | null };
export const nothingCleared = (): ClearState => ({ busy: false, unit: null, result: null, problem: null });

/** Stand, ask, say: one fresh fix, its unit, one check-in for that unit. */
export async function giveAllClear(words: Words, tell: (state: ClearState) => void, ended: () => void): Promise<void> {
  const state: ClearState = { ...nothingCleared(), busy: true };
  tell({ ...state });
  try {
    const finding = await findPlace();
    if (finding.state !== "found") throw new Refusal(0, finding.state, finding.state === "denied" ? words.denied : words.unavailable);
    const { lon, lat, accuracy_m, datum, at } = finding.place;
    const located = await get<Located>(`/api/v1/locate?lon=${lon}&lat=${lat}${accuracy_m === null ? "" : `&accuracy_m=${accuracy_m}`}`);
    if (!located.cell) throw new Refusal(0, "outside", words.standOutside);
    const cell = (await get<CellFeature>(`/api/v1/cells/${located.cell}`)).properties;
    state.unit = `${cell.name} · ${cell.code}`;
    tell({ ...state });
    const body = { id: newId(), unit: located.cell, lon, lat, accuracy_m, datum, captured_at: new Date(at).toISOString() };
    state.result = await request<CheckIn>("POST", "/api/v1/checkins", body);
  } catch (failed) {
    if (isSessionEnded(failed)) return ended();
    const silent = failed instanceof Refusal && failed.code === "no_answer";
    state.problem = silent ? `${words.noAnswer} ${words.needsNetwork}` : failed instanceof Error ? failed.message : String(failed);
  }
  tell({ ...state, busy: false });
}

// The server says why in English; whoever reads Chinese is told the same, and what is not known here as it was said.
const REASONS: [RegExp, string][] = [
  [/^the unit is not one of your account's$/, "该网格不属于您的账号。"],
  [/^the position lies outside the city$/, "定位在城区之外。"],
  [/^the position lies in the unit; the client's clock runs ahead$/, "定位在本网格内；手机时钟偏快。"],
  [/^the position lies in the unit$/, "定位在本网格内。"],
  [/^the position lies in the unit (\S+)$/, "定位在另一个网格 $1。"],
  [/^the position is good to (\d+) m only.*$/, "定位误差 ±$1 m，无法确定在哪个网格。"],
  [/^it was captured on (\S+),.*$/, "打卡时间为 $1，当日已截止。"],
];

function reasonWords(reason: string): string {
  const [said, told] = (isChinese() && REASONS.find(([one]) => one.test(reason))) || [];
  return said && told ? reason.replace(said, told) : reason;
}

export function clearCard(state: ClearState, words: Words, give: () => void): TemplateResult {
  return html`<section class="clear">
    <h2>${words.clearTitle}</h2>
    <p class="muted">${words.clearHint}</p>
    <button class="secondary" data-act="all-clear" ?disabled=${state.busy} @click=${give}>${state.busy ? words.locating : words.clearButton}</button>
    ${state.unit ? html`<p>${words.standIn} <b>${state.unit}</b></p>` : nothing}
    ${state.result
      ? html`<p class="result ${state.result.counts ? "good" : "bad"}" role="status" data-counts=${state.result.counts}>
          <b>${state.result.counts ? words.counts : words.doesNotCount}</b> ${reasonWords(state.result.reason)}</p>`
      : nothing}
    ${state.problem ? html`<p class="trouble" role="alert">${state.problem}</p>` : nothing}
  </section>`;
}
