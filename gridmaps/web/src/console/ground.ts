// The console's map: grid below, cases above, and what a click means. Knows no list.
import type { Case, Config, Silence } from "../api";
import { CaseLayers } from "../map/cases";
import { flagWhenIdle, makeMap, maplibregl, whenStyled } from "../map/base";
import { addGrid, cellAt, CELLS, pickCell, removeGrid } from "../map/grid";
import { DARK } from "../map/palette";

type Clicks = { onCase: (caseNo: string) => void; onCell: (cell: Record<string, unknown> | null) => void };

export class Ground {
  readonly map: maplibregl.Map;
  private readonly cases: CaseLayers;
  private silent: string[] = [];
  private gridRevision = 0;
  private refreshTimer = 0;

  constructor(container: HTMLElement, config: Config, clicks: Clicks) {
    this.map = makeMap(container, DARK, config.bounds);
    this.cases = new CaseLayers(this.map, DARK);
    this.map.on("click", (event) => this.clicked(event.point, clicks));
    this.map.on("mousemove", (event) => {
      this.map.getCanvas().style.cursor = this.cases.caseAt(event.point) ? "pointer" : "";
    });
    // Each time the tiles are laid out anew, so not with every arrival.
    setInterval(() => this.cases.recolour(Date.now()), 60_000);
    // For people who look with the browser's own tools, and for tests: the map of this page.
    (window as unknown as { gridmap: maplibregl.Map }).gridmap = this.map;
  }

  async showGrid(config: Config): Promise<void> {
    await whenStyled(this.map);
    if (!config.revision) removeGrid(this.map);
    else addGrid(this.map, config.revision, config.levels, DARK);
    this.gridRevision = config.revision ?? 0;
    this.lightSilent(null);
    flagWhenIdle(this.map);
  }

  async showCases(): Promise<void> {
    await whenStyled(this.map);
    this.cases.show(this.gridRevision);
  }

  hideCases(): void {
    this.cases.hide();
  }

  setOverlay(cases: Case[], now: number): void {
    this.cases.setOverlay(cases, now);
  }

  /** Newcomers: a ring now, and the tiles anew within the minute. */
  arrived(cases: Case[]): void {
    this.cases.pulse(cases);
    this.refreshTimer ||= window.setTimeout(() => {
      this.refreshTimer = 0;
      this.cases.refresh();
    }, 45_000);
  }

  select(one: Case | null): void {
    this.cases.setDisc(one);
    pickCell(this.map, one?.cell?.code ?? null);
    if (!one) return;
    const inView = this.map.getBounds().contains(one.position);
    const covered = this.map.project(one.position).x > this.map.getCanvas().clientWidth - 440;
    if (!inView || covered || this.map.getZoom() < 14) {
      this.map.easeTo({ center: one.position, zoom: Math.max(this.map.getZoom(), 15), offset: [-200, 0], duration: 500 });
    }
  }

  flyTo(at: [number, number], code: string): void {
    pickCell(this.map, code);
    this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), 14.5), duration: 500 });
  }

  lightSilent(silence: Silence | null): void {
    if (!this.map.getSource(CELLS)) return;
    const light = (code: string, silent: boolean): void => {
      this.map.setFeatureState({ source: CELLS, sourceLayer: "cells", id: code }, { silent });
    };
    for (const code of this.silent) light(code, false);
    this.silent = (silence?.silent ?? []).map((one) => one.code);
    for (const code of this.silent) light(code, true);
  }

  private clicked(point: maplibregl.Point, clicks: Clicks): void {
    const caseNo = this.cases.caseAt(point);
    if (caseNo) return clicks.onCase(caseNo);
    const cell = cellAt(this.map, point);
    pickCell(this.map, cell ? String(cell.code) : null);
    clicks.onCell(cell);
  }
}
