// The one way to the server: paths, shapes and errors of /api/v1. Knows no page.

export type Level = { rank: number; key: string; name: string; name_zh: string };
export type Named = { code: string; name: string; name_zh?: string };
export type Source = Named & { is_citizen: boolean };
export type Config = {
  city_name: string;
  synthetic: boolean;
  time_zone: string;
  bounds: [number, number, number, number] | null;
  /** 0 while no grid is published. */
  revision: number;
  levels: Level[];
  categories: Named[];
  sources: Source[];
};
export type Session = { login: string; name: string; role: string; cells: string[] | null; permissions?: string[] };
export type Certainty = "certain" | "ambiguous" | "outside";
export type PathStep = { code: string; name: string; level?: string };
export type CellAnswer = { code: string; name: string; path: (PathStep | string)[] };
export type Candidate = { code: string; share: number; name?: string };
export type Owner = {
  territorial?: unknown;
  lead?: unknown;
  assisting?: unknown;
  reasons?: unknown;
};
export type CaseEvent = { seq: number; kind: string; at: string; actor: string; actor_name?: string | null; payload: Record<string, unknown> };
export type Case = {
  case_no: string;
  step: string;
  state?: string;
  cell: CellAnswer | null;
  certainty: Certainty;
  candidates: Candidate[];
  owner: Owner | null;
  step_due_at: string | null;
  due_at: string | null;
  position: [number, number];
  received_at: string;
  captured_at?: string;
  accuracy_m?: number;
  accuracy_assumed?: boolean;
  category: string | null;
  source: string;
  text?: string | null;
  photos?: string[];
  history?: CaseEvent[];
  /** The position is one that devices give when they know none. */
  is_fallback?: boolean;
  /** Loaded from before: no clock runs. */
  is_history?: boolean;
  /** Where the case lies in the grid in force; `cell` is where it lay when it was filed. */
  current_cell?: CellAnswer | null;
  /** Whom it was handed to, and what sent or holds it there. */
  lead?: string | null;
  assisting?: string[];
  precedent?: string | null;
  ruling?: number | null;
  returns?: number;
  current_territorial?: { cell: string; level: string; name: string }[];
  /** Where the citizen reads what becomes of it; told to who reported it alone. */
  status_url?: string | null;
  /** How its clock stands: green, yellow, red, grey, or none. */
  colour?: string;
  platform?: string;
  nature?: string;
  provider?: string | null;
  contact_due_at?: string | null;
  contacted_at?: string | null;
  due_reason?: string;
  outcome?: string | null;
  supporters?: number;
  unnamed_supporters?: number;
  merged_into?: string | null;
  tiers?: { tier: number; since: string; until: string | null; seconds: number }[];
  tasks?: { ordinal: number; unit: string; part: string; is_mandatory: boolean; due_at: string | null; state: string; ended_at: string | null }[];
  notes?: { act: string; note: string; at: string; actor: string }[];
  requests?: { id: number; kind: string; unit: string; until: string | null; state: string; asked_at: string; asked_by_name?: string | null; decided_by_name?: string | null }[];
  /** A deadline before the present one that it missed, who had it then, and when it left that deadline. */
  missed_at?: string | null;
  missed_by?: string | null;
  missed_until?: string | null;
  act_photos?: { sha256: string; kind: string; act: string; taken_at?: string | null; at?: string; actor?: string; actor_name?: string | null }[];
  /** The report's photos with what each shows; `photos` are their names. */
  report_photos?: { sha256: string; kind: string | null; taken_at: string | null }[];
  paused_since?: string | null;
  /** The body of the level that holds the case. */
  held_by?: { cell: string; level: string; name: string } | null;
  /** The next deadline that it can miss; none while no clock of it runs. */
  late_at?: string | null;
  /** In a work list: the acts that the reader is waited for. */
  waits_for?: string[] | null;
};
export type CaseList = { items: Case[]; next: string | null };
export type Totals = { new_today: number; open: number; overdue: number; outside: number };
export type Silence = { date: string; cut_off: string; status: string; silent: (PathStep & { path: string[] })[]; counts: Record<string, number> };
export type CheckIn = { counts: boolean; reason: string; located_in: string | null };
export type Located = { cell: string | null; path: string[]; certainty: Certainty; candidates: Candidate[] };
export type Lineage = { from: string; to: string; share: number };
export type Redraw = { revision: number; kind: string; published_at: string; note: string; lineage: Lineage[] };
export type CellProperties = {
  code: string;
  name: string;
  level: number | string;
  parent: string | null;
  path: string[];
  label_point: [number, number];
  area_m2: number;
  from: string | null;
  until: string | null;
};
export type CellFeature = { type: "Feature"; properties: CellProperties; geometry?: unknown };

/** A refusal in the server's own words; `status` 0 says that no answer came. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    /** The whole problem document: some refusals say more than a sentence. */
    readonly problem: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Whether a request failed because nobody is logged in (any more). */
export const isSessionEnded = (failed: unknown): boolean => failed instanceof Refusal && failed.status === 401;

async function refusalOf(response: Response): Promise<Refusal> {
  const problem = await response.json().catch(() => ({}));
  const sentence = problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  return new Refusal(response.status, problem.code ?? "error", String(sentence), problem.field, problem);
}

/** One request. Throws a Refusal; 204 answers undefined. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const blob = body instanceof Blob;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "Content-Type": blob ? body.type : "application/json" },
      body: body === undefined ? undefined : blob ? body : JSON.stringify(body),
    });
  } catch (failed) {
    if (failed instanceof DOMException && failed.name === "AbortError") throw failed;
    throw new Refusal(0, "no_answer", "The server does not answer.");
  }
  if (!response.ok) throw await refusalOf(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>("GET", path, undefined, signal);

/** Who is logged in here, or null. */
export async function whoAmI(): Promise<Session | null> {
  try {
    return (await get<Session | null>("/api/v1/session")) ?? null;
  } catch (refusal) {
    if (refusal instanceof Refusal && (refusal.status === 401 || refusal.status === 404)) return null;
    throw refusal;
  }
}

export const logIn = (login: string, password: string): Promise<Session> =>
  request<Session>("POST", "/api/v1/session", { login, password });
export const logOut = (): Promise<void> => request<void>("DELETE", "/api/v1/session");

/** The cases with these numbers, in requests short enough for any proxy. */
export async function casesByNumber(numbers: string[]): Promise<Case[]> {
  const found: Case[] = [];
  for (let start = 0; start < numbers.length; start += 50) {
    const part = numbers.slice(start, start + 50);
    const query = part.map((number) => `case_no=${encodeURIComponent(number)}`).join("&");
    found.push(...(await get<CaseList>(`/api/v1/cases?limit=${part.length}&${query}`)).items);
  }
  return found;
}

/** A name for people: Chinese where the reader or the city reads Chinese, else the plain name. */
export function nameOf(named: Named | Level | undefined, chinese: boolean): string {
  if (!named) return "";
  return (chinese && named.name_zh) || named.name || ("code" in named ? named.code : named.key);
}

const WHOLE = 0.995;
/** Whether the position may be elsewhere than in its unit: not where that alone is told, whole, and the place is in doubt. */
export const hasRivals = (one: Case): boolean =>
  one.certainty === "ambiguous" && (one.candidates.length > 1 || (one.candidates[0]?.share ?? 0) < WHOLE);

export const stepsOfPath = (path: (PathStep | string)[] | undefined): PathStep[] =>
  (path ?? []).map((step) => (typeof step === "string" ? { code: step, name: "" } : step));
