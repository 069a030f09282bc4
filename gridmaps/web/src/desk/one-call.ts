// What the two sheets about a citizen's word have in common: the case that is picked with all that was said of it, its
// place on the map, and that Ctrl and Enter send the form from wherever one is. Knows one case; refuses to know what is sent.
import { get, type Case } from "../api";
import { Question } from "../question";
import { NamedPart } from "../ui/part";
import type { Evaluations } from "./call-words";
import type { Desk } from "./desk";

export abstract class OneCall extends NamedPart {
  static override properties = { desk: { attribute: false }, caseNo: { attribute: false } };
  declare desk: Desk;
  declare caseNo: string;
  protected whole: Case | null = null;
  protected said: Evaluations | null = null;
  protected trouble: string | null = null;
  protected busy = false;
  private readonly question = new Question();

  /** Another case is picked: whom it was about before is nobody's business any more. */
  protected abstract forget(): void;
  /** What else is to be read of it, before it is shown. */
  protected abstract readMore(caseNo: string, signal: AbortSignal): Promise<() => void>;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
    this.question.drop();
  }

  protected get path(): string {
    return `/api/v1/cases/${encodeURIComponent(this.caseNo)}`;
  }

  private readonly key = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") this.querySelector<HTMLFormElement>("form")?.requestSubmit();
    else if (!event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target as HTMLElement)) this.pressed(event);
  };

  /** A key that is meant for the sheet. */
  protected pressed(_event: KeyboardEvent): void {}

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("caseNo")) return;
    Object.assign(this, { whole: null, said: null, trouble: null });
    this.forget();
    this.requestUpdate();
    void this.read();
  }

  private async read(): Promise<void> {
    const { caseNo, path, desk } = this;
    const asking = this.question.ask(caseNo);
    try {
      const [whole, said, take] = await Promise.all([get<Case>(path, asking.signal), get<Evaluations>(`${path}/evaluations`, asking.signal), this.readMore(caseNo, asking.signal)]);
      if (!asking.counts()) return;
      Object.assign(this, { whole, said });
      take();
      desk.ground.setPlace(whole.position, whole.current_cell?.code ?? null);
      desk.ground.fly(whole.position);
    } catch (failed) {
      if (!asking.counts()) return;
      this.trouble = desk.sentence(failed);
    }
    this.requestUpdate();
    await this.updateComplete;
    // Whoever has begun to write is left where he is.
    if (this.caseNo === caseNo && !this.contains(document.activeElement)) this.querySelector<HTMLElement>("form input")?.focus();
  }

  /** The citizen's words of a call. */
  protected wordsAt(at: string): string | null {
    return this.said?.words.find((one) => one.act === "call_back" && one.at === at)?.text ?? null;
  }

  /** Send something, once; what it came to is told by what `send` does. */
  protected async sending(send: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: null });
    this.requestUpdate();
    try {
      await send();
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }
}

/** Whether a key is meant for what is written into; a choice among few takes letters and digits all the same. */
export const isWriting = (target: HTMLElement): boolean => /^(SELECT|TEXTAREA)$/.test(target.tagName) || (target instanceof HTMLInputElement && target.type !== "radio");
