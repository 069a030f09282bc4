// The three ways to say where a ruling holds; the map hears the clicks, this shows what they made.
import { html, nothing, type TemplateResult } from "lit";
import { metres } from "../ui/format";
import { cellWords } from "../ui/names";
import { RADII, toggled, undone, type Kind, type Scope } from "./scope";
import { valueOf } from "./view";

const KINDS: [Kind, string][] = [["radius", "A radius"], ["polygon", "A drawn area"], ["cells", "Cells"]];

function radius(scope: Scope, set: (scope: Scope) => void): TemplateResult {
  const step = RADII.findIndex((one) => one >= scope.radius_m);
  const take = (value: number): void => set({ ...scope, radius_m: value });
  return html`<div class="radius"><input type="range" min="0" max=${RADII.length - 1} step="1" aria-label="Radius" aria-valuetext=${metres(scope.radius_m)} .value=${String(step < 0 ? RADII.length - 1 : step)}
      @input=${(event: Event) => take(RADII[Number(valueOf(event))] ?? 200)} />
    <label><input type="number" name="radius_m" min="1" step="1" aria-label="Radius in metres" .value=${String(scope.radius_m)} @change=${(event: Event) => take(Math.max(1, Number(valueOf(event)) || 1))} /> m</label></div>
    <p class="muted">Around the disputed case. A click on the map takes the distance to it.</p>`;
}

function polygon(scope: Scope, set: (scope: Scope) => void, home: () => void): TemplateResult {
  return html`<div class="tools"><button type="button" class="quiet" data-draw="undo" ?disabled=${scope.ring.length === 0} @click=${() => set(undone(scope))}>Undo</button>
    <button type="button" class="quiet" data-draw="close" ?disabled=${scope.closed || scope.ring.length < 3} @click=${() => set({ ...scope, closed: true })}>Close</button>
    <button type="button" class="quiet" data-draw="clear" ?disabled=${scope.ring.length === 0} @click=${() => set({ ...scope, ring: [], closed: false })}>Clear</button>
    <button type="button" class="quiet" @click=${home}>Show the case</button></div>
    <p class="muted" data-vertices=${scope.ring.length}>${scope.closed ? `Closed, ${scope.ring.length} corners.` : `Click the corners on the map, in order (${scope.ring.length} so far); click the first one again to close.`}</p>`;
}

function cells(scope: Scope, set: (scope: Scope) => void): TemplateResult {
  const add = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement;
    if (event.key !== "Enter") return;
    event.preventDefault();
    const code = input.value.trim();
    if (code && !scope.cells.includes(code)) set(toggled(scope, code));
    input.value = "";
  };
  return html`<p class="muted">Click cells on the map: units when zoomed in, communities and streets further out. Or type a code and press Enter.</p>
    <input class="mono code" aria-label="Add a cell by its code" placeholder="Code of a cell" @keydown=${add} />
    ${scope.cells.length ? html`<p class="chips">${scope.cells.map((code) => html`<button type="button" class="chip" aria-label="Remove ${code}" data-cell=${code} @click=${() => set(toggled(scope, code))}>${cellWords(code)} ✕</button>`)}</p>` : nothing}`;
}

export function areaPart(scope: Scope, set: (scope: Scope) => void, home: () => void): TemplateResult {
  return html`<div class="ticks area-kinds" role="radiogroup" aria-label="Area">${KINDS.map(([kind, word]) => html`<label class="tick">
      <input type="radio" name="area" value=${kind} .checked=${scope.kind === kind} @change=${() => set({ ...scope, kind })} />${word}</label>`)}</div>
    <div class="area">${scope.kind === "radius" ? radius(scope, set) : scope.kind === "polygon" ? polygon(scope, set, home) : cells(scope, set)}</div>`;
}
