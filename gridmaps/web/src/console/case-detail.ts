// One case whole: where, whose, by when, each with its reason; then what was said and what happened.
import { html, nothing, type TemplateResult } from "lit";
import type { Case, Config } from "../api";
import { hasRivals, nameOf, stepsOfPath } from "../api";
import type { Catalogue, Explanation } from "../duty";
import "../ui/case-acts";
import { stateWords } from "../ui/case-states";
import { colourSign } from "../ui/colour";
import { sentences, unitWords, whoFacts, whyFacts } from "../ui/decision";
import { metres, percent, place, stamp } from "../ui/format";
import { cellWords } from "../ui/names";
import type { Actions } from "./actions";
import { CHINESE } from "../ui/language";
import { categoryName } from "./case-queue";
import "./case-said";
import "./case-meetings";
import "./case-photos";
import "./case-way";
import { dueWords, whenSection } from "./case-when";
import { linesOf } from "./saying";
import type { State } from "./state";
import { STEPS, TONE_WORDS, toneOf } from "./tone";

const CERTAINTY: Record<string, string> = {
  certain: "Certain",
  ambiguous: "Ambiguous: the accuracy reaches over a border",
  outside: "Outside the covered city",
};

function certaintyWords(one: Case): string {
  if (one.is_fallback) return "Not certain: devices give this position when they know none";
  return one.certainty === "ambiguous" && !hasRivals(one) ? "Not certain: the accuracy is too wide to say more" : CERTAINTY[one.certainty];
}

function whereSection(one: Case, config: Config | null): TemplateResult {
  const levels = config?.levels ?? [];
  const path = stepsOfPath(one.cell?.path);
  return html`<section>
    <h3>Where</h3>
    <p class="certainty ${one.certainty}">${certaintyWords(one)}</p>
    <dl class="path">
      ${path.map((step, index) => html`<dt>${levels[index] ? nameOf(levels[index], CHINESE) : `Level ${index + 1}`}</dt>
        <dd>${step.name || (index === path.length - 1 ? one.cell?.name : "") || ""}<span class="mono muted">${step.code}</span></dd>`)}
      <dt>Position</dt>
      <dd class="mono">${place(one.position)}${one.accuracy_m === undefined ? "" : ` ±${metres(one.accuracy_m)}${one.accuracy_assumed ? " (assumed)" : ""}`}</dd>
    </dl>
    ${movedPart(one)}
    ${one.candidates.length > 1 || hasRivals(one) ? candidateTable(one) : nothing}
  </section>`;
}

// The grid was redrawn since: where the case was filed stays, and where it lies today is said beside it.
function movedPart(one: Case): TemplateResult | typeof nothing {
  if (one.current_cell === undefined || one.current_cell?.code === one.cell?.code) return nothing;
  const now = one.current_cell;
  const path = stepsOfPath(now?.path).map((step) => step.name || step.code);
  const whose = (one.current_territorial ?? []).map((body) => body.name).filter(Boolean);
  return html`<div class="moved" data-now=${now?.code ?? "outside"}>
    <p><b>Now in ${now ? now.name || now.code : "no unit: outside the grid in force"}</b>${now ? html`<span class="mono muted">${now.code}</span>` : nothing}</p>
    ${path.length > 1 ? html`<p class="muted">${path.join(" › ")}</p>` : nothing}
    ${whose.length ? html`<p>${whose.join(" · ")}</p>` : nothing}
  </div>`;
}

const candidateTable = (one: Case): TemplateResult => html`<ul class="candidates" aria-label="Candidate units">
  ${one.candidates.map((candidate) => html`<li class=${candidate.code === one.cell?.code ? "decided" : ""}>
    <span>${cellWords(candidate.code, candidate.name)}</span><meter min="0" max="1" value=${candidate.share}></meter><span>${percent(candidate.share)}</span>
  </li>`)}
</ul>`;

function ownerRow(word: string, value: unknown): TemplateResult | typeof nothing {
  const lines = linesOf(value);
  return lines.length ? html`<dt>${word}</dt><dd>${lines.map((line) => html`<span class="line">${line}</span>`)}</dd>` : nothing;
}

/** A demand that is not the government's: who calls back, and until when. */
function providerRows(one: Case, catalogue: Catalogue | null): TemplateResult {
  const due = one.contact_due_at ? Date.parse(one.contact_due_at) : null;
  const late = due !== null && (one.contacted_at ? Date.parse(one.contacted_at) : Date.now()) > due;
  const zone = catalogue?.zone;
  return html`<dt>Provider</dt><dd data-provider=${one.provider ?? ""}><b>${catalogue?.providerName(one.provider ?? "") ?? one.provider}</b><span class="muted">${one.nature ?? ""}</span></dd>
    ${due === null ? nothing : html`<dt>Calls back</dt><dd data-contact-due><span class=${late ? "late" : ""}>by ${stamp(one.contact_due_at, zone)}${late ? ", late" : ""}</span></dd>`}
    ${one.contacted_at ? html`<dt>Called</dt><dd>${stamp(one.contacted_at, zone)}</dd>` : nothing}`;
}

