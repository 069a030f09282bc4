// What the command centre knows at a moment. Plain data and pure questions about it.
import type { Case, Config, Named, Session, Silence, Totals } from "../api";
import type { Catalogue, Explanation } from "../duty";
import type { Asked } from "./explain-card";
import type { Link } from "../live";
import { queueOf } from "./queues";
import { isOpen, isOverdue, isRunning } from "./tone";

export type Tab = "all" | "today" | "open" | "overdue" | "outside" | "silent";
/** How far one list was read: the page behind it, the oldest moment in it, and what the server's search found. */
export type Read = { next: string | null; floor: number; hits: Set<string> };
export type State = {
  now: number;
  config: Config | null;
  configError: string | null;
  session: Session | null;
  sessionKnown: boolean;
  cases: Map<string, Case>;
  /** What was read of each list, by its query. */
  lists: Map<string, Read>;
  /** How many rows are drawn. */
  rows: number;
  loading: boolean;
  listError: string | null;
  link: Link;
  tab: Tab;
  step: string;
  /** One of the work queues, or none; and the platform whose queue it is. */
  queue: string;
  platform: string;
  platforms: Named[];
  search: string;
  picked: string | null;
  /** What was done last to a case that has left the list by it; or why not, where it was left before that was known. */
  done: { caseNo: string; act: string; sentence?: string } | null;
  detail: Case | null;
  detailError: string | null;
  silence: Silence | null;
  silenceError: string | null;
  totals: Totals | null;
  totalsAt: number;
  totalsLost: boolean;
  fresh: Set<string>;
  queueOpen: boolean;
  loginError: string | null;
  loggingIn: boolean;
  cell: Record<string, unknown> | null;
  /** Where somebody clicked to ask whose it is. */
  asked: Asked | null;
  /** Matters and units by name; null until somebody asks for them. */
  catalogue: Catalogue | null;
  /** Why the picked case is whose. */
  explanation: Explanation | null;
};

export const ROWS = 200;
const MOST_OVERLAY = 500;

export const firstState = (): State => ({
  now: Date.now(),
  config: null,
  configError: null,
  session: null,
  sessionKnown: false,
  cases: new Map(),
  lists: new Map(),
  rows: ROWS,
  loading: false,
  listError: null,
  link: { state: "closed", lagSeconds: 0 },
  tab: "all",
  step: "",
  queue: "",
  platform: "",
  platforms: [],
  search: "",
  picked: null,
  done: null,
  detail: null,
  detailError: null,
  silence: null,
  silenceError: null,
  totals: null,
  totalsAt: 0,
  totalsLost: false,
  fresh: new Set(),
  queueOpen: true,
  loginError: null,
  loggingIn: false,
  cell: null,
  asked: null,
  catalogue: null,
  explanation: null,
});

/** Newest first; equal moments by number, so that the order never flickers. */
export function newestFirst(cases: Iterable<Case>): Case[] {
  return [...cases].sort((a, b) => Date.parse(b.received_at) - Date.parse(a.received_at) || (a.case_no < b.case_no ? 1 : -1));
}

/** What the server is asked for the list that is open. */
export function queryOf({ tab, step, search, queue, platform }: State): string {
  const asked = new URLSearchParams(queueOf(queue)?.asks ?? {});
  if (platform) asked.set("platform", platform);
  if (tab === "open" || tab === "overdue") asked.set("nature", "government");
  if (tab === "overdue") asked.set("overdue", "true");
  if (tab === "outside") asked.set("certainty", "outside");
  if (step) asked.set("step", step);
  if (search.trim()) asked.set("q", search.trim());
  return asked.toString();
}

/** Whether only the server can say what belongs to the open list, and in which order: what waits for this person. */
export const isServed = (state: State): boolean => Boolean(queueOf(state.queue)?.asks.waiting);

/** What is known of the open list; nothing while it is asked for. */
export const readOf = (state: State): Read | undefined => state.lists.get(queryOf(state));

/** Open, and the government's to do: what was referred to a provider is not. As the server counts. */
const isOurs = (one: Case): boolean => (isOpen(one) || isRunning(one)) && (one.nature ?? "government") === "government";
const isLate = (one: Case, now: number): boolean => isOurs(one) && isOverdue(one, now);
const days = new Map<string | undefined, Intl.DateTimeFormat>();

/** The day of the city at a moment. */
function dayOf(at: number, { config }: State): string {
  const zone = config?.time_zone;
  const day = days.get(zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" });
  days.set(zone, day);
  return day.format(at);
}

function matches(one: Case, state: State, read: Read | undefined): boolean {
  if (isServed(state) && !read?.hits.has(one.case_no)) return false;
  // Below the floor single cases are known by chance; a list with holes would look complete.
  if (!isServed(state) && read && Date.parse(one.received_at) < read.floor) return false;
  if (state.tab === "today" && (one.is_history || dayOf(Date.parse(one.received_at), state) !== dayOf(state.now, state))) return false;
  if (state.tab === "open" && !isOurs(one)) return false;
  if (state.tab === "overdue" && !isLate(one, state.now)) return false;
  if (state.tab === "outside" && (one.certainty !== "outside" || one.is_history)) return false;
  if (state.step && one.step !== state.step) return false;
  if (state.platform && one.platform !== state.platform) return false;
  if (queueOf(state.queue)?.holds(one, state.session) === false) return false;
  const word = state.search.trim().toLowerCase();
  return !word || textOf(one).includes(word) || Boolean(read?.hits.has(one.case_no));
}

const textOf = (one: Case): string =>
  [one.case_no, one.cell?.code, one.cell?.name, one.text].filter(Boolean).join(" ").toLowerCase();

export function visibleCases(state: State): Case[] {
  const read = readOf(state);
  if (isServed(state)) {
    const served = [...(read?.hits ?? [])].map((caseNo) => state.cases.get(caseNo));
    return served.filter((one): one is Case => one !== undefined && matches(one, state, read));
  }
  return newestFirst([...state.cases.values()].filter((one) => matches(one, state, read)));
}

/** What is drawn above the tiles: the picked one, what came since, what lies outside, and whatever is overdue. */
export function overlayCases(state: State, since: number): Case[] {
  const cases = newestFirst(state.cases.values());
  const recent = cases.filter((one) => Date.parse(one.received_at) >= since || one.certainty === "outside");
  const overdue = cases.filter((one) => isOverdue(one, state.now));
  const picked = cases.filter((one) => one.case_no === state.picked);
  return [...new Set([...picked, ...recent.slice(0, MOST_OVERLAY), ...overdue.slice(0, MOST_OVERLAY)])];
}

export const overdueKnown = (state: State): number => [...state.cases.values()].filter((one) => isLate(one, state.now)).length;

/** The strip's figures: the server's when it has them, else of the loaded cases, and then `partial` says so. */
export function figures(state: State): Totals & { partial: boolean } {
  if (state.totals) return { ...state.totals, partial: false };
  const cases = [...state.cases.values()].filter((one) => !one.is_history);
  return {
    new_today: cases.filter((one) => dayOf(Date.parse(one.received_at), state) === dayOf(state.now, state)).length,
    open: cases.filter(isOurs).length,
    overdue: cases.filter((one) => isLate(one, state.now)).length,
    outside: cases.filter((one) => one.certainty === "outside").length,
    partial: (state.lists.get("")?.next ?? null) !== null,
  };
}
