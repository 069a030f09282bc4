// A picture made small enough for a phone's network, named by its own bytes, and what is told of it.
import type { Place } from "./place";

export type Photo = { sha256: string; type: string; bytes: ArrayBuffer };
export const PICTURE_KINDS = ["near", "far", "reference", "before"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];
/** What a photo shows, when it was taken, and where, if that is known. Degrees of WGS 84. */
export type Picture = { sha256: string; kind: PictureKind; taken_at: string; lon?: number; lat?: number };
const LONGEST = 1600;
const QUALITY = 0.85;

const TOGETHER_MS = 10 * 60_000;

/** A position tells where a picture was taken only if the phone itself found it at about that time. */
export function pictureOf(photo: Photo, kind: PictureKind, takenMs: number, place: Place): Picture {
  const told = { sha256: photo.sha256, kind, taken_at: new Date(takenMs).toISOString() };
  const isHere = !place.byHand && Math.abs(place.at - takenMs) <= TOGETHER_MS;
  return isHere ? { ...told, lon: place.lon, lat: place.lat } : told;
}

export const canHash = (): boolean => Boolean(globalThis.crypto?.subtle);

/** JPEG of at most 1600 px on its longer side. Throws when the file is no picture. */
export async function preparePhoto(file: Blob): Promise<Photo> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!jpeg) throw new Error("The picture could not be written as JPEG.");
  const bytes = await jpeg.arrayBuffer();
  return { sha256: hex(await crypto.subtle.digest("SHA-256", bytes)), type: "image/jpeg", bytes };
}

const hex = (digest: ArrayBuffer): string => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
