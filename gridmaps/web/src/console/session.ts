// Who is logged in: coming in, going out, and a session that the server has ended. Says when the others begin to read
// and what is forgotten when somebody leaves; knows nothing of what they read.
import * as api from "../api";
import { say, type Centre } from "./centre";

const ENDED = "Your session has ended; log in again.";

/** What somebody who comes in is shown, and what ends with him. */
export type Doors = { onEnter: () => Promise<void>; onLeave: () => void };

export class SessionOfPage {
  constructor(
    private readonly centre: Centre,
    private readonly doors: Doors,
  ) {
    centre.onEnded = () => this.ended();
  }

  /** Whoever is logged in already goes in. */
  async begin(): Promise<void> {
    try {
      this.centre.set({ session: await api.whoAmI(), sessionKnown: true });
    } catch (failed) {
      this.centre.set({ sessionKnown: true, loginError: say(failed) });
    }
    if (this.centre.state.session) await this.doors.onEnter();
  }

  async logIn(login: string, password: string): Promise<void> {
    this.centre.set({ loggingIn: true, loginError: null });
    try {
      const session = await api.logIn(login, password);
      this.centre.set({ session: session?.name ? session : await api.whoAmI(), loggingIn: false });
      await this.doors.onEnter();
    } catch (failed) {
      this.centre.set({ loggingIn: false, loginError: say(failed) });
    }
  }

  logOut(): void {
    void api.logOut().finally(() => this.leave(null));
  }

  // Said at once, rather than after an hour of stale cases; what was open is there again after the log-in.
  private ended(): void {
    const { session, picked } = this.centre.state;
    if (!session) return;
    this.leave(ENDED);
    this.centre.set({ picked, queueOpen: true });
  }

  private leave(loginError: string | null): void {
    this.doors.onLeave();
    this.centre.ground?.hideCases();
    this.centre.set({ session: null, cases: new Map(), lists: new Map(), picked: null, detail: null, detailError: null, listError: null,
      silence: null, totals: null, totalsLost: false, loginError });
  }
}
