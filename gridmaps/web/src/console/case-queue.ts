// The case queue: newest on top, what waits for somebody most urgent first; one row a case. Knows rows and filters, not
// where they come from.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Case, Config } from "../api";
import { nameOf } from "../api";
import { span } from "../ui/format";
import { colourSign } from "../ui/colour";
import { cellName } from "../ui/names";
import { CHINESE } from "../ui/language";
import type { Actions } from "./actions";
import { wordOf } from "../ui/act-words";
import { atLevel, QUEUES, type Queue } from "./queues";
import { isServed, readOf, visibleCases, type State, type Tab } from "./state";
import { nextDue, STEPS, TONE_WORDS, toneOf } from "./tone";

const TABS: [Tab, string][] = [["all", "All"], ["today", "Today"], ["open", "Open"], ["overdue", "Overdue"], ["outside", "Outside"], ["silent", "Silent"]];

export function categoryName(config: Config | null, code: string | null): string {
  if (!code) return "No category";
  const category = config?.categories.find((one) => one.code === code);
  return category ? nameOf(category, CHINESE) || code : code;
}

function dueWords(one: Case, now: number): string {
  const due = nextDue(one);
  if (due === null) return "";
  return due < now ? `${span(now - due)} late` : `due in ${span(due - now)}`;
}

/** Where it lies and, above the unit, which level holds it. */
function placeWords(one: Case, config: Config | null): string {
  const where = one.cell ? one.cell.name || cellName(one.cell.code) || one.cell.code : "outside the grid";
  const level = config?.levels.find((level) => level.key === one.held_by?.level);
  return level && level !== config?.levels.at(-1) ? `${where} · held by the ${nameOf(level, CHINESE).toLowerCase()}` : where;
}

function row(one: Case, state: State, actions: Actions): TemplateResult {
  const tone = toneOf(one, state.now);
  const waited = isServed(state) ? (one.waits_for ?? []) : [];
  return html`<li>
    <button class="case ${tone} ${state.fresh.has(one.case_no) ? "fresh" : ""}" aria-current=${state.picked === one.case_no}
      data-case=${one.case_no} @click=${() => actions.pick(one.case_no)}>
      <i class="bar ${one.certainty}" aria-hidden="true"></i>
      <span class="no mono">${one.case_no}</span>
      <span class="age" title="since it was received">${span(state.now - Date.parse(one.received_at))}</span>
      <span class="what">${categoryName(state.config, one.category)}</span>
      <span class="due">${colourSign(one.colour)}${dueWords(one, state.now) || TONE_WORDS[tone]}</span>
      <span class="where" title=${one.cell?.code ?? ""}>${placeWords(one, state.config)}</span>
      ${waited.length ? html`<span class="tag waits" data-waits=${waited.join(" ")}>${waited.map(wordOf).join(", ")}</span>` : nothing}
      ${one.certainty === "certain" ? nothing : html`<span class="tag ${one.certainty}">${one.certainty}</span>`}
    </button>
  </li>`;
}

function empty(state: State): TemplateResult {
  if (state.loading && !state.search.trim()) return html`<p class="hint" aria-busy="true">Loading the cases …</p>`;
  if (state.search.trim()) return html`<p class="hint"><b>Nothing found.</b>A number, the code or the name of a unit, or words of the report.</p>`;
  if (state.cases.size === 0) return html`<p class="hint"><b>No case yet.</b>The first report appears here by itself.</p>`;
  return html`<p class="hint"><b>Nothing matches.</b>Change the tab, the step or the search.</p>`;
}

const levels = ({ config }: State): Queue[] => (config?.levels ?? []).map((level) => atLevel(level.key, `Held by the ${nameOf(level, CHINESE).toLowerCase()}`));

export function filters(state: State, actions: Actions): TemplateResult {
  return html`<div class="filters">
    <div class="tabs" role="tablist">
      ${TABS.map(([tab, word]) => html`<button role="tab" aria-selected=${state.tab === tab} data-tab=${tab} @click=${() => actions.tab(tab)}>${word}</button>`)}
    </div>
    ${state.tab === "silent" ? nothing : html`<div class="find">
      <input type="search" placeholder="Number, unit, text   /" aria-label="Search the cases" .value=${state.search}
        @input=${(event: InputEvent) => actions.search((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => event.key === "Enter" && actions.searchNow()} />
      <select aria-label="Step" @change=${(event: Event) => actions.step((event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${!state.step}>Any step</option>
        ${Object.entries(STEPS).map(([step, word]) => html`<option value=${step} ?selected=${state.step === step}>${word}</option>`)}
      </select>
    </div>
    <div class="find work">
      <select aria-label="Queue" title="[ and ] walk through the queues" @change=${(event: Event) => actions.queue((event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${!state.queue}>Any queue</option>
        ${QUEUES.map((one) => html`<option value=${one.key} ?selected=${state.queue === one.key}>${one.word}</option>`)}
        <optgroup label="Held by a level">${levels(state).map((one) => html`<option value=${one.key} ?selected=${state.queue === one.key}>${one.word}</option>`)}</optgroup>
      </select>
      <select aria-label="Platform" @change=${(event: Event) => actions.platform((event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${!state.platform}>Any platform</option>
        ${state.platforms.map((one) => html`<option value=${one.code} ?selected=${state.platform === one.code}>${nameOf(one, CHINESE)}</option>`)}
      </select>
    </div>`}
  </div>`;
}

function foundLine(state: State, count: number): TemplateResult | typeof nothing {
  if (!state.search.trim() || state.listError) return nothing;
  const read = readOf(state);
  if (!read) return html`<p class="hint slim" role="status" aria-busy="true" data-found="searching">Searching …</p>`;
  return html`<p class="hint slim" role="status" data-found=${count}>${count.toLocaleString("en")}${read.next ? " and more" : ""} found</p>`;
}

export function caseQueue(state: State, actions: Actions): TemplateResult {
  const cases = visibleCases(state);
  const read = readOf(state);
  const more = cases.length > state.rows || Boolean(read?.next);
  return html`
    ${state.listError ? html`<p class="trouble" role="alert">${state.listError} <button class="quiet" @click=${actions.retry}>Try again</button></p>` : nothing}
    ${foundLine(state, cases.length)}
    ${cases.length === 0 ? (state.search.trim() && !read ? nothing : empty(state)) : html`<ol class="rows">${repeat(cases.slice(0, state.rows), (one) => one.case_no, (one) => row(one, state, actions))}</ol>`}
    ${more ? html`<button class="more" ?disabled=${state.loading} @click=${actions.more}>${state.loading ? "Loading …" : isServed(state) ? "Load more cases" : "Load older cases"}</button>` : nothing}`;
}
