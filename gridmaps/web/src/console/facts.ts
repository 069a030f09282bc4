// What stands beside the cases: the figures of the strip, the units that are silent, the names of units and matters, the
// platforms. Each is read by itself and hinders no other; none knows who is looking or what is picked.
import * as api from "../api";
import { Catalogue } from "../duty";
import { Question } from "../question";
import { say, type Centre } from "./centre";
import { MOST_OVERDUE } from "./lists";
import { overdueKnown } from "./state";

export class Facts {
  private readonly asksSilence = new Question();
  private readonly asksFigures = new Question();

  /** `missing` hears that more cases are overdue than are known. */
  constructor(
    private readonly centre: Centre,
    private readonly missing: () => Promise<void>,
  ) {}

  async readNames(): Promise<void> {
    const { config, catalogue } = this.centre.state;
    if (!config || (catalogue && catalogue.departments.length > 0)) return;
    try {
      this.centre.set({ catalogue: await Catalogue.load(config) });
    } catch (failed) {
      this.centre.refused(failed);
    }
  }

  async readPlatforms(): Promise<void> {
    try {
      this.centre.set({ platforms: (await api.get<{ items: api.Named[] }>("/api/v1/platforms")).items });
    } catch (failed) {
      this.centre.refused(failed);
    }
  }

  async readSilence(): Promise<void> {
    const { centre } = this;
    const asking = this.asksSilence.ask();
    try {
      const silence = await api.get<api.Silence>("/api/v1/silence", asking.signal);
      if (!asking.counts()) return;
      centre.set({ silence, silenceError: null });
      if (centre.state.tab === "silent") centre.ground?.lightSilent(silence);
    } catch (failed) {
      if (!asking.counts()) return;
      centre.refused(failed);
      centre.set({ silenceError: say(failed) });
    }
  }

  /** While the server does not answer, the last figures stay, with their age. */
  async readFigures(): Promise<void> {
    const asking = this.asksFigures.ask();
    try {
      const totals = await api.get<api.Totals>("/api/v1/cases/totals", asking.signal);
      if (!asking.counts()) return;
      this.centre.set({ totals, totalsAt: Date.now(), totalsLost: false });
      if (Math.min(totals.overdue, MOST_OVERDUE) > overdueKnown(this.centre.state)) await this.missing();
    } catch (failed) {
      if (!asking.counts()) return;
      this.centre.refused(failed);
      this.centre.set({ totalsLost: true });
    }
  }

  /** What is still asked is asked for nobody. */
  forget(): void {
    this.asksSilence.drop();
    this.asksFigures.drop();
  }
}
