// Whistles as the server tells them, and how they are said: who was called, who came, who is late.
import { html, nothing, type TemplateResult } from "lit";
import { amountWords } from "../ui/amounts";
import { metres } from "../ui/format";
import type { Desk } from "./desk";

export type Call = { unit: string; due_at: string; arrived_at: string | null; released_at: string | null; was_due: boolean; is_expected: boolean; colour: "green" | "red" | "grey" };
export type Heard = { unit: string; at: string; captured_at: string; lon: number; lat: number; accuracy_m: number; distance_m: number; counts: boolean; why: string };
export type Score = { by_unit: string; about: string; score: number; note: string; at: string };
export type Whistle = {
  id: number; type: string; type_name: string; type_name_zh: string; case_no: string | null; street: string; what: string; place: string; lon: number; lat: number; radius_m: number | null; unit: string;
  raised_at: string; raised_by: string; raised_by_name: string | null; wanted_at: string | null; due_at: string; is_due_by_limit: boolean; state: "raised" | "resolved" | "withdrawn"; outcome: string | null; result: string; closed_at: string | null;
  calls: Call[]; report_ins: Heard[]; scores: Score[]; may: { report_in: string[]; end: boolean; score: { by: string; about: string }[] };
};
export type WhistleType = { code: string; ordinal: number; name: string; name_zh: string; limit_amount: number | string; limit_unit: string; is_in_use: boolean };

export const STATES: Record<string, string> = { raised: "Raised", resolved: "Resolved", withdrawn: "Called off" };
export const OUTCOMES: Record<string, string> = { solved: "Solved", partly_solved: "Partly solved", not_solved: "Not solved" };
const WHY: Record<string, string> = { there: "there", too_far: "too far from the place", other_unit: "in another unit", too_inaccurate: "the position is too inaccurate", captured_before: "the position is from before the whistle", captured_ahead: "the phone's clock runs ahead" };
const SIGNS: Record<string, [string, string]> = { green: ["●", "in time"], red: ["◆", "late"], grey: ["○", "expected"] };

export const typeName = (one: { type_name: string; type_name_zh: string }): string => [one.type_name, one.type_name_zh].filter(Boolean).join(" ");

/** How soon the called must be there: 30 min round the clock, 4 working hours. */
export const limitWords = (one: WhistleType): string => amountWords(Number(one.limit_amount), one.limit_unit);

/** How a called unit stands, with a sign and a word; one that never came is told apart from one that came late. */
export function callSign(one: Call, isOver: boolean, withWord = true): TemplateResult {
  const [sign, known] = SIGNS[one.colour] ?? ["", one.colour];
  const word = one.colour === "red" && !one.arrived_at ? (isOver ? "did not come" : "late, not there") : one.colour === "grey" && one.released_at ? "not needed" : known;
  return html`<span class="colour ${one.colour}" data-colour=${one.colour} title=${word}><i aria-hidden="true">${sign}</i>${withWord ? ` ${word}` : html`<span class="unseen">${word}</span>`}</span>`;
}

export const isLate = (one: Whistle): boolean => one.calls.some((call) => call.colour === "red");

export const heardWords = (one: Heard): string => `${WHY[one.why] ?? one.why.replaceAll("_", " ")}, ${metres(one.distance_m)} away, ±${metres(one.accuracy_m)}`;

export const stars = (score: number): TemplateResult => html`<span class="stars" title="${score} of 5"><span aria-hidden="true">${"★".repeat(score)}${"☆".repeat(5 - score)}</span><span class="unseen">${score} of 5</span></span>`;

export const callsLine = (one: Whistle, desk: Desk): TemplateResult => html`<span class="units">${one.calls.map((call) => html`<span>${callSign(call, one.state !== "raised", false)} ${desk.catalogue.unitName(call.unit)}</span>`)}${one.calls.length ? nothing : "nobody"}</span>`;
