// Where nobody is named, and where several are: the list of gaps as a table, and the map of one matter by status.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { get, type CellFeature } from "../api";
import { Question } from "../question";
import { asked, type Gap, type GapCounts, type GapMap, type GapStatus, type GapTotals } from "../duty";
import { squareMetres } from "../ui/format";
import "../ui/picker";
import { GAP_COLOURS, type Clicked } from "./ground";
import { DeskView, Paged, paused } from "./view";

const WORDS: Record<GapStatus, string> = { one: "One lead", tiled: "Tiled", gap: "Gap", conflict: "Conflict" };
const MEANING: Record<GapStatus, string> = {
  one: "one unit leads in the whole cell",
  tiled: "several lead, each in a part of its own",
  gap: "in a part of it no rule names anybody",
  conflict: "in a part of it several are named and none is before the others",
};
const STATUSES = Object.keys(WORDS) as GapStatus[];

class Gaps extends DeskView {
  private status: GapStatus | "" = "gap";
  private matter = "";
  private cell = "";
  private totals: GapTotals | null = null;
  private totalsTrouble: string | null = null;
  private colours: GapMap | null = null;
  private readonly asksCell = new Question();
  private colouring = "";
  private readonly list = new Paged<Gap>(() => asked("/api/v1/responsibilities/gaps", { limit: 100, ...this.asked() }), () => this.desk, () => this.requestUpdate());
  private readonly pause = paused();

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk.ground.fit(this.cityBox());
    this.desk.ground.onZoom = () => void this.colour();
    void this.readTotals().then(() => this.begin());
  }

  // The matter that is worst off is the one to look at first.
  private begin(): void {
    const bad = (one: GapCounts): number => one.gap + one.conflict;
    const worst = [...(this.totals?.by_matter ?? [])].sort((a, b) => bad(b) - bad(a))[0];
    this.matter = worst?.matter ?? this.desk.catalogue.matters.find((one) => one.rank === "minor")?.code ?? "";
    if (worst && worst.gap === 0) this.status = worst.conflict ? "conflict" : "";
    this.anew();
  }

  private cityBox(): number[][] {
    const [west, south, east, north] = this.desk.config.bounds ?? [];
    return west === undefined ? [] : [[west, south ?? 0], [east ?? 0, north ?? 0]];
  }

  private asked(): Record<string, string> {
    return { status: this.status, matter: this.matter, cell: this.cell };
  }

  protected opened(): void {}

  protected stirred(): void {}

  private anew(): void {
    void this.list.anew();
    void this.colour(true);
  }

  private async readTotals(): Promise<void> {
    try {
      Object.assign(this, { totals: await get<GapTotals>("/api/v1/responsibilities/gaps/totals"), totalsTrouble: null });
    } catch (failed) {
      this.totalsTrouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  // The map shows one level at a time, so its colours are asked for the level that this zoom fills.
  private async colour(again = false): Promise<void> {
    const level = this.desk.ground.levelShown();
    const key = `${this.matter} ${level}`;
    if (key === this.colouring && !again) return;
    this.colouring = key;
    try {
      const found = this.matter ? await get<GapMap>(asked("/api/v1/responsibilities/gaps/map", { matter: this.matter, level })) : null;
      if (this.colouring !== key || !this.isConnected) return;
      this.colours = found;
      this.desk.ground.setGaps(found);
    } catch (failed) {
      this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  private async fly(code: string): Promise<void> {
    const asking = this.asksCell.ask(code);
    try {
      const { properties } = await get<CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`, asking.signal);
      if (!asking.counts()) return;
      this.desk.ground.setPlace(null, code);
      this.desk.ground.fly(properties.label_point, 14.6);
    } catch (failed) {
      if (!asking.counts()) return;
      this.list.error = this.desk.sentence(failed);
      this.requestUpdate();
    }
  }

  protected override clicked({ cell }: Clicked): void {
    if (cell) this.setCell(cell === this.cell ? "" : cell);
  }

  private setCell(code: string): void {
    this.cell = code;
    this.desk.ground.setPlace(null, code || null);
    this.requestUpdate();
    this.pause(() => void this.list.anew());
  }

  private setStatus(status: GapStatus | ""): void {
    this.status = status === this.status ? "" : status;
    void this.list.anew();
  }

  private setMatter(code: string): void {
    this.matter = code;
    this.anew();
  }

  protected override render(): TemplateResult {
    const { list } = this;
    const csv = asked("/api/v1/responsibilities/gaps", { ...this.asked(), format: "csv" });
    return html`<div class="gaps">
      <div class="filters gap-filters">
        <gm-picker data-field="matter" label="Matter" placeholder="Every matter" .options=${this.desk.catalogue.matterOptions()} .value=${this.matter} @picked=${(event: CustomEvent<string>) => this.setMatter(event.detail)}></gm-picker>
        <label class="field">Within the cell<input class="mono" name="cell" placeholder="any; click the map" .value=${this.cell} @change=${(event: Event) => this.setCell((event.target as HTMLInputElement).value.trim())} /></label>
        <a class="button" href=${csv} download="gaps.csv" data-csv>CSV</a>
      </div>
      <div class="statuses" role="group" aria-label="Status">${STATUSES.map((status) => this.chip(status))}</div>
      <p class="fine muted">${this.fine()}</p>
      <div class="scroll" data-queue=${list.isRead && !list.loading ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => this.anew()}>Try again</button></p>` : nothing}
        ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Working out the list …</p>` : nothing}
        ${list.isRead && list.items.length === 0 ? html`<p class="hint"><b>Nothing of this kind.</b>Choose another status, matter or cell.</p>` : nothing}
        ${list.items.length ? this.table() : nothing}
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>${list.loading ? "Loading …" : "More cells"}</button>` : nothing}
      </div></div>`;
  }

  private chip(status: GapStatus): TemplateResult {
    const counts: GapCounts | null | undefined = this.matter ? this.totals?.by_matter.find((one) => one.matter === this.matter) : this.totals;
    const total = counts?.[status];
    return html`<button aria-pressed=${this.status === status} data-status=${status} title=${MEANING[status]} @click=${() => this.setStatus(status)}>
      <i style="background:${GAP_COLOURS[status]}"></i><span>${WORDS[status]}</span><b>${total === undefined ? "–" : total.toLocaleString("en")}</b></button>`;
  }

  private fine(): string {
    if (this.totalsTrouble) return this.totalsTrouble;
    const level = this.desk.config.levels.find((one) => one.key === this.colours?.level);
    const shown = level ? `The map shows ${this.desk.catalogue.matterName(this.matter)} by ${level.name.toLowerCase()}. ` : this.matter ? "" : "Choose a matter to colour the map. ";
    const all = this.totals;
    const whole = all ? `Every matter together: ${all.gap.toLocaleString("en")} gaps, ${all.conflict.toLocaleString("en")} conflicts; ${all.slivers.toLocaleString("en")} ${all.slivers === 1 ? "sliver" : "slivers"} (${squareMetres(all.slivers_m2)}) left out.` : "";
    return shown + whole;
  }

  private table(): TemplateResult {
    return html`<table class=${this.matter ? "one-matter" : ""}><thead><tr><th scope="col">Cell</th><th scope="col">Matter</th><th scope="col">Status</th><th scope="col">Leads</th><th scope="col" class="number">Gap</th><th scope="col" class="number">Conflict</th></tr></thead>
      <tbody>${repeat(this.list.items, (one) => `${one.matter} ${one.cell}`, (one) => this.line(one))}</tbody></table>`;
  }

  private line(one: Gap): TemplateResult {
    const { catalogue } = this.desk;
    const area = (value: number): string => (value > 0 ? squareMetres(value) : "–");
    return html`<tr data-gap="${one.matter} ${one.cell}" @click=${() => void this.fly(one.cell)}>
      <td><button class="plain" @click=${(event: Event) => (event.stopPropagation(), void this.fly(one.cell))}>${one.name || one.cell}<span class="mono muted">${one.cell}</span></button></td>
      <td>${one.matter_name || catalogue.matterName(one.matter)}</td><td class="status"><i style="background:${GAP_COLOURS[one.status]}"></i>${WORDS[one.status] ?? one.status}</td>
      <td>${one.leads?.length ? one.leads.map((unit) => catalogue.unitName(unit)).join(", ") : html`<span class="muted">nobody</span>`}</td>
      <td class="number">${area(one.gap_m2)}</td><td class="number">${area(one.conflict_m2)}</td></tr>`;
  }
}

customElements.define("gm-gaps", Gaps);
