// The strip at the bottom: five figures, each a way into the list behind it.
import { html, nothing, type TemplateResult } from "lit";
import { span } from "../ui/format";
import type { Actions } from "./actions";
import { figures, type State, type Tab } from "./state";

type Figure = { tab: Tab; word: string; value: string; tone: string };

function listed(state: State): Figure[] {
  const all = figures(state);
  const known = Boolean(state.session);
  const show = (value: number): string => (known ? `${value.toLocaleString("en")}${all.partial ? "+" : ""}` : "–");
  const silent = state.silence ? String(state.silence.silent.length) : "–";
  return [
    { tab: "today", word: "new today", value: show(all.new_today), tone: "" },
    { tab: "open", word: "open", value: show(all.open), tone: "" },
    { tab: "overdue", word: "overdue", value: show(all.overdue), tone: all.overdue && known ? "overdue" : "" },
    { tab: "outside", word: "outside the grid", value: show(all.outside), tone: "" },
    { tab: "silent", word: "silent units", value: silent, tone: "" },
  ];
}

export function kpiStrip(state: State, actions: Actions): TemplateResult {
  return html`<footer class="strip">
    ${listed(state).map(
      (one) => html`<button class="figure ${one.tone}" ?disabled=${!state.session} data-figure=${one.tab} @click=${() => actions.figure(one.tab)}>
        <b>${one.value}</b><span>${one.word}</span>
      </button>`,
    )}
    <span class="spring"></span>
    ${state.session && state.totalsLost && state.totals
      ? html`<span class="aged" role="status">figures are ${span(state.now - state.totalsAt)} old</span>`
      : nothing}
    <span class="muted revision">${state.config?.revision ? `grid revision ${state.config.revision}` : "no grid yet"}</span>
  </footer>`;
}
