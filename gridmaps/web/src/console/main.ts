// The command centre: holds the state, lets the parts draw it, and joins server, feed and map.
import "../ui/tokens.css";
import "./console.css";
import "./explain.css";
import "./detail.css"; // behind: its last rules narrow both for small screens
import { html, nothing, type TemplateResult } from "lit";
import * as api from "../api";
import { Catalogue, type Explanation } from "../duty";
import { LiveFeed } from "../live";
import { Part } from "../ui/part";
import type { Actions } from "./actions";
import { caseDetail } from "./case-detail";
import { caseQueue, filters } from "./case-queue";
import "./key-help";
import type { KeyHelp } from "./key-help";
import { hearKeys } from "./keys";
import "./explain-card";
import type { Drawn } from "./explain-card";
import type { Ground } from "./ground";
import { kpiStrip } from "./kpi-strip";
import { loginPanel } from "./login-panel";
import { nextQueue } from "./queues";
import { silenceList } from "./silence-list";
import { firstState, isServed, overdueKnown, overlayCases, queryOf, readOf, ROWS, visibleCases, type State, type Tab } from "./state";
import { topBar } from "./top-bar";
import { doneLine, Walk } from "./walking";

const PAGE = 200;
const FRESH_MS = 6000;
const MOST_OVERDUE = 500;
const SEARCH_PAUSE_MS = 350;
const ENDED = "Your session has ended; log in again.";
const say = (failed: unknown): string => (failed instanceof Error ? failed.message : String(failed));

