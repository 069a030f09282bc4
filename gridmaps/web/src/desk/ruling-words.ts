// What a ruling will cover, in one sentence, while it is being made. Pure.
import { html, type TemplateResult } from "lit";
import type { Catalogue } from "../duty";
import { areaWords, type Scope } from "./scope";

export type Draft = {
  form: string;
  members: string;
  lead: string;
  assisting: string[];
  grounds: string;
  /** A day of the city, or nothing for at once. */
  date: string;
  matter: string;
  ticked: string[];
  scope: Scope;
};

const listed = (words: string[]): string => (words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}` : (words[0] ?? ""));

export function coverWords(draft: Draft, catalogue: Catalogue, attributes: Record<string, string>, from: string): TemplateResult {
  const lead = draft.lead ? catalogue.unitName(draft.lead) : "(no lead yet)";
  const helped = draft.assisting.length ? `, assisted by ${listed(draft.assisting.map((unit) => catalogue.unitName(unit)))}` : "";
  const pairs = draft.ticked.map((key) => `${key} = ${attributes[key]}`);
  const only = pairs.length ? ` with ${listed(pairs)}` : "";
  return html`From ${from} on, a case of “${catalogue.matterName(draft.matter)}”${only} ${areaWords(draft.scope)} goes to <b>${lead}</b>${helped}, wherever the table of responsibility names no unit or several. A newer precedent, or a row that settles it alone, takes its place.`;
}

/** The moment a day of the city begins, as UTC: the offset is asked of that day, not of today. */
export function beginningOf(date: string, zone: string): string {
  const guess = Date.parse(`${date}T00:00:00Z`);
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(guess);
  return new Date(guess - (Date.parse(`${parts.replace(" ", "T")}Z`) - guess)).toISOString();
}
