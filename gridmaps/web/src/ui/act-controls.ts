// One field of an act's form, by its kind. Knows how to ask, not what is legal.
import { html, nothing, type TemplateResult } from "lit";
import { request } from "../api";
import type { Body, Catalogue } from "../duty";
import { preparePhoto } from "../report/photo";
import { TRUTH, type Field } from "./act-words";
import "./picker";
import type { Option } from "./picker";

export type Provider = { code: string; name: string; name_zh?: string; kind: string };
export type Standard = { id: number; ordinal: number; filing_condition: string; closing_condition?: string; amount?: number; unit?: string };
/** What the controls are given: values as text, lists of names, and the way back. */
export type Given = {
  values: Record<string, string>;
  catalogue: Catalogue | null;
  territorial: Body[];
  providers: Provider[];
  standards: Standard[];
  take: (name: string, value: string) => void;
  trouble: (sentence: string) => void;
};
const UNITS: Record<string, string> = { urgent_hour: "urgent hours", working_hour: "working hours", working_day: "working days", calendar_day: "calendar days" };

const standardWords = (one: Standard): string =>
  `${one.ordinal}. ${one.filing_condition}${one.amount ? ` (${one.amount} ${UNITS[one.unit ?? ""] ?? one.unit})` : ""}`;

function optionsFor(kind: Field["kind"], given: Given): Option[] {
  if (kind === "matter") return given.catalogue?.matterOptions() ?? [];
  if (kind === "unit" || kind === "units") return given.catalogue?.unitOptions() ?? [];
  if (kind === "standard") return given.standards.map((one) => ({ value: String(one.id), label: standardWords(one), hint: one.closing_condition ? `until ${one.closing_condition}` : "", words: `${one.filing_condition} ${one.closing_condition ?? ""}` }));
  if (kind === "body") return given.territorial.map((one) => ({ value: `@${one.cell}`, label: one.name || one.cell, hint: one.level }));
  const fitting = given.providers.filter((one) => one.kind === given.values.nature);
  return fitting.map((one) => ({ value: one.code, label: one.name_zh ? `${one.name} ${one.name_zh}` : one.name, hint: one.kind, words: `${one.code} ${one.name} ${one.name_zh ?? ""}` }));
}

// A photo is put at once, under the name of its own bytes; the act then names it.
async function put(files: FileList | null, one: Field, given: Given): Promise<void> {
  try {
    const photos = await Promise.all([...(files ?? [])].map((file) => preparePhoto(file)));
    for (const photo of photos) await request("PUT", `/api/v1/photos/${photo.sha256}`, new Blob([photo.bytes], { type: photo.type }));
    given.take(one.name, photos.map((photo) => photo.sha256).join(" "));
  } catch (failed) {
    given.trouble(failed instanceof Error ? failed.message : String(failed));
  }
}

function several(one: Field, word: string, given: Given): TemplateResult {
  const chosen = (given.values[one.name] ?? "").split(" ").filter(Boolean);
  const set = (codes: string[]): void => given.take(one.name, codes.join(" "));
  const open = optionsFor("units", given).filter((option) => !chosen.includes(option.value) && option.value !== given.values.lead);
  return html`<div><gm-picker data-field=${one.name} .label=${word} empties .options=${open} @picked=${(event: CustomEvent<string>) => event.detail && set([...chosen, event.detail])}></gm-picker>
    ${chosen.length ? html`<p class="chips">${chosen.map((code) => html`<button type="button" class="chip" aria-label="Remove ${code}" data-chosen=${code} @click=${() => set(chosen.filter((other) => other !== code))}>${given.catalogue?.unitName(code) ?? code} ✕</button>`)}</p>` : nothing}</div>`;
}

function chosenFrom(one: Field, word: string, value: string, choices: [string, string][], typed: (event: Event) => void): TemplateResult {
  return html`<label>${word}<select name=${one.name} @change=${typed}>${choices.map(([key, said]) => html`<option value=${key} ?selected=${key === value}>${said}</option>`)}</select></label>`;
}

export function control(one: Field, given: Given): TemplateResult {
  const value = given.values[one.name] ?? "";
  const word = one.needed ? one.word : `${one.word} (may stay open)`;
  const typed = (event: Event): void => given.take(one.name, (event.target as HTMLInputElement).value);
  const input = (type: string, step = ""): TemplateResult => html`<label>${word}<input type=${type} min=${type === "number" ? "0" : nothing} step=${step || nothing} name=${one.name} .value=${value} @input=${typed} /></label>`;
  switch (one.kind) {
    case "words":
      return html`<label>${word}<textarea rows="2" name=${one.name} .value=${value} @input=${typed}></textarea></label>`;
    case "attributes":
      return html`<label>${word}<textarea rows="2" name=${one.name} placeholder="road = trunk" .value=${value} @input=${typed}></textarea></label>`;
    case "money":
      return input("number", "0.01");
    case "number":
      return one.choices ? chosenFrom(one, one.word, value, one.choices, typed) : input("number", "1");
    case "moment":
      return input("datetime-local");
    case "code":
      return input("text");
    case "choice":
      return chosenFrom(one, one.word, value, one.choices ?? [], typed);
    case "truth":
      return chosenFrom(one, one.word, value, one.choices ?? TRUTH, typed);
    case "photos":
      return html`<label>${word}<input type="file" accept="image/*" multiple name=${one.name} @change=${(event: Event) => void put((event.target as HTMLInputElement).files, one, given)} />
        ${value ? html`<span data-put=${value.split(" ").length}>${value.split(" ").length === 1 ? "1 photo is there." : `${value.split(" ").length} photos are there.`}</span>` : nothing}</label>`;
    case "units":
      return several(one, word, given);
    default:
      return html`<gm-picker data-field=${one.name} .label=${word} .options=${optionsFor(one.kind, given)} .value=${value} @picked=${(event: CustomEvent<string>) => given.take(one.name, event.detail)}></gm-picker>`;
  }
}
