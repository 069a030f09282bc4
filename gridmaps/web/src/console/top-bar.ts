// The bar on top: which city, whether it is real, the city's clock, whether what is shown is live, and who looks.
import { html, nothing, type TemplateResult } from "lit";
import { clock } from "../ui/format";
import type { Actions } from "./actions";
import type { State } from "./state";

const LINK_WORDS = { closed: "not connected", connecting: "connecting", live: "live", behind: "behind", reconnecting: "reconnecting" };

function linkBadge(state: State): TemplateResult | typeof nothing {
  if (!state.session) return nothing;
  const { state: link, lagSeconds } = state.link;
  const words = link === "behind" ? `${lagSeconds} s behind` : LINK_WORDS[link];
  return html`<span class="link ${link}" role="status" data-link=${link}><i></i>${words}</span>`;
}

export function topBar(state: State, actions: Actions): TemplateResult {
  const { config, session } = state;
  return html`<header class="top">
    <button class="burger" aria-label="Show the case list" aria-expanded=${state.queueOpen} @click=${actions.toggleQueue}>☰</button>
    <h1>${config?.city_name ?? "gridmaps"}</h1>
    <span class="muted product">Command centre</span>
    ${config?.synthetic ? html`<span class="badge synthetic" title="Borders, people and reports of this city are made up.">Synthetic city</span>` : nothing}
    <span class="spring"></span>
    <a class="away" href="/desk">Dispute desk</a>
    ${linkBadge(state)}
    <time class="mono clock" title=${config?.time_zone ?? ""}>${clock(state.now, config?.time_zone)}</time>
    ${session
      ? html`<span class="user" title=${`${session.login} · ${session.role}`}>${session.name}<small class="muted">${session.role.replaceAll("_", " ")}</small></span>
          <button class="quiet keys" aria-label="Keys" title="Keys (?)" data-keys @click=${actions.showKeys}><kbd>?</kbd></button>
          <button class="quiet" @click=${actions.logOut}>Log out</button>`
      : html`<span class="muted">Not logged in</span>`}
  </header>`;
}
