// The way of a case: levels that held it, tasks and their deadlines, what was asked for, what happened with the words of
// each act, and cases that may be the same.
import "./case-way.css";
import { html, nothing, type TemplateResult } from "lit";
import { get, nameOf, type Case, type CaseEvent, type Config, type Session } from "../api";
import { may, type Catalogue } from "../duty";
import { Question } from "../question";
import { wordOf } from "../ui/act-words";
import { stateWords } from "../ui/case-states";
import { unitWords } from "../ui/decision";
import { span, stamp } from "../ui/format";
import { CHINESE } from "../ui/language";
import { personWords } from "../ui/names";
import { NamedPart } from "../ui/part";

type Likely = { case_no: string; category: string | null; state: string; received_at: string; distance_m: number; supporters: number; score: number; same_photo: boolean };
type AlsoSaid = { case_no: string; part: "reporter" | "repeat" | "supporter"; at: string; is_known: boolean; text: string | null; photos: string[] };

const SAME_MS = 1000;
const plain = (word: string): string => word.replaceAll("_", " ");

/** How many others report the same: those who are certain, and apart from them those of whom nothing is. */
function others(known: number, unnamed: number): string {
  const named = `${known} ${known === 1 ? "other person reports" : "others report"} the same`;
  if (!known) return `${unnamed} without a confirmed name ${unnamed === 1 ? "reports" : "report"} the same.`;
  return unnamed ? `${named}, and ${unnamed} without a confirmed name.` : `${named}.`;
}

class CaseWay extends NamedPart {
  static override properties = { one: { attribute: false }, config: { attribute: false }, catalogue: { attribute: false }, session: { attribute: false }, now: { attribute: false } };
  declare one: Case;
  declare config: Config | null;
  declare catalogue: Catalogue | null;
  declare session: Session | null;
  declare now: number;
  private readonly question = new Question();
  private likely: Likely[] = [];
  private said: AlsoSaid[] = [];
  private read = "";

  protected override willUpdate(): void {
    const { case_no, state, history } = this.one;
    if (!this.read.startsWith(`${case_no} `)) this.forget();
    const wanted = `${case_no} ${state} ${history?.length ?? 0}`;
    if (wanted === this.read || !history) return;
    this.read = wanted;
    void this.readBeside(case_no);
  }

  // What stands beside one case says nothing of the next, also while that is still being read.
  private forget(): void {
    this.question.drop();
    Object.assign(this, { likely: [], said: [], read: "" });
  }

  // Beside the case: what cannot be read leaves its part away.
  private async readBeside(caseNo: string): Promise<void> {
    const asking = this.question.ask(caseNo);
    const path = `/api/v1/cases/${caseNo}/duplicates`;
    const [likely, said] = await Promise.all([
      may(this.session, "merge") ? get<{ items: Likely[] }>(path, asking.signal).catch(() => null) : null,
      may(this.session, "read_text") ? get<{ items: AlsoSaid[] }>(`/api/v1/cases/${caseNo}/also-said`, asking.signal).catch(() => null) : null,
    ]);
    if (!asking.counts()) return;
    this.likely = likely?.items ?? [];
    this.said = said?.items ?? [];
    this.requestUpdate();
  }

  private get zone(): string | undefined {
    return this.config?.time_zone;
  }

  private due(at: string | null | undefined, ended: string | null | undefined): TemplateResult | typeof nothing {
    if (!at) return nothing;
    const left = Date.parse(at) - (ended ? Date.parse(ended) : this.now);
    return html`<span class=${left < 0 ? "late" : "muted"}>by ${stamp(at, this.zone)}${left < 0 ? `, ${span(left)} late` : ended ? "" : `, in ${span(left)}`}</span>`;
  }

  private tasks(): TemplateResult | typeof nothing {
    const tasks = this.one.tasks ?? [];
    if (tasks.length === 0) return nothing;
    return html`<section data-tasks=${tasks.length}><h3>Tasks</h3><ul class="way">${tasks.map((one) => html`<li class=${one.state}>
      <b>${unitWords(one.unit, this.catalogue)}</b><span>${one.part === "lead" ? "leads" : one.is_mandatory ? "assists" : "may assist"} · ${one.state}</span>${this.due(one.due_at, one.ended_at)}</li>`)}</ul></section>`;
  }

