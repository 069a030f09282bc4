// Reports wait here until the server has answered for each. Kept in IndexedDB, so that neither a lost network
// nor a closed page loses one; the UUID is made once, so that a repeat is never a second case.
import { Refusal, request, whoAmI, type Case } from "../api";
import type { Photo, Picture } from "./photo";
import type { Joined } from "./same";
import type { SelfSolved } from "./solved";
import type { Reporter } from "./who";

export type Body = {
  id: string;
  lon: number;
  lat: number;
  accuracy_m: number | null;
  datum: string;
  captured_at: string;
  text: string;
  category?: string;
  /** Names alone in entries of former pages. */
  photos?: (string | Picture)[];
  /** The way it came in; left out in entries of former pages, which were an officer's or nobody's. */
  source?: string;
  reporter?: Reporter;
  self_solved?: SelfSolved;
};
export type Entry = {
  id: string;
  at: number;
  body: Body;
  photo: Photo | null;
  /** The picture of what was solved on the spot. */
  after?: Photo | null;
  /** Whose report it is; null: of somebody without an account. */
  login: string | null;
  /** `held`: written by an officer whose session has ended since; it goes out after the log-in. `joined`: it was said of a
   * case that stood already, and is no report of its own. */
  state: "waiting" | "sending" | "sent" | "refused" | "held" | "joined";
  answer?: Case;
  joined?: Joined;
  problem?: string;
};

const NAME = "gridmaps-outbox";
const STORE = "reports";
const FIRST_RETRY_MS = 3_000;
const LAST_RETRY_MS = 60_000;
// Refusals that may pass: no session, too slow, too early, too many.
const PASSING = new Set([0, 401, 408, 425, 429]);

const asked = <T>(ask: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(ask.error ?? new Error("IndexedDB failed"));
  });

function database(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
  return asked(opening);
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const open = await database();
  try {
    return await asked(act(open.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    open.close();
  }
}

// A contact stays on no telephone longer than it must.
function told({ reporter: _, ...body }: Body): Body {
  return body;
}

export class Outbox {
  private retryMs = FIRST_RETRY_MS;
  private timer = 0;

  /** `login` tells who is logged in; `ended` hears that the server no longer knows the session. */
  constructor(
    private readonly changed: () => void,
    private readonly login: () => string | null,
    private readonly ended: () => void,
  ) {
    addEventListener("online", () => this.flushSoon());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flushSoon());
  }

  /** All entries, newest first. */
  async list(): Promise<Entry[]> {
    const entries = (await within("readonly", (store) => store.getAll())) as Entry[];
    return entries.sort((a, b) => b.at - a.at);
  }

  async add(body: Body, photo: Photo | null, after: Photo | null = null): Promise<void> {
    await this.keep({ id: body.id, at: Date.now(), body, photo, after, login: this.login(), state: "waiting" });
    this.flushSoon();
  }

  /** What was said of a case that stands already: nothing is left to be sent, its number and its link are kept. */
  async keepJoined(body: Body, joined: Joined): Promise<void> {
    await this.keep({ id: body.id, at: Date.now(), body: told(body), photo: null, login: this.login(), state: "joined", joined });
  }

  async sendAgain(entry: Entry): Promise<void> {
    await this.keep({ ...entry, state: "waiting", problem: undefined });
    this.flushSoon();
  }

  async discard(id: string): Promise<void> {
    await within("readwrite", (store) => store.delete(id));
    this.changed();
  }

  async keep(entry: Entry): Promise<void> {
    await within("readwrite", (store) => store.put(entry));
    this.changed();
  }

  flushSoon(): void {
    this.retryMs = FIRST_RETRY_MS;
    void this.flush();
  }

  // The lock keeps two open pages from sending one report at the same time.
  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    const work = async (): Promise<void> => {
      const waiting = (await this.list()).filter((one) => ["waiting", "sending", "held"].includes(one.state)).reverse();
      for (const entry of waiting) if (!(await this.send(entry))) return this.later();
    };
    if (navigator.locks) await navigator.locks.request(NAME, work);
    else await work();
  }

  private later(): void {
    this.timer = window.setTimeout(() => void this.flush(), this.retryMs);
    this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
  }

  /** Whether the server has spoken about this entry, for or against. */
  private async send(entry: Entry): Promise<boolean> {
    const officer = entry.login ?? null;
    if (officer !== null && officer !== this.login()) return this.hold(entry);
    await this.keep({ ...entry, state: "sending" });
    try {
      for (const photo of [entry.photo, entry.after]) {
        if (photo) await request("PUT", `/api/v1/photos/${photo.sha256}`, new Blob([photo.bytes], { type: photo.type }));
      }
      // Settled only now: written without an account it is the public's, whatever became of the network meanwhile.
      const body = { ...entry.body, source: officer === null ? "public" : (entry.body.source ?? "grid") };
      const answer = await request<Case>("POST", "/api/v1/reports", body);
      await this.keep({ ...entry, body: told(entry.body), photo: null, after: null, state: "sent", answer, problem: undefined });
      return true;
    } catch (failed) {
      if (officer !== null && (await this.sessionEnded(failed))) {
        this.ended();
        return this.hold(entry);
      }
      const refusal = failed instanceof Refusal ? failed : new Refusal(0, "error", String(failed));
      const passing = PASSING.has(refusal.status) || refusal.status >= 500;
      const problem = refusal.status === 0 ? undefined : refusal.message;
      await this.keep({ ...entry, state: passing ? "waiting" : "refused", problem });
      return !passing;
    }
  }

  // Others may go out; this one waits for its officer, and a log-in sends it.
  private async hold(entry: Entry): Promise<boolean> {
    await this.keep({ ...entry, state: "held", problem: undefined });
    return true;
  }

  // Without a session the server says 403 for the source, not 401: then it is asked who is there.
  private async sessionEnded(failed: unknown): Promise<boolean> {
    if (!(failed instanceof Refusal) || (failed.status !== 401 && failed.status !== 403)) return false;
    return (await whoAmI().catch(() => undefined)) === null;
  }
}

/** A UUID, also where the page is not served over HTTPS. */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
