// What stands beside the cases: the figures of the strip, the units that are silent, the names of units and matters, the
// platforms. Each is read by itself and hinders no other; none knows who is looking or what is picked.
import * as api from "../api";
import { Catalogue } from "../duty";
import { say, type Centre } from "./centre";
import { MOST_OVERDUE } from "./lists";
import { overdueKnown } from "./state";

export class Facts {
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
    try {
      centre.set({ silence: await api.get<api.Silence>("/api/v1/silence"), silenceError: null });
      if (centre.state.tab === "silent") centre.ground?.lightSilent(centre.state.silence);
    } catch (failed) {
      centre.refused(failed);
      centre.set({ silenceError: say(failed) });
    }
  }

  /** While the server does not answer, the last figures stay, with their age. */
  async readFigures(): Promise<void> {
    try {
      const totals = await api.get<api.Totals>("/api/v1/cases/totals");
      this.centre.set({ totals, totalsAt: Date.now(), totalsLost: false });
      if (Math.min(totals.overdue, MOST_OVERDUE) > overdueKnown(this.centre.state)) await this.missing();
    } catch (failed) {
      this.centre.refused(failed);
      this.centre.set({ totalsLost: true });
    }
  }
}
