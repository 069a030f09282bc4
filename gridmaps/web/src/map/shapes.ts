// Circles, rings and their areas. Pure: longitude before latitude, metres, square metres. Flat-earth arithmetic
// around the shape's own latitude is far below what the eye sees; the server decides, this only draws and warns.
export type Position = [number, number];

const PER_DEGREE = 111_320;
const across = (lat: number): number => PER_DEGREE * Math.cos((lat * Math.PI) / 180);

/** A circle of `radius` metres as a polygon. */
export function discOf([lon, lat]: Position, radius: number): GeoJSON.Feature<GeoJSON.Polygon> {
  const ring = Array.from({ length: 65 }, (_, index) => {
    const angle = (index / 64) * 2 * Math.PI;
    return [lon + (radius * Math.cos(angle)) / across(lat), lat + (radius * Math.sin(angle)) / PER_DEGREE];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** The area of a ring that need not be closed. */
export function ringArea(ring: Position[]): number {
  const lat = ring[0]?.[1] ?? 0;
  let twice = 0;
  ring.forEach(([x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] as Position;
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice / 2) * across(lat) * PER_DEGREE;
}

const side = (a: Position, b: Position, c: Position): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
const cross = (a: Position, b: Position, c: Position, d: Position): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

/** Whether two edges of a ring that need not be closed cross each other. */
export function crossesItself(ring: Position[]): boolean {
  const edges = ring.map((from, index) => [from, ring[(index + 1) % ring.length] as Position] as const);
  return edges.some(([a, b], index) => edges.slice(index + 1).some(([c, d]) => cross(a, b, c, d)));
}

/** Whether a position lies within a ring that need not be closed. */
export function isWithin([x, y]: Position, ring: Position[]): boolean {
  let within = false;
  ring.forEach(([ax, ay], index) => {
    const [bx, by] = ring[(index + 1) % ring.length] as Position;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  });
  return within;
}

/** Whether a polygon, or one of several, holds a position; a hole does not. */
export function holds(geometry: GeoJSON.Geometry, at: Position): boolean {
  if (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon") return false;
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.some((rings) => rings.filter((ring) => isWithin(at, ring as Position[])).length % 2 === 1);
}

/** The distance of two positions. */
export const distance = (a: Position, b: Position): number =>
  Math.hypot((a[0] - b[0]) * across(a[1]), (a[1] - b[1]) * PER_DEGREE);

/** West, south, east, north of whatever positions a geometry holds; null when there are none. */
export function boundsOf(coordinates: unknown): [number, number, number, number] | null {
  const found: Position[] = [];
  const gather = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number") found.push(value as Position);
    else value.forEach(gather);
  };
  gather(coordinates);
  if (found.length === 0) return null;
  const lons = found.map(([lon]) => lon);
  const lats = found.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
