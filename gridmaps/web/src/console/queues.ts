// The work queues: what the server is asked for each, and whether a case belongs to it. Pure.
import type { Case, Session } from "../api";
import { may } from "../duty";
import { isOpen } from "./tone";

export type Queue = { key: string; word: string; asks: Record<string, string>; holds: (one: Case, session: Session | null) => boolean };

// Whoever may do one of these is waited for by a case in that state.
const WAITS_FOR: Record<string, string[]> = {
  reported: ["accept"], filed: ["dispatch"], returned: ["dispatch"], own_handling: ["solve_own"], pending: ["receive"], handling: ["submit"],
  suspended: ["approve_clock"], submitted: ["verify"], disputed: ["rule"], closed: ["call_back"], referred: ["refer"],
};
const inState = (key: string, word: string, state: string): Queue => ({ key, word, asks: { state }, holds: (one) => one.state === state });
const inColour = (key: string, word: string, colour: string): Queue => ({ key, word, asks: { colour }, holds: (one) => one.colour === colour });

export const QUEUES: Queue[] = [
  { key: "mine", word: "Waiting for me", asks: {}, holds: (one, session) => !one.is_history && (WAITS_FOR[one.state ?? ""] ?? []).some((permission) => may(session, permission)) && (isOpen(one) || one.state === "closed") },
  inColour("soon", "Due soon ▲", "yellow"),
  inColour("red", "Late ◆", "red"),
  inColour("grey", "Suspended ‖", "grey"),
  inState("acceptance", "Waiting for acceptance", "reported"),
  inState("dispatch", "To be dispatched", "filed"),
  inState("returned", "Returned", "returned"),
  inState("received", "To be received", "pending"),
  inState("handled", "Being handled", "handling"),
  inState("checked", "To be checked", "submitted"),
  inState("called", "To be called back", "closed"),
  inState("referred", "Referred to a provider", "referred"),
];

export const queueOf = (key: string): Queue | undefined => QUEUES.find((one) => one.key === key);

/** The queue before or behind one; the first step leads away from "any". */
export function nextQueue(key: string, by: number): string {
  const keys = ["", ...QUEUES.map((one) => one.key)];
  return keys[(keys.indexOf(key) + by + keys.length) % keys.length] ?? "";
}
