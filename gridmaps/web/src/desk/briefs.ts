// The numbered briefs, and one of them with its disputes; its paper is printed by the server.
import { html, nothing, type TemplateResult } from "lit";
import { get } from "../api";
import { asked, type Brief, type Dispute, type Return } from "../duty";
import { Question } from "../question";
import { stamp } from "../ui/format";
import { inTongue } from "../ui/language";
import { ageWords, ENTRIES, isLate, STATES } from "./dispute-queue";
import type { Clicked } from "./ground";
import { DeskView, Paged } from "./view";

// A brief of one dispute still shows the streets around it: about a kilometre.
const MARKS_ZOOM = 15;

type Refusal = Return & { name_zh: string };
/** A dispute as a brief tells it: `place` is its chain of cells by name, widest first. */
type Entry = Omit<Dispute, "returns"> & { place: string[]; returns: Refusal[] };
type BriefWhole = Omit<Brief, "disputes"> & { disputes: Entry[] };

/** The first and the last day of a period: the day that its end begins is the next one's. */
const daysOf = (one: { period_from: string; period_until: string }, zone: string | undefined): string =>
  [Date.parse(one.period_from), Date.parse(one.period_until) - 1].map((at) => stamp(at, zone).slice(0, 10)).join(" – ");

function refusal(one: Refusal): TemplateResult {
  return html`<p>Refused by <b>${inTongue(one.name, one.name_zh) || one.unit}</b>${one.reason ? html`: ${one.reason}` : nothing}
    ${one.basis ? html`<small class="muted block">On the basis of: ${one.basis}</small>` : nothing}</p>`;
}

class Briefs extends DeskView {
  private readonly list = new Paged<Brief>(() => asked("/api/v1/briefs", { limit: 50 }), () => this.desk, () => this.requestUpdate());
  private readonly question = new Question();
  private whole: BriefWhole | null = null;
  private trouble: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.list.anew();
  }

  protected stirred(): void {
    void this.list.anew(this.list.items.length);
    if (this.picked) void this.read(this.picked);
  }

  protected opened(number: string | null): void {
    if (this.whole?.number !== number) Object.assign(this, { whole: null, trouble: null });
    if (number) void this.read(number, true);
    else {
      this.question.drop();
      this.desk.ground.setMarks([]);
    }
    this.requestUpdate();
  }

  private async read(number: string, andFit = false): Promise<void> {
    const asking = this.question.ask(number);
    try {
      const whole = await get<BriefWhole>(`/api/v1/briefs/${encodeURIComponent(number)}`, asking.signal);
      if (!asking.counts()) return;
      Object.assign(this, { whole, trouble: null });
      this.desk.ground.setMarks(whole.disputes.filter((one) => one.position).map((one) => ({ id: String(one.id), at: one.position, tone: one.state !== "open" ? "ruled" : one.is_over_age ? "late" : "open" })));
      if (andFit) this.desk.ground.fit(whole.disputes.map((one) => one.position).filter(Boolean), MARKS_ZOOM);
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  protected override clicked(clicked: Clicked): void {
    if (clicked.mark) this.desk.go("disputes", clicked.mark);
  }

  protected override render(): TemplateResult {
    const { list } = this;
    return html`<div class="two ${this.picked ? "opened" : ""}">
      <section class="pile" aria-label="Briefs"><div class="scroll" data-queue=${list.isRead ? list.items.length : "loading"}>
        ${list.error ? html`<p class="trouble" role="alert">${list.error} <button class="quiet" @click=${() => void list.anew()}>Try again</button></p>` : nothing}
        ${!list.isRead && list.loading ? html`<p class="hint" aria-busy="true">Loading the briefs …</p>` : nothing}
        ${list.isRead && list.items.length === 0 ? html`<p class="hint"><b>No brief yet.</b>The sweep bundles a period's disputes into one, on the day the district set: <code>gridmaps sweep</code></p>` : nothing}
        <ol class="rows">${list.items.map((one) => this.row(one))}</ol>
        ${list.next ? html`<button class="more" ?disabled=${list.loading} @click=${() => void list.more()}>More briefs</button>` : nothing}</div></section>
      <article class="sheet" tabindex="-1" aria-label="The picked brief">${this.sheet()}</article></div>`;
  }

  private row(one: Brief): TemplateResult {
    const zone = this.desk.config.time_zone;
    const count = typeof one.disputes === "number" ? one.disputes : (one.disputes?.length ?? one.disputes_total);
    const words = [count === undefined ? "" : `${count} ${count === 1 ? "dispute" : "disputes"}`, one.open ? `${one.open} open` : ""].filter(Boolean).join(", ");
    return html`<li><a class="row" href="#briefs/${encodeURIComponent(one.number)}" data-brief=${one.number} aria-current=${this.picked === one.number ? "true" : nothing}>
      <span class="what mono">${one.number}</span><span class="age">${one.closed_at ? "closed" : "open"}</span>
      <span class="text">${daysOf(one, zone)}</span>
      <span class="meta">${words ? html`<span>${words}</span>` : nothing}<span>issued ${stamp(one.issued_at, zone)}</span></span></a></li>`;
  }

  private sheet(): TemplateResult {
    const { whole, trouble, desk } = this;
    const back = html`<a class="back" href="#briefs">← Briefs</a>`;
    if (trouble) return html`${back}<p class="trouble" role="alert">${trouble}</p>`;
    if (!this.picked) return html`<div class="blank"><b>No brief is picked.</b><p>A brief holds the disputes of one period for the leader in charge and the ruling panel.</p></div>`;
    if (!whole) return html`${back}<p class="hint" aria-busy="true">Loading the brief …</p>`;
    const zone = desk.config.time_zone;
    return html`${back}<div class="dispute" data-open=${whole.number}>
      <header><div><h2>Brief <span class="mono">${whole.number}</span></h2>
        <p class="meta"><span>${daysOf(whole, zone)}</span><span>${whole.closed_at ? `closed ${stamp(whole.closed_at, zone)}` : "open until its last dispute is settled"}</span></p></div>
        <a class="button" href="/api/v1/briefs/${encodeURIComponent(whole.number)}?format=html" target="_blank" rel="noopener" data-print>Print</a></header>
      ${whole.disputes.length === 0 ? html`<p class="hint">No dispute of this brief lies in your reach.</p>` : html`<div class="table"><table>
        <thead><tr><th scope="col">Case</th><th scope="col">Matter</th><th scope="col">Place</th><th scope="col">Entry</th><th scope="col" class="number">Age</th><th scope="col">State</th></tr></thead>
        <tbody>${whole.disputes.map((one) => this.line(one))}</tbody></table></div>`}</div>`;
  }

  private line(one: Entry): TemplateResult {
    const { catalogue } = this.desk;
    return html`<tr><td><a class="mono" href="#disputes/${one.id}">${one.case_no}</a></td><td>${catalogue.nameGiven(one)}</td><td data-place>${one.place.join(" / ") || "outside the grid"}</td><td>${ENTRIES[one.entry] ?? one.entry}</td>
      <td class="number ${isLate(one) ? "late" : ""}">${one.state === "open" ? ageWords(one.age_days) : "–"}</td><td>${STATES[one.state] ?? one.state}</td></tr>
      <tr class="refusals"><td colspan="6" data-refused>${one.returns.length ? one.returns.map(refusal) : html`<span class="muted">Nobody refused it.</span>`}</td></tr>`;
  }
}

customElements.define("gm-briefs", Briefs);
