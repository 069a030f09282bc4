// One report and what became of it, in words for the person who made it.
import { html, nothing, type TemplateResult } from "lit";
import { hasRivals, stepsOfPath, type Candidate, type Case, type Config } from "../api";
import { linesOf } from "../console/saying";
import { percent, stamp } from "../ui/format";
import type { Entry } from "./outbox";
import type { Joined } from "./same";
import { standingOf } from "./standing";
import { isChinese, type Words } from "./words";

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

/** Not certain, and yet one unit alone: the position is made up, or its radius says too little. */
const certaintyOf = (answer: Case, words: Words): string =>
  answer.certainty === "ambiguous" && !hasRivals(answer) ? words.coarse : words[answer.certainty];

function where(answer: Case, words: Words): TemplateResult {
  const names = stepsOfPath(answer.cell?.path).map((step) => step.name || step.code);
  return html`${answer.cell ? html`<dt>${words.unit}</dt><dd><b>${answer.cell.name || answer.cell.code}</b><span class="path">${names.join(" › ")}</span></dd>` : nothing}
    <dt></dt><dd class="certainty ${answer.certainty}">${certaintyOf(answer, words)}${hasRivals(answer) ? html`<span class="path">${candidatesOf(answer, words)}</span>` : nothing}</dd>`;
}

/** A unit by its Chinese name, where it has one and that is what is read; the rules tell both. */
function inChinese(unit: unknown): unknown {
  const { name_zh } = (unit ?? {}) as { name_zh?: string };
  return isChinese() && name_zh ? name_zh : unit;
}

function whose(answer: Case, words: Words): TemplateResult {
  const row = (word: string, value: unknown): TemplateResult | typeof nothing => {
    const lines = linesOf(inChinese(value));
    return lines.length ? html`<dt>${word}</dt><dd>${lines.map((line) => html`<span class="line">${line.replace(/ · [0-9A-Za-z._-]+$/, "")}</span>`)}</dd>` : nothing;
  };
  return html`${row(words.owner, answer.owner?.lead)}${row(words.territory, answer.owner?.territorial)}`;
}

export function answerCard(answer: Case, config: Config | null, words: Words): TemplateResult {
  const zone = config?.time_zone;
  return html`<dl>
    <dt>${words.caseNo}</dt><dd class="mono number" data-case-no=${answer.case_no}>${answer.case_no}</dd>
    <dt>${words.step}</dt><dd data-standing=${answer.state ?? answer.step}>${standingOf(answer)}</dd>
    ${where(answer, words)} ${whose(answer, words)}
    ${until(words.stepDue, answer.step_due_at, zone)}
    ${until(answer.due_reason?.startsWith("provisional") ? words.dueForNow : words.due, answer.due_at, zone)}
  </dl>${linkTo(answer.status_url, words)}`;
}

const until = (word: string, moment: string | null, zone: string | undefined): TemplateResult | typeof nothing =>
  moment ? html`<dt>${word}</dt><dd>${stamp(moment, zone)}</dd>` : nothing;

const linkTo = (address: string | null | undefined, words: Words): TemplateResult | typeof nothing =>
  address ? html`<p class="link"><a href=${address} data-status-url>${words.statusLink}</a></p>` : nothing;

/** A case that was joined in place of a report of one's own: its number and its link, and how it stands once asked. */
function joinedCard(joined: Joined, config: Config | null, words: Words): TemplateResult {
  const { told } = joined;
  const lead = isChinese() ? told?.lead?.zh : told?.lead?.en;
  return html`<dl>
    <dt>${words.caseNo}</dt><dd class="mono number" data-case-no=${joined.case_no}>${told?.handled_under ?? joined.case_no}</dd>
    ${told ? html`<dt>${words.step}</dt><dd data-standing=${told.state}>${standingOf(told)}</dd>` : nothing}
    ${lead ? html`<dt>${words.owner}</dt><dd>${lead}</dd>` : nothing}
    ${until(words.due, told?.due_at ?? null, config?.time_zone)}
  </dl>${linkTo(joined.status_url, words)}`;
}

export function entryCard(entry: Entry, config: Config | null, words: Words, actions: EntryActions): TemplateResult {
  return html`<li class="entry ${entry.state}" data-entry=${entry.id} data-state=${entry.state}>
    <p class="head"><b>${words[entry.state]}</b><time class="muted">${stamp(entry.at, config?.time_zone)}</time></p>
    <p class="said">${entry.body.text}</p>
    ${entry.body.self_solved ? html`<p class="muted solved-by" data-solved><b>${words.solved}</b> ${entry.body.self_solved.how}</p>` : nothing}
    ${entry.problem ? html`<p class="trouble">${entry.problem}</p>` : nothing}
    ${entry.answer ? answerCard(entry.answer, config, words) : nothing}
    ${entry.joined ? joinedCard(entry.joined, config, words) : nothing}
    <p class="row">
      ${entry.state === "sent" || entry.joined?.status_url ? html`<button class="plain" data-act="refresh" @click=${() => actions.refresh(entry)}>${words.refresh}</button>` : nothing}
      ${entry.state === "sent" ? html`<a class="plain" href="#${entry.id}">${words.seeLater}</a>` : nothing}
      ${entry.state === "refused" ? html`<button class="plain" @click=${() => actions.sendAgain(entry)}>${words.sendAgain}</button>` : nothing}
      ${entry.state === "refused" ? html`<button class="plain" @click=${() => actions.discard(entry)}>${words.discard}</button>` : nothing}
    </p>
  </li>`;
}
