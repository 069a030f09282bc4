// Raising a whistle: what for, whom, where, by when. The place is a click on the map, or typed.
import { html, nothing, type TemplateResult } from "lit";
import { get, request, type Case, type CellFeature, type Located } from "../api";
import { asked } from "../duty";
import { Question } from "../question";
import { momentIn } from "../ui/format";
import { bodyName, cellName, cellWords } from "../ui/names";
import { NamedPart } from "../ui/part";
import "../ui/picker";
import type { Option } from "../ui/picker";
import type { Desk } from "./desk";
import type { Clicked } from "./ground";
import { paused, valueOf } from "./view";
import { limitWords, type Whistle, type WhistleType } from "./whistle-words";

const RADIUS_M = 150;

class WhistleRaising extends NamedPart {
  static override properties = { desk: { attribute: false }, types: { attribute: false }, caseNo: { attribute: false } };
  declare desk: Desk;
  declare types: WhistleType[];
  declare caseNo: string;
  private values: Record<string, string> = { radius_m: String(RADIUS_M) };
  private units: string[] = [];
  /** The chain of cells that the place lies in, widest first; null while there is no place. */
  private path: string[] | null = null;
  private trouble: string | null = null;
  private busy = false;
  private readonly pause = paused();
  private readonly asksCase = new Question();
  private readonly asksPlace = new Question();

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.caseNo) void this.begin(this.caseNo);
  }

  private async begin(caseNo: string): Promise<void> {
    this.values = { ...this.values, case_no: caseNo };
    const asking = this.asksCase.ask(caseNo);
    try {
      const found = await get<Case>(`/api/v1/cases/${encodeURIComponent(caseNo)}`, asking.signal);
      if (!asking.counts()) return;
      await this.stand(found.position);
      this.desk.ground.fly(found.position);
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  clicked(clicked: Clicked): void {
    this.asksCase.drop(); // whoever points at a place means that one
    void this.stand(clicked.at);
  }

  private async stand([lon, lat]: [number, number]): Promise<void> {
    this.values = { ...this.values, lon: lon.toFixed(6), lat: lat.toFixed(6) };
    this.path = null;
    this.requestUpdate();
    await this.locate();
  }

  private place(): [number, number] | null {
    const { lon, lat } = this.values;
    const at: [number, number] = [Number(lon), Number(lat)];
    return lon?.trim() && lat?.trim() && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90 ? at : null;
  }

  private async locate(andFly = false): Promise<void> {
    const at = this.place();
    if (!at) return;
    const asking = this.asksPlace.ask(at.join());
    try {
      const found = await get<Located>(asked("/api/v1/locate", { lon: at[0], lat: at[1] }), asking.signal);
      const path = found.cell ? (await get<CellFeature>(`/api/v1/cells/${found.cell}`, asking.signal)).properties.path : [];
      if (!asking.counts()) return;
      this.path = found.cell && path.at(-1) !== found.cell ? [...path, found.cell] : path;
      this.desk.ground.setPlace(at, found.cell, Number(this.values.radius_m) || 0);
      if (andFly) this.desk.ground.fly(at);
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  /** The bodies above the place that this person speaks for: who calls. */
  private bodies(): string[] {
    const own = this.desk.session.cells;
    return (this.path ?? []).slice(0, -1).filter((code) => own === null || own.includes(code));
  }

  private street(): string {
    const bodies = this.bodies();
    const second = this.path?.[1] ?? "";
    return this.values.street || (bodies.includes(second) ? second : (bodies.at(-1) ?? ""));
  }

  private options(): Option[] {
    const departments = this.desk.catalogue.unitOptions().filter((one) => !one.value.startsWith("@"));
    const bodies = (this.path ?? []).slice(0, -1).map((code) => ({ value: `@${code}`, label: bodyName(code) ?? code, hint: cellName(code) ?? "territory", words: `${code} ${bodyName(code) ?? ""}` }));
    return [...departments, ...bodies].filter((one) => one.value !== `@${this.street()}` && !this.units.includes(one.value));
  }

  private readonly typed = (event: Event): void => {
    const { name } = event.target as HTMLInputElement;
    this.values = { ...this.values, [name]: valueOf(event) };
    this.trouble = null;
    if (["lon", "lat", "radius_m"].includes(name)) this.pause(() => void this.locate(true));
    this.requestUpdate();
  };

  private missing(): string | null {
    if (!this.place()) return "Pick the place: click it on the map, or type its longitude and latitude.";
    if (this.path !== null && this.bodies().length === 0) return "The place lies outside your territory.";
    if (this.units.length === 0) return "Name who is called.";
    return this.values.what?.trim() ? null : "Say what is wanted.";
  }

  private body(): Record<string, unknown> {
    const { values } = this;
    const [lon, lat] = this.place() as [number, number];
    const street = this.street();
    return {
      type: values.type || this.types[0]?.code, units: this.units, what: values.what?.trim(), lon, lat, radius_m: Number(values.radius_m) || null, place: values.place?.trim() ?? "",
      wanted_at: values.wanted_at ? momentIn(values.wanted_at, this.desk.config.time_zone) : null, case_no: values.case_no?.trim() || null, street: street ? `@${street}` : null,
    };
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.trouble = this.missing();
    this.requestUpdate();
    if (this.trouble || this.busy) return;
    this.busy = true;
    try {
      const made = await request<Whistle>("POST", "/api/v1/whistles", this.body());
      this.dispatchEvent(new CustomEvent("changed"));
      this.desk.go("whistles", String(made.id));
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }

  private drop(unit: string): void {
    this.units = this.units.filter((one) => one !== unit);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { values, types, desk } = this;
    const kind = types.find((one) => one.code === values.type) ?? types[0];
    return html`<div class="dispute" data-raising><header><div><h2 tabindex="-1">Raise a whistle</h2><p class="meta"><span>Called units must be there within the limit of the type</span></p></div></header>
      <section><form class="act" novalidate @submit=${(event: SubmitEvent) => void this.submit(event)}>
      <label>What for<select name="type" @change=${this.typed}>${types.map((one) => html`<option value=${one.code} ?selected=${one.code === values.type}>${one.name} ${one.name_zh}</option>`)}</select>${kind ? html`<span>There within ${limitWords(kind)}.</span>` : nothing}</label>
      <div>${this.placePart()}</div>
      <div><gm-picker data-field="units" label="Who is called" placeholder="Add a department or a territorial body" empties .options=${this.options()} @picked=${(event: CustomEvent<string>) => {
        if (event.detail) this.units = [...this.units, event.detail];
        this.requestUpdate();
      }}></gm-picker>${this.units.length ? html`<p class="chips">${this.units.map((unit) => html`<button type="button" class="chip" aria-label="Remove ${unit}" @click=${() => this.drop(unit)}>${desk.catalogue.unitName(unit)} ✕</button>`)}</p>` : nothing}</div>
      <label>What is wanted<textarea name="what" rows="3" .value=${values.what ?? ""} @input=${this.typed}></textarea></label>
      <label>Wanted at (empty: as soon as the type allows; never sooner)<input type="datetime-local" name="wanted_at" .value=${values.wanted_at ?? ""} @input=${this.typed} /></label>
      <label>Case it is about (may stay open)<input class="mono" name="case_no" .value=${values.case_no ?? ""} @input=${this.typed} /></label>
      ${this.callers()}
      <div class="buttons"><button class="primary" data-submit ?disabled=${this.busy}>${this.busy ? "Calling …" : "Raise the whistle"}</button><a class="button" href="#whistles">Cancel</a></div>
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}</form></section></div>`;
  }

  private placePart(): TemplateResult {
    const { values, path } = this;
    const number = (name: string, word: string, step: string): TemplateResult => html`<label>${word}<input type="number" step=${step} name=${name} .value=${values[name] ?? ""} @input=${this.typed} /></label>`;
    const unit = path?.at(-1);
    return html`<div class="place-pick">${number("lon", "Longitude", "0.000001")}${number("lat", "Latitude", "0.000001")}${number("radius_m", "Radius, m", "1")}</div>
      <p class="muted" data-place=${unit ?? (path ? "outside" : "none")}>${unit ? html`In ${cellWords(unit)}. ${Number(values.radius_m) ? "" : "Without a radius, anywhere in it counts."}` : path ? "Outside the grid." : this.place() ? "Looking where that is …" : "Click the place on the map."}</p>
      <label>Words for the place (may stay open)<input name="place" .value=${values.place ?? ""} @input=${this.typed} /></label>`;
  }

  /** Only for who speaks for several bodies there. */
  private callers(): TemplateResult | typeof nothing {
    const bodies = this.bodies();
    if (bodies.length < 2) return nothing;
    return html`<label>Who calls<select name="street" @change=${this.typed}>${bodies.map((code) => html`<option value=${code} ?selected=${code === this.street()}>${bodyName(code) ?? code}</option>`)}</select></label>`;
  }
}

customElements.define("gm-whistle-raising", WhistleRaising);
