// Turns what the rules recorded (owners, reasons) into lines for people, whatever their nesting.

const FIRST = ["sentence", "says", "reason", "text", "name", "body"];

/** Each value as one or more lines; nothing that was recorded is left out. */
export function linesOf(value: unknown): string[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "object") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(linesOf);
  const fields = value as Record<string, unknown>;
  const key = FIRST.find((one) => typeof fields[one] === "string" && fields[one]);
  const code = fields.code ?? fields.cell;
  if (key) return [code && code !== fields[key] ? `${String(fields[key])} · ${String(code)}` : String(fields[key])];
  return Object.entries(fields).flatMap(([name, inner]) => linesOf(inner).map((line) => `${name.replaceAll("_", " ")}: ${line}`));
}
