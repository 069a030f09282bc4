// A deadline that was missed before the present one: it stays on record, whatever colour the case has now.
import { html, nothing, type TemplateResult } from "lit";
import { span, stamp } from "./format";

export type Missed = { missed_at?: string | null; missed_by?: string | null; missed_until?: string | null };

/** When it was missed, by how much, and with whom the case was then; `unit` names a unit. Nothing where none was missed. */
export function missedWords(one: Missed, zone: string | undefined, unit: (code: string) => unknown): TemplateResult | typeof nothing {
  if (!one.missed_at) return nothing;
  const late = one.missed_until ? `, by ${span(Date.parse(one.missed_until) - Date.parse(one.missed_at))}` : "";
  return html`<span data-missed=${one.missed_at}><span class="late">Missed its deadline at ${stamp(one.missed_at, zone)}${late}</span>${one.missed_by ? html` <span class="muted">while with ${unit(one.missed_by)}</span>` : nothing}</span>`;
}
