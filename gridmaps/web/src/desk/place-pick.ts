// A position: a click on the desk's map, or typed; with the unit that it lies in and how sure that is. Tells whoever
// holds it by `placed`, null while there is none. Knows no case.
import { html, nothing, type TemplateResult } from "lit";
import { get, type CellFeature, type Located } from "../api";
import { asked } from "../duty";
import { percent } from "../ui/format";
import { cellWords } from "../ui/names";
import { NamedPart } from "../ui/part";
import type { Desk } from "./desk";
import { paused, valueOf } from "./view";

export type Picked = { lon: number; lat: number; accuracy_m: number; datum: string };
const DATUMS: [string, string][] = [["wgs84", "WGS 84"], ["cgcs2000", "CGCS2000"], ["gcj02", "GCJ-02 火星坐标"], ["bd09", "BD-09 百度"]];
/** What the map can draw as it was typed; the others are hundreds of metres off on it. */
const DRAWN = ["wgs84", "cgcs2000"];
const ACCURACY_M = 20; // as far as a caller's words lead
const SURE: Record<string, string> = { certain: "certain 确定", ambiguous: "near a border 边界附近", outside: "outside the grid 网格外" };
/** Just beyond the border the nearest unit still takes a case, and says so. */
const inWords = (found: Located): TemplateResult | string => (found.cell ? html`${found.certainty === "outside" ? "Nearest to" : "In"} ${cellWords(found.cell)}` : "In no unit");

export class PlacePick extends NamedPart {
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;
  private values: Record<string, string> = { accuracy_m: String(ACCURACY_M), datum: "wgs84" };
  private found: Located | null = null;
  private trouble: string | null = null;
  private asking = 0;
  private readonly pause = paused();

  /** Somebody clicked the map: what it shows is WGS 84. */
  clicked([lon, lat]: [number, number]): void {
    this.values = { ...this.values, lon: lon.toFixed(6), lat: lat.toFixed(6), datum: "wgs84" };
    void this.locate(false);
  }

  private get place(): Picked | null {
    const { lon = "", lat = "", accuracy_m, datum = "wgs84" } = this.values;
    const isPlace = lon.trim() !== "" && lat.trim() !== "" && Math.abs(Number(lon)) <= 180 && Math.abs(Number(lat)) <= 90;
    return isPlace ? { lon: Number(lon), lat: Number(lat), accuracy_m: Math.max(1, Number(accuracy_m) || ACCURACY_M), datum } : null;
  }

  private readonly typed = (event: Event): void => {
    this.values = { ...this.values, [(event.target as HTMLInputElement).name]: valueOf(event) };
    this.requestUpdate();
    this.pause(() => void this.locate(true));
  };

  private async locate(andFly: boolean): Promise<void> {
    const mine = (this.asking += 1);
    const { place } = this;
    Object.assign(this, { found: null, trouble: null });
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent("placed", { detail: place }));
    if (!place) return this.desk.ground.setPlace(null, null);
    try {
      const found = await get<Located>(asked("/api/v1/locate", place));
      if (mine !== this.asking) return;
      this.found = found;
      await this.draw(place, found, andFly);
    } catch (failed) {
      if (mine === this.asking) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private async draw(place: Picked, found: Located, andFly: boolean): Promise<void> {
    const at: [number, number] | null = DRAWN.includes(place.datum) ? [place.lon, place.lat] : null;
    this.desk.ground.setPlace(at, found.cell, place.accuracy_m);
    if (!andFly) return;
    const middle = at ?? (found.cell ? (await get<CellFeature>(`/api/v1/cells/${found.cell}`)).properties.label_point : null);
    if (middle) this.desk.ground.fly(middle);
  }

  protected override render(): TemplateResult {
    const { values } = this;
    const number = (name: string, word: string, step: string): TemplateResult => html`<label>${word}<input type="number" step=${step} name=${name} .value=${values[name] ?? ""} @input=${this.typed} /></label>`;
    return html`<div class="in-a-row">${number("lon", "Longitude", "0.000001")}${number("lat", "Latitude", "0.000001")}${number("accuracy_m", "Exact to, m", "1")}
        <label>Datum<select name="datum" @change=${this.typed}>${DATUMS.map(([code, word]) => html`<option value=${code} .selected=${code === values.datum}>${word}</option>`)}</select></label></div>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : this.foundPart()}`;
  }

  private foundPart(): TemplateResult {
    const { found, place } = this;
    if (!place) return html`<p class="muted found" data-place="none">Click the place on the map, or type it.</p>`;
    if (!found) return html`<p class="muted found" data-place="asking" aria-busy="true">Looking where that is …</p>`;
    const others = found.candidates.filter((one) => one.code !== found.cell || found.certainty !== "certain");
    return html`<div class="found" data-place=${found.cell ?? "outside"}><p>${inWords(found)} <span class="sure ${found.certainty}" data-certainty=${found.certainty}>${SURE[found.certainty] ?? found.certainty}</span></p>
      ${found.certainty === "ambiguous" && others.length ? html`<p class="muted">It may be ${others.map((one, index) => html`${index ? " or " : ""}${cellWords(one.code)} (${percent(one.share)})`)}. Place it more exactly if the caller can say.</p>` : nothing}
      ${DRAWN.includes(place.datum) ? nothing : html`<p class="muted">The map shows the unit alone: it is drawn in WGS 84.</p>`}</div>`;
  }
}

customElements.define("gm-place-pick", PlacePick);
