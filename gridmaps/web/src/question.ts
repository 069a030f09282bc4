// A question that is asked again and again: about this case, then about the next, then once more about that. Knows which
// answer still counts; refuses to know what is asked and what becomes of the answer. Whoever fetches for something that
// somebody picks asks by one of these, so that the page shows the answer to the last question, not the last answer.

/** One asking: the signal to fetch by, and whether what came of it, an answer or a refusal, still counts. */
export type Asking = { readonly signal: AbortSignal; readonly counts: () => boolean };

export class Question {
  private about: unknown;
  private calling = new AbortController();
  private asked = 0;
  private answered = 0;

  /** Ask about something. What was asked about another is called off; about the same, no answer overtakes a later one. */
  ask(about: unknown = ""): Asking {
    if (about !== this.about) this.drop();
    this.about = about;
    const mine = (this.asked += 1);
    const { signal } = this.calling;
    const counts = (): boolean => {
      if (signal.aborted || mine < this.answered) return false;
      this.answered = mine;
      return true;
    };
    return { signal, counts };
  }

  /** Whatever is still asked is nobody's any more. */
  drop(): void {
    this.calling.abort();
    this.calling = new AbortController();
    this.about = undefined;
  }
}
