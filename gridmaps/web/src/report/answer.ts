// One report and what became of it, in words for the person who made it.
import { html, nothing, type TemplateResult } from "lit";
import { stepsOfPath, type Candidate, type Case, type Config } from "../api";
import { linesOf } from "../console/saying";
import { percent, stamp } from "../ui/format";
import type { Entry } from "./outbox";
import type { Words } from "./words";

export type EntryActions = {
  sendAgain: (entry: Entry) => void;
  discard: (entry: Entry) => void;
  refresh: (entry: Entry) => void;
};

// More than these say only that the position is coarse.
const MOST_OTHERS = 2;

/** The decided unit first, then the likeliest others, then how many more there are. */
function candidatesOf(answer: Case, words: Words): string {
  const decided = (code: string): number => (code === answer.cell?.code ? 1 : 0);
  const sorted = [...answer.candidates].sort((a, b) => decided(b.code) - decided(a.code) || b.share - a.share);
  const named = sorted.slice(0, 1 + MOST_OTHERS).map((one) => `${nameOf(one, answer)} ${percent(one.share)}`);
  const more = sorted.length - named.length;
  return [...named, ...(more > 0 ? [words.moreUnits.replace("{n}", String(more))] : [])].join(" · ");
}

const nameOf = (one: Candidate, answer: Case): string =>
  one.name ?? (one.code === answer.cell?.code ? answer.cell.name || one.code : one.code);

function where(answer: Case, words: Words): TemplateResult {
  const names = stepsOfPath(answer.cell?.path).map((step) => step.name || step.code);
  return html`${answer.cell ? html`<dt>${words.unit}</dt><dd><b>${answer.cell.name || answer.cell.code}</b><span class="path">${names.join(" › ")}</span></dd>` : nothing}
    <dt></dt><dd class="certainty ${answer.certainty}">${words[answer.certainty]}${answer.certainty === "ambiguous" ? html`<span class="path">${candidatesOf(answer, words)}</span>` : nothing}</dd>`;
}

function whose(answer: Case, words: Words): TemplateResult {
  const row = (word: string, value: unknown): TemplateResult | typeof nothing => {
    const lines = linesOf(value);
    return lines.length ? html`<dt>${word}</dt><dd>${lines.map((line) => html`<span class="line">${line.replace(/ · [0-9A-Za-z._-]+$/, "")}</span>`)}</dd>` : nothing;
  };
  return html`${row(words.owner, answer.owner?.lead)}${row(words.territory, answer.owner?.territorial)}`;
}

export function answerCard(answer: Case, config: Config | null, words: Words): TemplateResult {
  const zone = config?.time_zone;
  return html`<dl>
    <dt>${words.caseNo}</dt><dd class="mono number" data-case-no=${answer.case_no}>${answer.case_no}</dd>
    ${where(answer, words)} ${whose(answer, words)}
    <dt>${words.stepDue}</dt><dd>${stamp(answer.step_due_at, zone)}</dd>
    <dt>${words.due}</dt><dd>${stamp(answer.due_at, zone)}</dd>
  </dl>${answer.status_url ? html`<p><a href=${answer.status_url} data-status-url>${words.statusLink}</a></p>` : nothing}`;
}

export function entryCard(entry: Entry, config: Config | null, words: Words, actions: EntryActions): TemplateResult {
  return html`<li class="entry ${entry.state}" data-entry=${entry.id} data-state=${entry.state}>
    <p class="head"><b>${words[entry.state]}</b><time class="muted">${stamp(entry.at, config?.time_zone)}</time></p>
    <p class="said">${entry.body.text}</p>
    ${entry.problem ? html`<p class="trouble">${entry.problem}</p>` : nothing}
    ${entry.answer ? answerCard(entry.answer, config, words) : nothing}
    <p class="row">
      ${entry.state === "sent" ? html`<button class="plain" @click=${() => actions.refresh(entry)}>${words.refresh}</button>
        <a class="plain" href="#${entry.id}">${words.seeLater}</a>` : nothing}
      ${entry.state === "refused" ? html`<button class="plain" @click=${() => actions.sendAgain(entry)}>${words.sendAgain}</button>` : nothing}
      ${entry.state === "refused" ? html`<button class="plain" @click=${() => actions.discard(entry)}>${words.discard}</button>` : nothing}
    </p>
  </li>`;
}
