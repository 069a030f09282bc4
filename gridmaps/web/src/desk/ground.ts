// The desk's map: the grid below, then what the open view asks for: marks, a unit, the scope of a ruling, the state
// of every cell. Knows no view; a view hands over shapes and hears of clicks.
import type { Config } from "../api";
import type { GapMap, GapStatus } from "../duty";
import { flagWhenIdle, makeMap, maplibregl, whenStyled } from "../map/base";
import { addGrid, cellAt, CELLS, pickCell, zoomOf } from "../map/grid";
import { LIGHT } from "../map/palette";
import { boundsOf, discOf, type Position } from "../map/shapes";

export type Mark = { id: string; at: Position; tone: "open" | "late" | "ruled" };
export type Clicked = { at: Position; cell: string | null; mark: string | null; point: { x: number; y: number } };
/** A scope as it is drawn: cells by code, an area, and the vertices of one that is being drawn. */
export type Drawn = { cells: string[]; area: GeoJSON.Geometry | null; vertices: Position[]; origin: Position | null };

export const NOTHING_DRAWN: Drawn = { cells: [], area: null, vertices: [], origin: null };
export const GAP_COLOURS: Record<GapStatus, string> = { one: "#dbe3ea", tiled: "#86b6dd", gap: "#f0b429", conflict: "#cf3a2c" };
const TONES = ["match", ["get", "tone"], "late", "#c92a1d", "ruled", "#177a55", "#16202a"] as unknown as maplibregl.ExpressionSpecification;
const SCOPE = "#7a3fc4";
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const gathered = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: "FeatureCollection", features });
const feature = (geometry: GeoJSON.Geometry, properties: Record<string, unknown> = {}): GeoJSON.Feature => ({ type: "Feature", properties, geometry });
const pointAt = (at: Position): GeoJSON.Point => ({ type: "Point", coordinates: at });

export class DeskGround {
  readonly map: maplibregl.Map;
  /** Who hears of clicks: the open view. */
  onClick: ((clicked: Clicked) => void) | null = null;
  onZoom: (() => void) | null = null;
  private coloured: string[] = [];
  private ready: Promise<void>;

  constructor(container: HTMLElement, private config: Config) {
    this.map = makeMap(container, LIGHT, config.bounds);
    this.map.on("click", (event) => this.clicked(event));
    this.map.on("zoomend", () => this.onZoom?.());
    (window as unknown as { gridmap: maplibregl.Map }).gridmap = this.map;
    this.ready = whenStyled(this.map).then(() => this.begin());
    new ResizeObserver(() => this.map.resize()).observe(container);
  }

  private begin(): void {
    this.showGrid(this.config);
    for (const id of ["area", "place", "marks"]) this.map.addSource(id, { type: "geojson", data: EMPTY });
    for (const layer of this.overlays()) this.map.addLayer(layer);
    flagWhenIdle(this.map);
  }

  private showGrid(config: Config): void {
    if (!config.revision) return;
    addGrid(this.map, config.revision, config.levels, LIGHT);
    const before = this.map.getStyle().layers.find((layer) => layer.id.startsWith("cell-label"))?.id;
    const cells = { source: CELLS, "source-layer": "cells", filter: ["in", ["get", "code"], ["literal", []]] as maplibregl.FilterSpecification };
    this.map.addLayer({ id: "scope-cells", type: "fill", ...cells, paint: { "fill-color": SCOPE, "fill-opacity": 0.22 } }, before);
    this.map.addLayer({ id: "scope-cells-line", type: "line", ...cells, paint: { "line-color": SCOPE, "line-width": 2 } }, before);
    for (const level of config.levels) {
      const of = (status: GapStatus): unknown[] => ["==", ["feature-state", "status"], status];
      const known = Object.entries(GAP_COLOURS).flatMap(([status, colour]) => [of(status as GapStatus), colour]);
      this.map.setPaintProperty(`cell-fill-${level.rank}`, "fill-color", ["case", ...known, LIGHT.fill] as unknown as maplibregl.ExpressionSpecification);
      this.map.setPaintProperty(`cell-fill-${level.rank}`, "fill-opacity", ["case", ["!=", ["coalesce", ["feature-state", "status"], ""], ""], 0.75, 0.55]);
    }
  }

  /** A new revision of the grid. */
  async regrid(config: Config): Promise<void> {
    await this.ready;
    this.config = config;
    this.showGrid(config);
  }

