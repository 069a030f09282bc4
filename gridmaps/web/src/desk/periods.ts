// Days, weeks, months, quarters and years by the names that the server knows them by. Pure: a day is 2026-10-05, and
// which day it is in the city is the caller's to say.
export const GRAINS = ["day", "week", "month", "quarter", "year"] as const;
export type Grain = (typeof GRAINS)[number];

const DAY_MS = 86_400_000;
const MONTHS: Partial<Record<Grain, number>> = { month: 1, quarter: 3, year: 12 };
const timeOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const plus = (day: string, days: number): string => dayOf(timeOf(day) + days * DAY_MS);

/** The first day of the period that a day lies in; weeks begin on Monday. */
export function firstDay(day: string, grain: Grain): string {
  const at = new Date(timeOf(day));
  const months = MONTHS[grain];
  if (months) return dayOf(Date.UTC(at.getUTCFullYear(), Math.floor(at.getUTCMonth() / months) * months, 1));
  return grain === "week" ? plus(day, -((at.getUTCDay() + 6) % 7)) : day;
}

/** The first day of a period so many periods behind the one that a day lies in; before it where `by` is negative. */
export function movedBy(day: string, grain: Grain, by: number): string {
  const first = firstDay(day, grain);
  const months = MONTHS[grain];
  if (!months) return plus(first, by * (grain === "week" ? 7 : 1));
  const at = new Date(timeOf(first));
  return dayOf(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + by * months, 1));
}

/** The last day of the period that a day lies in. */
export const lastDay = (day: string, grain: Grain): string => plus(movedBy(day, grain, 1), -1);

/** What the server calls the period: 2026-10-05, 2026-W41, 2026-10, 2026-Q4, 2026. */
export function periodName(day: string, grain: Grain): string {
  const first = firstDay(day, grain);
  if (grain === "day") return first;
  if (grain === "month") return first.slice(0, 7);
  if (grain === "year") return first.slice(0, 4);
  if (grain === "quarter") return `${first.slice(0, 4)}-Q${Math.floor((Number(first.slice(5, 7)) - 1) / 3) + 1}`;
  const thursday = plus(first, 3); // a week belongs to the year that its Thursday lies in
  const begun = timeOf(`${thursday.slice(0, 4)}-01-01`);
  return `${thursday.slice(0, 4)}-W${String(Math.floor((timeOf(thursday) - begun) / DAY_MS / 7) + 1).padStart(2, "0")}`;
}

/** What a period can be told in: everything finer than itself. */
export const partsOf = (grain: Grain): Grain[] => GRAINS.slice(0, GRAINS.indexOf(grain));
