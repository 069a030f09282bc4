// Whose is it: the shapes of responsibility, disputes, rulings and precedents as /api/v1 tells them, and the two
// lists that most pages need whole: matters and departments. Knows no page.
import { get, nameOf, type Candidate, type Certainty, type Config, type Level, type Session } from "./api";
import type { Option } from "./ui/picker";
import { CHINESE, inTongue } from "./ui/language";
import { bodyName } from "./ui/names";

export type Matter = { code: string; name: string; name_zh: string; taxonomy: string; rank: string; parent: string | null; category: string | null };
export type Department = { code: string; name: string; name_zh?: string };
export type UnitRef = { ref: string; kind: "department" | "territory"; code: string; name: string; name_zh?: string };
export type Body = { cell: string; level: string; name: string };
export type Reason = { rule: string; says: string; says_zh?: string };
/** Where a row holds: `level`, `cell`, `polygon` or `exclusive_grid`, with the code of that. */
export type Place = { kind: string; code: string; name?: string };
export type DutyRow = { id: number; matter: string; place: Place; lead: string | UnitRef | null; basis: string };
/** `why` is the rule that spoke against it; `says` tells it. */
export type Rejected = { kind: string; id: number | string; lead: string | UnitRef | null; why: string; says?: string; says_zh?: string };
export type Decision = {
  territorial: Body[];
  lead: UnitRef | null;
  assisting: UnitRef[];
  supervising: UnitRef[];
  certainty: "certain" | "ambiguous" | "none";
  decided_by: "table" | "precedent" | "territory" | "nobody";
  precedent: string | null;
  rows: DutyRow[];
  rejected: Rejected[];
  alternatives: { lead: UnitRef | string | null; share: number; says?: string; says_zh?: string }[];
  interim: Body | null;
  reasons: Reason[];
  matter?: string;
  at?: string;
};
export type Resolved = {
  placement: { cell: string | null; path: string[]; certainty: Certainty; candidates: Candidate[] };
  decision: Decision;
  text: string[];
  text_zh: string[];
};
export type Return = { unit: string; name?: string; reason: string; basis: string; at: string };
export type Interim = { unit: string; name?: string; note: string; ordered_at?: string; at?: string; cost?: number | string | null; cost_note?: string };
export type Dispute = {
  id: number;
  case_no: string;
  matter: string | null;
  matter_name: string | null;
  matter_name_zh?: string | null;
  entry: "no_rule" | "returns" | "clerk";
  entered_at: string;
  age_days: number;
  is_over_age: boolean;
  brief: string | null;
  state: "open" | "ruled" | "withdrawn";
  position: [number, number];
  cell: { code: string; name?: string } | string | null;
  returns: Return[];
  interim: Interim[];
  text: string | null;
  note?: string;
  attributes?: Record<string, string>;
  accuracy_m?: number;
  ruling?: Ruling | null;
};
export type Ruling = {
  id: number;
  dispute: number;
  form: string;
  members: string[];
  lead: string | UnitRef;
  assisting: (string | UnitRef)[];
  grounds: string;
  ruled_at: string;
  ruled_by?: string;
  effective_from: string;
  precedent?: string | { number: string } | null;
};
export type Area =
  | { kind: "cells"; cells: string[] }
  | { kind: "polygon"; geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon }
  | { kind: "radius"; radius_m: number; origin?: [number, number] };
export type Precedent = {
  number: string;
  matter: string;
  matter_name?: string;
  matter_name_zh?: string;
  attributes: Record<string, string>;
  area: Area;
  origin?: [number, number];
  lead: string | UnitRef;
  assisting: (string | UnitRef)[];
  grounds: string;
  form?: string;
  members?: string[];
  case_no?: string | null;
  brief?: string | null;
  in_force_from: string;
  recorded_at: string;
  superseded_at: string | null;
  superseded_by: string | null;
  lead_name?: string;
  lead_ended_at?: string | null;
  ruling?: number;
  ruled_at?: string;
  cases?: { case_no: string; received_at?: string; state?: string; current_unit?: string | null }[];
};
export type Brief = {
  number: string;
  period_from: string;
  period_until: string;
  issued_at: string;
  closed_at: string | null;
  disputes?: Dispute[] | number;
  disputes_total?: number;
  open?: number;
};
export type GapStatus = "one" | "tiled" | "gap" | "conflict";
export type Gap = { matter: string; matter_name: string; cell: string; name: string; status: GapStatus; leads: (string | UnitRef)[]; gap_m2: number; conflict_m2: number };
export type GapCounts = Record<GapStatus, number> & { slivers: number; slivers_m2: number };
export type GapTotals = GapCounts & { by_matter: (GapCounts & { matter: string })[] };
export type GapMap = { level: string; cells: Record<string, [GapStatus, number, number]> };
export type Explanation = { text: string[]; text_zh: string[]; decision: Decision; replay?: { same: boolean; differs: string[] | string | null } };
export type Page<T> = { items: T[]; next: string | null };

