// Times, spans and measures in words. Pure: the moment and the time zone are arguments.

/** A span in its two most telling units: 8 s, 4 min, 2 h 05, 3 d. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(Math.abs(milliseconds) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(hours / 24)} d`;
}

/** Clock time of the city, with seconds. */
export const clock = (at: number, zone: string | undefined): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);

/** Day and time of the city, without guessing what today is: 2024-05-03 14:07. */
export function stamp(at: string | number | null | undefined, zone: string | undefined): string {
  if (at === null || at === undefined) return "–";
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return parts.format(typeof at === "string" ? Date.parse(at) : at);
}

/** The moment that a local date and time of the city is, as UTC: the offset is asked of that time, not of now. */
export function momentIn(local: string, zone: string | undefined): string {
  const guess = Date.parse(`${local}Z`);
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(guess);
  return new Date(guess - (Date.parse(`${shown.replace(" ", "T")}Z`) - guess)).toISOString();
}

/** The day behind a day, both as 2024-05-03. */
export const dayBehind = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

export const metres = (value: number): string => (value >= 1000 ? `${(value / 1000).toFixed(1)} km` : `${Math.round(value)} m`);
export const squareMetres = (value: number): string =>
  value >= 1_000_000 ? `${(value / 1_000_000).toFixed(2)} km²` : `${value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 })} m²`;
export const percent = (share: number): string => `${(share * 100).toFixed(share >= 0.995 || share < 0.1 ? 1 : 0)} %`;

/** A position as people read it aloud: longitude first, five decimals (about a metre). */
export const place = ([lon, lat]: [number, number]): string => `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
