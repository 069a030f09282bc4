// Amounts of time on the four clocks, in words: 30 min round the clock, 4 working hours, 1 working day. Pure.
export type Amount = { amount: number; unit: string };

/** The four clocks: one of a unit, and many. */
export const CLOCKS: Record<string, [string, string]> = {
  urgent_hour: ["hour round the clock", "hours round the clock"],
  working_hour: ["working hour", "working hours"],
  working_day: ["working day", "working days"],
  calendar_day: ["calendar day", "calendar days"],
};

export function amountWords(amount: number, unit: string): string {
  if (unit === "urgent_hour" && amount < 1) return `${Math.round(amount * 60)} min round the clock`;
  const [single, many] = CLOCKS[unit] ?? [unit, unit];
  return `${amount} ${amount === 1 ? single : many}`;
}