const MOST_PAGES = 40;

/** Every page of a list that is short enough to hold. */
export async function allOf<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: Page<T> = await get<Page<T>>(`${path}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    found.push(...page.items);
    cursor = page.next;
    if (!cursor) break;
  }
  return found;
}

/** A path with those parameters that say something. */
export function asked(path: string, parameters: Record<string, string | number | boolean | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== "" && value !== null && value !== undefined && value !== false) query.set(name, String(value));
  return query.size ? `${path}?${query}` : path;
}

const RULERS = ["panel_member", "administrator"];

/** Whether this session may do it; a server that tells no permissions is asked by role, and has the last word anyway. */
export const may = (session: Session | null, permission: string): boolean =>
  Boolean(session && (session.permissions ? session.permissions.includes(permission) : permission !== "rule" || RULERS.includes(session.role)));

/** The names of matters and units. Read once; what it does not know it tells by its code. */
export class Catalogue {
  matters: Matter[] = [];
  departments: Department[] = [];
  providers: Department[] = [];
  private readonly byCode = new Map<string, Matter>();

  constructor(
    private readonly levels: Level[],
    readonly zone: string,
  ) {}

  static async load(config: Config): Promise<Catalogue> {
    const made = new Catalogue(config.levels, config.time_zone);
    // Who may not read the departments still reads the matters; units are then told by their codes.
    const [matters, departments, providers] = await Promise.allSettled([allOf<Matter>("/api/v1/matters"), allOf<Department>("/api/v1/departments"), allOf<Department>("/api/v1/providers")]);
    if (matters.status === "rejected") throw matters.reason;
    made.matters = matters.value;
    made.departments = departments.status === "fulfilled" ? departments.value : [];
    made.providers = providers.status === "fulfilled" ? providers.value : [];
    for (const matter of made.matters) made.byCode.set(matter.code, matter);
    return made;
  }

  matterName(code: string | null | undefined): string {
    if (!code) return "No matter yet";
    return nameOf(this.byCode.get(code), CHINESE) || code;
  }

  /** The name that came with a thing, in the reader's language; else the one known here. */
  nameGiven(one: { matter: string | null; matter_name?: string | null; matter_name_zh?: string | null }): string {
    return inTongue(one.matter_name ?? "", one.matter_name_zh ?? "") || this.matterName(one.matter);
  }

  /** The matter and what it belongs to, the most specific first. */
  nodesOf(code: string | null): Matter[] {
    const own = code ? this.byCode.get(code) : undefined;
    const major = own?.parent ? this.byCode.get(own.parent) : undefined;
    const category = this.byCode.get(own?.category ?? major?.category ?? "");
    return [own, major, category].filter((one): one is Matter => one !== undefined);
  }

  unitName(unit: string | UnitRef | null | undefined): string {
    if (!unit) return "nobody";
    if (typeof unit !== "string") return inBoth(unit) || unit.ref;
    if (unit === "centre") return "The command centre 指挥中心";
    const level = this.levels.find((one) => `@${one.key}` === unit);
    if (level) return `The ${level.name.toLowerCase()}'s own body`;
    const department = this.departments.find((one) => one.code === unit);
    return department ? inBoth(department) || unit : unit.startsWith("@") ? (bodyName(unit.slice(1)) ?? `Body of ${unit.slice(1)}`) : unit;
  }

  providerName(code: string): string {
    const provider = this.providers.find((one) => one.code === code);
    return provider ? inBoth(provider) : code;
  }

  matterOptions(): Option[] {
    return this.matters.map((one) => ({ value: one.code, label: inBoth(one), hint: one.rank === "category" ? "category" : `${one.rank} ${one.code}`, words: `${one.code} ${one.name} ${one.name_zh}` }));
  }

  unitOptions(): Option[] {
    const departments = this.departments.map((one) => ({ value: one.code, label: inBoth(one), hint: "department", words: `${one.code} ${one.name} ${one.name_zh ?? ""}` }));
    const bodies = this.levels.map((one) => ({ value: `@${one.key}`, label: `${this.unitName(`@${one.key}`)} ${one.name_zh}`, hint: "territory", words: `${one.key} ${one.name} ${one.name_zh} territory 属地` }));
    return [...departments, ...bodies];
  }
}

const inBoth = (one: { name: string; name_zh?: string }): string =>
  one.name_zh && one.name_zh !== one.name ? `${one.name} ${one.name_zh}` : one.name;

/** The code of a unit wherever the server tells it whole or by its code. */
export const codeOf = (cell: { code: string } | string | null | undefined): string | null =>
  !cell ? null : typeof cell === "string" ? cell : cell.code;
