// The report itself on one screen: photo, place, what. Knows fields and their words only.
import { html, nothing, type TemplateResult } from "lit";
import { nameOf, type Config, type Session } from "../api";
import { metres } from "../ui/format";
import { canHash, PICTURE_KINDS, type PictureKind } from "./photo";
import type { Finding, Place } from "./place";
import type { SolvedMissing } from "./solved";
import { whoPart, type Who, type WhoActions } from "./who";
import type { Words } from "./words";

export const TEXT_LIMIT = 4000;
const DATUMS = [["wgs84", "WGS 84"], ["cgcs2000", "CGCS2000"], ["gcj02", "GCJ-02"], ["bd09", "BD-09"]] as const;

export type FormState = {
  finding: Finding;
  handProblem: boolean;
  text: string;
  category: string;
  photoUrl: string | null;
  photoKind: PictureKind;
  photoProblem: boolean;
  who: Who;
  missing: "needText" | "needPlace" | SolvedMissing | null;
};
export type FormActions = WhoActions & {
  locate: () => void;
  byHand: (lon: string, lat: string, datum: string) => void;
  text: (text: string) => void;
  category: (code: string) => void;
  photo: (file: File | undefined) => void;
  photoKind: (kind: PictureKind) => void;
  send: () => void;
};

function photoPart(state: FormState, words: Words, actions: FormActions): TemplateResult {
  const take = (event: Event): void => actions.photo((event.target as HTMLInputElement).files?.[0]);
  return html`<section>
    <h2>${words.photo}</h2>
    ${state.photoUrl ? html`<img class="shot" src=${state.photoUrl} alt=${words.photo} />` : nothing}
    ${state.photoUrl ? kindPart(state, words, actions) : nothing}
    ${canHash()
      ? html`<label class="pick"><input type="file" accept="image/*" capture="environment" @change=${take} />${words.takePhoto}</label>`
      : html`<p class="muted">${words.photoNeedsSecure}</p>`}
    ${state.photoUrl ? html`<button class="plain" @click=${() => actions.photo(undefined)}>${words.removePhoto}</button>` : nothing}
    ${state.photoProblem ? html`<p class="trouble" role="alert">${words.photoFailed}</p>` : nothing}
  </section>`;
}

function kindPart(state: FormState, words: Words, actions: FormActions): TemplateResult {
  const pick = (event: Event): void => actions.photoKind((event.target as HTMLSelectElement).value as PictureKind);
  const options = PICTURE_KINDS.map((kind) => html`<option value=${kind} ?selected=${state.photoKind === kind}>${words.pictureKinds[kind]}</option>`);
  return html`<label class="shows">${words.pictureKind}<select name="picture-kind" @change=${pick}>${options}</select></label>`;
}

function found(place: Place, words: Words): TemplateResult {
  const accuracy = place.accuracy_m === null ? words.manualPlace : `±${metres(place.accuracy_m)}`;
  return html`<p class="fix" data-place="found"><span class="mono">${place.lon.toFixed(6)}, ${place.lat.toFixed(6)}</span><span>${accuracy}</span></p>`;
}

function placePart(state: FormState, words: Words, actions: FormActions): TemplateResult {
  const { finding } = state;
  const stuck = finding.state === "denied" || finding.state === "unavailable" || finding.state === "elsewhere";
  return html`<section>
    <h2>${words.place}</h2>
    ${finding.state === "found" ? found(finding.place, words) : nothing}
    ${finding.state === "locating" ? html`<p aria-busy="true">${words.locating}</p>` : nothing}
    ${stuck ? html`<p class="trouble" role="alert">${words[finding.state as "denied" | "unavailable" | "elsewhere"]}</p>` : nothing}
    <button class="plain" ?disabled=${finding.state === "locating"} @click=${actions.locate}>${words.again}</button>
    <details ?open=${stuck}><summary>${words.manual}</summary>${handForm(state, words, actions)}</details>
  </section>`;
}

function handForm(state: FormState, words: Words, actions: FormActions): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    actions.byHand(String(data.get("lon")), String(data.get("lat")), String(data.get("datum")));
  };
  return html`<form class="hand" @submit=${submit} novalidate>
    <label>${words.lon}<input name="lon" inputmode="decimal" placeholder="120.171" /></label>
    <label>${words.lat}<input name="lat" inputmode="decimal" placeholder="30.246" /></label>
    <label>${words.datum}<select name="datum">${DATUMS.map(([code, name]) => html`<option value=${code}>${name}</option>`)}</select></label>
    <button class="secondary">${words.useThese}</button>
    ${state.handProblem ? html`<p class="trouble" role="alert">${words.badNumbers}</p>` : nothing}
  </form>`;
}

function whatPart(state: FormState, config: Config | null, chinese: boolean, words: Words, actions: FormActions): TemplateResult {
  const pick = (event: Event): void => actions.category((event.target as HTMLSelectElement).value);
  const write = (event: Event): void => actions.text((event.target as HTMLTextAreaElement).value);
  return html`<section>
    <h2>${words.what}</h2>
    <label>${words.category}<select name="category" @change=${pick}>
      <option value="" ?selected=${!state.category}>${words.noCategory}</option>
      ${(config?.categories ?? []).map((one) => html`<option value=${one.code} ?selected=${state.category === one.code}>${nameOf(one, chinese)}</option>`)}
    </select></label>
    <label>${words.text}<textarea name="text" rows="4" maxlength=${TEXT_LIMIT} placeholder=${words.textHint} .value=${state.text} @input=${write}></textarea></label>
    <p class="counter muted">${[...state.text].length} / ${TEXT_LIMIT}</p>
  </section>`;
}

export function reportForm(state: FormState, config: Config | null, session: Session | null, chinese: boolean, words: Words, actions: FormActions, solved: TemplateResult | typeof nothing): TemplateResult {
  return html`${photoPart(state, words, actions)} ${placePart(state, words, actions)} ${whatPart(state, config, chinese, words, actions)}
    ${whoPart(state.who, config, session, chinese, words, actions)} ${solved}
    <div class="send">
      ${state.missing ? html`<p class="trouble" role="alert" data-missing=${state.missing}>${words[state.missing]}</p>` : nothing}
      <button class="primary" data-act="send" @click=${actions.send}>${words.send}</button>
    </div>`;
}
