// What the sheets of one numbered thing have in common: it is read when it is picked and with every pulse, one of its
// forms is open at a time and closes with Escape, and what is sent answers with the thing as it stands then.
import { get, request } from "../api";
import { Question, type Asking } from "../question";
import { NamedPart } from "../ui/part";
import type { Desk } from "./desk";
import { valueOf } from "./view";

export abstract class OneSheet<T extends { id: number }, Form extends string> extends NamedPart {
  static override properties = { desk: { attribute: false }, number: { attribute: false }, pulse: { attribute: false } };
  declare desk: Desk;
  declare number: string;
  declare pulse: number;
  private readonly question = new Question();
  protected one: T | null = null;
  protected open: Form | null = null;
  protected values: Record<string, string> = {};
  protected trouble: string | null = null;
  protected busy = false;

  /** Where the server keeps these things. */
  protected abstract get path(): string;
  /** It was read: show on the map what there is to show. */
  protected abstract shown(one: T, andFly: boolean, asking: Asking): Promise<void> | void;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.key, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key, true);
  }

  // Before the page's own keys, wherever the focus is: with a form open, Escape closes that and nothing else.
  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open || this.querySelector(".picker-list")) return;
    event.stopPropagation();
    const was = this.open;
    this.show(null);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-form="${was}"]`)?.focus());
  };

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("number")) {
      this.forget();
      void this.read(this.number, true);
    } else if (changed.has("pulse")) void this.read(this.number, false);
  }

  /** Another one is picked. */
  protected forget(): void {
    Object.assign(this, { one: null, open: null, values: {}, trouble: null });
  }

  protected async read(number: string, andFly: boolean): Promise<void> {
    const asking = this.question.ask(number);
    try {
      const one = await get<T>(`${this.path}/${encodeURIComponent(number)}`, asking.signal);
      if (!asking.counts()) return;
      this.one = one;
      this.requestUpdate();
      await this.shown(one, andFly, asking);
    } catch (failed) {
      if (asking.counts()) this.trouble = this.desk.sentence(failed);
    }
    this.requestUpdate();
  }

  protected show(open: Form | null): void {
    Object.assign(this, { open: this.open === open ? null : open, values: {}, trouble: null });
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.querySelector("form.act")?.scrollIntoView({ block: "nearest" });
      this.querySelector<HTMLElement>("form.act :is(input, textarea, select)")?.focus();
    });
  }

  protected take(name: string, value: string): void {
    this.values = { ...this.values, [name]: value };
    this.requestUpdate();
  }

  protected readonly typed = (event: Event): void => this.take((event.target as HTMLInputElement).name, valueOf(event));

  protected async send(event: SubmitEvent, path: string, body: unknown): Promise<void> {
    event.preventDefault();
    if (this.busy || !this.one) return;
    Object.assign(this, { busy: true, trouble: null });
    this.requestUpdate();
    const { number } = this;
    try {
      const one = await request<T>("POST", `${this.path}/${this.one.id}/${path}`, body);
      if (this.number === number) Object.assign(this, { one, open: null, values: {} });
      this.dispatchEvent(new CustomEvent("changed"));
    } catch (failed) {
      if (this.number === number) this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }
}
