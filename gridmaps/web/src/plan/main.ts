// The planner, thin for now: the grid as it is in force, one cell's facts, the revisions and who became whom.
// Redraws are published from the command line; this page shows the exact command for the chosen cell.
import "../ui/tokens.css";
import "./plan.css";
import { html, nothing, type TemplateResult } from "lit";
import * as api from "../api";
import { flagWhenIdle, makeMap, maplibregl, whenStyled } from "../map/base";
import { addGrid, cellAt, pickCell, zoomOf } from "../map/grid";
import { LIGHT } from "../map/palette";
import { Question } from "../question";
import { Part } from "../ui/part";
import { commandsFor, revisionList, stamped } from "./parts";

const POLL_MS = 5000;
const say = (failed: unknown): string => (failed instanceof Error ? failed.message : String(failed));

class Plan extends Part {
  private readonly question = new Question();
  private config: api.Config | null = null;
  private redraws: api.Redraw[] | null = null;
  private redrawsError: string | null = null;
  private cell: api.CellProperties | null = null;
  private path: api.PathStep[] = [];
  private problem: string | null = null;
  private map: maplibregl.Map | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.classList.add("light");
    void this.begin();
  }

  private async begin(): Promise<void> {
    try {
      this.config = await api.get<api.Config>("/api/v1/config");
    } catch (failed) {
      this.problem = say(failed);
      this.requestUpdate();
      return void setTimeout(() => void this.begin(), 3000);
    }
    this.problem = null;
    this.requestUpdate();
    await this.updateComplete;
    await this.drawMap(this.config);
    await this.loadRedraws();
    setInterval(() => void this.follow(), POLL_MS);
  }

  // A redraw that comes into force is drawn without a reload; the page is public, so it asks rather than listens.
  private async follow(): Promise<void> {
    try {
      const config = await api.get<api.Config>("/api/v1/config", AbortSignal.timeout(POLL_MS));
      const redrawn = config.revision !== this.config?.revision;
      this.config = config;
      this.problem = null;
      if (redrawn) await this.redraw(config);
    } catch (failed) {
      this.problem = `${say(failed)} The grid shown may be old.`;
    }
    this.requestUpdate();
  }

  private async redraw(config: api.Config): Promise<void> {
    if (this.map && config.revision) addGrid(this.map, config.revision, config.levels, LIGHT);
    await this.loadRedraws();
    if (this.cell) await this.show(this.cell.code);
  }

  private async drawMap(config: api.Config): Promise<void> {
    const box = this.querySelector<HTMLElement>(".map");
    if (!box || this.map) return;
    this.map = makeMap(box, LIGHT, config.bounds);
    (window as unknown as { gridmap: maplibregl.Map }).gridmap = this.map;
    await whenStyled(this.map);
    if (config.revision) addGrid(this.map, config.revision, config.levels, LIGHT);
    this.map.on("click", (event) => {
      const found = this.map && cellAt(this.map, event.point);
      if (found) void this.show(String(found.code));
    });
    flagWhenIdle(this.map);
  }

  private async loadRedraws(): Promise<void> {
    try {
      this.redraws = (await api.get<{ items: api.Redraw[] }>("/api/v1/redraws")).items;
      this.redrawsError = null;
    } catch (failed) {
      this.redrawsError = say(failed);
    }
    this.requestUpdate();
  }

  private async show(code: string): Promise<void> {
    if (this.map) pickCell(this.map, code);
    const asking = this.question.ask(code);
    try {
      const cell = (await api.get<api.CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`, asking.signal)).properties;
      const path = await pathOf(cell, asking.signal);
      if (asking.counts()) Object.assign(this, { cell, path, problem: null });
    } catch (failed) {
      if (asking.counts()) this.problem = say(failed);
    }
    this.requestUpdate();
  }

  private flyTo(rank: number): void {
    const deepest = Math.max(...(this.config?.levels ?? []).map((level) => level.rank));
    this.map?.easeTo({ zoom: Math.max(zoomOf(rank, deepest) + 0.3, 9), duration: 300 });
  }

  protected override render(): TemplateResult {
    const { config } = this;
    return html`<header class="top"><h1>${config?.city_name ?? "gridmaps"}</h1><span class="muted">Planner</span>
        ${config?.synthetic ? html`<span class="badge">Synthetic city</span>` : nothing}
        ${config?.revision ? html`<span class="muted" data-grid=${config.revision}>grid revision ${config.revision}</span>` : nothing}<span class="spring"></span>
        <span class="levels" role="group" aria-label="Show level">${(config?.levels ?? []).map((level) => html`<button @click=${() => this.flyTo(level.rank)}>${level.name}</button>`)}</span>
      </header>
      <div class="body"><div class="ground"><div class="map"></div>${this.problem ? html`<p class="notice" role="alert">${this.problem}</p>` : nothing}</div>
        <aside>${this.cellPart()}${this.historyPart()}</aside></div>`;
  }

  private cellPart(): TemplateResult {
    const { cell, config } = this;
    if (!cell) return html`<section><h2>Cell</h2><p class="muted">Click a cell of the map to see its code, path and area.</p></section>`;
    return html`<section data-cell=${cell.code}>
      <h2>${cell.name || cell.code}</h2>
      <dl>${stamped(cell, this.path, config)}</dl>
      <h3>Redraw this cell</h3>
      <p class="muted">Redraws are published with <code>gridmaps redraw</code>; this page shows them as soon as they are in force.</p>
      ${commandsFor(cell, config)}
    </section>`;
  }

  private historyPart(): TemplateResult {
    return html`<section><h2>Revisions</h2>
      ${this.redrawsError ? html`<p class="trouble" role="alert">${this.redrawsError}</p>` : revisionList(this.redraws, this.config, this.cell?.code ?? null, (code) => void this.show(code))}
    </section>`;
  }
}

/** From the widest level down to the cell, each by its name. */
async function pathOf(cell: api.CellProperties, signal: AbortSignal): Promise<api.PathStep[]> {
  const asked = cell.path.map((code) => api.get<api.CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`, signal));
  return (await Promise.all(asked)).map(({ properties }) => ({ code: properties.code, name: properties.name }));
}

customElements.define("gm-plan", Plan);
