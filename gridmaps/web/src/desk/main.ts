// The dispute desk: logs in, holds what all four views share, and shows the one that the address names.
import "../ui/tokens.css";
import "./desk.css";
import "./piles.css";
import "./sheet.css";
import "./panels.css";
import "./desk-narrow.css"; // behind: it narrows what the sheet before lays out
import { html, nothing, type TemplateResult } from "lit";
import * as api from "../api";
import { loginPanel } from "../console/login-panel";
import { Catalogue } from "../duty";
import { LiveFeed, type Link } from "../live";
import { Part } from "../ui/part";
import "./briefs";
import "./call-backs";
import "./conferences";
import { hashOf, placeOf, viewsOf, type Desk, type View } from "./desk";
import "./disputes";
import "./gaps";
import { DeskGround } from "./ground";
import "./intake";
import "./library";
import "./precedents";
import "./scores";
import "./supervision";
import "./whistles";

const TRY_AGAIN_MS = 3000;
const SETTLE_MS = 400;
const ENDED = "Your session has ended; log in again.";
const LINK_WORDS = { closed: "not connected", connecting: "connecting", live: "live", behind: "behind", reconnecting: "reconnecting" };
const say = (failed: unknown): string => (failed instanceof Error ? failed.message : String(failed));

class DeskPage extends Part {
  private config: api.Config | null = null;
  private session: api.Session | null = null;
  private desk: Desk | null = null;
  private sessionKnown = false;
  private loggingIn = false;
  private loginError: string | null = null;
  private problem: string | null = null;
  private link: Link = { state: "closed", lagSeconds: 0 };
  /** Grows with each event, so that the open view reads anew. */
  private pulse = 0;
  private settling = 0;
  private place = placeOf(location.hash);
  private readonly feed = new LiveFeed({
    cases: () => this.beat(),
    grid: () => void this.regrid(),
    patrol: () => undefined,
    whistles: () => this.beat(),
    reset: () => this.beat(),
    ended: () => this.leave(ENDED),
    link: (link) => this.tell(link),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.classList.add("light");
    addEventListener("hashchange", () => {
      this.place = placeOf(location.hash);
      this.requestUpdate();
      void this.updateComplete.then(() => this.showWhere());
    });
    void this.begin();
  }

  // In a narrow window the bar of views is longer than its place.
  private showWhere(): void {
    this.querySelector(".views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private async begin(): Promise<void> {
    try {
      this.config = await api.get<api.Config>("/api/v1/config");
      this.session = await api.whoAmI();
      this.problem = null;
    } catch (failed) {
      this.problem = `${say(failed)} Trying again by itself.`;
      setTimeout(() => void this.begin(), TRY_AGAIN_MS);
    }
    this.sessionKnown = this.problem === null;
    this.requestUpdate();
    if (this.session && this.config) await this.enter(this.config, this.session);
  }

  private async enter(config: api.Config, session: api.Session): Promise<void> {
    try {
      const [cursor, catalogue] = await Promise.all([LiveFeed.cursorNow(), Catalogue.load(config)]);
      this.requestUpdate();
      await this.updateComplete;
      const box = this.querySelector<HTMLElement>(".map");
      if (!box) return;
      const ground = this.desk?.ground ?? new DeskGround(box, config);
      this.desk = { config, session, catalogue, ground, sentence: (failed) => this.sentence(failed), go: (view, id) => this.go(view, id) };
      this.problem = null;
      this.feed.open(cursor);
      this.showWhere();
    } catch (failed) {
      this.problem = this.sentence(failed);
      if (this.session) setTimeout(() => this.session && void this.enter(config, session), TRY_AGAIN_MS);
    }
    this.requestUpdate();
  }

  private sentence(failed: unknown): string {
    if (api.isSessionEnded(failed)) this.leave(ENDED);
    return say(failed);
  }

  private go(view: View, id?: string | null): void {
    location.hash = hashOf(view, id);
  }

  // One ruling may tell of many cases at once: read once, after the last.
  private beat(): void {
    clearTimeout(this.settling);
    this.settling = window.setTimeout(() => {
      this.pulse += 1;
      this.requestUpdate();
    }, SETTLE_MS);
  }

  private async regrid(): Promise<void> {
    if (!this.desk) return;
    this.config = await api.get<api.Config>("/api/v1/config");
    await this.desk.ground.regrid(this.config);
    this.desk = { ...this.desk, config: this.config };
    this.beat();
  }

  private tell(link: Link): void {
    const same = link.state === this.link.state && link.lagSeconds === this.link.lagSeconds;
    this.link = link;
    if (!same) this.requestUpdate();
  }

  private leave(loginError: string | null): void {
    this.feed.close();
    this.desk?.ground.map.remove();
    delete document.documentElement.dataset.ready;
    Object.assign(this, { session: null, desk: null, loginError });
    this.requestUpdate();
  }

  private async logIn(login: string, password: string): Promise<void> {
    Object.assign(this, { loggingIn: true, loginError: null });
    this.requestUpdate();
    try {
      const session = await api.logIn(login, password);
      this.session = session?.permissions ? session : ((await api.whoAmI()) ?? session);
    } catch (failed) {
      this.loginError = say(failed);
    }
    this.loggingIn = false;
    this.requestUpdate();
    if (this.session && this.config) await this.enter(this.config, this.session);
  }

  protected override render(): TemplateResult {
    return html`${this.top()}
      ${this.problem ? html`<p class="notice" role="alert">${this.problem}</p>` : nothing}
      ${this.session ? html`<main class="body"><div class="view">${this.view()}</div><div class="ground" role="region" aria-label="Map"><div class="map"></div>${this.noGrid()}</div></main>` : this.wayIn()}`;
  }

  private top(): TemplateResult {
    const { config, session, link } = this;
    const words = link.state === "behind" ? `${link.lagSeconds} s behind` : LINK_WORDS[link.state];
    return html`<header class="top">
      <h1>${config?.city_name ?? "gridmaps"}</h1><span class="muted product">Dispute desk</span>
      ${config?.synthetic ? html`<span class="badge" title="Borders, people and reports of this city are made up.">Synthetic city</span>` : nothing}
      <nav class="views" aria-label="Views">${session ? viewsOf(session).map(([view, word]) => html`<a href=${hashOf(view)} data-view=${view} aria-current=${this.shown(session) === view ? "page" : nothing}>${word}</a>`) : nothing}</nav>
      <span class="spring"></span>
      ${session ? html`<span class="link ${link.state}" role="status" data-link=${link.state}><i></i>${words}</span>` : nothing}
      <a class="away" href="/">Command centre</a>
      ${session ? html`<span class="user" title=${session.login}>${session.name}<small class="muted">${session.role.replaceAll("_", " ")}</small></span>
        <button class="quiet" @click=${() => void api.logOut().finally(() => this.leave(null))}>Log out</button>` : nothing}
    </header>`;
  }

  /** The view that the address names, else the first that this person may read. */
  private shown(session: api.Session): View | null {
    return this.place.view ?? viewsOf(session)[0]?.[0] ?? null;
  }

  private noGrid(): TemplateResult | typeof nothing {
    return this.config?.revision === 0 ? html`<p class="on-map">No grid is published yet.</p>` : nothing;
  }

  private wayIn(): TemplateResult {
    if (!this.sessionKnown) return html`<p class="hint" aria-busy="true">Connecting …</p>`;
    return html`<main class="way-in">${loginPanel({ loginError: this.loginError, loggingIn: this.loggingIn }, { logIn: (login, password) => void this.logIn(login, password) })}</main>`;
  }

  private view(): TemplateResult {
    const { desk, pulse } = this;
    const { id } = this.place;
    const view = desk && this.shown(desk.session);
    if (!desk) return html`<p class="hint" aria-busy="true">Loading …</p>`;
    if (!viewsOf(desk.session).some(([one]) => one === view)) return html`<p class="blank" data-not-yours><b>This view is not for your role.</b>${viewsOf(desk.session).length ? "Take one of those above." : html`<a href="/report">Report from the street</a>`}</p>`;
    if (view === "briefs") return html`<gm-briefs .desk=${desk} .picked=${id} .pulse=${pulse}></gm-briefs>`;
    if (view === "precedents") return html`<gm-precedents .desk=${desk} .picked=${id} .pulse=${pulse}></gm-precedents>`;
    if (view === "gaps") return html`<gm-gaps .desk=${desk} .pulse=${pulse}></gm-gaps>`;
    if (view === "supervision") return html`<gm-supervision .desk=${desk} .picked=${id} .pulse=${pulse}></gm-supervision>`;
    if (view === "conferences") return html`<gm-conferences .desk=${desk} .picked=${id} .pulse=${pulse}></gm-conferences>`;
    if (view === "whistles") return html`<gm-whistles .desk=${desk} .picked=${id} .pulse=${pulse}></gm-whistles>`;
    if (view === "call-backs") return html`<gm-call-backs .desk=${desk} .picked=${id} .pulse=${pulse}></gm-call-backs>`;
    if (view === "intake") return html`<gm-intake .desk=${desk} .pulse=${pulse}></gm-intake>`;
    if (view === "library") return html`<gm-library .desk=${desk} .pulse=${pulse}></gm-library>`;
    if (view === "scores") return html`<gm-scores .desk=${desk} .pulse=${pulse}></gm-scores>`;
    return html`<gm-disputes .desk=${desk} .picked=${id} .pulse=${pulse}></gm-disputes>`;
  }
}

customElements.define("gm-desk", DeskPage);
