// The live feed: one EventSource, resumed by its cursor, gathering bursts into one fetch. Knows no map.
import { casesByNumber, get, isSessionEnded, type Case } from "./api";

export type Link = { state: "closed" | "connecting" | "live" | "behind" | "reconnecting"; lagSeconds: number };
export type LiveHandlers = {
  cases: (cases: Case[]) => void;
  grid: () => void;
  patrol: () => void;
  /** A whistle was raised, heard or ended; who does not ask does not hear. */
  whistles?: () => void;
  reset: () => void;
  /** The server no longer knows the session. */
  ended: () => void;
  link: (link: Link) => void;
};
type Message = { subject: string; subject_id: string; kind: string; at: string };

const GATHER_MS = 40;
const BEHIND_AFTER_S = 3;
const RETRY_MS = 2000;
const PROBE_MS = 15_000;
// The browser hands out named events only to those who asked for the name: a kind that is missing here is not heard.
const KINDS = ["case.reported", "case.moved", "case.sorted", "case.filed", "case.dispatched", "case.returned", "case.disputed",
  "case.ruled", "case.referred", "case.contacted", "case.recalled", "case.interim_ordered", "case.cost_noted",
  "case.voided", "case.check_asked", "case.report_verified", "case.own_handled", "case.own_solved", "case.handed_over", "case.escalated",
  "case.ordered_down", "case.received", "case.submitted", "case.task_finished", "case.result_verified", "case.extended",
  "case.suspended", "case.resumed", "case.supervised", "case.chased", "case.answered", "case.merged", "case.split", "case.supported", "case.called_back", "case.reopened",
  "case.evaluated", "case.call_back_settled", "case.call_back_marked", "case.citizen_contacted", "case.appealed", "case.task_assigned", "case.task_revoked",
  "case.help_asked", "case.conferred", "case.decided", "case.minuted", "case.conference_ended", "case.conference_acted", "case.action_chased",
  "whistle.raised", "whistle.reported_in", "whistle.absent", "whistle.resolved", "whistle.withdrawn", "whistle.scored", "whistle.moved",
  "grid.published", "check_in.filed"];

export class LiveFeed {
  private stream: EventSource | null = null;
  private readonly waiting = new Set<string>();
  private timer = 0;
  private fetching = false;
  private oldestWaiting = 0;
  private state: Link["state"] = "closed";
  private retry = 0;
  private cursor = "";

  constructor(private readonly on: LiveHandlers) {
    setInterval(() => this.tellLink(), 1000);
    setInterval(() => void this.probe(), PROBE_MS);
    addEventListener("offline", () => this.drop());
    addEventListener("online", () => this.stream === null && this.cursor && this.open(this.cursor));
  }

  /** The newest cursor: take it before the first list of cases, so that nothing falls between. */
  static async cursorNow(signal?: AbortSignal): Promise<string> {
    return (await get<{ cursor: string }>("/api/v1/events/cursor", signal)).cursor;
  }

  get isOpen(): boolean {
    return this.cursor !== "";
  }

  open(cursor: string): void {
    this.end();
    this.cursor = cursor;
    this.setState(this.state === "reconnecting" ? "reconnecting" : "connecting");
    const stream = new EventSource(`/api/v1/events?cursor=${encodeURIComponent(cursor)}`);
    this.stream = stream;
    const take = (event: MessageEvent<string>): void => {
      if (event.lastEventId) this.cursor = event.lastEventId;
      this.take(JSON.parse(event.data) as Message);
    };
    stream.onopen = () => this.setState("live");
    for (const kind of KINDS) stream.addEventListener(kind, take as EventListener);
    stream.addEventListener("reset", () => this.on.reset());
    // The browser would try again by itself, but not after a refusal; one way for both is easier to trust.
    stream.onerror = () => this.stream === stream && this.drop();
  }

  close(): void {
    this.cursor = "";
    this.waiting.clear();
    this.end();
    this.setState("closed");
  }

  private end(): void {
    clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
  }

  // What was heard so far stays known: the next stream begins behind it, and nothing is missed.
  private drop(): void {
    if (!this.cursor) return;
    this.end();
    this.setState("reconnecting");
    this.retry = window.setTimeout(() => void this.again(), RETRY_MS);
  }

  // An event stream does not tell why it was refused; a plain request does.
  private async again(): Promise<void> {
    try {
      await LiveFeed.cursorNow(AbortSignal.timeout(PROBE_MS / 2));
    } catch (failed) {
      return isSessionEnded(failed) ? this.on.ended() : this.stream === null ? this.drop() : undefined;
    }
    if (this.cursor && this.stream === null) this.open(this.cursor);
  }

  // A line that died without a word looks open for minutes: ask now and then whether anybody is there.
  private async probe(): Promise<void> {
    if (this.state !== "live") return;
    try {
      await LiveFeed.cursorNow(AbortSignal.timeout(PROBE_MS / 2));
    } catch (failed) {
      if (isSessionEnded(failed)) this.on.ended();
      else this.drop();
    }
  }

  private take(message: Message): void {
    if (message.subject === "grid") return this.on.grid();
    if (message.subject === "whistle") return this.on.whistles?.();
    if (message.subject !== "case") return this.on.patrol();
    if (this.waiting.size === 0) this.oldestWaiting = Date.now();
    this.waiting.add(message.subject_id);
    if (!this.timer) this.timer = window.setTimeout(() => void this.fetchWaiting(), GATHER_MS);
  }

  private async fetchWaiting(): Promise<void> {
    this.timer = 0;
    if (this.fetching || this.waiting.size === 0) return;
    this.fetching = true;
    const numbers = [...this.waiting];
    try {
      const cases = await casesByNumber(numbers);
      numbers.forEach((number) => this.waiting.delete(number));
      this.on.cases(cases);
    } catch (failed) {
      if (isSessionEnded(failed)) this.on.ended();
      else this.timer = window.setTimeout(() => void this.fetchWaiting(), 1500);
    } finally {
      this.fetching = false;
      if (this.waiting.size > 0 && !this.timer) this.timer = window.setTimeout(() => void this.fetchWaiting(), GATHER_MS);
    }
  }

  private setState(state: Link["state"]): void {
    this.state = state;
    if (state === "live") document.documentElement.dataset.live = "1";
    else delete document.documentElement.dataset.live;
    this.tellLink();
  }

  private tellLink(): void {
    const lagSeconds = this.waiting.size ? Math.round((Date.now() - this.oldestWaiting) / 1000) : 0;
    const behind = this.state === "live" && lagSeconds >= BEHIND_AFTER_S;
    this.on.link({ state: behind ? "behind" : this.state, lagSeconds });
  }
}