  private tiers(): TemplateResult | typeof nothing {
    const tiers = this.one.tiers ?? [];
    if (tiers.length === 0) return nothing;
    const level = (rank: number): string => nameOf(this.config?.levels.find((one) => one.rank === rank), CHINESE) || `Level ${rank}`;
    return html`<section data-tiers=${tiers.length}><h3>Levels that held it</h3><ul class="way">${tiers.map((one) => html`<li><b>${level(one.tier)}</b>
      <span>${span(one.seconds * 1000)}</span><span class="muted">since ${stamp(one.since, this.zone)}</span></li>`)}</ul></section>`;
  }

  private requests(): TemplateResult | typeof nothing {
    const requests = this.one.requests ?? [];
    if (requests.length === 0) return nothing;
    return html`<section><h3>Asked for</h3><ul class="way">${requests.map((one) => html`<li data-request=${one.kind}><b>${wordOf(one.kind)}</b>
      <span>${plain(one.state)}</span><span class="muted">${unitWords(one.unit, this.catalogue)}, ${stamp(one.asked_at, this.zone)}${one.until ? `, until ${stamp(one.until, this.zone)}` : ""}</span></li>`)}</ul></section>`;
  }

  private same(): TemplateResult | typeof nothing {
    const { one, likely, said } = this;
    const link = (caseNo: string): TemplateResult => html`<a class="mono" href="/?case=${caseNo}">${caseNo}</a>`;
    const unnamed = one.unnamed_supporters ?? 0;
    if (!one.merged_into && !one.supporters && !unnamed && likely.length + said.length === 0) return nothing;
    return html`<section data-same><h3>The same complaint</h3>
      ${one.merged_into ? html`<p>Joined to ${link(one.merged_into)}</p>` : nothing}
      ${one.supporters || unnamed ? html`<p data-supporters=${one.supporters ?? 0}>${others(one.supporters ?? 0, unnamed)}</p>` : nothing}
      ${said.length ? html`<ul class="way">${said.map((other) => html`<li data-also-said=${other.part}>
        <b>${other.part === "repeat" ? "The reporter again" : other.part === "supporter" ? "Somebody who joined" : html`Reported as ${link(other.case_no)}`}</b>
        <span class="muted">${stamp(other.at, this.zone)}</span>
        <div>${other.text ? html`<p class="words">${other.text}</p>` : nothing}${other.photos.length ? html`<div class="photos">${other.photos.map((name) => html`<a href="/api/v1/photos/${name}" target="_blank" rel="noopener"><img src="/api/v1/photos/${name}" alt="Photo of what was said" /></a>`)}</div>` : nothing}${other.is_known ? nothing : html`<span class="muted">Name not confirmed</span>`}</div></li>`)}</ul>` : nothing}
      ${likely.length ? html`<ul class="way">${likely.slice(0, 5).map((other) => html`<li data-likely=${other.case_no}>${link(other.case_no)}
        <span>${Math.round(other.distance_m)} m away · ${stateWords(other.state)}</span><span class="muted">${stamp(other.received_at, this.zone)}${other.same_photo ? ", the same photo" : ""}</span></li>`)}</ul>` : nothing}</section>`;
  }

  private happened(event: CaseEvent): TemplateResult {
    const { payload } = event;
    const word = event.kind.replace(/^(case|whistle)\./, "").replaceAll("_", " ");
    const outside = event.kind === "case.moved" ? "outside the grid" : "";
    const [from, to] = [payload.from, payload.to].map((state) => (state ? plain(String(state)) : outside));
    const notes = (this.one.notes ?? []).filter((note) => Math.abs(Date.parse(note.at) - Date.parse(event.at)) < SAME_MS && note.actor === event.actor && event.payload.act === note.act);
    return html`<li data-event=${event.kind}><time class="mono">${stamp(event.at, this.zone)}</time>
      <span>${word}${payload.phase ? ` (${String(payload.phase)})` : ""}${from && to && from !== to ? html` <span class="muted">${from} → ${to}</span>` : nothing}</span>
      <span class="by muted">${personWords(event.actor, event.actor_name)}</span>
      ${notes.map((note) => html`<p class="note">${note.note}</p>`)}</li>`;
  }

  private history(): TemplateResult {
    const { history } = this.one;
    return html`<section><h3>History</h3>${history?.length ? html`<ol class="history">${history.map((event) => this.happened(event))}</ol>` : html`<p class="muted">Not loaded.</p>`}</section>`;
  }

  protected override render(): TemplateResult {
    return html`${this.tasks()}${this.tiers()}${this.requests()}${this.same()}${this.history()}`;
  }
}

customElements.define("gm-case-way", CaseWay);
