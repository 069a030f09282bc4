// A ladder while it is edited: its levels from the lowest up, each with what is written to whom and by when. Knows no
// server; whether a ladder can be climbed is the server's to say.
import { html, nothing, type TemplateResult } from "lit";
import type { Config } from "../api";
import { CLOCKS, type Amount } from "../ui/amounts";
import { holdersOf, holderWords, newRung, RUNG_KINDS, type Rung } from "./rule-shapes";
import { valueOf } from "./view";

type Part = "after" | "reply" | "still_red";

/** The levels of a ladder as fields; `change` gets the ladder as it is then. */
export function ladderFields(rungs: Rung[], config: Config, change: (rungs: Rung[]) => void): TemplateResult {
  const set = (place: number, part: Partial<Rung>): void => change(rungs.map((one, index) => (index === place ? { ...one, ...part } : one)));
  const drop = (place: number): void => change(rungs.filter((_, index) => index !== place));
  return html`<ol class="rungs">${rungs.map((one, place) => html`<li class="act" data-rung=${place}><header><b>Level ${one.level}</b><button type="button" class="quiet" @click=${() => drop(place)}>Remove this level</button></header>
      <div class="fields">${rungFields(one, config, (part) => set(place, part))}</div></li>`)}</ol>
    <p class="bar"><button type="button" class="quiet" data-add-rung @click=${() => change([...rungs, newRung(rungs)])}>Add a level</button></p>`;
}

function rungFields(one: Rung, config: Config, set: (part: Partial<Rung>) => void): TemplateResult {
  const holders = holdersOf(config);
  const kind = (event: Event): void => set({ kind: valueOf(event), reply: valueOf(event) === "order" ? (one.reply ?? { amount: 1, unit: "working_day" }) : null });
  return html`<label>Level<input type="number" name="level" min="1" max="99" .value=${String(one.level)} @change=${(event: Event) => set({ level: Number(valueOf(event)) || one.level })} /></label>
    <label>What is written<select name="kind" @change=${kind}>${Object.entries(RUNG_KINDS).map(([key, word]) => html`<option value=${key} ?selected=${key === one.kind} .selected=${key === one.kind}>${word}</option>`)}</select></label>
    <label>To whom${unitSelect("holder", one.holder, holders, config, (value) => set({ holder: value ?? "holder" }))}</label>
    <label>Copy to${unitSelect("copy_to", one.copy_to, holders.slice(1), config, (value) => set({ copy_to: value }))}</label>
    ${amountField("after", "Behind the deadline, where it is the first", "At once", one.after, (after) => set({ after }))}
    ${one.kind === "order" ? amountField("reply", "Answer within", null, one.reply, (reply) => set({ reply })) : nothing}
    ${amountField("still_red", "A level up when late for", null, one.still_red, (still_red) => set({ still_red }))}`;
}

function unitSelect(name: string, value: string | null, units: string[], config: Config, set: (unit: string | null) => void): TemplateResult {
  const none = name === "copy_to" ? html`<option value="" ?selected=${!value} .selected=${!value}>Nobody</option>` : nothing;
  return html`<select name=${name} @change=${(event: Event) => set(valueOf(event) || null)}>${none}${units.map((unit) => html`<option value=${unit} ?selected=${unit === value} .selected=${unit === value}>${holderWords(unit, config)}</option>`)}</select>`;
}

function amountField(name: Part, word: string, none: string | null, value: Amount | null, set: (amount: Amount | null) => void): TemplateResult {
  const number = (event: Event): void => set(valueOf(event) === "" && none !== null ? null : { amount: Number(valueOf(event)), unit: value?.unit ?? "working_day" });
  return html`<label class="amount">${word}<span><input type="number" name="${name}" min="0" step="any" placeholder=${none ?? ""} .value=${value ? String(value.amount) : ""} @change=${number} />
    <select name="${name}_unit" aria-label="Clock of: ${word}" ?disabled=${!value} @change=${(event: Event) => value && set({ ...value, unit: valueOf(event) })}>${Object.entries(CLOCKS).map(([unit, [, many]]) => html`<option value=${unit} ?selected=${unit === (value?.unit ?? "working_day")} .selected=${unit === (value?.unit ?? "working_day")}>${many}</option>`)}</select></span></label>`;
}
