// The live feed: one EventSource, resumed by its cursor, gathering bursts into one fetch. Knows no map.
import { casesByNumber, get, type Case } from "./api";

export type Link = { state: "closed" | "connecting" | "live" | "behind" | "reconnecting"; lagSeconds: number };
export type LiveHandlers = {
  cases: (cases: Case[]) => void;
  grid: () => void;
  patrol: () => void;
  reset: () => void;
  link: (link: Link) => void;
};
type Message = { subject: string; subject_id: string; kind: string; at: string };

const GATHER_MS = 40;
const BEHIND_AFTER_S = 3;
// The browser hands out named events only to those who asked for the name: a kind that is missing here is not heard.
const KINDS = ["case.reported", "case.moved", "grid.published", "check_in.filed"];

export class LiveFeed {
  private stream: EventSource | null = null;
  private readonly waiting = new Set<string>();
  private timer = 0;
  private fetching = false;
  private oldestWaiting = 0;
  private state: Link["state"] = "closed";
  private retry = 0;

  constructor(private readonly on: LiveHandlers) {
    setInterval(() => this.tellLink(), 1000);
  }

  /** The newest cursor: take it before the first list of cases, so that nothing falls between. */
  static async cursorNow(): Promise<string> {
    const answer = await get<{ cursor: string } | string>("/api/v1/events/cursor");
    return typeof answer === "string" ? answer : answer.cursor;
  }

  open(cursor: string): void {
    this.close();
    this.setState("connecting");
    const stream = new EventSource(`/api/v1/events?cursor=${encodeURIComponent(cursor)}`);
    this.stream = stream;
    let last = cursor;
    const take = (event: MessageEvent<string>): void => {
      if (event.lastEventId) last = event.lastEventId;
      this.take(JSON.parse(event.data) as Message);
    };
    stream.onopen = () => this.setState("live");
    stream.onmessage = take;
    for (const kind of KINDS) stream.addEventListener(kind, take as EventListener);
    stream.addEventListener("reset", () => this.on.reset());
    stream.onerror = () => {
      this.setState("reconnecting");
      // A refused stream closes for good; the browser only retries broken ones.
      if (stream.readyState === EventSource.CLOSED && this.stream === stream) this.reopenLater(() => last);
    };
  }

  close(): void {
    clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
    this.setState("closed");
  }

  private reopenLater(cursor: () => string): void {
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(cursor()), 2000);
  }

  private take(message: Message): void {
    if (message.subject === "grid") return this.on.grid();
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
    } catch {
      this.timer = window.setTimeout(() => void this.fetchWaiting(), 1500);
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
