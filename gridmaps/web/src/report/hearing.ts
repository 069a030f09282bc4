// What others want of who is logged in: calls of his unit and cases that wait for him, asked for now and then; and the
// answers that he gives on the spot. Knows when to ask, not how it is shown.
import { isSessionEnded } from "../api";
import { Question } from "../question";
import { giveAllClear } from "./check-in";
import type { Phone } from "./phone";
import { isCalled, readWhistles, reportIn, type Whistle, type WhistleState } from "./whistle";
import { canBeWaitedFor, readWork } from "./work";
import { words } from "./words";

const LISTEN_MS = 60_000; // how often the phone asks whether its unit is called

export class Hearing {
  private readonly asksWhistles = new Question();
  private readonly asksWork = new Question();

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
    await this.listen(this.asksWhistles, readWhistles, (items) => (phone.whistles = { ...phone.whistles, items }));
  }

  private async hearWork(): Promise<void> {
    const { phone } = this;
    if (!canBeWaitedFor(phone.account.session)) return;
    await this.listen(this.asksWork, readWork, (work) => (phone.work = work));
  }

  // What somebody else was to hear is not for who is there now. Without a network what was heard last stands.
  private async listen<T>(question: Question, read: (signal: AbortSignal) => Promise<T>, take: (heard: T) => void): Promise<void> {
    const asking = question.ask(this.phone.account.session?.login);
    try {
      const heard = await read(asking.signal);
      if (!asking.counts()) return;
      take(heard);
      this.phone.draw();
    } catch (failed) {
      if (asking.counts() && isSessionEnded(failed)) this.ended();
    }
  }

  /** Somebody else is there, or nobody any more. */
  forget(): void {
    this.asksWhistles.drop();
    this.asksWork.drop();
  }

  async reportIn(one: Whistle, unit: string): Promise<void> {
    const { phone } = this;
    const tell = (told: Partial<WhistleState>): void => {
      phone.whistles = { ...phone.whistles, ...told };
      phone.draw();
    };
    await reportIn(phone.whistles, one, unit, words(), tell, this.ended);
    await this.hearWhistles();
  }

  allClear(): void {
    const { phone } = this;
    void giveAllClear(words(), (state) => ((phone.clear = state), phone.draw()), this.ended);
  }
}
