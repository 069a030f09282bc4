// Conferences as the server tells them, and how they are said.
import { html, nothing, type TemplateResult } from "lit";
import type { Case } from "../api";
import { stateWords } from "../ui/case-states";
import type { Option } from "../ui/picker";
import type { Desk } from "./desk";

export type Conference = {
  id: number; case_no: string; case_state: string; category: string | null; board: string; board_name: string; board_name_zh: string; trigger: string; reason: string;
  dispute: number | null; state: "open" | "decided" | "ended"; due_since: string; opened_at: string; opened_by: string; opened_by_name: string | null; lead: string | null; assisting: string[]; grounds: string;
  ruling: number | null; precedent: string | null; closed_at: string | null; closed_by: string | null; closed_by_name: string | null; end_reason: string; open_actions: number; late_actions: number;
};
export type Member = { unit: string | null; person: string | null };
export type Sheet = { ordinal: number; held_at: string; text: string; recorded_at: string; recorded_by: string; recorded_by_name: string | null; corrects: number | null; corrected_by: number | null };
export type Action = { ordinal: number; owner: string; what: string; due_at: string; state: "open" | "done" | "cancelled"; note: string; ended_at: string | null; is_late: boolean; chased_at: string | null; may_end: boolean };
export type WholeConference = Conference & { members: Member[]; minutes: Sheet[]; actions: Action[]; may_confer: boolean; may_rule: boolean };
export type Due = { case_no: string; trigger: string; since: string; state: string; category: string | null };
/** What stands for and against a conference on a case, before one is opened. */
export type Prospect = {
  case_no: string; state: string; admits: boolean; conference: number | null; standing: { trigger: string; since: string }[]; refusing: number; enough: number; lead: string | null; due_at: string | null;
  help_by: string | null; help_at: string | null;
};
export type Board = { code: string; ordinal: number; name: string; name_zh: string; platforms: string[]; is_default: boolean; is_in_use: boolean };
export type Trigger = { code: string; name: string; name_zh: string; opens_itself: boolean };
export type Boards = { items: Board[]; triggers: Trigger[] };

export const STATES: Record<string, string> = { open: "Open", decided: "Decided", ended: "Ended" };
export const TRIGGERS: Record<string, string> = { refusals: "Two units refused it", help: "Its deadline passed and its lead asks for help", manual: "Opened by hand" };
export const boardName = (one: { board_name: string; board_name_zh: string }): string => [one.board_name, one.board_name_zh].filter(Boolean).join(" ");
export const stateMark = (one: { state: string }): TemplateResult => html`<span class="state ${one.state === "decided" ? "ruled" : one.state === "ended" ? "withdrawn" : "open"}">${STATES[one.state] ?? one.state}</span>`;

export const memberWords = (one: Member, desk: Desk): TemplateResult => html`${one.person ?? ""}${one.person && one.unit ? html` <span class="muted">for</span> ` : nothing}${one.unit ? desk.catalogue.unitName(one.unit) : nothing}`;

/** Departments, and the bodies that answer for where the case lies, by their own names. */
export function unitsFor(desk: Desk, one: Case | null): Option[] {
  const departments = desk.catalogue.unitOptions().filter((option) => !option.value.startsWith("@"));
  const bodies = (one?.current_territorial ?? []).map((body) => ({ value: `@${body.cell}`, label: body.name || body.cell, hint: body.level, words: `${body.cell} ${body.name} ${body.level} territory 属地` }));
  return [...departments, ...bodies];
}

const DECIDES = "is taken from whoever has it and goes to";

/** What a decision does to the case, in one or two sentences, while it is being made. */
export function moveWords(one: Conference, found: Case | null, lead: string, assisting: string[], isRuling: boolean, desk: Desk): TemplateResult {
  const unit = (ref: string): string => desk.catalogue.unitName(ref);
  const to = lead ? unit(lead) : "(no lead yet)";
  const from = found?.lead ? `is taken from ${unit(found.lead)} and goes to` : (found?.assisting?.length ?? 0) > 0 ? DECIDES : "goes to";
  const helped = assisting.length ? `, assisted by ${assisting.map(unit).join(", ")}` : "";
  return html`Case <span class="mono">${one.case_no}</span>, now ${stateWords(one.case_state)}, ${from} <b>${to}</b>${helped} at once, with a new deadline; ${lead ? to : "the lead"} cannot hand it back as not its own.
    ${isRuling ? " As a ruling it leaves a precedent for later cases of this kind in the area on the map." : " It holds for this case alone and leaves no precedent."}`;
}
