// A case that somebody tells by telephone or at the counter: what, where and who. The place is a click on the map, or
// typed; the unit that it lies in is shown at once, with how sure that is. What stands near by already is offered first.
import "./intake.css";
import { html, nothing, type TemplateResult } from "lit";
import { nameOf, Refusal, request, type Case } from "../api";
import type { UnitRef } from "../duty";
import { metres, span } from "../ui/format";
import { CHINESE } from "../ui/language";
import "../ui/picker";
import type { Clicked } from "./ground";
import "./place-pick";
import type { PlacePick, Picked } from "./place-pick";
import { DeskView, valueOf } from "./view";

type Suggestion = { case_no: string; category: string | null; distance_m: number; age_seconds: number; supporters: number; unnamed_supporters: number };
type Joined = { case_no: string; counted: boolean };
const CONTACT: [string, string, string][] = [["name", "Name", "text"], ["phone", "Telephone", "tel"], ["email", "E-mail", "email"]];
const FIRST_SOURCES = ["hotline", "visit"];
const MOST_LETTERS = 4000;

/** An id that is made once, so that a report that is sent again is never a second case. */
const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
};

class Intake extends DeskView {
  private values: Record<string, string> = {};
  private source = "";
  private place: Picked | null = null;
  private reportId = newId();
  private same: Suggestion[] = [];
  private filed: Case | null = null;
  private joined: Joined | null = null;
  private trouble: string | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const codes = this.desk.config.sources.map((one) => one.code);
    this.source ||= FIRST_SOURCES.find((code) => codes.includes(code)) ?? codes[0] ?? "";
  }

  protected opened(): void {}
  protected stirred(): void {}

  protected override clicked(clicked: Clicked): void {
    this.querySelector<PlacePick>("gm-place-pick")?.clicked(clicked.at);
  }

  private take(name: string, value: string): void {
    this.values = { ...this.values, [name]: value };
    Object.assign(this, { trouble: null, same: [] });
    this.requestUpdate();
  }

  private readonly typed = (event: Event): void => this.take((event.target as HTMLInputElement).name, valueOf(event));

  private stand(place: Picked | null): void {
    Object.assign(this, { place, trouble: null, same: [] });
    this.requestUpdate();
  }

  private get isCitizens(): boolean {
    return this.desk.config.sources.find((one) => one.code === this.source)?.is_citizen ?? false;
  }

  private body(): Record<string, unknown> {
    const { lon, lat, accuracy_m, datum } = this.place as Picked;
    const who = Object.fromEntries(CONTACT.map(([name]) => [name, this.values[name]?.trim() ?? ""]).filter(([, said]) => said));
    return {
      id: this.reportId, lon, lat, accuracy_m, datum, text: this.values.text?.trim() ?? "", category: this.values.category || null,
      ...(this.isCitizens && Object.keys(who).length ? { reporter: who } : {}),
    };
  }

  private missing(): string | null {
    if (!this.place) return "Say where it is: click the map, or type its longitude and latitude.";
    return this.values.text?.trim() || this.values.category ? null : "Say what it is: a few words, or a matter.";
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    this.trouble = this.missing();
    this.requestUpdate();
    if (this.trouble || this.busy) return;
    await this.sending(async () => {
      const { lon, lat, accuracy_m, datum, text, category } = this.body();
      const asked = { lon, lat, accuracy_m, datum, text, category };
      // A report is never held up by this.
      this.same = await request<{ items: Suggestion[] }>("POST", "/api/v1/duplicates", asked).then((found) => found.items, () => []);
      if (this.same.length === 0) await this.file();
    });
  }

  private async file(): Promise<void> {
    this.filed = await request<Case>("POST", "/api/v1/reports", { ...this.body(), source: this.source, captured_at: new Date().toISOString() });
    this.same = [];
  }

  private async join(caseNo: string): Promise<void> {
    await this.sending(async () => {
      this.joined = await request<Joined>("POST", `/api/v1/duplicates/${encodeURIComponent(caseNo)}/support`, this.body());
      this.same = [];
    });
  }

  private async sending(send: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.requestUpdate();
    try {
      await send();
    } catch (failed) {
      this.trouble = failed instanceof Refusal && failed.status === 0 ? "Nobody answers; what you wrote is still here. Send it again." : this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>("[data-filed], [data-joined], [data-same] button")?.focus();
  }

  /** The next call: all but the way that it comes in by is new. */
  private anew(): void {
    Object.assign(this, { values: {}, place: null, reportId: newId(), same: [], filed: null, joined: null, trouble: null });
    this.desk.ground.setPlace(null, null);
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[name=text]")?.focus());
  }

  protected override render(): TemplateResult {
    return html`<div class="scroll">${this.filed ? this.filedPart(this.filed) : this.joined ? this.joinedPart(this.joined) : this.form()}</div>`;
  }

  private form(): TemplateResult {
    const { values, desk } = this;
    return html`<div class="dispute intake" data-intake><header><div><h2>New case 受理</h2><p class="meta"><span>Somebody calls or stands at the counter</span></p></div></header>
      <form class="act" novalidate @submit=${(event: Event) => void this.submit(event)}>
      <section><h3>Where 地点</h3><gm-place-pick .desk=${desk} @placed=${(event: CustomEvent<Picked | null>) => this.stand(event.detail)}></gm-place-pick></section>
      <section><h3>What 事由</h3><label>In his words<textarea name="text" rows="3" maxlength=${MOST_LETTERS} .value=${values.text ?? ""} @input=${this.typed}></textarea></label>
        <gm-picker data-field="category" label="Matter (open: it is sorted by the words)" placeholder="Any matter called" .options=${desk.catalogue.matterOptions()} .value=${values.category ?? ""} @picked=${(event: CustomEvent<string>) => this.take("category", event.detail)}></gm-picker></section>
      <section><h3>Who and how 来源</h3><div class="in-a-row"><label>By which way<select name="source" @change=${(event: Event) => this.take("source", (this.source = valueOf(event)))}>${desk.config.sources.map((one) => html`<option value=${one.code} ?selected=${one.code === this.source}>${nameOf(one, CHINESE)}</option>`)}</select></label>
        ${this.isCitizens ? CONTACT.map(([name, word, type]) => html`<label>${word}<input name=${name} type=${type} autocomplete="off" maxlength="200" .value=${values[name] ?? ""} @input=${this.typed} /></label>`) : nothing}</div>
        ${this.isCitizens ? html`<p class="muted">For the answer and the call-back alone; whoever handles the case is not shown it.</p>` : nothing}</section>
      ${this.samePart()}
      <section class="send">${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
        <div class="buttons"><button class="primary" data-submit ?disabled=${this.busy || this.same.length > 0}>${this.busy ? "Sending …" : "File the case"}</button><button type="button" class="quiet" @click=${() => this.anew()}>Clear</button></div></section></form></div>`;
  }

  private samePart(): TemplateResult | typeof nothing {
    if (this.same.length === 0) return nothing;
    const others = (one: Suggestion): number => one.supporters + one.unnamed_supporters;
    return html`<section class="same" role="group" aria-label="Near by already" data-same=${this.same.length}><h3>Near by already: is it one of these?</h3>
      <ul class="stack">${this.same.map((one) => html`<li data-suggested=${one.case_no}><b>${this.desk.catalogue.matterName(one.category)}</b> <a class="mono" href="/?case=${one.case_no}" target="_blank" rel="noopener">${one.case_no}</a>
        <span class="line muted">${metres(one.distance_m)} away, ${span(one.age_seconds * 1000)} old${others(one) ? `, told by ${others(one)} more` : ""}</span><button type="button" class="quiet" data-join ?disabled=${this.busy} @click=${() => void this.join(one.case_no)}>It is this one: join it</button></li>`)}</ul>
      <div class="buttons"><button type="button" class="primary" data-own ?disabled=${this.busy} @click=${() => void this.sending(() => this.file())}>It is another: file it</button></div></section>`;
  }

  private filedPart(one: Case): TemplateResult {
    const { desk } = this;
    const unit = one.cell;
    const lead = (one.owner?.lead ?? null) as UnitRef | null;
    return html`<div class="dispute"><header><div><h2>Filed <span class="mono">${one.case_no}</span></h2></div></header>
      <section class="filed" tabindex="-1" data-filed=${one.case_no}><dl class="who"><dt>Case</dt><dd><a class="mono" href="/?case=${one.case_no}">${one.case_no}</a></dd>
        <dt>Matter</dt><dd>${desk.catalogue.matterName(one.category)}</dd><dt>Unit</dt><dd>${unit ? html`${unit.name} <small class="mono muted">${unit.code}</small>` : "outside the grid"}</dd>
        <dt>Whose it is</dt><dd>${lead ? desk.catalogue.unitName(lead) : "not settled yet"}</dd></dl>
        <div class="buttons"><button class="primary" data-next @click=${() => this.anew()}>The next call</button></div></section></div>`;
  }

  private joinedPart(one: Joined): TemplateResult {
    return html`<div class="dispute"><header><div><h2>Joined <span class="mono">${one.case_no}</span></h2></div></header>
      <section class="filed" tabindex="-1" data-joined=${one.case_no}><p>${one.counted ? "Who calls is counted among those who reported it." : "He had reported it before; he is counted once."} <a href="/?case=${one.case_no}">Open the case</a></p>
        <div class="buttons"><button class="primary" data-next @click=${() => this.anew()}>The next call</button></div></section></div>`;
  }
}

customElements.define("gm-intake", Intake);
