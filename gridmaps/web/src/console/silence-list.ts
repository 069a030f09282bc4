// Units that have said nothing today: neither a report nor an all-clear that counts.
import { html, type TemplateResult } from "lit";
import type { Actions } from "./actions";
import type { State } from "./state";

export function silenceList(state: State, actions: Actions): TemplateResult {
  if (state.silenceError) return html`<p class="trouble" role="alert">${state.silenceError}</p>`;
  if (!state.silence) return html`<p class="hint" aria-busy="true">Asking which units are silent …</p>`;
  const { silent, date, cut_off, status } = state.silence;
  const said = status.startsWith("open") ? `Nothing said yet today; silent from ${cut_off.slice(0, 5)} on.` : `Silent on ${date}; the cut-off was ${cut_off.slice(0, 5)}.`;
  const head = html`<p class="hint slim">${said} ${silent.length} units, lit on the map when you come close.</p>`;
  if (silent.length === 0) return html`${head}<p class="hint"><b>No unit is silent.</b>Every unit has reported or given its all-clear.</p>`;
  return html`${head}<ol class="rows">
    ${silent.slice(0, 1000).map(
      (one) => html`<li><button class="case silent" data-silent=${one.code} @click=${() => actions.flyToCell(one.code)}>
        <i class="bar" aria-hidden="true"></i><span class="what">${one.name || one.code}</span><span class="where mono">${one.code}</span>
      </button></li>`,
    )}
  </ol>`;
}
