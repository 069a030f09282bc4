// By when: the limits of an open case against the moment, each told as it stands: running, standing still, over, or none.
// Knows no unit and asks nobody; which clock counts is the server's to say, and is read in one place (`tone`).
import { html, nothing, type TemplateResult } from "lit";
import type { Case } from "../api";
import type { Catalogue } from "../duty";
import { unitWords } from "../ui/decision";
import { span, stamp } from "../ui/format";
import { missedWords } from "../ui/missed";
import { isRunning, nextDue } from "./tone";

/** When it was closed, by its own log; null while it is not. */
function closedAt(one: Case): string | null {
  if (!["closed", "called_back", "evaluated"].includes(one.state ?? "")) return null;
  return [...(one.history ?? [])].reverse().find((event) => event.payload.to === "closed" && event.payload.from !== "closed")?.at ?? null;
}

const left = (at: string, from: number): number => Date.parse(at) - from;

/** A limit that ran while the case was suspended stands still until it goes on. */
function standing(at: string, paused: string, zone: string | undefined): TemplateResult {
  const kept = left(at, Date.parse(paused));
  return html`stands still since ${stamp(paused, zone)}<span class=${kept < 0 ? "late" : "muted"}>${kept < 0 ? `${span(kept)} late by then` : `${span(kept)} left`}</span>`;
}

// What is over runs no clock: its deadline is held against the moment at which it was closed.
function against(at: string, now: number, ended: string | null, zone: string | undefined): TemplateResult {
  const kept = left(at, ended ? Date.parse(ended) : now);
  return html`${stamp(at, zone)}<span class=${kept < 0 ? "late" : "muted"}>${kept < 0 ? `${span(kept)} late` : ended ? "in time" : `in ${span(kept)}`}</span>`;
}

function limitRow(word: string, at: string | null, one: Case, now: number, zone: string | undefined): TemplateResult {
  const ended = closedAt(one);
  const paused = one.state === "suspended" ? one.paused_since : null;
  if (at && paused) return html`<dt>${word}</dt><dd data-stands>${standing(at, paused, zone)}</dd>`;
  // Nobody is held to a clock that no state runs: what is void, or a provider's, is not late either.
  if (!at || (!ended && !isRunning(one))) return html`<dt>${word}</dt><dd class="muted" data-no-clock>${one.is_history ? "no clock (loaded history)" : "no clock runs"}</dd>`;
  return html`<dt>${word}</dt><dd>${against(at, now, ended, zone)}</dd>`;
}

export function whenSection(one: Case, now: number, zone: string | undefined, catalogue: Catalogue | null): TemplateResult {
  const ended = closedAt(one);
  const hasClock = isRunning(one) || one.state === "suspended";
  return html`<section data-when>
  <h3>By when</h3>
  <dl>${hasClock ? limitRow("This step", one.step_due_at, one, now, zone) : nothing}${limitRow("The case", one.due_at, one, now, zone)}
    ${one.due_reason && (hasClock || ended) ? html`<dt>Limit by</dt><dd class="muted">${one.due_reason.replaceAll("_", " ")}</dd>` : nothing}
    ${one.missed_at ? html`<dt>On record</dt><dd>${missedWords(one, zone, (unit) => unitWords(unit, catalogue))}</dd>` : nothing}
    ${ended ? html`<dt>Closed</dt><dd data-closed>${stamp(ended, zone)}</dd>` : nothing}
    <dt>Received</dt><dd>${stamp(one.received_at, zone)}<span class="muted">${span(now - Date.parse(one.received_at))} ago</span></dd></dl>
</section>`;
}

/** The next limit, for the head of the case. */
export function dueWords(one: Case, now: number, zone: string | undefined): TemplateResult | typeof nothing {
  const due = nextDue(one);
  if (due === null) return nothing;
  return html`<span data-due class=${due < now ? "late" : "muted"}>by ${stamp(due, zone)}, ${due < now ? `${span(now - due)} late` : `in ${span(due - now)}`}</span>`;
}