  private overlays(): maplibregl.LayerSpecification[] {
    const of = (kind: string): maplibregl.FilterSpecification => ["==", ["get", "kind"], kind];
    return [
      { id: "area-fill", type: "fill", source: "area", filter: of("area"), paint: { "fill-color": SCOPE, "fill-opacity": 0.16 } },
      { id: "area-line", type: "line", source: "area", filter: of("area"), paint: { "line-color": SCOPE, "line-width": 2 } },
      { id: "draft-line", type: "line", source: "area", filter: of("draft"), paint: { "line-color": SCOPE, "line-width": 2, "line-dasharray": [2, 1.5] } },
      { id: "draft-points", type: "circle", source: "area", filter: of("vertex"),
        paint: { "circle-radius": ["case", ["get", "first"], 7, 4.5], "circle-color": "#ffffff", "circle-stroke-color": SCOPE, "circle-stroke-width": 2 } },
      { id: "place-disc", type: "fill", source: "place", filter: of("disc"), paint: { "fill-color": "#16202a", "fill-opacity": 0.08, "fill-outline-color": "#16202a" } },
      { id: "marks", type: "circle", source: "marks", paint: { "circle-radius": 5, "circle-color": TONES, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.2 } },
      { id: "place-point", type: "circle", source: "place", filter: of("point"),
        paint: { "circle-radius": 9, "circle-color": "transparent", "circle-stroke-color": "#0b6bcb", "circle-stroke-width": 2.5 } },
    ];
  }

  private async setData(id: string, features: GeoJSON.Feature[]): Promise<void> {
    await this.ready;
    void (this.map.getSource(id) as maplibregl.GeoJSONSource).setData(gathered(features));
  }

  setMarks(marks: Mark[]): void {
    void this.setData("marks", marks.map((one) => feature(pointAt(one.at), { id: one.id, tone: one.tone })));
  }

  /** One position with its accuracy and its unit, or none. */
  setPlace(at: Position | null, cell: string | null, accuracy = 0): void {
    const disc = at && accuracy ? [{ ...discOf(at, accuracy), properties: { kind: "disc" } }] : [];
    void this.setData("place", at ? [...disc, feature(pointAt(at), { kind: "point" })] : []);
    void this.ready.then(() => pickCell(this.map, cell));
  }

  setScope({ cells, area, vertices, origin }: Drawn): void {
    const points = vertices.map((at, index) => feature(pointAt(at), { kind: "vertex", first: index === 0 }));
    const draft = !area && vertices.length > 1 ? [feature({ type: "LineString", coordinates: vertices }, { kind: "draft" })] : [];
    const whole = area ? [feature(area, { kind: "area" })] : [];
    const middle = origin ? [feature(pointAt(origin), { kind: "vertex", first: false })] : [];
    void this.setData("area", [...whole, ...draft, ...points, ...middle]);
    void this.ready.then(() => {
      for (const id of ["scope-cells", "scope-cells-line"]) {
        if (this.map.getLayer(id)) this.map.setFilter(id, ["in", ["get", "code"], ["literal", cells]]);
      }
    });
  }

  /** Colour each cell by its status, or none. */
  setGaps(gaps: GapMap | null): void {
    if (!this.map.getSource(CELLS)) return;
    const state = (code: string, status: string): void => {
      this.map.setFeatureState({ source: CELLS, sourceLayer: "cells", id: code }, { status });
    };
    for (const code of this.coloured) state(code, "");
    this.coloured = Object.keys(gaps?.cells ?? {});
    for (const code of this.coloured) state(code, gaps?.cells[code]?.[0] ?? "");
  }

  /** The level that this zoom fills. */
  levelShown(): string {
    const ranks = this.config.levels.map((level) => level.rank);
    const shown = this.config.levels.filter((level) => zoomOf(level.rank, Math.max(...ranks)) <= this.map.getZoom());
    return shown.sort((a, b) => b.rank - a.rank)[0]?.key ?? "";
  }

  fly(at: Position, zoom = 15): void {
    this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), zoom), duration: 400 });
  }

  /** Bring a shape into view. */
  fit(coordinates: unknown, maxZoom = 16.5): void {
    const bounds = boundsOf(coordinates);
    if (bounds) this.map.fitBounds(bounds, { padding: 48, maxZoom, duration: 400 });
  }

  /** Whatever a view left behind. */
  wipe(): void {
    this.onClick = null;
    this.onZoom = null;
    this.setMarks([]);
    this.setPlace(null, null);
    this.setScope(NOTHING_DRAWN);
    void this.ready.then(() => this.setGaps(null));
  }

  private clicked(event: maplibregl.MapMouseEvent): void {
    const mark = this.map.getLayer("marks") ? this.map.queryRenderedFeatures(event.point, { layers: ["marks"] })[0] : undefined;
    const cell = cellAt(this.map, event.point);
    this.onClick?.({ at: [event.lngLat.lng, event.lngLat.lat], cell: cell ? String(cell.code) : null, mark: (mark?.properties.id as string | undefined) ?? null, point: event.point });
  }

  /** Where a position lies on the screen: how near is near depends on it. */
  onScreen = (at: Position): { x: number; y: number } => this.map.project(at);
}
