// The queue of disputes, the one that is open, and the way to a ruling.
import { html, nothing, type TemplateResult } from "lit";
import { get } from "../api";
import { Question, type Asking } from "../question";
import { asked, codeOf, may, type Dispute, type Explanation, type Page, type Ruling } from "../duty";
import { stamp } from "../ui/format";
import { disputeDetail } from "./dispute-detail";
import { disputeFilters, disputeQueue, NO_FILTERS, type Filters } from "./dispute-queue";
import type { Clicked, Mark } from "./ground";
import { leaderList, leaderSwitch } from "./leader-list";
import "./ruling-form";
import type { RulingForm } from "./ruling-form";
import { DeskView, Paged, paused } from "./view";

const PAGE = 50;

class Disputes extends DeskView {
  private filters: Filters = { ...NO_FILTERS };
  private readonly list = new Paged<Dispute>(() => this.path(), () => this.desk, () => this.drawn());
  private readonly question = new Question();
  private at: string | null = null;
  private detail: Dispute | null = null;
  private explanation: Explanation | null = null;
  private trouble: string | null = null;
  private ruling = false;
  private done: string | null = null;
  /** The day of the leader's list; null while the queue is shown. */
  private day: string | null = null;
  private readonly pause = paused();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key);
    void this.list.anew();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
  }

  private path(): string {
    if (this.day) return asked("/api/v1/disputes/alarms", { limit: PAGE, day: this.day });
    const { overdue, ...rest } = this.filters;
    return asked("/api/v1/disputes", { limit: PAGE, ...rest, overdue: overdue ? "true" : null });
  }

  private drawn(): void {
    const marks = this.list.items.map((one): Mark => ({ id: String(one.id), at: one.position, tone: one.state !== "open" ? "ruled" : one.is_over_age ? "late" : "open" }));
    this.mark(marks);
    this.requestUpdate();
  }

  protected stirred(): void {
    void this.list.anew(this.list.items.length);
    if (this.at && !this.ruling) void this.read(this.at);
  }

  protected opened(id: string | null): void {
    if (id !== this.at) Object.assign(this, { detail: null, explanation: null, trouble: null, ruling: false });
    this.at = id;
    if (id) void this.read(id, true);
    else {
      this.question.drop();
      this.desk.ground.setPlace(null, null);
    }
    this.requestUpdate();
  }

  private async read(id: string, andFly = false): Promise<void> {
    const asking = this.question.ask(id);
    try {
      const detail = await get<Dispute>(`/api/v1/disputes/${encodeURIComponent(id)}`, asking.signal);
      if (detail.state === "ruled") detail.ruling = (await get<Page<Ruling>>(`/api/v1/rulings?dispute=${detail.id}`, asking.signal)).items[0] ?? null;
      if (!asking.counts()) return;
      Object.assign(this, { detail, trouble: null });
      this.desk.ground.setPlace(detail.position, codeOf(detail.cell), detail.accuracy_m ?? 0);
      if (andFly) this.desk.ground.fly(detail.position);
      this.requestUpdate();
      await this.explain(detail, asking);
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  // Beside the dispute, not before it: a case whose reasons cannot be read can still be ruled on.
  private async explain(detail: Dispute, asking: Asking): Promise<void> {
    try {
      const explanation = await get<Explanation>(`/api/v1/cases/${detail.case_no}/explanation`, asking.signal);
      if (asking.counts()) this.explanation = explanation;
    } catch (failed) {
      if (asking.counts()) this.desk.sentence(failed);
    }
  }

  private set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.requestUpdate();
    this.pause(() => void this.list.anew());
  }

  private today(): string {
    return stamp(Date.now(), this.desk.config.time_zone).slice(0, 10);
  }

  private showDay(day: string | null): void {
    if (day === this.day) return;
    this.day = day;
    this.list.forget();
    void this.list.anew();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    if (event.key === "j" || event.key === "k") this.walk(event.key === "j" ? 1 : -1);
    if (event.key === "Enter" && target === document.body && this.at) this.querySelector<HTMLElement>(".sheet")?.focus();
    if (event.key === "Escape" && this.at && !this.ruling) this.desk.go("disputes");
  };

  private walk(by: number): void {
    if (this.ruling) return;
    const index = this.list.items.findIndex((one) => String(one.id) === this.at);
    const next = this.list.items[Math.max(0, index + by)];
    if (!next) return;
    this.desk.go("disputes", String(next.id));
    void this.updateComplete.then(() => this.querySelector(`[data-dispute="${next.id}"]`)?.scrollIntoView({ block: "nearest" }));
  }

  protected override clicked(clicked: Clicked): void {
    if (this.ruling) this.querySelector<RulingForm>("gm-ruling")?.clicked(clicked);
    else if (clicked.mark) this.desk.go("disputes", clicked.mark);
  }

  private ruled(event: CustomEvent<{ said: string }>): void {
    this.ruling = false;
    this.done = event.detail.said;
    void this.list.anew(this.list.items.length);
    if (this.at) void this.read(this.at);
    this.requestUpdate();
  }

  private leaveForm(): void {
    this.ruling = false;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<div class="two ${this.at ? "opened" : ""} ${this.ruling && this.detail ? "ruling-open" : ""}">
      <section class="pile" aria-label="Queue of disputes">
        ${leaderSwitch(this.day, () => this.today(), (day) => this.showDay(day))}
        ${this.day ? leaderList(this.list, this.desk, this.at, this.day) : html`${disputeFilters(this.filters, this.desk, (change) => this.set(change))}
        ${disputeQueue(this.list, this.desk, this.at, this.filters)}`}
      </section>
      <article class="sheet" tabindex="-1" aria-label="The picked dispute">${this.done ? this.doneLine() : nothing}${this.sheet()}</article>
    </div>`;
  }

  private doneLine(): TemplateResult {
    const close = (): void => {
      this.done = null;
      this.requestUpdate();
    };
    return html`<p class="done" role="status" data-done>${this.done}<button class="quiet" @click=${close}>Good</button></p>`;
  }

  private sheet(): TemplateResult {
    const { detail, trouble, desk } = this;
    const back = html`<a class="back" href="#disputes">← Queue</a>`;
    if (trouble) return html`${back}<p class="trouble" role="alert">${trouble}</p>`;
    if (!this.at) return html`<div class="blank"><b>No dispute is picked.</b><p>Take one from the queue, or press <kbd>j</kbd> and <kbd>k</kbd> to walk through it.</p></div>`;
    if (!detail) return html`${back}<p class="hint" aria-busy="true">Loading the dispute …</p>`;
    if (this.ruling) {
      return html`<gm-ruling .desk=${desk} .dispute=${detail} .chain=${(this.explanation?.decision.territorial ?? []).map((body) => body.cell)} @ruled=${(event: CustomEvent<{ said: string }>) => this.ruled(event)} @left=${() => this.leaveForm()}></gm-ruling>`;
    }
    const rule = (): void => {
      this.ruling = true;
      this.done = null;
      this.requestUpdate();
    };
    return html`${back}${disputeDetail(detail, this.explanation, desk, may(desk.session, "rule") ? rule : null, () => void this.read(String(detail.id)))}`;
  }
}

customElements.define("gm-disputes", Disputes);
