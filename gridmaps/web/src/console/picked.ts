// The one case that is open: picking it, and reading it with the reasons why it is whose. Knows no list and no key.
import * as api from "../api";
import type { Explanation } from "../duty";
import { Question, type Asking } from "../question";
import { say, type Centre } from "./centre";

export class Picked {
  private readonly question = new Question();

  constructor(private readonly centre: Centre) {}

  /** Open a case, or close the one that is open. */
  pick(caseNo: string | null): void {
    const { state, ground } = this.centre;
    if (state.asked) void ground?.setAsked(null, 0, []);
    const forgotten = caseNo ? {} : { detail: null };
    this.centre.set({ picked: caseNo, detailError: null, cell: null, asked: null, explanation: null, done: null, queueOpen: !caseNo, ...forgotten });
    ground?.select(caseNo ? (state.cases.get(caseNo) ?? null) : null);
    void this.read();
  }

  /** `/?case=number` is where the desk leads; the case is read after the log-in. */
  takeAddress(): void {
    const caseNo = new URLSearchParams(location.search).get("case");
    if (caseNo) this.centre.set({ picked: caseNo });
  }

  /** The picked case as it is now. */
  async read(): Promise<void> {
    const caseNo = this.centre.state.picked;
    if (!caseNo) return this.forget();
    const asking = this.question.ask(caseNo);
    try {
      const detail = await api.get<api.Case>(`/api/v1/cases/${caseNo}`, asking.signal);
      if (!asking.counts()) return;
      this.centre.set({ detail, detailError: null });
      this.centre.overlay();
      this.centre.ground?.select(detail);
      void this.readReasons(caseNo, asking);
    } catch (failed) {
      if (!asking.counts()) return;
      this.centre.refused(failed);
      this.centre.set({ detailError: say(failed) });
    }
  }

  /** What is still asked is asked for nobody. */
  forget(): void {
    this.question.drop();
  }

  // Beside the detail: a case whose reasons cannot be read is shown all the same.
  private async readReasons(caseNo: string, asking: Asking): Promise<void> {
    try {
      const explanation = await api.get<Explanation>(`/api/v1/cases/${caseNo}/explanation`, asking.signal);
      if (asking.counts()) this.centre.set({ explanation });
    } catch (failed) {
      if (asking.counts()) this.centre.refused(failed);
    }
  }
}
