// How a matter stands by now, in words: its step and its state, and asking for both again. A report is asked about by
// its own id, a case that was joined by its secret link. Whatever is asked anew, the link that was told once is kept.
import { get, type Case } from "../api";
import type { Entry } from "./outbox";
import { isChinese } from "./words";

/** What the secret link tells. */
export type Told = {
  handled_under: string; step: string; state: string; due_at: string | null; lead: { en: string; zh: string } | null;
};

const STEPS: Record<string, [string, string]> = {
  found: ["发现", "Found"], reported: ["上报", "Reported"], own_level: ["处置", "Handled nearby"], handed_over: ["交办", "Handed over"],
  done: ["办结", "Done"], called_back: ["回访", "Called back"], evaluated: ["评估", "Evaluated"],
};
const STATES: Record<string, [string, string]> = {
  reported: ["已收到，待受理", "received, not yet taken up"], filed: ["已立案，待派遣", "taken up, with no unit yet"],
  own_handling: ["社区就地处置中", "being dealt with nearby"], pending: ["已派遣，待承办单位接收", "sent to its unit, not yet opened there"],
  returned: ["已退回，待重新派遣", "sent back, to be sent elsewhere"], disputed: ["正在确定责任单位", "being settled whose it is"],
  ruled: ["责任单位已确定", "settled whose it is"], referred: ["已转服务机构", "passed to a provider"], handling: ["承办单位办理中", "being worked on"],
  submitted: ["已办理，结果核查中", "worked on, the result is being checked"], closed: ["已办结", "closed"], called_back: ["已回访", "called back"],
  evaluated: ["已评估", "evaluated"], void: ["未予受理", "not taken up"], merged: ["已与同一问题的案件合并", "joined with another of the same thing"],
};

/** A code that is not known here is told as it is. */
const wordOf = (words: Record<string, [string, string]>, code: string): string => words[code]?.[isChinese() ? 0 : 1] ?? code.replaceAll("_", " ");

/** Step and state in the reader's language; of a report that was only just answered the step alone. */
export const standingOf = ({ step, state }: { step: string; state?: string }): string =>
  [wordOf(STEPS, step), state ? wordOf(STATES, state) : ""].filter(Boolean).join(" · ");

/** What is asked for again is kept with the entry, and takes away no link that only the first answer told. Throws. */
export async function askAgain(entry: Entry): Promise<Entry> {
  const { answer, joined } = entry;
  if (!joined) return { ...entry, answer: { ...(await askReport(entry.id)), status_url: answer?.status_url }, problem: undefined };
  if (!joined.status_url) return entry;
  return { ...entry, joined: { ...joined, told: await get<Told>(`/api/v1${joined.status_url}`) }, problem: undefined };
}

export const askReport = (id: string, signal?: AbortSignal): Promise<Case> => get<Case>(`/api/v1/reports/${id}`, signal);
