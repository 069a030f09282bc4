// The command centre as it is seen: the bar, the list or the way in beside the map, what lies over the map, and the strip.
// Draws what is known and hands on what is done; asks nothing and changes nothing itself.
import { html, nothing, type TemplateResult } from "lit";
import { nameOf } from "../api";
import type { Actions } from "./actions";
import { caseDetail } from "./case-detail";
import { caseQueue, filters } from "./case-queue";
import "./explain-card";
import type { Drawn } from "./explain-card";
import "./key-help";
import { kpiStrip } from "./kpi-strip";
import { loginPanel } from "./login-panel";
import { silenceList } from "./silence-list";
import type { State } from "./state";
import { topBar } from "./top-bar";
import { doneLine } from "./walking";

/** What the card about a clicked place tells the map. */
export type Card = { drawn: (shown: Drawn) => void; closed: () => void };

export function drawing(state: State, actions: Actions, card: Card): TemplateResult {
  return html`${topBar(state, actions)}
    <div class="body ${state.queueOpen ? "queue-open" : ""}">
      <nav class="queue" aria-label="Cases">${side(state, actions)}</nav>
      <div class="ground"><div class="map"></div>${notice(state)}${cellCard(state, actions)}${explainCard(state, card)}${caseDetail(state, actions)}${doneLine(state, actions)}</div>
    </div>
    ${kpiStrip(state, actions)}<gm-key-help></gm-key-help>`;
}

function side(state: State, actions: Actions): TemplateResult {
  if (!state.sessionKnown) return html`<p class="hint" aria-busy="true">Connecting …</p>`;
  if (!state.session) return loginPanel(state, actions);
  return html`${filters(state, actions)}<div class="list">${state.tab === "silent" ? silenceList(state, actions) : caseQueue(state, actions)}</div>`;
}

function notice({ config, configError }: State): TemplateResult | typeof nothing {
  if (configError) return html`<p class="notice" role="alert">${configError} Trying again by itself.</p>`;
  if (config && !config.revision) {
    return html`<p class="notice">No grid is published yet. Import one: <code>gridmaps grid import FILE</code></p>`;
  }
  return nothing;
}

function explainCard({ asked, config, catalogue, picked }: State, card: Card): TemplateResult | typeof nothing {
  if (!asked || picked || !config) return nothing;
  const drawn = ({ detail }: CustomEvent<Drawn>): void => card.drawn(detail);
  return html`<gm-explain .asked=${asked} .config=${config} .catalogue=${catalogue} @drawn=${drawn} @closed=${card.closed}></gm-explain>`;
}

function cellCard({ cell, config, picked }: State, actions: Actions): TemplateResult | typeof nothing {
  if (!cell || picked) return nothing;
  const level = config?.levels.find((one) => one.rank === Number(cell.level));
  return html`<div class="cell-card"><button class="close" aria-label="Close" @click=${actions.closeCell}>✕</button>
    <b>${String(cell.name || cell.code)}</b><span class="mono muted">${String(cell.code)}</span><span class="muted">${level ? nameOf(level, false) : ""}</span></div>`;
}
