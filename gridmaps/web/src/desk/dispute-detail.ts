// One dispute whole: what was said, who refused it and why, who acts meanwhile, whose it seems to be.
import { html, nothing, type TemplateResult } from "lit";
import { codeOf, type Dispute, type Explanation, type Interim, type Return, type Ruling } from "../duty";
import "../ui/case-acts";
import { sentences, whoFacts, whyFacts } from "../ui/decision";
import { place, stamp } from "../ui/format";
import { cellWords } from "../ui/names";
import type { Desk } from "./desk";
import { ageWords, ENTRIES, isLate, STATES } from "./dispute-queue";

export const FORMS: Record<string, string> = { written_instruction: "Written instruction 批示", joint_conference: "Joint conference 联席会议" };

/** The name that came with a unit, unless that is its code only. */
export const unitGiven = (one: { unit: string; name?: string }, desk: Desk): string =>
  one.name && one.name !== one.unit ? one.name : desk.catalogue.unitName(one.unit);

function returned(one: Return, desk: Desk): TemplateResult {
  return html`<li><b>${unitGiven(one, desk)}</b> <time class="muted">${stamp(one.at, desk.config.time_zone)}</time>
    <p>${one.reason}</p><p class="muted">On the basis of: ${one.basis}</p></li>`;
}

function interim(one: Interim, desk: Desk): TemplateResult {
  const cost = one.cost === null || one.cost === undefined ? "" : `Cost ${one.cost}${one.cost_note ? `: ${one.cost_note}` : ""}`;
  return html`<li><b>${unitGiven(one, desk)}</b> <time class="muted">${stamp(one.ordered_at ?? one.at, desk.config.time_zone)}</time>
    <p>${one.note}</p>${cost ? html`<p class="muted">${cost}</p>` : nothing}</li>`;
}

/** A ruling that was made: also what the loser of a race is shown. */
export function rulingFacts(ruling: Ruling, desk: Desk): TemplateResult {
  const number = typeof ruling.precedent === "string" ? ruling.precedent : ruling.precedent?.number;
  const assisting = (ruling.assisting ?? []).map((unit) => desk.catalogue.unitName(unit)).join(", ");
  return html`<dl class="who" data-ruling=${ruling.id}>
    <dt>Lead</dt><dd><b>${desk.catalogue.unitName(ruling.lead)}</b></dd>
    ${assisting ? html`<dt>Assisting</dt><dd>${assisting}</dd>` : nothing}
    <dt>Form</dt><dd>${FORMS[ruling.form] ?? ruling.form}${ruling.members?.length ? html`<span class="line muted">${ruling.members.join(", ")}</span>` : nothing}</dd>
    <dt>Grounds</dt><dd class="words">${ruling.grounds}</dd>
    <dt>Ruled</dt><dd>${stamp(ruling.ruled_at, desk.config.time_zone)}</dd>
    ${number ? html`<dt>Precedent</dt><dd><a class="mono" href="#precedents/${encodeURIComponent(number)}" data-precedent=${number}>${number}</a></dd>` : nothing}
  </dl>`;
}

function head(one: Dispute, desk: Desk, rule: (() => void) | null): TemplateResult {
  return html`<header>
    <div><h2>${desk.catalogue.nameGiven(one)}</h2>
      <p class="meta"><a class="mono" href="/?case=${one.case_no}" title="Open it in the command centre">${one.case_no}</a><span class="state ${one.state}">${STATES[one.state]}</span>
        ${one.state === "open" ? html`<span class=${isLate(one) ? "late" : ""}>${ageWords(one.age_days)}${isLate(one) ? ", over the age limit" : ""}</span>` : nothing}</p></div>
    ${one.state === "open" && rule ? html`<button class="primary" data-rule @click=${rule}>Rule on it</button>` : nothing}
  </header>
  ${one.state === "open" && !rule
    ? html`<p class="why-not" data-read-only>You read here as ${desk.session.role.replaceAll("_", " ")}. Only a panel member or an administrator rules on a dispute.</p>`
    : nothing}`;
}

function came(one: Dispute, desk: Desk): TemplateResult {
  const attributes = Object.entries(one.attributes ?? {});
  const code = codeOf(one.cell);
  const name = typeof one.cell === "object" ? one.cell?.name : "";
  return html`<dl class="who">
    <dt>Came here</dt><dd>${stamp(one.entered_at, desk.config.time_zone)} · ${ENTRIES[one.entry] ?? one.entry}</dd>
    ${one.note ? html`<dt>Note</dt><dd class="words">${one.note}</dd>` : nothing}
    ${one.brief ? html`<dt>Brief</dt><dd><a href="#briefs/${encodeURIComponent(one.brief)}">${one.brief}</a></dd>` : nothing}
    <dt>Unit</dt><dd>${code ? cellWords(code, name) : "outside the grid"}</dd>
    <dt>Position</dt><dd class="mono">${place(one.position)}</dd>
    ${attributes.length ? html`<dt>Attributes</dt><dd>${attributes.map(([key, value]) => html`<span class="chip">${key} = ${value}</span>`)}</dd>` : nothing}
  </dl>`;
}

export function disputeDetail(one: Dispute, explanation: Explanation | null, desk: Desk, rule: (() => void) | null, acted: () => void): TemplateResult {
  const decision = explanation?.decision;
  return html`<div class="dispute" data-open=${one.id}>
    ${head(one, desk, rule)}
    ${one.ruling ? html`<section class="settled"><h3>The ruling</h3>${rulingFacts(one.ruling, desk)}</section>` : nothing}
    <section><h3>What was said</h3>${one.text ? html`<p class="words">${one.text}</p>` : html`<p class="muted">No text, or not for your role.</p>`}</section>
    <section><h3>How it came to be disputed</h3>${came(one, desk)}</section>
    ${one.returns?.length ? html`<section><h3>Returned by</h3><ol class="stack">${one.returns.map((entry) => returned(entry, desk))}</ol></section>` : nothing}
    ${one.interim?.length ? html`<section><h3>Who acts meanwhile</h3><ol class="stack">${one.interim.map((entry) => interim(entry, desk))}</ol></section>` : nothing}
    <section><h3>Whose it is by the rules</h3>
      ${explanation && decision ? html`${sentences(explanation)}${whoFacts(decision, desk.catalogue)}${whyFacts(decision, desk.catalogue)}` : html`<p class="muted">The reasons are not loaded.</p>`}</section>
    <gm-case-acts .caseNo=${one.case_no} .catalogue=${desk.catalogue} .territorial=${decision?.territorial ?? []} .stamp=${`${one.state} ${one.returns?.length} ${one.interim?.length}`} @acted=${acted}></gm-case-acts>
  </div>`;
}
