// The grid on the map: outlines by level, a light fill by load, labels from points of their own (labels on
// polygons would repeat once a tile). Which level shows at which zoom follows the depth, not the names.
import type { Level } from "../api";
import { maplibregl } from "./base";
import type { Palette } from "./palette";

export const CELLS = "cells";
const FONT = ["sans-serif"];

// Kept for each map: a new revision brings new layers, and the picked cell stays outlined on them.
const picked = new WeakMap<maplibregl.Map, string>();

type Filter = maplibregl.FilterSpecification;
type Layer = maplibregl.LayerSpecification;

/** The zoom from which a level is drawn: the deepest from 13, the one above from 11, the rest always. */
export function zoomOf(rank: number, deepest: number): number {
  return rank === deepest ? 13 : rank === deepest - 1 && rank > 2 ? 11 : 0;
}

const ofRank = (rank: number): Filter => ["==", ["to-number", ["get", "level"]], rank];

/** Source of one published revision; a new revision has a new address, so caches never mix two grids. */
export function addGrid(map: maplibregl.Map, revision: number, levels: Level[], palette: Palette): void {
  removeGrid(map);
  map.addSource(CELLS, {
    type: "vector",
    tiles: [`${location.origin}/tiles/cells/${revision}/{z}/{x}/{y}.mvt`],
    promoteId: { cells: "code" },
    minzoom: 4,
    maxzoom: 16,
  });
  const before = map.getStyle().layers.find((layer) => layer.id !== "ground")?.id;
  for (const layer of gridLayers(levels, palette)) map.addLayer(layer, before);
  pickCell(map, picked.get(map) ?? null);
}

export function removeGrid(map: maplibregl.Map): void {
  for (const layer of map.getStyle().layers) {
    if ("source" in layer && layer.source === CELLS) map.removeLayer(layer.id);
  }
  if (map.getSource(CELLS)) map.removeSource(CELLS);
}

function gridLayers(levels: Level[], palette: Palette): Layer[] {
  const ranks = levels.map((level) => level.rank).sort((a, b) => a - b);
  const deepest = ranks[ranks.length - 1] ?? 4;
  const fills = ranks.map((rank) => fillLayer(rank, ranks, palette));
  const lines = [...ranks].reverse().map((rank) => lineLayer(rank, deepest, palette));
  const labels = ranks.map((rank) => labelLayer(rank, deepest, palette));
  return [...fills, ...lines, pickLayer(palette), ...labels];
}

// Each zoom has one level that is filled and can be pointed at: the deepest that is drawn there.
function fillLayer(rank: number, ranks: number[], palette: Palette): Layer {
  const deepest = ranks[ranks.length - 1] ?? rank;
  const next = ranks.find((other) => other > rank);
  const until = next === undefined ? 24 : zoomOf(next, deepest);
  return {
    id: `cell-fill-${rank}`,
    type: "fill",
    source: CELLS,
    "source-layer": "cells",
    filter: ofRank(rank),
    minzoom: zoomOf(rank, deepest),
    // A range that is empty would be an error: such a level is never the one that is filled.
    maxzoom: Math.max(until, zoomOf(rank, deepest) + 0.01),
    paint: {
      "fill-antialias": false,
      "fill-color": ["case", ["boolean", ["feature-state", "silent"], false], palette.pick,
        [">", ["coalesce", ["feature-state", "load"], 0], 0], palette.loaded, palette.fill],
      "fill-opacity": ["case", ["boolean", ["feature-state", "silent"], false], 0.1,
        [">", ["coalesce", ["feature-state", "load"], 0], 0],
        ["interpolate", ["linear"], ["coalesce", ["feature-state", "load"], 0], 0, 0.12, 1, 0.8], 0.55],
    },
  };
}

function lineLayer(rank: number, deepest: number, palette: Palette): Layer {
  const colour = rank === deepest ? palette.unitLine : rank >= deepest - 1 ? palette.midLine : palette.wideLine;
  const wide = rank === deepest ? 0.8 : rank === deepest - 1 ? 1.1 : rank === 1 ? 2.2 : 1.6;
  return {
    id: `cell-line-${rank}`,
    type: "line",
    source: CELLS,
    "source-layer": "cells",
    filter: ofRank(rank),
    minzoom: zoomOf(rank, deepest),
    layout: { "line-join": "round" },
    paint: {
      "line-color": colour,
      "line-width": ["interpolate", ["linear"], ["zoom"], 9, wide * 0.6, 15, wide * 1.3],
    },
  };
}

function pickLayer(palette: Palette): Layer {
  return {
    id: "cell-pick",
    type: "line",
    source: CELLS,
    "source-layer": "cells",
    filter: ["==", ["get", "code"], ""],
    paint: { "line-color": palette.pick, "line-width": 2 },
  };
}

function labelLayer(rank: number, deepest: number, palette: Palette): Layer {
  const size = rank === deepest ? 11 : rank === deepest - 1 ? 11.5 : 13;
  const from = rank === deepest ? 14.5 : rank === deepest - 1 ? 12.2 : zoomOf(rank, deepest);
  const until = rank === deepest ? 24 : rank === deepest - 1 ? 14.5 : rank === 1 ? 9.5 : 13.2;
  return {
    id: `cell-label-${rank}`,
    type: "symbol",
    source: CELLS,
    "source-layer": "labels",
    filter: ofRank(rank),
    minzoom: from,
    maxzoom: until,
    layout: {
      "text-field": ["case", ["==", ["coalesce", ["get", "name"], ""], ""], ["get", "code"], ["get", "name"]],
      "text-font": FONT,
      "text-size": size,
      "text-max-width": 9,
      "text-padding": 4,
    },
    paint: { "text-color": palette.label, "text-halo-color": palette.halo, "text-halo-width": 1.4 },
  };
}

/** Outline one cell, or none. */
export function pickCell(map: maplibregl.Map, code: string | null): void {
  picked.set(map, code ?? "");
  if (map.getLayer("cell-pick")) map.setFilter("cell-pick", ["==", ["get", "code"], code ?? ""]);
}

/** The cell under a point of the screen, at the level that the zoom fills. */
export function cellAt(map: maplibregl.Map, point: maplibregl.PointLike): Record<string, unknown> | null {
  const layers = map.getStyle().layers.filter((layer) => layer.id.startsWith("cell-fill-")).map((layer) => layer.id);
  return map.queryRenderedFeatures(point, { layers })[0]?.properties ?? null;
}
