// The console's map: grid below, cases above, and what a click means. Knows no list.
import type { Case, Config, Silence } from "../api";
import { CaseLayers } from "../map/cases";
import { flagWhenIdle, makeMap, maplibregl, whenStyled } from "../map/base";
import { addGrid, cellAt, CELLS, pickCell, removeGrid } from "../map/grid";
import { DARK } from "../map/palette";
import { discOf, type Position } from "../map/shapes";

type Clicks = { onCase: (caseNo: string) => void; onCell: (cell: Record<string, unknown> | null, at: Position) => void };

const ASKED = "asked";
const OUTLINE = "#c792ea";

function askedLayers(): maplibregl.LayerSpecification[] {
  const of = (kind: string): maplibregl.FilterSpecification => ["==", ["get", "kind"], kind];
  return [
    { id: "asked-outline-fill", type: "fill", source: ASKED, filter: of("outline"), paint: { "fill-color": OUTLINE, "fill-opacity": 0.14 } },
    { id: "asked-outline", type: "line", source: ASKED, filter: of("outline"), paint: { "line-color": OUTLINE, "line-width": 2, "line-dasharray": [3, 1.5] } },
    { id: "asked-disc", type: "fill", source: ASKED, filter: of("disc"), paint: { "fill-color": "#ffffff", "fill-opacity": 0.1, "fill-outline-color": "#ffffff" } },
    { id: "asked-point", type: "circle", source: ASKED, filter: of("point"),
      paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": "#0e1319", "circle-stroke-width": 2 } },
  ];
}

export class Ground {
  readonly map: maplibregl.Map;
  private readonly cases: CaseLayers;
  private silent: string[] = [];
  private gridRevision = 0;
  private refreshTimer = 0;

  constructor(container: HTMLElement, config: Config, clicks: Clicks) {
    this.map = makeMap(container, DARK, config.bounds);
    this.cases = new CaseLayers(this.map, DARK);
    this.map.on("click", (event) => this.clicked(event, clicks));
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

  /** Where somebody asks whose it is: the point with its accuracy, and the jurisdictions that the answer names. */
  async setAsked(at: Position | null, accuracy: number, outlines: GeoJSON.Geometry[]): Promise<void> {
    await whenStyled(this.map);
    if (!this.map.getSource(ASKED)) {
      this.map.addSource(ASKED, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
      for (const layer of askedLayers()) this.map.addLayer(layer);
    }
    const feature = (geometry: GeoJSON.Geometry, kind: string): GeoJSON.Feature => ({ type: "Feature", properties: { kind }, geometry });
    const point = at ? [feature(discOf(at, accuracy).geometry, "disc"), feature({ type: "Point", coordinates: at }, "point")] : [];
    const features = [...outlines.map((geometry) => feature(geometry, "outline")), ...point];
    void (this.map.getSource(ASKED) as maplibregl.GeoJSONSource).setData({ type: "FeatureCollection", features });
  }

  private clicked(event: maplibregl.MapMouseEvent, clicks: Clicks): void {
    const caseNo = this.cases.caseAt(event.point);
    if (caseNo) return clicks.onCase(caseNo);
    const cell = cellAt(this.map, event.point);
    pickCell(this.map, cell ? String(cell.code) : null);
    clicks.onCell(cell, [event.lngLat.lng, event.lngLat.lat]);
  }
}
