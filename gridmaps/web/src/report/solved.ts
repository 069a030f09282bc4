// Self-solved filing (自处归档): who reports what he has put right on the spot says how, and shows it. Knows these fields
// and who is asked for them; whether a case may be born closed is the server's to say.
import { html, nothing, type TemplateResult } from "lit";
import type { Config, Session } from "../api";
import { canHash, preparePhoto, type Photo } from "./photo";
import { isCitizens, isOfficer, sourceOf, type Who } from "./who";
import type { Words } from "./words";

export type Solved = { on: boolean; how: string; photo: Photo | null; photoUrl: string | null; photoProblem: boolean };
export type SelfSolved = { how: string; photos_after: string[] };
export type SolvedMissing = "needHow" | "needAfter" | "sameAfter";
export const HOW_LIMIT = 2000;
export const notSolved = (): Solved => ({ on: false, how: "", photo: null, photoUrl: null, photoProblem: false });

/** Whether he may file it so: by his permission, and nothing that a citizen has said. */
export function mayFileSolved(config: Config | null, session: Session | null, who: Who): boolean {
  if (session === null || isCitizens(config, sourceOf(session, who))) return false;
  return session.permissions ? session.permissions.includes("solve_own") : isOfficer(session);
}

/** What is still missing before it can be sent; `before` is the report's own photo, which shows no result. */
export function missingOf(solved: Solved, before: Photo | null): SolvedMissing | null {
  if (!solved.how.trim()) return "needHow";
  if (!solved.photo) return "needAfter";
  return solved.photo.sha256 === before?.sha256 ? "sameAfter" : null;
}

export const selfSolvedOf = (solved: Solved): SelfSolved => ({ how: solved.how.trim(), photos_after: solved.photo ? [solved.photo.sha256] : [] });

/** The same with another picture of the result, or with none. */
export async function withPhoto(solved: Solved, file: File | undefined): Promise<Solved> {
  if (solved.photoUrl) URL.revokeObjectURL(solved.photoUrl);
  const bare = { ...solved, photo: null, photoUrl: null, photoProblem: false };
  if (!file) return bare;
  try {
    const photo = await preparePhoto(file);
    return { ...bare, photo, photoUrl: URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) };
  } catch {
    return { ...bare, photoProblem: true };
  }
}

export function solvedPart(solved: Solved, words: Words, change: (told: Partial<Solved>) => void, take: (file: File | undefined) => void): TemplateResult {
  const turn = (event: Event): void => change({ on: (event.target as HTMLInputElement).checked });
  return html`<section class="solved"><label class="switch"><input type="checkbox" name="solved" .checked=${solved.on} @change=${turn} /><span>${words.solved}</span></label>
    <p class="muted">${words.solvedHint}</p>${solved.on ? fields(solved, words, change, take) : nothing}</section>`;
}

function fields(solved: Solved, words: Words, change: (told: Partial<Solved>) => void, take: (file: File | undefined) => void): TemplateResult {
  const write = (event: Event): void => change({ how: (event.target as HTMLTextAreaElement).value });
  const pick = (event: Event): void => take((event.target as HTMLInputElement).files?.[0]);
  return html`<label>${words.how}<textarea name="solved-how" rows="2" maxlength=${HOW_LIMIT} placeholder=${words.howHint} .value=${solved.how} @input=${write}></textarea></label>
    ${solved.photoUrl ? html`<img class="shot" src=${solved.photoUrl} alt=${words.after} data-after />` : nothing}
    ${canHash()
      ? html`<label class="pick"><input type="file" name="photo-after" accept="image/*" capture="environment" @change=${pick} />${words.takeAfter}</label>`
      : html`<p class="trouble">${words.photoNeedsSecure}</p>`}
    ${solved.photoProblem ? html`<p class="trouble" role="alert">${words.photoFailed}</p>` : nothing}`;
}
