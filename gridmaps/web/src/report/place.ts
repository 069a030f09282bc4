// Where the phone stands, with how sure it is; or where the person says that it is.

export type Place = { lon: number; lat: number; accuracy_m: number | null; datum: string; at: number; byHand: boolean };
export type Finding = { state: "locating" } | { state: "denied" } | { state: "unavailable" } | { state: "elsewhere" } | { state: "found"; place: Place };

const WAIT_MS = 20_000;

/** One fix; the first that comes within the time, from the chip rather than from a cache. */
export function findPlace(): Promise<Finding> {
  if (!navigator.geolocation) return Promise.resolve({ state: "unavailable" });
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        done({
          state: "found",
          place: { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, datum: "wgs84", at: timestamp, byHand: false },
        }),
      (failed) => done({ state: failed.code === failed.PERMISSION_DENIED ? "denied" : "unavailable" }),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 },
    );
  });
}

/** Coordinates typed by a person; null when they cannot be a place. */
export function placeByHand(lon: string, lat: string, datum: string): Place | null {
  const x = Number(lon);
  const y = Number(lat);
  const valid = lon.trim() !== "" && lat.trim() !== "" && Math.abs(x) <= 180 && Math.abs(y) <= 90;
  return valid ? { lon: x, lat: y, accuracy_m: null, datum, at: Date.now(), byHand: true } : null;
}
