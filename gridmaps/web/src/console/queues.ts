// The work queues: what the server is asked for each, and whether a case belongs to it. What waits for somebody, and in
// which order, only the server can say: it knows for which unit and at which level he is posted. Pure.
import type { Case, Session } from "../api";
import { isOverdue, isRunning } from "./tone";

export type Queue = { key: string; word: string; asks: Record<string, string>; holds: (one: Case, session: Session | null) => boolean };

const forMe = (key: string, word: string, acts?: string): Queue => ({ key, word, asks: { waiting: "true", ...(acts ? { waits_for: acts } : {}) }, holds: () => true });
const inState = (key: string, word: string, state: string): Queue => ({ key, word, asks: { state }, holds: (one) => one.state === state });
// As the figures by colour count: what was closed late is red for ever, and nobody's to do.
const inColour = (key: string, word: string, colour: string): Queue => ({ key, word, asks: { colour, counted: "true" }, holds: (one) => one.colour === colour && (isRunning(one) || one.state === "suspended") });
const LEVEL = "level:";
/** What a level of the grid holds. */
export const atLevel = (level: string, word: string): Queue => ({ key: `${LEVEL}${level}`, word, asks: { tier: level }, holds: (one) => one.held_by?.level === level });

export const QUEUES: Queue[] = [
  forMe("mine", "Waiting for me"),
  forMe("decided", "To be decided", "extend,suspend,appeal"),
  forMe("called", "To be called back", "call_back,settle_call_back"),
  inColour("soon", "Due soon ▲", "yellow"),
  inColour("red", "Late ◆", "red"),
  inColour("grey", "Suspended ‖", "grey"),
  inState("acceptance", "Waiting for acceptance", "reported"),
  inState("dispatch", "To be dispatched", "filed"),
  inState("returned", "Returned", "returned"),
  inState("received", "To be received", "pending"),
  inState("handled", "Being handled", "handling"),
  inState("checked", "To be checked", "submitted"),
  inState("referred", "Referred to a provider", "referred"),
  // No department is late by these, so the figure of what is overdue leaves them out.
  { key: "providers", word: "Provider not in touch in time", asks: { state: "referred", overdue: "true" }, holds: (one) => one.state === "referred" && isOverdue(one, Date.now()) },
];

export const queueOf = (key: string): Queue | undefined => (key.startsWith(LEVEL) ? atLevel(key.slice(LEVEL.length), "") : QUEUES.find((one) => one.key === key));

/** The queue before or behind one; the first step leads away from "any". */
export function nextQueue(key: string, by: number): string {
  const keys = ["", ...QUEUES.map((one) => one.key)];
  return keys[(keys.indexOf(key) + by + keys.length) % keys.length] ?? "";
}
