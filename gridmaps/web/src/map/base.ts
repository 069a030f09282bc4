// A map without any outside source: no tiles, fonts or sprites from elsewhere. Labels are drawn from local fonts.
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import type { Palette } from "./palette";

// Without this the bundle looks for the worker beside itself under its unhashed name.
maplibregl.setWorkerUrl(new URL(workerUrl, import.meta.url).href);

export { maplibregl };
export type Bounds = [number, number, number, number];

// Asked once for each map: `isStyleLoaded` turns false again whenever tiles are under way.
const styled = new WeakMap<maplibregl.Map, Promise<void>>();
const WORLD: Bounds = [73, 18, 135, 54];

/** A bare map in `container`, showing `bounds` [west, south, east, north]. */
export function makeMap(container: HTMLElement, palette: Palette, bounds: Bounds | null): maplibregl.Map {
  const map = new maplibregl.Map({
    container,
    style: {
      version: 8,
      sources: {},
      layers: [{ id: "ground", type: "background", paint: { "background-color": palette.ground } }],
    },
    bounds: bounds ?? WORLD,
    fitBoundsOptions: { padding: 32 },
    attributionControl: false,
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 20,
  });
  styled.set(map, new Promise((done) => map.once("style.load", () => done())));
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-left");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  return map;
}

/** Resolves when the style can take sources and layers. */
export const whenStyled = (map: maplibregl.Map): Promise<void> => styled.get(map) ?? Promise.resolve();

/** Set `data-ready` on the root element once the map has drawn everything it knows. */
export function flagWhenIdle(map: maplibregl.Map): void {
  map.once("idle", () => (document.documentElement.dataset.ready = "1"));
}
