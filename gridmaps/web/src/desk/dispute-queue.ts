// The queue as rows, oldest first, and what narrows it.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { codeOf, type Dispute } from "../duty";
import { cellWords } from "../ui/names";
import "../ui/picker";
import type { Desk } from "./desk";
import { valueOf, type Paged } from "./view";

export type Filters = { state: string; entry: string; matter: string; overdue: boolean; brief: string; q: string };
export const NO_FILTERS: Filters = { state: "open", entry: "", matter: "", overdue: false, brief: "", q: "" };
export const ENTRIES: Record<string, string> = { no_rule: "No rule names a unit", returns: "Returned too often", clerk: "Raised by a clerk" };
export const STATES: Record<string, string> = { open: "Open", ruled: "Ruled", withdrawn: "Withdrawn" };

const choice = (value: string, chosen: string, word: string): TemplateResult => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`;

export function disputeFilters(filters: Filters, desk: Desk, set: (change: Partial<Filters>) => void): TemplateResult {
  return html`<div class="filters" role="search">
    <input class="wide" type="search" placeholder="Case number, words of the report" aria-label="Search the disputes" .value=${filters.q} @input=${(event: Event) => set({ q: valueOf(event) })} />
    <select aria-label="State" @change=${(event: Event) => set({ state: valueOf(event) })}>
      ${choice("", filters.state, "Any state")}${Object.entries(STATES).map(([state, word]) => choice(state, filters.state, word))}</select>
    <select aria-label="How it came here" @change=${(event: Event) => set({ entry: valueOf(event) })}>
      ${choice("", filters.entry, "Any entry")}${Object.entries(ENTRIES).map(([entry, word]) => choice(entry, filters.entry, word))}</select>
    <gm-picker .options=${desk.catalogue.matterOptions()} .value=${filters.matter} placeholder="Any matter" @picked=${(event: CustomEvent<string>) => set({ matter: event.detail })}></gm-picker>
    <input placeholder="Any brief" aria-label="Number of the brief" .value=${filters.brief} @input=${(event: Event) => set({ brief: valueOf(event).trim() })} />
    <label class="tick wide"><input type="checkbox" .checked=${filters.overdue} @change=${(event: Event) => set({ overdue: (event.target as HTMLInputElement).checked })} />Only those over the age limit</label>
  </div>`;
}

/** Over the age limit and still waiting. */
export const isLate = (one: Dispute): boolean => one.is_over_age && one.state === "open";
export const ageWords = (days: number): string => (days < 1 ? "today" : `${Math.floor(days)} d`);

function row(one: Dispute, desk: Desk, at: string | null): TemplateResult {
  const returns = one.returns?.length ?? 0;
  const code = codeOf(one.cell);
  return html`<li><a class="row ${one.state} ${isLate(one) ? "late" : ""}" href="#disputes/${one.id}" data-dispute=${one.id} data-case=${one.case_no} aria-current=${at === String(one.id) ? "true" : nothing}>
    <span class="what">${desk.catalogue.nameGiven(one)}</span>
    <span class="age">${one.state === "open" ? ageWords(one.age_days) : STATES[one.state]}${isLate(one) ? html`<b class="flag">over age</b>` : nothing}</span>
    <span class="text">${one.text || html`<i class="muted">no text, or not for your role</i>`}</span>
    <span class="meta"><span class="mono">${one.case_no}</span><span>${ENTRIES[one.entry] ?? one.entry}</span>
      ${returns ? html`<span>${returns} ${returns === 1 ? "return" : "returns"}</span>` : nothing}${one.brief ? html`<span>brief ${one.brief}</span>` : nothing}
      ${code ? html`<span>${cellWords(code, typeof one.cell === "object" ? one.cell?.name : null)}</span>` : nothing}</span>
  </a></li>`;
}

function empty(filters: Filters): TemplateResult {
  const narrowed = filters.entry || filters.matter || filters.overdue || filters.brief || filters.q;
  if (narrowed) return html`<p class="hint"><b>Nothing matches.</b>Change the filters above.</p>`;
  return html`<p class="hint"><b>No ${filters.state || ""} dispute.</b>A case comes here when no rule names a unit, when it was returned too often, or when a clerk raises it.</p>`;
}

export function disputeQueue(list: Paged<Dispute>, desk: Desk, at: string | null, filters: Filters): TemplateResult {
  return html`<div class="scroll" data-queue=${list.isRead ? list.items.length : "loading"}>
    ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
    ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the queue …</p>` : nothing}
    ${list.isRead && list.items.length === 0 ? empty(filters) : nothing}
    <ol class="rows">${repeat(list.items, (one) => one.id, (one) => row(one, desk, at))}</ol>
    ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>${list.loading ? "Loading …" : "More disputes"}</button>` : nothing}
  </div>`;
}
