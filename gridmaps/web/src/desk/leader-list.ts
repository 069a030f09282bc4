// The leader's list of a day: the disputes that were over the age limit then, with who refused them.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { codeOf, type Dispute } from "../duty";
import { cellWords } from "../ui/names";
import type { Desk } from "./desk";
import { unitGiven } from "./dispute-detail";
import { ageWords, ENTRIES, STATES } from "./dispute-queue";
import { valueOf, type Paged } from "./view";

/** The queue, or the list of a day; today first. */
export function leaderSwitch(day: string | null, today: () => string, show: (day: string | null) => void): TemplateResult {
  return html`<div class="which" role="tablist" aria-label="Which list">
    <button role="tab" aria-selected=${day === null} data-list="queue" @click=${() => show(null)}>Queue</button>
    <button role="tab" aria-selected=${day !== null} data-list="leader" @click=${() => show(day ?? today())}>Leader's list</button>
    ${day === null ? nothing : html`<input type="date" name="day" aria-label="Day of the list" max=${today()} .value=${day} @change=${(event: Event) => show(valueOf(event) || today())} />`}</div>`;
}

function refusers(one: Dispute, desk: Desk): TemplateResult {
  const names = [...new Set((one.returns ?? []).map((entry) => unitGiven(entry, desk)))];
  return names.length ? html`<span class="text" data-refusers>Refused by ${names.join(", ")}</span>` : html`<span class="text muted">Refused by nobody: ${(ENTRIES[one.entry] ?? one.entry).toLowerCase()}</span>`;
}

function row(one: Dispute, desk: Desk, at: string | null): TemplateResult {
  const code = codeOf(one.cell);
  return html`<li><a class="row ${one.state} ${one.state === "open" ? "late" : ""}" href="#disputes/${one.id}" data-dispute=${one.id} data-alarm=${one.case_no} aria-current=${at === String(one.id) ? "true" : nothing}>
    <span class="what">${desk.catalogue.nameGiven(one)}</span>
    <span class="age">${one.state === "open" ? ageWords(one.age_days) : STATES[one.state]}</span>
    ${refusers(one, desk)}
    <span class="meta"><span class="mono">${one.case_no}</span><span>${one.brief ? `brief ${one.brief}` : "in no brief yet"}</span>${code ? html`<span>${cellWords(code, typeof one.cell === "object" ? one.cell?.name : null)}</span>` : nothing}</span></a></li>`;
}

export function leaderList(list: Paged<Dispute>, desk: Desk, at: string | null, day: string): TemplateResult {
  return html`<div class="scroll" data-leader=${list.isRead ? list.items.length : "loading"}>
    ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
    ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the list of ${day} …</p>` : nothing}
    ${list.isRead && list.items.length === 0 ? html`<p class="hint"><b>Nobody's dispute was over the age limit on ${day}.</b>The sweep writes this list once a day.</p>` : nothing}
    <ol class="rows">${repeat(list.items, (one) => one.id, (one) => row(one, desk, at))}</ol>
    ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>${list.loading ? "Loading …" : "More disputes"}</button>` : nothing}
  </div>`;
}
