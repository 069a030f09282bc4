// What the reporting page knows at a moment. Plain data, and the one way to have it drawn anew; asks nobody and sends
// nothing.
import type { Case, Config } from "../api";
import type { AccountState } from "./account";
import { nothingCleared, type ClearState } from "./check-in";
import type { FormState } from "./form";
import { keptConfig, keptSession } from "./kept";
import type { Entry } from "./outbox";
import type { Photo } from "./photo";
import { nothingSame, type Same } from "./same";
import { notSolved, type Solved } from "./solved";
import { noWhistles, type WhistleState } from "./whistle";
import { nobody } from "./who";
import { noWork, type WorkState } from "./work";

/** The report that the address names, and what became of asking for it. */
export type Linked = { id: string; answer: Case | null; problem: string | null };

export class Phone {
  /** The city's facts: the last ones until the server has told them. */
  config: Config | null = keptConfig();
  readonly account: AccountState = { session: keptSession(), open: false, busy: false, ended: false, problem: null };
  readonly form: FormState = {
    finding: { state: "locating" }, handProblem: false, text: "", category: "", photoUrl: null, photoKind: "near", photoProblem: false, who: nobody(), missing: null,
  };
  photo: Photo | null = null;
  photoTakenMs = 0;
  solved: Solved = notSolved();
  /** What may be the same as the report that waits. */
  same: Same = nothingSame();
  entries: Entry[] = [];
  linked: Linked | null = null;
  clear: ClearState = nothingCleared();
  whistles: WhistleState = noWhistles();
  work: WorkState = noWork();

  /** `draw` shows what is known by now. */
  constructor(readonly draw: () => void) {}
}

/** What went wrong, as a sentence. */
export const sentence = (failed: unknown): string => (failed instanceof Error ? failed.message : String(failed));
