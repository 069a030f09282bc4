// The reports of this phone after they were written: asking how one stands, sending a refused one again, letting it go;
// and the report that the page's address names. Knows no form.
import { Question } from "../question";
import type { EntryActions } from "./answer";
import type { Entry, Outbox } from "./outbox";
import { sentence, type Phone } from "./phone";
import { askAgain, askReport } from "./standing";

export class Sent {
  private readonly asksAddress = new Question();
  /** One for each report: asking about the next calls off nothing. */
  private readonly asksEntry = new Map<string, Question>();

  constructor(
    private readonly phone: Phone,
    private readonly outbox: Outbox,
    private readonly show: (part: string) => void,
  ) {}

  readonly actions: EntryActions = {
    sendAgain: (entry) => void this.outbox.sendAgain(entry),
    discard: (entry) => void this.outbox.discard(entry.id),
    refresh: (entry) => void this.refresh(entry),
  };

  private async refresh(entry: Entry): Promise<void> {
    const question = this.asksEntry.get(entry.id) ?? new Question();
    this.asksEntry.set(entry.id, question);
    const asking = question.ask(entry.id);
    const told = await askAgain(entry).catch((failed) => ({ ...entry, problem: sentence(failed) }));
    if (asking.counts()) await this.outbox.keep(told);
  }

  /** A report's own address is its UUID behind the hash: only who has it can ask. */
  async readAddress(): Promise<void> {
    const { phone } = this;
    const id = location.hash.slice(1);
    phone.linked = /^[0-9a-f-]{36}$/i.test(id) ? { id, answer: null, problem: null } : null;
    phone.draw();
    const asking = this.asksAddress.ask(id);
    if (!phone.linked) return;
    try {
      const kept = phone.entries.find((one) => one.id === id)?.answer;
      const answer = { ...(await askReport(id, asking.signal)), status_url: kept?.status_url };
      if (asking.counts()) phone.linked = { id, answer, problem: null };
    } catch (failed) {
      if (asking.counts()) phone.linked = { id, answer: null, problem: sentence(failed) };
    }
    if (!asking.counts()) return;
    phone.draw();
    this.show(".linked");
  }
}
