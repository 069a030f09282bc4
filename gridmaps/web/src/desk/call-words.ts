// A call-back in words, and its shapes as /api/v1 tells them. Knows no page.
import { OUTCOMES } from "../ui/act-words";

export type ToCall = { case_no: string; category: string | null; source: string; cell: string | null; lead: string | null; outcome: string | null; closed_at: string; text: string | null; missed: number; attempts: number; last_at: string | null; again_at: string | null };
export type CallBack = { case_no: string; ordinal: number; cycle: number; at: string; spoken_by: string; verdict: string; outcome: string | null; led_to: string; settled_at: string | null; settled_as: string | null; unit: string | null };
/** One that waits for the supervisor. */
export type Dissatisfied = CallBack;
export type Evaluations = { state: string; cycle: number; call_backs: CallBack[]; words: { act: string; text: string | null; at: string }[] };

export const VERDICTS: [string, string][] = [["satisfied", "Satisfied 满意"], ["dissatisfied", "Dissatisfied 不满意"], ["not_reached", "Not reached 未接通"]];
export const LED_TO: Record<string, string> = { reopened: "the case is reopened, and its clock starts anew", supervisor: "it waits for the supervisor" };

export const outcomeWord = (outcome: string | null): string => OUTCOMES.find(([key]) => key === outcome)?.[1] ?? outcome ?? "nothing said";
export const verdictWord = (verdict: string): string => VERDICTS.find(([key]) => key === verdict)?.[1] ?? verdict;

/** How often it was tried, and how often it is to be. */
export const triesWords = ({ missed, attempts }: Pick<ToCall, "missed" | "attempts">): string => (missed ? `tried ${missed} of ${attempts} times` : "not tried yet");
