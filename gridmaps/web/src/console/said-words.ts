// What the sides say of a result: the shapes of call-backs and scores, and their words. Pure; knows no form.
import { html, type TemplateResult } from "lit";
import { OUTCOMES } from "../ui/act-words";

export type Subject = "result" | "department" | "report";
export type CallBack = { ordinal: number; cycle: number; at: string; spoken_by: string; verdict: string; outcome: string | null; led_to: string; settled_at: string | null; settled_as: string | null; is_unreasonable: boolean };
export type Given = { cycle: number; subject: Subject; score: number; at: string; unit: string | null };
export type Evaluations = { state: string; cycle: number; call_backs: CallBack[]; scores: Given[]; words: { act: string; text: string | null; at: string }[]; missing: string[]; may_score: Subject[] };

export const SIDES: [Subject, string, string][] = [["result", "Citizen", "the result 群众评结果"], ["department", "Grid", "the department 网格评部门"], ["report", "Department", "the report 部门评上报"]];
export const VERDICTS: [string, string][] = [["satisfied", "Satisfied"], ["dissatisfied", "Dissatisfied"], ["not_reached", "Not reached"]];
export const LEADS: Record<string, string> = { reopened: "so the case was reopened", supervisor: "waits for the supervisor" };
export const SETTLED: Record<string, string> = { reopen: "reopened by the supervisor", stays_closed: "stays closed by the supervisor's word" };
export const MISSING: Record<string, string> = { call_back: "the call-back", supervisor: "the supervisor's word", result: "the citizen's score", department: "the grid's score", report: "the department's score" };
export const OVER = ["closed", "called_back", "evaluated"];
export const outcomeWord = (outcome: string): string => OUTCOMES.find(([key]) => key === outcome)?.[1] ?? outcome;
export const verdictWord = (verdict: string): string => VERDICTS.find(([key]) => key === verdict)?.[1] ?? verdict;
export const pointsOf = (score: number): TemplateResult => html`<span class="points" title="${score} of 5 points"><i aria-hidden="true">${"★".repeat(score)}${"☆".repeat(5 - score)}</i> ${score} of 5</span>`;
