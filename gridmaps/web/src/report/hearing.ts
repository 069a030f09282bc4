// What others want of who is logged in: calls of his unit and cases that wait for him, asked for now and then; and the
// answers that he gives on the spot. Knows when to ask, not how it is shown.
import { giveAllClear } from "./check-in";
import type { Phone } from "./phone";
import { isCalled, readWhistles, reportIn, type Whistle } from "./whistle";
import { canBeWaitedFor, readWork } from "./work";
import { words } from "./words";

const LISTEN_MS = 60_000; // how often the phone asks whether its unit is called

export class Hearing {
  /** `ended` hears that the server no longer knows the session. */
  constructor(
    private readonly phone: Phone,
    private readonly ended: () => void,
  ) {}

  begin(): void {
    addEventListener("visibilitychange", () => document.hidden || this.hear());
    setInterval(() => this.hear(), LISTEN_MS);
  }

  hear(): void {
    void Promise.all([this.hearWhistles(), this.hearWork()]);
  }

  private async hearWhistles(): Promise<void> {
    const { phone } = this;
    if (!isCalled(phone.account.session) || phone.whistles.busy !== null) return;
    phone.whistles = await readWhistles(phone.whistles, this.ended);
    phone.draw();
  }

  private async hearWork(): Promise<void> {
    const { phone } = this;
    const { session } = phone.account;
    if (!canBeWaitedFor(session)) return;
    const heard = await readWork(phone.work, this.ended);
    if (phone.account.session?.login !== session?.login) return; // somebody else's by now, or nobody's
    phone.work = heard;
    phone.draw();
  }

  reportIn(one: Whistle, unit: string): void {
    const { phone } = this;
    void reportIn(phone.whistles, one, unit, words(), (state) => ((phone.whistles = state), phone.draw()), this.ended);
  }

  allClear(): void {
    const { phone } = this;
    void giveAllClear(words(), (state) => ((phone.clear = state), phone.draw()), this.ended);
  }
}
