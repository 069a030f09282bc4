// Who is to be answered, and by which way the matter came in: a citizen's own contact, or the one that a clerk takes
// down from a visitor or a caller. Knows fields and their words; what is written here is shown to no handling unit.
import { html, nothing, type TemplateResult } from "lit";
import { nameOf, type Config, type Session } from "../api";
import type { Words } from "./words";

export type Reporter = { name?: string; phone?: string; email?: string };
export type Who = { source: string; name: string; phone: string; email: string };
export type WhoActions = { who: (field: keyof Who, value: string) => void };

const OFFICERS = new Set(["grid_officer", "grid_leader"]);
const FIRST = "visit"; // what a clerk most often files
const FIELDS = [
  ["name", "text", "name"], ["phone", "tel", "tel"], ["email", "email", "email"],
] as const;
export const nobody = (): Who => ({ source: FIRST, name: "", phone: "", email: "" });
export const isOfficer = (session: Session | null): boolean => session !== null && OFFICERS.has(session.role);
/** Whether somebody takes down what others say, and names the way it came. */
export const isClerk = (session: Session | null): boolean => session !== null && !isOfficer(session) && session.role !== "citizen";

/** By which way a report comes in. */
export function sourceOf(session: Session | null, who: Who): string {
  if (session === null || session.role === "citizen") return "public";
  return isOfficer(session) ? "grid" : who.source;
}

/** Whether a citizen speaks by this way. */
export const isCitizens = (config: Config | null, source: string): boolean =>
  config?.sources.find((one) => one.code === source)?.is_citizen ?? source === "public";

/** What a report says of its citizen: what was filled in, and nothing for a way that is no citizen's. */
export function reporterOf(config: Config | null, session: Session | null, who: Who): Reporter | null {
  if (!isCitizens(config, sourceOf(session, who))) return null;
  const said = Object.fromEntries(FIELDS.map(([field]) => [field, who[field].trim()]).filter(([, value]) => value));
  return Object.keys(said).length ? said : null;
}

function contact(who: Who, words: Words, actions: WhoActions): TemplateResult {
  const write = (field: keyof Who) => (event: Event): void => actions.who(field, (event.target as HTMLInputElement).value);
  return html`${FIELDS.map(([field, type, filled]) => html`<label>${words[field]}<input name=${`contact-${field}`} type=${type}
      autocomplete=${filled} maxlength="200" .value=${who[field]} @input=${write(field)} /></label>`)}
    <p class="muted">${words.contactHint}</p>`;
}

function sources(who: Who, config: Config | null, chinese: boolean, words: Words, actions: WhoActions): TemplateResult {
  const pick = (event: Event): void => actions.who("source", (event.target as HTMLSelectElement).value);
  return html`<label>${words.source}<select name="source" @change=${pick}>
    ${(config?.sources ?? []).map((one) => html`<option value=${one.code} ?selected=${one.code === who.source}>${nameOf(one, chinese)}</option>`)}
  </select></label>`;
}

export function whoPart(who: Who, config: Config | null, session: Session | null, chinese: boolean, words: Words, actions: WhoActions): TemplateResult | typeof nothing {
  if (isOfficer(session)) return nothing;
  if (!isClerk(session)) return html`<section><details class="contact"><summary>${words.contact}</summary>${contact(who, words, actions)}</details></section>`;
  return html`<section data-clerk><h2>${words.received}</h2>${sources(who, config, chinese, words, actions)}
    ${isCitizens(config, who.source) ? contact(who, words, actions) : nothing}</section>`;
}
