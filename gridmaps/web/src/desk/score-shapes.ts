// Figures as /api/v1 tells them, and how a figure is said. Knows no page.
import { CHINESE, inTongue } from "../ui/language";

export type Ratio = { numerator: number; denominator: number; percent: number | null; text: string; excluded: number };
export type Score = { key: string | null; part: string | null; name: string; name_zh: string; figures: Record<string, Ratio>; score: number | null; grade: string | null; grade_zh: string | null; left_out: string[]; three_rates: number | null };
export type Indicator = { key: string; name: string; name_zh: string; formula: string; formula_zh: string; better: "high" | "low" | "neither" };
export type Cause = { cause: string; name: string; name_zh: string; cases: number };
export type Scores = { by: string; since: string; until: string; indicators: Indicator[]; items: Score[]; totals: Score[]; excluded: Cause[]; next: string | null };
export type Behind = { case_no: string | null; cell: string | null; at: string; key: string | null; unit: string | null; source: string | null; category: string | null; numerator: number; denominator: number; cause: string | null };
export type Excluded = { case_no: string; cause: string; cause_name: string; cause_name_zh: string; at: string; unit: string | null; source: string; category: string | null };
export type Fragments = { key: string; name: string; name_zh: string; cases: number; dispatches: number; returned: number; returned_text: string; hand_overs: number; opening_hours: number | null; acceptance_hours: number | null };
export type Handed = { case_no: string; at: string; unit: string; hands: number; is_returned: boolean; opening_hours: number | null; acceptance_hours: number | null };
export type Weights = { weights: Record<string, Record<string, number>>; grades: { code: string; name: string; name_zh: string; at_least: number }[] };
export type Counted = "denominator" | "numerator" | "missed" | "excluded";
/** Whose figure was asked for, and its cases. */
export type Drill = { row: Score; indicator: Indicator; isTotal: boolean };

/** What stands where there is nothing to divide by: never 0, never 100. */
export const NOTHING = CHINESE ? "无" : "n.a.";
/** Twenty figures in a row are read by nobody: three groups beside one another. */
export const GROUPS: [string, string[]][] = [
  ["Reports, filing, closing 上报、立案与结案", ["valid_report", "missed_report", "coverage", "self_solved", "filing", "filed_share", "closing", "closing_on_time", "fixed", "settled_on_time", "redo"]],
  ["Dispatch and handling 派遣与处置", ["receiving", "dispatch_accuracy", "return", "handling", "handling_on_time", "rework", "extension"]],
  ["Call-back and evaluation 回访与评价", ["called_back", "response", "resolution", "satisfaction", "result_score", "department_score", "report_score"]],
];

export const wordsOf = (one: { name: string; name_zh: string }): string => inTongue(one.name, one.name_zh);
export const formulaOf = (one: Indicator): string => inTongue(one.formula, one.formula_zh);

/** What the figure divides by, from its formula. */
const divisor = (one: Indicator): string => (CHINESE && one.formula_zh ? one.formula_zh.split(" ÷ ") : one.formula.split(" / ")).at(-1) ?? "";

/** Why there is no figure, or what it is made of. */
export function titleOf(one: Indicator, ratio: Ratio): string {
  const left = ratio.excluded ? ` ${ratio.excluded} more listed and not counted.` : "";
  if (ratio.percent === null) return `无 / n.a.: nothing here counts as “${divisor(one)}”, so there is nothing to divide by.${left}`;
  return `${ratio.numerator} of ${ratio.denominator}: ${formulaOf(one)}.${left}`;
}

export const figure = (ratio: Ratio): string => (ratio.percent === null ? NOTHING : `${ratio.percent.toFixed(2)}%`);
export const EMPTY_RATIO: Ratio = { numerator: 0, denominator: 0, percent: null, text: "无", excluded: 0 };
