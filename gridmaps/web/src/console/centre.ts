// What the parts of the command centre share: what is known at a moment, the way to change it, and the map once it
// stands. Refuses to know what any part does with it, and asks the server nothing.
import type { LitElement } from "lit";
import { isSessionEnded } from "../api";
import type { Ground } from "./ground";
import { firstState, overlayCases, type State } from "./state";

/** What went wrong, as a sentence. */
export const say = (failed: unknown): string => (failed instanceof Error ? failed.message : String(failed));

export class Centre {
  readonly state: State = firstState();
  /** Null until the city's facts are known. */
  ground: Ground | null = null;
  /** What is done once the server no longer knows the session. */
  onEnded: () => void = () => undefined;
  private readonly since = Date.now() - 60_000;

  constructor(readonly element: LitElement) {}

  set(change: Partial<State>): void {
    Object.assign(this.state, change);
    this.element.requestUpdate();
  }

  /** Whatever was refused, the end of the session is said at once. */
  refused(failed: unknown): void {
    if (isSessionEnded(failed)) this.onEnded();
  }

  /** The cases above the tiles as they are known now. */
  overlay(): void {
    this.ground?.setOverlay(overlayCases(this.state, this.since), this.state.now);
  }
}