/** With whom it is now, as against whose it was by the rules when it was filed. */
function heldPart(one: Case, catalogue: Catalogue | null): TemplateResult {
  const assisting = (one.assisting ?? []).map((unit) => unitWords(unit, catalogue)).join(", ");
  return html`<dl class="held">
    ${one.state ? html`<dt>State</dt><dd data-state=${one.state}>${stateWords(one.state)}${one.returns ? html`<span class="muted">returned ${one.returns} ${one.returns === 1 ? "time" : "times"}</span>` : nothing}</dd>` : nothing}
    ${one.lead ? html`<dt>With</dt><dd><b>${unitWords(one.lead, catalogue)}</b></dd>` : nothing}
    ${assisting ? html`<dt>Assisted by</dt><dd>${assisting}</dd>` : nothing}
    ${one.provider ? providerRows(one, catalogue) : nothing}
    ${one.precedent ? html`<dt>Precedent</dt><dd><a class="mono" href="/desk#precedents/${encodeURIComponent(one.precedent)}" data-precedent=${one.precedent}>${one.precedent}</a></dd>` : nothing}
    ${one.state === "disputed" ? html`<dt>Dispute</dt><dd><a href="/desk#disputes">Open the dispute desk</a></dd>` : nothing}</dl>`;
}

/** The decision told whole, once its explanation is there. */
function explainedSection(one: Case, { explanation, catalogue }: State): TemplateResult {
  const told = explanation as Explanation;
  const { decision } = told;
  return html`<section class="explained" data-explained=${one.case_no}><h3>Whose</h3>${heldPart(one, catalogue)}
    ${sentences(told)}${whoFacts(decision, catalogue)}
    ${decision.rows.length + decision.rejected.length ? html`<details><summary>${decision.rows.length} decided, ${decision.rejected.length} passed over</summary>${whyFacts(decision, catalogue)}</details>` : nothing}</section>`;
}

function whoseSection(one: Case, state: State): TemplateResult {
  if (state.explanation?.decision) return explainedSection(one, state);
  const owner = one.owner ?? {};
  const reasons = linesOf(owner.reasons);
  return html`<section>
    <h3>Whose</h3>${heldPart(one, state.catalogue)}
    <dl>${ownerRow("Lead", owner.lead)}${ownerRow("Assisting", owner.assisting)}${ownerRow("Territory", owner.territorial)}</dl>
    ${reasons.length ? html`<details><summary>Why: ${reasons.length} ${reasons.length === 1 ? "reason" : "reasons"}</summary>
      <ul class="reasons">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></details>` : nothing}
  </section>`;
}

// Below what is read and always in view. The stamp changes with the case: then the acts are asked for anew.
const actsSection = (one: Case, state: State, actions: Actions): TemplateResult => html`<gm-case-acts .caseNo=${one.case_no} .catalogue=${state.catalogue} .matter=${one.category}
  .requests=${one.requests ?? []} .session=${state.session} .territorial=${state.explanation?.decision.territorial ?? []} .stamp=${`${one.state} ${one.history?.length ?? 0}`} @acted=${actions.acted} @refused=${actions.refused}></gm-case-acts>`;

// What was said comes first: nobody acts on a case before he has read it. Long words are folded, not cut.
const saidSection = (one: Case, zone: string | undefined): TemplateResult => html`<section data-said>
  <h3>What was said</h3>
  ${one.text ? html`<p class="words" tabindex=${one.text.length > 260 ? 0 : nothing}>${one.text}</p>` : html`<p class="muted">No text, or not for your role.</p>`}
  <gm-case-photos .one=${one} .zone=${zone}></gm-case-photos>
</section>`;

// Place and deadline stay in view at the top, whatever is read below.
function placeWords(one: Case): string {
  const path = stepsOfPath(one.cell?.path);
  return one.cell ? [one.cell.name || one.cell.code, ...path.slice(-3, -1).reverse().map((step) => step.name)].filter(Boolean).join(" · ") : "outside the grid";
}

export function caseDetail(state: State, actions: Actions): TemplateResult | typeof nothing {
  if (!state.picked || !state.session) return nothing;
  const one = state.detail?.case_no === state.picked ? state.detail : state.cases.get(state.picked);
  const close = html`<button class="close" aria-label="Close" @click=${() => actions.pick(null)}>✕</button>`;
  if (!one) return html`<aside class="detail">${close}<p class="hint">${state.detailError ?? "Loading the case …"}</p></aside>`;
  const tone = toneOf(one, state.now);
  const zone = state.config?.time_zone;
  const source = state.config?.sources.find((entry) => entry.code === one.source);
  return html`<aside class="detail" tabindex="-1" data-detail=${one.case_no}>
    <header class=${tone}>
      ${close}
      <h2 class="mono">${one.case_no}</h2>
      <p>${categoryName(state.config, one.category)}<span class="muted">${source ? nameOf(source, CHINESE) : one.source}</span></p>
      <p data-place>${placeWords(one)}</p>
      <p class="step"><i class="dot ${tone}"></i>${STEPS[one.step] ?? one.step}${tone === one.step ? nothing : html`<span class="muted">${TONE_WORDS[tone]}</span>`}${colourSign(one.colour, true)}${dueWords(one, state.now, zone)}</p>
    </header>
    ${state.detailError ? html`<p class="trouble" role="alert">${state.detailError}</p>` : nothing}
    <div class="story" tabindex="-1">${saidSection(one, zone)} ${whereSection(one, state.config)} ${whenSection(one, state.now, zone, state.catalogue)} ${whoseSection(one, state)}
    <gm-case-said .one=${one} .config=${state.config} .catalogue=${state.catalogue} .session=${state.session} @acted=${actions.acted}></gm-case-said>
    <gm-case-meetings .caseNo=${one.case_no} .state=${one.state} .stamp=${`${one.state} ${one.history?.length ?? 0}`} .session=${state.session} .catalogue=${state.catalogue} .zone=${state.config?.time_zone}></gm-case-meetings>
    <gm-case-way .one=${one} .config=${state.config} .catalogue=${state.catalogue} .session=${state.session} .now=${state.now}></gm-case-way></div>
    ${actsSection(one, state, actions)}
  </aside>`;
}
