// The one reading of a case's state by colour and word. Pure.
import type { Case } from "../api";
import type { StateKey } from "../map/palette";

const CLOSED = new Set(["done", "called_back", "evaluated"]);
const IN_HAND = new Set(["own_level", "handed_over"]);

export const STEPS: Record<string, string> = {
  found: "Found",
  reported: "Reported",
  own_level: "Own level",
  handed_over: "Handed over",
  done: "Done",
  called_back: "Called back",
  evaluated: "Evaluated",
};

export const isClosed = (one: Case): boolean => CLOSED.has(one.step);
/** Waiting for somebody: neither finished nor loaded from before. */
export const isOpen = (one: Case): boolean => !isClosed(one) && !one.is_history;

// As the server counts what is late: a clock runs in these states, and in no others.
const RUNNING = new Set(["reported", "filed", "own_handling", "pending", "returned", "disputed", "ruled", "handling", "submitted"]);

/** What is submitted has its units' work done, but its clock runs until the result is checked: it can be late. */
export const isRunning = (one: Case): boolean => !one.is_history && RUNNING.has(one.state ?? "");
const isSubmitted = (one: Case): boolean => one.state === "submitted" && !one.is_history;

/** The next limit that counts: of a running clock, else the time within which a provider calls back. */
export function nextDue(one: Case): number | null {
  const called = one.state === "referred" && !one.is_history && !one.contacted_at ? one.contact_due_at : null;
  const limits = (isRunning(one) ? [one.step_due_at, one.due_at] : [called]).filter((limit): limit is string => Boolean(limit)).map(Date.parse);
  return limits.length ? Math.min(...limits) : null;
}

export function isOverdue(one: Case, now: number): boolean {
  const due = nextDue(one);
  return due !== null && due < now;
}

export function toneOf(one: Case, now: number): StateKey {
  if (isSubmitted(one) && isOverdue(one, now)) return "overdue";
  if (isClosed(one)) return "done";
  if (one.is_history) return "history";
  if (isOverdue(one, now)) return "overdue";
  return IN_HAND.has(one.step) ? "hand" : "new";
}

export const TONE_WORDS: Record<StateKey, string> = { new: "new", hand: "in hand", overdue: "overdue", done: "done", history: "history" };
