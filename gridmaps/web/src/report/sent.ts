// The reports of this phone after they were written: asking how one stands, sending a refused one again, letting it go;
// and the report that the page's address names. Knows no form.
import type { EntryActions } from "./answer";
import type { Entry, Outbox } from "./outbox";
import { sentence, type Phone } from "./phone";
import { askAgain, askReport } from "./standing";

export class Sent {
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
    try {
      await this.outbox.keep(await askAgain(entry));
    } catch (failed) {
      await this.outbox.keep({ ...entry, problem: sentence(failed) });
    }
  }

  /** A report's own address is its UUID behind the hash: only who has it can ask. */
  async readAddress(): Promise<void> {
    const { phone } = this;
    const id = location.hash.slice(1);
    phone.linked = /^[0-9a-f-]{36}$/i.test(id) ? { id, answer: null, problem: null } : null;
    phone.draw();
    if (!phone.linked) return;
    const asked = phone.linked;
    try {
      const kept = phone.entries.find((one) => one.id === id)?.answer;
      asked.answer = { ...(await askReport(id)), status_url: kept?.status_url };
    } catch (failed) {
      asked.problem = sentence(failed);
    }
    phone.draw();
    this.show(".linked");
  }
}
