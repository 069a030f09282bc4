// Cases on the map: tiles below, an overlay of what came since on top, one short ring for a newcomer.
// Below zoom 13 the tiles hold counts of cells; from 13 on, points.
import type { Case } from "../api";
import { isOpen, toneOf } from "../console/tone";
import { maplibregl } from "./base";
import { CELLS } from "./grid";
import { STATE_COLOURS, type Palette } from "./palette";
import { discOf } from "./shapes";

const BASE = "cases";
const LIVE = "live";
const DISC = "disc";
const PULSE_MS = 600;
const MOST_RINGS = 20;
const OUTSIDE: maplibregl.ExpressionSpecification = ["==", ["get", "certainty"], "outside"];
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

type Colour = maplibregl.ExpressionSpecification;
/** The colour of a case in the tiles at a moment: its limit is in the tile, so that lateness needs no new tile. */
const byStep = (now: number): Colour => ["case", ["all", ["==", ["get", "state"], "submitted"], ["has", "due"], ["<", ["get", "due"], Math.floor(now / 1000)]], STATE_COLOURS.overdue,
  ["in", ["get", "step"], ["literal", ["done", "called_back", "evaluated"]]], STATE_COLOURS.done,
  // Only loaded history has no limit.
  ["!", ["has", "due"]], STATE_COLOURS.history, ["<", ["get", "due"], Math.floor(now / 1000)], STATE_COLOURS.overdue,
  ["in", ["get", "step"], ["literal", ["own_level", "handed_over"]]], STATE_COLOURS.hand, STATE_COLOURS.new];
const BY_TONE: Colour = ["match", ["get", "tone"], "done", STATE_COLOURS.done, "history", STATE_COLOURS.history, "hand", STATE_COLOURS.hand, "overdue",
  STATE_COLOURS.overdue, STATE_COLOURS.new];

export class CaseLayers {
  private version = 0;
  private revision = 0;
  private loads = new Map<string, number>();

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
    for (const id of [LIVE, DISC]) this.map.addSource(id, { type: "geojson", data: EMPTY });
    // Counts go below the names of cells: where both do not fit, the name is read and the shade tells the load.
    const firstLabel = this.map.getStyle().layers.find((layer) => layer.id.startsWith("cell-label"))?.id;
    this.map.addLayer(this.countLayer(), firstLabel);
    for (const layer of this.pointLayers(Date.now())) this.map.addLayer(layer);
  }

  hide(): void {
    for (const layer of this.map.getStyle().layers) {
      if ("source" in layer && [BASE, LIVE, DISC].includes(layer.source as string)) this.map.removeLayer(layer.id);
    }
    for (const id of [BASE, LIVE, DISC]) if (this.map.getSource(id)) this.map.removeSource(id);
    this.clearLoads();
  }

  /** Read the tiles anew: what the overlay held is in them then. */
  refresh(): void {
    const source = this.map.getSource(BASE) as maplibregl.VectorTileSource | undefined;
    this.version += 1;
    source?.setTiles([this.address()]);
  }

  /** The cases that are drawn above the tiles, with their tone of this moment. */
  setOverlay(cases: Case[], now: number): void {
    const source = this.map.getSource(LIVE) as maplibregl.GeoJSONSource | undefined;
    source?.setData({ type: "FeatureCollection", features: cases.map((one) => pointOf(one, now)) });
  }

  /** Let time pass for the points of the tiles: what has become late turns red. */
  recolour(now: number): void {
    if (!this.map.getLayer("base-points")) return;
    this.map.setPaintProperty("base-points", "circle-color", ["case", OUTSIDE, "transparent", byStep(now)]);
    this.map.setPaintProperty("base-points", "circle-stroke-color", ["case", OUTSIDE, byStep(now), this.palette.ground]);
  }

  /** The disc of a case's accuracy, or nothing. */
  setDisc(one: Case | null): void {
    const source = this.map.getSource(DISC) as maplibregl.GeoJSONSource | undefined;
    const features = one?.accuracy_m ? [discOf(one.position, one.accuracy_m)] : [];
    source?.setData({ type: "FeatureCollection", features });
    if (this.map.getLayer("live-picked")) this.map.setFilter("live-picked", ["==", ["get", "case_no"], one?.case_no ?? ""]);
    if (this.map.getLayer("base-picked")) this.map.setFilter("base-picked", ["==", ["get", "case_no"], one?.case_no ?? ""]);
  }

  /** One ring around each newcomer, then rest. A ring is an element of its own: the map is not drawn again for it. */
  pulse(cases: Case[]): void {
    if (STILL.matches) return;
    for (const one of cases.slice(0, MOST_RINGS)) {
      const element = document.createElement("div");
      element.className = "ring";
      element.append(document.createElement("i"));
      const marker = new maplibregl.Marker({ element }).setLngLat(one.position).addTo(this.map);
      setTimeout(() => marker.remove(), PULSE_MS);
    }
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
    for (const [code, count] of counts) this.setLoad(code, most > 0 ? Math.sqrt(count / most) : 0);
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

  private countLayer(): maplibregl.LayerSpecification {
    return {
      id: "count-numbers",
      type: "symbol",
      source: BASE,
      "source-layer": "case_counts",
      maxzoom: 13,
      layout: { "text-field": ["to-string", ["get", "count"]], "text-font": ["sans-serif"], "text-size": 12,
        "symbol-sort-key": ["-", 0, ["get", "count"]] },
      paint: { "text-color": this.palette.label, "text-halo-color": this.palette.ground, "text-halo-width": 1 },
    };
  }

  private pointLayers(now: number): maplibregl.LayerSpecification[] {
    const outside = OUTSIDE;
    const BY_STEP = byStep(now);
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
    ];
  }
}

function pointOf(one: Case, now: number): GeoJSON.Feature {
  const tone = toneOf(one, now);
  const rank = tone === "overdue" ? 3 : isOpen(one) ? 2 : 0;
  return {
    type: "Feature",
    properties: { case_no: one.case_no, tone, certainty: one.certainty, rank },
    geometry: { type: "Point", coordinates: one.position },
  };
}
