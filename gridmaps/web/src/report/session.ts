// Who is logged in on this phone: in, out, and a session that the server has ended. Only the server's own word ends one;
// without a network the last one stands. Knows no report.
import * as api from "../api";
import type { AccountActions } from "./account";
import { nothingCleared } from "./check-in";
import { keepSession } from "./kept";
import { sentence, type Phone } from "./phone";
import { noWhistles } from "./whistle";
import { noWork } from "./work";
import { switchLanguage } from "./words";

/** `onOther`: somebody else is there, or nobody any more; `onIn`: somebody has just logged in. */
export type Heard = { onOther: () => void; onIn: () => void };

export class SessionOfPhone {
  constructor(
    private readonly phone: Phone,
    private readonly heard: Heard,
  ) {}

  private settle(session: api.Session | null): void {
    const { phone } = this;
    const isOther = session?.login !== phone.account.session?.login;
    phone.account.session = session;
    if (isOther) this.heard.onOther();
    keepSession(session);
    if (session === null || isOther) phone.work = noWork();
    if (session === null) Object.assign(phone, { clear: nothingCleared(), whistles: noWhistles() });
  }

  /** The form opens by itself: until somebody logs in, the officer's reports wait. */
  ended(): void {
    this.settle(null);
    Object.assign(this.phone.account, { open: true, ended: true, problem: null });
    this.phone.draw();
  }

  /** Who is there by the server's word. */
  async ask(): Promise<void> {
    const session = await api.whoAmI().catch(() => undefined);
    if (session === undefined) return;
    if (session === null && this.phone.account.session) return this.ended();
    this.settle(session);
  }

  private async logIn(login: string, password: string): Promise<void> {
    const { account, draw } = this.phone;
    Object.assign(account, { busy: true, problem: null });
    draw();
    try {
      const session = await api.logIn(login, password);
      Object.assign(account, { session: session?.role ? session : await api.whoAmI(), open: false, ended: false });
      keepSession(account.session);
      this.heard.onOther();
      this.heard.onIn();
    } catch (failed) {
      account.problem = sentence(failed);
    }
    account.busy = false;
    draw();
  }

  private async logOut(): Promise<void> {
    await api.logOut().catch(() => undefined);
    this.settle(null);
    this.phone.draw();
  }

  readonly actions: AccountActions = {
    toggle: () => {
      this.phone.account.open = !this.phone.account.open;
      this.phone.draw();
    },
    logIn: (login, password) => void this.logIn(login, password),
    logOut: () => void this.logOut(),
    language: () => {
      switchLanguage();
      this.phone.draw();
    },
  };
}
