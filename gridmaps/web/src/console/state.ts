// What the command centre knows at a moment. Plain data and pure questions about it.
import type { Case, Config, Session, Silence, Totals } from "../api";
import type { Link } from "../live";
import { isClosed, isOverdue, toneOf } from "./tone";

export type Tab = "all" | "new" | "overdue" | "outside" | "silent";
export type State = {
  now: number;
  config: Config | null;
  configError: string | null;
  session: Session | null;
  sessionKnown: boolean;
  cases: Map<string, Case>;
  next: string | null;
  loading: boolean;
  listError: string | null;
  link: Link;
  tab: Tab;
  step: string;
  search: string;
  picked: string | null;
  detail: Case | null;
  detailError: string | null;
  silence: Silence | null;
  silenceError: string | null;
  totals: Totals | null;
  fresh: Set<string>;
  queueOpen: boolean;
  loginError: string | null;
  loggingIn: boolean;
  cell: Record<string, unknown> | null;
};

export const firstState = (): State => ({
  now: Date.now(),
  config: null,
  configError: null,
  session: null,
  sessionKnown: false,
  cases: new Map(),
  next: null,
  loading: false,
  listError: null,
  link: { state: "closed", lagSeconds: 0 },
  tab: "all",
  step: "",
  search: "",
  picked: null,
  detail: null,
  detailError: null,
  silence: null,
  silenceError: null,
  totals: null,
  fresh: new Set(),
  queueOpen: false,
  loginError: null,
  loggingIn: false,
  cell: null,
});

/** Newest first; equal moments by number, so that the order never flickers. */
export function newestFirst(cases: Iterable<Case>): Case[] {
  return [...cases].sort((a, b) => Date.parse(b.received_at) - Date.parse(a.received_at) || (a.case_no < b.case_no ? 1 : -1));
}

function matches(one: Case, state: State): boolean {
  if (state.tab === "new" && toneOf(one, state.now) !== "new") return false;
  if (state.tab === "overdue" && !isOverdue(one, state.now)) return false;
  if (state.tab === "outside" && one.certainty !== "outside") return false;
  if (state.step && one.step !== state.step) return false;
  const word = state.search.trim().toLowerCase();
  return !word || textOf(one).includes(word);
}

const textOf = (one: Case): string =>
  [one.case_no, one.cell?.code, one.cell?.name, one.category, one.text, one.source].filter(Boolean).join(" ").toLowerCase();

export const visibleCases = (state: State): Case[] => newestFirst([...state.cases.values()].filter((one) => matches(one, state)));

/** The strip's figures: the server's when it has them, else of the loaded cases, and then `partial` says so. */
export function figures(state: State): Totals & { partial: boolean } {
  if (state.totals) return { ...state.totals, partial: false };
  const cases = [...state.cases.values()];
  const zone = state.config?.time_zone;
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" });
  const today = day.format(state.now);
  return {
    new_today: cases.filter((one) => day.format(Date.parse(one.received_at)) === today).length,
    open: cases.filter((one) => !isClosed(one)).length,
    overdue: cases.filter((one) => isOverdue(one, state.now)).length,
    outside: cases.filter((one) => one.certainty === "outside").length,
    partial: state.next !== null,
  };
}
