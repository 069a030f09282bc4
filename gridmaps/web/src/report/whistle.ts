// The whistles that call the unit of who is logged in, and reporting in there: one press, one fresh fix, one answer.
import { html, nothing, type TemplateResult } from "lit";
import { get, isSessionEnded, Refusal, request, type Session } from "../api";
import { metres, place, stamp } from "../ui/format";
import { findPlace } from "./place";
import { isChinese, type Words } from "./words";

type Call = { unit: string; due_at: string; arrived_at: string | null };
export type Whistle = {
  id: number; type_name: string; type_name_zh: string; what: string; place: string; lon: number; lat: number; radius_m: number | null; due_at: string; case_no: string | null; calls: Call[]; may: { report_in: string[] };
};
type Arrival = { counts: boolean; why: string; distance_m: number };
export type WhistleState = { items: Whistle[]; busy: number | null; said: Record<number, { counts: boolean; sentence: string }> };
export const noWhistles = (): WhistleState => ({ items: [], busy: null, said: {} });

const ZH = {
  title: "吹哨呼叫",
  hint: "您的单位被呼叫到场。到达后按一下即可报到。",
  due: "须在此前到场",
  late: "已超时",
  where: "地点",
  within: "{m} 内有效",
  inUnit: "所在网格内均有效",
  button: "我已到场，报到",
  buttonFor: "{u} 已到场，报到",
  sending: "正在定位并报到…",
  there: "报到有效，已记录到场时间。",
  too_far: "距离地点还有 {d}，{r} 内才有效。请走近后再按一次。",
  other_unit: "您在另一个网格，距离地点 {d}。请到达后再按一次。",
  too_inaccurate: "定位误差 {a}，无法判断是否到场。请到开阔处再按一次。",
  captured_before: "这个定位早于吹哨时间，不能证明现在到场。请在现场重新定位后再按一次。",
  captured_ahead: "手机时钟偏快，无法认定。请校准时间后再按一次。",
  done: "本单位已报到",
};
type Said = typeof ZH;
const EN: Said = {
  title: "You are called (吹哨)",
  hint: "Your unit is called to a place. When you are there, one press reports in.",
  due: "Be there by",
  late: "late",
  where: "Place",
  within: "counts within {m}",
  inUnit: "counts anywhere in its unit",
  button: "I am here: report in",
  buttonFor: "{u} is here: report in",
  sending: "Finding where you are …",
  there: "You have reported in; the time is recorded.",
  too_far: "You are {d} from the place, and it counts within {r}. Go closer and press again.",
  other_unit: "You stand in another unit, {d} from the place. Go there and press again.",
  too_inaccurate: "The position is only good to {a}, which says nothing. Step into the open and press again.",
  captured_before: "This position is from before the whistle was raised. Press again at the place, with a fresh one.",
  captured_ahead: "The clock of this phone runs ahead. Set it and press again.",
  done: "Your unit has reported in",
};
const said = (): Said => (isChinese() ? ZH : EN);
const filled = (sentence: string, values: Record<string, string>): string => sentence.replace(/\{(\w)\}/g, (_, key: string) => values[key] ?? "");

export const isCalled = (session: Session | null): boolean => Boolean(session?.permissions?.includes("report_in"));

/** What calls this person's unit now. Throws. */
export const readWhistles = async (signal: AbortSignal): Promise<Whistle[]> =>
  (await get<{ items: Whistle[] }>("/api/v1/whistles?mine=true&expected=true&limit=20", signal)).items;

function answerOf(arrival: Arrival, one: Whistle, accuracy: number): string {
  const words = said();
  const sentences: Record<string, string> = { there: words.there, too_far: words.too_far, other_unit: words.other_unit, too_inaccurate: words.too_inaccurate, captured_before: words.captured_before, captured_ahead: words.captured_ahead };
  return filled(sentences[arrival.why] ?? arrival.why, { d: metres(arrival.distance_m), r: metres(one.radius_m ?? 0), a: `±${metres(accuracy)}` });
}

/** Stand, ask, say. */
export async function reportIn(state: WhistleState, one: Whistle, unit: string, words: Words, tell: (told: Partial<WhistleState>) => void, ended: () => void): Promise<void> {
  tell({ busy: one.id });
  let answer = { counts: false, sentence: "" };
  try {
    const finding = await findPlace();
    if (finding.state !== "found") throw new Refusal(0, finding.state, finding.state === "denied" ? words.denied : words.unavailable);
    const { lon, lat, accuracy_m, datum, at } = finding.place;
    const body = { unit, lon, lat, accuracy_m: accuracy_m ?? 0, datum, captured_at: new Date(at).toISOString() };
    const arrival = await request<Arrival>("POST", `/api/v1/whistles/${one.id}/report-ins`, body);
    answer = { counts: arrival.counts, sentence: answerOf(arrival, one, body.accuracy_m) };
  } catch (failed) {
    if (isSessionEnded(failed)) return ended();
    const silent = failed instanceof Refusal && failed.code === "no_answer";
    answer.sentence = silent ? `${words.noAnswer} ${words.needsNetwork}` : failed instanceof Error ? failed.message : String(failed);
  }
  tell({ busy: null, said: { ...state.said, [one.id]: answer } });
}

function card(state: WhistleState, one: Whistle, zone: string | undefined, press: (one: Whistle, unit: string) => void): TemplateResult {
  const words = said();
  const answer = state.said[one.id];
  const late = Date.parse(one.due_at) < Date.now();
  const waiting = one.may.report_in;
  const button = (unit: string): TemplateResult => html`<button class="primary" data-report-in=${unit} ?disabled=${state.busy !== null} @click=${() => press(one, unit)}>${state.busy === one.id ? words.sending : waiting.length > 1 ? filled(words.buttonFor, { u: unit }) : words.button}</button>`;
  return html`<li data-whistle=${one.id}><h3>${(isChinese() && one.type_name_zh) || one.type_name}</h3><p>${one.what}</p>
    <dl><dt>${words.due}</dt><dd class=${late ? "late" : ""}>${stamp(one.due_at, zone)}${late ? html` <b>${words.late}</b>` : nothing}</dd>
      <dt>${words.where}</dt><dd>${one.place ? html`<span class="line">${one.place}</span>` : nothing}<span class="line mono">${place([one.lon, one.lat])}</span><span class="line muted">${one.radius_m ? filled(words.within, { m: metres(one.radius_m) }) : words.inUnit}</span></dd></dl>
    ${answer ? html`<p class="result ${answer.counts ? "good" : "bad"}" role="status" data-counts=${answer.counts}><b>${answer.sentence}</b></p>` : nothing}
    ${waiting.length ? waiting.map(button) : answer ? nothing : html`<p class="result good"><b>${words.done}</b></p>`}</li>`;
}

export function whistleCard(state: WhistleState, zone: string | undefined, press: (one: Whistle, unit: string) => void): TemplateResult | typeof nothing {
  if (state.items.length === 0) return nothing;
  const words = said();
  return html`<section class="whistles" data-whistles=${state.items.length}><h2>${words.title}</h2><p class="muted">${words.hint}</p><ol>${state.items.map((one) => card(state, one, zone, press))}</ol></section>`;
}
