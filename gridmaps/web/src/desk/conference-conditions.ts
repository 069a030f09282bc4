// What a conference on a case needs, said before anybody sends the form: which conditions are met, and which are not.
import { html, nothing, type TemplateResult } from "lit";
import { stateWords } from "../ui/case-states";
import { span, stamp } from "../ui/format";
import { TRIGGERS, type Prospect } from "./conference-words";
import type { Desk } from "./desk";

/** What has to happen first, by the state that admits none. */
const FIRST: Record<string, string> = {
  reported: "It is accepted first.", own_handling: "Its own level is at work on it: it is handed over first.", ruled: "Its ruling is about to send it to a unit.",
  referred: "It is with a provider: it is recalled first.", suspended: "Its clock stands: it is resumed first.", submitted: "Its result waits to be checked first.",
  closed: "It is reopened first.", called_back: "It is reopened first.", evaluated: "It is reopened first.", void: "Nothing is left to decide.", merged: "The case that it was joined to is conferred on.",
};

/** The sentence that says why none can be opened now; null where one can. */
export function hindranceOf(one: Prospect): string | null {
  if (one.conference !== null) return `Conference ${one.conference} on this case is open: it is decided or ended first.`;
  return one.admits ? null : `A case that is ${stateWords(one.state)} admits no conference. ${FIRST[one.state] ?? ""}`.trim();
}

export function conditions(one: Prospect, desk: Desk): TemplateResult {
  const hindrance = hindranceOf(one);
  if (hindrance) return html`<p class="trouble" role="alert" data-hindered>${hindrance}${one.conference === null ? nothing : html` <a href="#conferences/${one.conference}">Show it</a>`}</p>`;
  const line = (met: boolean, name: string, words: TemplateResult | string): TemplateResult => html`<li data-condition=${name} data-met=${met}><i class=${met ? "met" : "muted"} aria-hidden="true">${met ? "●" : "○"}</i><span><span class="unseen">${met ? "Met: " : "Not met: "}</span>${words}</span></li>`;
  const stands = (trigger: string): string | undefined => one.standing.find((standing) => standing.trigger === trigger)?.since;
  return html`<ul class="conditions">${line(true, "state", "Its state admits a conference, and none is open.")}
    ${line(stands("refusals") !== undefined, "refusals", html`${TRIGGERS.refusals}: ${refusals(one)}`)}
    ${line(stands("help") !== undefined, "help", html`${TRIGGERS.help}: ${help(one, desk)}`)}
    ${one.standing.length ? nothing : line(true, "manual", "By hand, with a reason.")}</ul>`;
}

function refusals(one: Prospect): string {
  const many = one.refusing >= one.enough ? `${one.refusing} did` : `${one.refusing} of ${one.enough} did`;
  return one.lead !== null && one.refusing >= one.enough ? `${many}, but another unit has it now` : many;
}

function help(one: Prospect, desk: Desk): string {
  const zone = desk.config.time_zone;
  const asked = one.help_at === null ? "no help is asked for" : one.help_by !== one.lead ? "help was asked for by who had it before" : `help is asked for since ${stamp(one.help_at, zone)}`;
  if (one.due_at === null) return `it has no deadline, ${asked}`;
  const left = Date.parse(one.due_at) - Date.now();
  return `${left < 0 ? `due ${span(left)} ago` : `due in ${span(left)}`}, ${asked}`;
}
