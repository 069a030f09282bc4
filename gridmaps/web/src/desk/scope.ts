// The area of a ruling while it is being made: cells, a ring that is drawn, or a radius. Pure: a click is a value,
// and each change gives a new scope.
import { html, type TemplateResult } from "lit";
import type { Area, Precedent } from "../duty";
import { crossesItself, discOf, distance, isWithin, ringArea, type Position } from "../map/shapes";
import { metres, squareMetres } from "../ui/format";
import { cellWords } from "../ui/names";
import type { Drawn } from "./ground";

export type Kind = "cells" | "polygon" | "radius";
export type Scope = { kind: Kind; cells: string[]; ring: Position[]; closed: boolean; radius_m: number };

export const RADII = [20, 50, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000];
const NEAR_PX = 14;

export const firstScope = (cell: string | null): Scope => ({ kind: "radius", cells: cell ? [cell] : [], ring: [], closed: false, radius_m: 200 });

type Hit = { at: Position; cell: string | null; point: { x: number; y: number } };

/** The scope after a click: a cell more or less, a vertex more, or the ring closed. */
export function clickedOn(scope: Scope, hit: Hit, origin: Position, onScreen: (at: Position) => { x: number; y: number }): Scope {
  if (scope.kind === "cells") return hit.cell ? toggled(scope, hit.cell) : scope;
  if (scope.kind === "radius") return { ...scope, radius_m: Math.max(1, Math.round(distance(origin, hit.at))) };
  if (scope.closed) return scope;
  const first = scope.ring[0];
  const near = first ? onScreen(first) : null;
  const closes = near !== null && scope.ring.length >= 3 && Math.hypot(near.x - hit.point.x, near.y - hit.point.y) <= NEAR_PX;
  return closes ? { ...scope, closed: true } : { ...scope, ring: [...scope.ring, hit.at] };
}

export const toggled = (scope: Scope, cell: string): Scope => ({
  ...scope,
  cells: scope.cells.includes(cell) ? scope.cells.filter((one) => one !== cell) : [...scope.cells, cell],
});

/** One step back: an opened ring, then a vertex less. */
export const undone = (scope: Scope): Scope => (scope.closed ? { ...scope, closed: false } : { ...scope, ring: scope.ring.slice(0, -1) });

const lineOf = (ring: Position[]): GeoJSON.Polygon => ({ type: "Polygon", coordinates: [[...ring, ring[0] as Position]] });

/** As the server takes it. */
export function areaOf(scope: Scope): Area {
  if (scope.kind === "cells") return { kind: "cells", cells: scope.cells };
  if (scope.kind === "radius") return { kind: "radius", radius_m: scope.radius_m };
  return { kind: "polygon", geometry: lineOf(scope.ring) };
}

export function drawnOf(scope: Scope, origin: Position): Drawn {
  const bare: Drawn = { cells: [], area: null, vertices: [], origin: null };
  if (scope.kind === "cells") return { ...bare, cells: scope.cells };
  if (scope.kind === "radius") return { ...bare, area: discOf(origin, scope.radius_m).geometry, origin };
  return { ...bare, area: scope.closed ? lineOf(scope.ring) : null, vertices: scope.ring };
}

/** A precedent's scope as it is drawn. */
export function drawnOfPrecedent({ area, origin }: Pick<Precedent, "area" | "origin">): Drawn {
  const bare: Drawn = { cells: [], area: null, vertices: [], origin: origin ?? null };
  if (area.kind === "cells") return { ...bare, cells: area.cells };
  if (area.kind === "polygon") return { ...bare, area: area.geometry };
  const middle = area.origin ?? origin;
  return middle ? { ...bare, area: discOf(middle, area.radius_m).geometry } : bare;
}

/** What hinders this scope, as a sentence; null when nothing does. */
export function hindrance(scope: Scope, origin: Position, chain: string[]): string | null {
  if (scope.kind === "cells" && scope.cells.length === 0) return "Pick at least one cell on the map.";
  if (scope.kind === "cells") return chain.length === 0 || scope.cells.some((one) => chain.includes(one)) ? null : "One of the cells must hold the disputed case.";
  if (scope.kind === "radius") return scope.radius_m > 0 ? null : "The radius must be more than 0 m.";
  if (scope.ring.length < 3) return "Draw at least three corners on the map.";
  if (crossesItself(scope.ring)) return "The line crosses itself: undo the last corners.";
  if (!scope.closed) return "Close the area: click its first corner, or press Close.";
  return isWithin(origin, scope.ring) ? null : "The area does not hold the disputed case: draw it around the ring on the map.";
}

/** Cells by name, in a row; of many only the first. */
export const cellsWords = (codes: string[], most = 3): TemplateResult =>
  html`${codes.slice(0, most).map((code, index) => html`${index ? ", " : ""}${cellWords(code)}`)}${codes.length > most ? ` and ${codes.length - most} more` : ""}`;

/** The area in words, for the sentence about what the precedent will cover. */
export function areaWords(scope: Scope): TemplateResult | string {
  if (scope.kind === "cells") return scope.cells.length ? html`in ${cellsWords(scope.cells)}` : "in no cell yet";
  if (scope.kind === "radius") return `within ${metres(scope.radius_m)} of this case`;
  return scope.closed ? `in the area drawn on the map (${squareMetres(ringArea(scope.ring))})` : "in an area that is not closed yet";
}
