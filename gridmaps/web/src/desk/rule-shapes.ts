// The rules of supervision as the server tells and takes them, and how they are said. Pure.
import type { Config } from "../api";
import { amountWords, type Amount } from "../ui/amounts";
import { inTongue } from "../ui/language";

export type Colour = { unit: string; used_share: number; units_left: number; is_reckoned: boolean };
export type Rung = { level: number; kind: string; holder: string; copy_to: string | null; after: Amount | null; reply: Amount | null; still_red: Amount | null };
export type Ladder = { source: string; is_own: boolean; rungs: Rung[] };
export type Rules = { colours: Colour[]; ladders: Ladder[] };

/** What the ladder of all sources without one of their own is called on the wire. */
export const EVERY_SOURCE = "default";
export const RUNG_KINDS: Record<string, string> = { order: "Order 督办单", written_chase: "Written chase 书面催办", criticism: "Criticism notice 通报批评" };

export const shareWords = (share: number): string => (Math.abs(share - 2 / 3) < 1e-5 ? "two thirds" : `${Number((share * 100).toFixed(3))} %`);
export const timeWords = (one: Amount | null, none: string): string => (one ? amountWords(one.amount, one.unit) : none);

export function sourceWords(source: string, config: Config): string {
  if (source === EVERY_SOURCE) return "All sources without a ladder of their own";
  const known = config.sources.find((one) => one.code === source);
  return known ? inTongue(`${known.name} ${known.name_zh ?? ""}`.trim(), known.name_zh) : source;
}

/** Whom a level asks: who has the case, or the body of a level of the grid. */
export function holderWords(holder: string | null, config: Config): string {
  if (holder === null) return "";
  if (holder === "holder") return "Who has the case";
  const level = config.levels.find((one) => `@${one.key}` === holder);
  return level ? `Its ${level.name.toLowerCase()} ${level.name_zh}` : holder;
}

/** Whom a level may ask, from who has the case to the widest level of the grid. */
export function holdersOf(config: Config): string[] {
  return ["holder", ...[...config.levels].sort((one, other) => other.rank - one.rank).map((one) => `@${one.key}`)];
}

/** A level as it is begun: the next number, an order that is answered within a working day. */
export const newRung = (rungs: Rung[]): Rung => ({
  level: (rungs.at(-1)?.level ?? 0) + 1, kind: "order", holder: rungs.length ? "@district" : "holder", copy_to: null, after: null,
  reply: { amount: 1, unit: "working_day" }, still_red: { amount: 5, unit: "working_day" },
});

/** A ladder as the server takes it: what is empty is left out. */
export const bodyOf = (rungs: Rung[]): { rungs: Record<string, unknown>[] } => ({
  rungs: rungs.map((one) => Object.fromEntries(Object.entries({ ...one, reply: one.kind === "order" ? one.reply : null }).filter(([, value]) => value !== null))),
});
