// The pieces of the planner's side panel: facts of a cell, its commands, the list of revisions.
import { html, nothing, type TemplateResult } from "lit";
import type { CellProperties, Config, PathStep, Redraw } from "../api";
import { percent, squareMetres, stamp } from "../ui/format";

export function levelOf(cell: CellProperties, config: Config | null): string {
  const level = config?.levels.find((one) => one.rank === Number(cell.level) || one.key === cell.level);
  return level ? `${level.name} ${level.name_zh}`.trim() : String(cell.level);
}

export function stamped(cell: CellProperties, path: PathStep[], config: Config | null): TemplateResult {
  const zone = config?.time_zone;
  return html`<dt>Code</dt><dd class="mono">${cell.code}</dd>
    <dt>Level</dt><dd>${levelOf(cell, config)}</dd>
    ${path.length > 1 ? html`<dt>Path</dt><dd>${path.map((step) => step.name || step.code).join(" › ")}</dd>` : nothing}
    <dt>Area</dt><dd>${squareMetres(cell.area_m2)}</dd>
    <dt>Valid from</dt><dd>${cell.from && !cell.from.startsWith("-") ? stamp(cell.from, zone) : "the beginning"}</dd>
    ${cell.until ? html`<dt>Until</dt><dd>${stamp(cell.until, zone)}</dd>` : nothing}`;
}

/** The commands as they are typed; only units are cut and joined. */
export function commandsFor(cell: CellProperties, config: Config | null): TemplateResult {
  const deepest = Math.max(...(config?.levels ?? [{ rank: 4 }]).map((level) => level.rank));
  const isUnit = Number(cell.level) === deepest || cell.level === config?.levels.find((level) => level.rank === deepest)?.key;
  if (!isUnit) return html`<p>Only units are cut and joined; the levels above are the unions of their units. Zoom in and choose a unit.</p>`;
  return html`<p class="muted">Split it by a line drawn in a file:</p>
    <pre data-command="split">gridmaps redraw split ${cell.code} --line-file line.geojson --note "why" --dry-run</pre>
    <p class="muted">Merge it with a neighbour of the same community (without <code>--dry-run</code> it is published):</p>
    <pre data-command="merge">gridmaps redraw merge ${cell.code} OTHER_CODE --note "why" --dry-run</pre>`;
}

export function revisionList(redraws: Redraw[] | null, config: Config | null, code: string | null, show: (code: string) => void): TemplateResult {
  if (redraws === null) return html`<p class="muted" aria-busy="true">Loading …</p>`;
  if (redraws.length === 0) return html`<p class="muted">Nothing has been redrawn since the first import.</p>`;
  return html`<ol class="revisions">${redraws.map((one) => html`<li data-revision=${one.revision}>
    <p><b>${one.revision}</b><span>${one.kind}</span><time class="muted">${stamp(one.published_at, config?.time_zone)}</time></p>
    ${one.note ? html`<p class="muted">${one.note}</p>` : nothing}
    ${one.lineage.map((line) => html`<p class="lineage mono ${line.from === code || line.to === code ? "here" : ""}">
      ${line.from} → <button @click=${() => show(line.to)}>${line.to}</button> ${percent(line.share)}</p>`)}
  </li>`)}</ol>`;
}