class Console extends Part {
  private state: State = firstState();
  private ground: Ground | null = null;
  private readonly since = Date.now() - 60_000;
  private searchTimer = 0;
  private readonly walk = new Walk({
    state: this.state,
    page: this,
    pick: (caseNo) => this.actions.pick(caseNo),
    more: () => this.showMore(),
    again: (caseNo) => this.loadDetail(caseNo),
    served: () => this.readList(true),
  });
  private readonly feed = new LiveFeed({
    cases: (cases) => this.arrived(cases),
    grid: () => void this.loadGrid(),
    patrol: () => void this.loadSilence(),
    reset: () => void this.loadCases(),
    ended: () => this.ended(),
    link: (link) => this.set({ link }),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.classList.add("dark");
    setInterval(() => this.set({ now: Date.now() }), 1000); // names that arrive meanwhile are drawn then, too
    setInterval(() => this.state.session && (void this.loadFigures(), this.drawOverlay()), 15_000);
    this.hear();
    void this.begin();
  }

  private set(change: Partial<State>): void {
    Object.assign(this.state, change);
    this.requestUpdate();
  }

  private async begin(): Promise<void> {
    await this.loadGrid();
    await this.openAskedCell();
    try {
      this.set({ session: await api.whoAmI(), sessionKnown: true });
    } catch (failed) {
      this.set({ sessionKnown: true, loginError: say(failed) });
    }
    if (this.state.session) await this.enter();
  }

  private async loadGrid(): Promise<void> {
    try {
      const config = await api.get<api.Config>("/api/v1/config");
      this.set({ config, configError: null });
      await this.updateComplete;
      await this.makeGround(config);
      await this.ground?.showGrid(config);
      if (this.state.session) await this.ground?.showCases();
      this.drawOverlay();
    } catch (failed) {
      this.set({ configError: say(failed) });
      setTimeout(() => void this.loadGrid(), 3000);
    }
  }

  private async makeGround(config: api.Config): Promise<void> {
    if (this.ground) return;
    const { Ground } = await import("./ground");
    const box = this.querySelector<HTMLElement>(".map");
    if (!box) return;
    this.ground = new Ground(box, config, {
      onCase: (caseNo) => this.actions.pick(caseNo),
      onCell: (cell, at) => this.ask(cell, at),
    });
  }

  // Outside the grid there is nothing to ask: the click closes what was open.
  private ask(cell: Record<string, unknown> | null, at: [number, number]): void {
    this.set({ cell: null, asked: cell ? { at, cell } : null });
    if (cell) void this.loadCatalogue();
    else void this.ground?.setAsked(null, 0, []);
  }

  private async loadCatalogue(): Promise<void> {
    const { config, catalogue } = this.state;
    if (!config || (catalogue && catalogue.departments.length > 0)) return;
    try {
      this.set({ catalogue: await Catalogue.load(config) });
    } catch (failed) {
      this.refused(failed);
    }
  }

  private async enter(): Promise<void> {
    this.set({ queueOpen: !this.state.picked });
    void this.loadCatalogue();
    await this.ground?.showCases();
    await this.loadCases();
    if (queryOf(this.state)) void this.openList();
    void this.loadDetail(this.state.picked);
    void this.loadSilence();
    void this.loadFigures();
    void this.loadPlatforms();
  }

  private async loadPlatforms(): Promise<void> {
    try {
      this.set({ platforms: (await api.get<{ items: api.Named[] }>("/api/v1/platforms")).items });
    } catch (failed) {
      this.refused(failed);
    }
  }

  // The cursor is taken before the list, so that a case filed between the two is told twice rather than never.
  private async loadCases(): Promise<void> {
    this.set({ loading: true, listError: null });
    try {
      const cursor = await LiveFeed.cursorNow();
      const page = await api.get<api.CaseList>(`/api/v1/cases?limit=${PAGE}`);
      this.set({ cases: new Map(), lists: new Map(), loading: false });
      this.take("", page);
      this.drawOverlay();
      this.feed.open(cursor);
      void this.loadOverdue();
    } catch (failed) {
      this.failed(failed);
    }
  }

  private failed(failed: unknown): void {
    this.refused(failed);
    this.set({ loading: false, listError: say(failed) });
  }

  private take(query: string, page: api.CaseList, anew = false): void {
    for (const one of page.items) this.state.cases.set(one.case_no, one);
    const oldest = page.items[page.items.length - 1];
    const hits = new Set([...((!anew && this.state.lists.get(query)?.hits) || []), ...page.items.map((one) => one.case_no)]);
    this.state.lists.set(query, { next: page.next, floor: page.next && oldest ? Date.parse(oldest.received_at) : 0, hits });
    this.requestUpdate();
  }

  /** The open list from its top, or the page behind what was read of it; whether anything was read. */
  private async readList(anew: boolean): Promise<boolean> {
    const query = queryOf(this.state);
    const cursor = anew ? null : readOf(this.state)?.next;
    if (!this.state.session || (!anew && !cursor)) return false;
    this.set({ loading: true, listError: null });
    try {
      const page = await api.get<api.CaseList>(`/api/v1/cases?limit=${PAGE}${query && `&${query}`}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      if (!this.state.session) return false;
      this.take(query, page, anew);
      this.set({ loading: false });
      return true;
    } catch (failed) {
      this.failed(failed);
      return false;
    }
  }

  private async openList(): Promise<void> {
    this.set({ rows: ROWS });
    if (await this.readList(true)) await this.readUntilMoreThan(0);
  }

  private async showMore(): Promise<void> {
    const before = Math.min(visibleCases(this.state).length, this.state.rows);
    this.set({ rows: this.state.rows + ROWS });
    await this.readUntilMoreThan(before);
  }

  // A page may hold nothing for the open tab: what counts is that rows appear.
  private async readUntilMoreThan(before: number): Promise<void> {
    for (let pages = 0; pages < 10 && visibleCases(this.state).length <= before; pages += 1) {
      if (!(await this.readList(false))) return;
    }
  }

  // Overdue cases may be older than every page that was read, and belong on the map before all others.
  private async loadOverdue(): Promise<void> {
    try {
      const page = await api.get<api.CaseList>(`/api/v1/cases?limit=${MOST_OVERDUE}&overdue=true`);
      for (const one of page.items) this.state.cases.set(one.case_no, one);
      this.drawOverlay();
      this.requestUpdate();
    } catch (failed) {
      this.refused(failed);
    }
  }

  private async loadSilence(): Promise<void> {
    try {
      this.set({ silence: await api.get<api.Silence>("/api/v1/silence"), silenceError: null });
      if (this.state.tab === "silent") this.ground?.lightSilent(this.state.silence);
    } catch (failed) {
      this.refused(failed);
      this.set({ silenceError: say(failed) });
    }
  }

  // While the server does not answer, the last figures stay, with their age.
  private async loadFigures(): Promise<void> {
    try {
      const totals = await api.get<api.Totals>("/api/v1/cases/totals");
      this.set({ totals, totalsAt: Date.now(), totalsLost: false });
      if (Math.min(totals.overdue, MOST_OVERDUE) > overdueKnown(this.state)) await this.loadOverdue();
    } catch (failed) {
      this.refused(failed);
      this.set({ totalsLost: true });
    }
  }

  private refused(failed: unknown): void {
    if (api.isSessionEnded(failed)) this.ended();
  }

  // Said at once, rather than after an hour of stale cases; what was open is there again after the log-in.
  private ended(): void {
    if (!this.state.session) return;
    const { picked } = this.state;
    this.leave(ENDED);
    this.set({ picked, queueOpen: true });
  }

  private leave(loginError: string | null): void {
    this.feed.close();
    this.ground?.hideCases();
    this.set({ session: null, cases: new Map(), lists: new Map(), picked: null, detail: null, detailError: null, listError: null,
      silence: null, totals: null, totalsLost: false, loginError });
  }

  private arrived(cases: api.Case[]): void {
    const added = cases.filter((one) => !this.state.cases.has(one.case_no));
    for (const one of cases) this.state.cases.set(one.case_no, one);
    for (const one of added) this.state.fresh.add(one.case_no);
    this.drawOverlay();
    this.ground?.arrived(added);
    setTimeout(() => added.forEach((one) => this.state.fresh.delete(one.case_no)), FRESH_MS);
    if (cases.some((one) => one.case_no === this.state.picked)) void this.loadDetail(this.state.picked);
    // What waits for this person only the server can say.
    if (isServed(this.state)) void this.readList(true);
    this.requestUpdate();
    void this.loadFigures();
  }

  private drawOverlay(): void {
    this.ground?.setOverlay(overlayCases(this.state, this.since), this.state.now);
  }

  private async loadDetail(caseNo: string | null): Promise<void> {
    if (!caseNo) return;
    try {
      const detail = await api.get<api.Case>(`/api/v1/cases/${caseNo}`);
      if (this.state.picked !== caseNo) return;
      this.set({ detail, detailError: null });
      this.drawOverlay();
      this.ground?.select(detail);
      void this.loadExplanation(caseNo);
    } catch (failed) {
      this.refused(failed);
      this.set({ detailError: say(failed) });
    }
  }

  // Beside the detail: a case whose reasons cannot be read is shown all the same.
  private async loadExplanation(caseNo: string): Promise<void> {
    try {
      const explanation = await api.get<Explanation>(`/api/v1/cases/${caseNo}/explanation`);
      if (this.state.picked === caseNo) this.set({ explanation });
    } catch (failed) {
      this.refused(failed);
    }
  }

  private readonly actions: Actions = {
    pick: (caseNo) => {
      if (this.state.asked) void this.ground?.setAsked(null, 0, []);
      this.set({ picked: caseNo, detailError: null, cell: null, asked: null, explanation: null, done: null, queueOpen: !caseNo, ...(caseNo ? {} : { detail: null }) });
      this.ground?.select(caseNo ? (this.state.cases.get(caseNo) ?? null) : null);
      void this.loadDetail(caseNo);
    },
    tab: (tab: Tab) => {
      this.set({ tab });
      this.ground?.lightSilent(tab === "silent" ? this.state.silence : null);
      if (tab === "silent") void this.loadSilence();
      else void this.openList();
    },
    figure: (tab) => {
      this.set({ step: "", queue: "", platform: "", search: "" });
      this.actions.tab(tab);
    },
    step: (step) => {
      this.set({ step });
      void this.openList();
    },
    queue: (queue) => {
      this.set({ queue });
      void this.openList();
    },
    platform: (platform) => {
      this.set({ platform });
      void this.openList();
    },
    search: (search) => {
      this.set({ search });
      clearTimeout(this.searchTimer);
      this.searchTimer = window.setTimeout(() => void this.openList(), SEARCH_PAUSE_MS);
    },
    searchNow: () => {
      clearTimeout(this.searchTimer);
      void this.openList();
    },
    more: () => void this.showMore(),
    logIn: (login, password) => void this.logIn(login, password),
    logOut: () => void api.logOut().finally(() => this.leave(null)),
    flyToCell: (code) => void this.flyToCell(code),
    toggleQueue: () => this.set({ queueOpen: !this.state.queueOpen }),
    retry: () => void (this.feed.isOpen ? this.openList() : this.enter()),
    closeCell: () => this.set({ cell: null }),
    acted: (event) => void this.walk.after(event.detail),
    showKeys: () => this.querySelector<KeyHelp>("gm-key-help")?.show(),
  };

  private async logIn(login: string, password: string): Promise<void> {
    this.set({ loggingIn: true, loginError: null });
    try {
      const session = await api.logIn(login, password);
      this.set({ session: session?.name ? session : await api.whoAmI(), loggingIn: false });
      await this.enter();
    } catch (failed) {
      this.set({ loggingIn: false, loginError: say(failed) });
    }
  }

  private async flyToCell(code: string): Promise<void> {
    try {
      const cell = await api.get<api.CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`);
      const level = this.state.config?.levels.find((one) => one.key === cell.properties.level);
      this.set({ cell: { ...cell.properties, level: level?.rank ?? 0 } });
      this.ground?.flyTo(cell.properties.label_point, code);
    } catch (failed) {
      this.set({ silenceError: say(failed) });
    }
  }

  // `/?cell=code` is where a cell's own address leads.
  private async openAskedCell(): Promise<void> {
    const code = new URLSearchParams(location.search).get("cell");
    if (code) await this.flyToCell(code);
    // `/?case=number` is where the desk leads; the case is read after the log-in.
    const caseNo = new URLSearchParams(location.search).get("case");
    if (caseNo) this.set({ picked: caseNo });
  }

  private hear(): void {
    hearKeys({
      isIn: () => this.state.session !== null,
      close: () => this.actions.pick(null),
      walk: (by) => void this.walk.by(by),
      turn: (by) => this.actions.queue(nextQueue(this.state.queue, by)),
      search: () => this.querySelector<HTMLInputElement>(".find input")?.select(),
      enter: (from) => this.goInto(from),
      help: this.actions.showKeys,
    });
  }

  private goInto(from: HTMLElement): boolean {
    const isOpened = from === document.body || from.dataset.case === this.state.picked;
    if (isOpened) this.querySelector<HTMLElement>(".detail .story")?.focus();
    return isOpened && this.state.picked !== null;
  }

  protected override updated(): void {
    this.walk.note();
  }

  protected override render(): TemplateResult {
    const { state, actions } = this;
    return html`${topBar(state, actions)}
      <div class="body ${state.queueOpen ? "queue-open" : ""}">
        <nav class="queue" aria-label="Cases">${this.side()}</nav>
        <div class="ground"><div class="map"></div>${this.notice()}${this.cellCard()}${this.explainCard()}${caseDetail(state, actions)}${doneLine(state, actions)}</div>
      </div>
      ${kpiStrip(state, actions)}<gm-key-help></gm-key-help>`;
  }

  private side(): TemplateResult {
    const { state, actions } = this;
    if (!state.sessionKnown) return html`<p class="hint" aria-busy="true">Connecting …</p>`;
    if (!state.session) return loginPanel(state, actions);
    return html`${filters(state, actions)}<div class="list">${state.tab === "silent" ? silenceList(state, actions) : caseQueue(state, actions)}</div>`;
  }

  private notice(): TemplateResult | typeof nothing {
    const { config, configError } = this.state;
    if (configError) return html`<p class="notice" role="alert">${configError} Trying again by itself.</p>`;
    if (config && !config.revision) {
      return html`<p class="notice">No grid is published yet. Import one: <code>gridmaps grid import FILE</code></p>`;
    }
    return nothing;
  }

  private explainCard(): TemplateResult | typeof nothing {
    const { asked, config, catalogue, picked } = this.state;
    if (!asked || picked || !config) return nothing;
    const draw = ({ detail }: CustomEvent<Drawn>): void => void this.ground?.setAsked(asked.at, detail.accuracy_m, detail.outlines);
    return html`<gm-explain .asked=${asked} .config=${config} .catalogue=${catalogue} @drawn=${draw} @closed=${() => this.ask(null, asked.at)}></gm-explain>`;
  }

  private cellCard(): TemplateResult | typeof nothing {
    const { cell, config, picked } = this.state;
    if (!cell || picked) return nothing;
    const level = config?.levels.find((one) => one.rank === Number(cell.level));
    return html`<div class="cell-card"><button class="close" aria-label="Close" @click=${this.actions.closeCell}>✕</button>
      <b>${String(cell.name || cell.code)}</b><span class="mono muted">${String(cell.code)}</span><span class="muted">${level ? api.nameOf(level, false) : ""}</span></div>`;
  }
}

customElements.define("gm-console", Console);
