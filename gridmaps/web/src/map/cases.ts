// Cases on the map: tiles below, an overlay of what came since on top, one short ring for a newcomer.
// Below zoom 13 the tiles hold counts of cells; from 13 on, points.
import type { Case } from "../api";
import { toneOf, isClosed } from "../console/tone";
import { maplibregl } from "./base";
import { CELLS } from "./grid";
import { STATE_COLOURS, type Palette } from "./palette";

const BASE = "cases";
const LIVE = "live";
const DISC = "disc";
const PULSE = "pulse";
const PULSE_MS = 600;
const OVERLAY_LIMIT = 500;
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

type Colour = maplibregl.ExpressionSpecification;
const BY_STEP: Colour = ["match", ["get", "step"], ["done", "called_back", "evaluated"], STATE_COLOURS.done,
  ["own_level", "handed_over"], STATE_COLOURS.hand, STATE_COLOURS.new];
const BY_TONE: Colour = ["match", ["get", "tone"], "done", STATE_COLOURS.done, "hand", STATE_COLOURS.hand, "overdue",
  STATE_COLOURS.overdue, STATE_COLOURS.new];

export class CaseLayers {
  private version = 0;
  private revision = 0;
  private loads = new Map<string, number>();
  private arrivals = new Map<string, [number, number]>();

  constructor(
    private readonly map: maplibregl.Map,
    private readonly palette: Palette,
  ) {
    map.on("sourcedata", (event) => {
      if (event.sourceId === BASE && event.isSourceLoaded) this.shadeByLoad();
    });
  }

  /** Add or renew everything; `revision` is the grid revision whose cells the counts belong to. */
  show(revision: number): void {
    this.hide();
    this.revision = revision;
    this.map.addSource(BASE, { type: "vector", tiles: [this.address()], promoteId: { cases: "case_no" }, minzoom: 4, maxzoom: 16 });
    for (const id of [LIVE, DISC, PULSE]) this.map.addSource(id, { type: "geojson", data: EMPTY });
    for (const layer of [...this.countLayers(), ...this.pointLayers()]) this.map.addLayer(layer);
  }

  hide(): void {
    for (const layer of this.map.getStyle().layers) {
      if ("source" in layer && [BASE, LIVE, DISC, PULSE].includes(layer.source as string)) this.map.removeLayer(layer.id);
    }
    for (const id of [BASE, LIVE, DISC, PULSE]) if (this.map.getSource(id)) this.map.removeSource(id);
    this.clearLoads();
  }

  /** Read the tiles anew: what the overlay held is in them then. */
  refresh(): void {
    const source = this.map.getSource(BASE) as maplibregl.VectorTileSource | undefined;
    this.version += 1;
    source?.setTiles([this.address()]);
  }

  /** The newest cases that are drawn above the tiles, with their tone of this moment. */
  setOverlay(cases: Case[], now: number): void {
    const source = this.map.getSource(LIVE) as maplibregl.GeoJSONSource | undefined;
    source?.setData({ type: "FeatureCollection", features: cases.slice(0, OVERLAY_LIMIT).map((one) => pointOf(one, now)) });
  }

  /** The disc of a case's accuracy, or nothing. */
  setDisc(one: Case | null): void {
    const source = this.map.getSource(DISC) as maplibregl.GeoJSONSource | undefined;
    const features = one?.accuracy_m ? [discOf(one.position, one.accuracy_m)] : [];
    source?.setData({ type: "FeatureCollection", features });
    if (this.map.getLayer("live-picked")) this.map.setFilter("live-picked", ["==", ["get", "case_no"], one?.case_no ?? ""]);
    if (this.map.getLayer("base-picked")) this.map.setFilter("base-picked", ["==", ["get", "case_no"], one?.case_no ?? ""]);
  }

  /** One ring around each newcomer, then rest; none for people who asked for stillness. */
  pulse(cases: Case[]): void {
    const source = this.map.getSource(PULSE) as maplibregl.GeoJSONSource | undefined;
    if (STILL.matches || !source) return;
    for (const one of cases) this.arrivals.set(one.case_no, one.position);
    const points = [...this.arrivals.values()].map((at) => ({ type: "Feature" as const, properties: {}, geometry: { type: "Point" as const, coordinates: at } }));
    source.setData({ type: "FeatureCollection", features: points });
    const began = performance.now();
    const step = (): void => {
      const share = Math.min(1, (performance.now() - began) / PULSE_MS);
      if (!this.map.getLayer("pulse")) return;
      this.map.setPaintProperty("pulse", "circle-radius", 6 + 22 * share);
      this.map.setPaintProperty("pulse", "circle-stroke-opacity", 1 - share);
      if (share < 1) return void requestAnimationFrame(step);
      this.arrivals.clear();
      source.setData(EMPTY);
    };
    requestAnimationFrame(step);
  }

  caseAt(point: maplibregl.PointLike): string | null {
    const layers = ["live-points", "base-points"].filter((id) => this.map.getLayer(id));
    const found = layers.length ? this.map.queryRenderedFeatures(point, { layers })[0] : undefined;
    return (found?.properties.case_no as string | undefined) ?? null;
  }

