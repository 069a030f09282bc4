// A picture made small enough for a phone's network, and named by its own bytes.

export type Photo = { sha256: string; type: string; bytes: ArrayBuffer };
const LONGEST = 1600;
const QUALITY = 0.85;

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