  private address(): string {
    return `${location.origin}/tiles/cases/${this.revision}/{z}/{x}/{y}.mvt?v=${this.version}`;
  }

  // The counts shade the cells they belong to, relative to the fullest one in view.
  private shadeByLoad(): void {
    if (!this.map.getSource(BASE) || !this.map.getSource(CELLS)) return;
    const counts = new Map<string, number>();
    for (const feature of this.map.querySourceFeatures(BASE, { sourceLayer: "case_counts" })) {
      counts.set(String(feature.properties.code), Number(feature.properties.count));
    }
    if (counts.size === 0) return;
    const most = Math.max(...counts.values());
    for (const [code, count] of counts) this.setLoad(code, most > 0 ? count / most : 0);
  }

  private setLoad(code: string, load: number): void {
    if (this.loads.get(code) === load) return;
    this.loads.set(code, load);
    this.map.setFeatureState({ source: CELLS, sourceLayer: "cells", id: code }, { load });
  }

  private clearLoads(): void {
    if (this.map.getSource(CELLS)) {
      for (const code of this.loads.keys()) this.map.setFeatureState({ source: CELLS, sourceLayer: "cells", id: code }, { load: 0 });
    }
    this.loads.clear();
  }

  private countLayers(): maplibregl.LayerSpecification[] {
    const isPoint: maplibregl.FilterSpecification = ["all", ["==", ["geometry-type"], "Point"], [">", ["get", "count"], 0]];
    const shared = { type: "symbol" as const, source: BASE, "source-layer": "case_counts", maxzoom: 13, filter: isPoint };
    return [
      { id: "count-discs", type: "circle", source: BASE, "source-layer": "case_counts", maxzoom: 13, filter: isPoint,
        paint: { "circle-radius": ["interpolate", ["linear"], ["ln", ["max", 1, ["get", "count"]]], 0, 9, 7, 20],
          "circle-color": this.palette.ground, "circle-opacity": 0.85, "circle-stroke-color": this.palette.wideLine, "circle-stroke-width": 1 } },
      { ...shared, id: "count-numbers",
        layout: { "text-field": ["to-string", ["get", "count"]], "text-font": ["sans-serif"], "text-size": 11, "text-allow-overlap": true },
        paint: { "text-color": this.palette.label } },
    ];
  }

  private pointLayers(): maplibregl.LayerSpecification[] {
    const outside: maplibregl.ExpressionSpecification = ["==", ["get", "certainty"], "outside"];
    const none: maplibregl.FilterSpecification = ["==", ["get", "case_no"], ""];
    const picked = { "circle-radius": 9, "circle-color": "transparent", "circle-stroke-color": this.palette.pick, "circle-stroke-width": 2 };
    return [
      { id: "disc", type: "fill", source: DISC, paint: { "fill-color": this.palette.pick, "fill-opacity": 0.08, "fill-outline-color": this.palette.pick } },
      { id: "base-points", type: "circle", source: BASE, "source-layer": "cases", minzoom: 13,
        paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 13, 3, 17, 6], "circle-color": ["case", outside, "transparent", BY_STEP],
          "circle-stroke-color": ["case", outside, BY_STEP, this.palette.ground], "circle-stroke-width": ["case", outside, 2, 1] } },
      { id: "live-points", type: "circle", source: LIVE, layout: { "circle-sort-key": ["get", "rank"] },
        paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 4, 17, 7], "circle-color": ["case", outside, this.palette.ground, BY_TONE],
          "circle-stroke-color": ["case", outside, BY_TONE, "#ffffff"], "circle-stroke-width": ["case", outside, 2, 1.2] } },
      { id: "base-picked", type: "circle", source: BASE, "source-layer": "cases", filter: none, paint: picked },
      { id: "live-picked", type: "circle", source: LIVE, filter: none, paint: picked },
      { id: "pulse", type: "circle", source: PULSE,
        paint: { "circle-radius": 6, "circle-color": "transparent", "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } },
    ];
  }
}

function pointOf(one: Case, now: number): GeoJSON.Feature {
  const tone = toneOf(one, now);
  const rank = tone === "overdue" ? 3 : isClosed(one) ? 0 : 2;
  return {
    type: "Feature",
    properties: { case_no: one.case_no, tone, certainty: one.certainty, rank },
    geometry: { type: "Point", coordinates: one.position },
  };
}

/** A circle of `radius` metres as a polygon; flat-earth arithmetic is far below what the eye sees here. */
function discOf([lon, lat]: [number, number], radius: number): GeoJSON.Feature {
  const perDegree = 111_320;
  const ring = Array.from({ length: 65 }, (_, index) => {
    const angle = (index / 64) * 2 * Math.PI;
    return [lon + (radius * Math.cos(angle)) / (perDegree * Math.cos((lat * Math.PI) / 180)), lat + (radius * Math.sin(angle)) / perDegree];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}
