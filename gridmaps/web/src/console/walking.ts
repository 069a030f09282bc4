// Walking through the open list, and where the selection stands once an act has taken its case out of that list.
import { html, nothing, type LitElement, type TemplateResult } from "lit";
import { wordOf } from "../ui/act-words";
import type { Actions } from "./actions";
import { isServed, visibleCases, type State } from "./state";

type Walked = {
  state: State;
  page: LitElement;
  pick: (caseNo: string) => void;
  more: () => Promise<void>;
  /** Read the case anew, and what waits for this person. */
  again: (caseNo: string) => Promise<void>;
  served: () => Promise<boolean>;
};

export class Walk {
  /** Where the picked case stands, or last stood, in the open list. */
  private place = 0;
  private placed: string | null = null;
  private busy = false;

  constructor(private readonly on: Walked) {}

  /** With each drawing: a case that leaves the list leaves its place behind. */
  note(): void {
    const { picked } = this.on.state;
    const at = picked ? this.indexOf(picked) : -1;
    if (at >= 0) Object.assign(this, { place: at, placed: picked });
  }

  private indexOf(caseNo: string | null): number {
    return visibleCases(this.on.state).findIndex((one) => one.case_no === caseNo);
  }

  /** To the next case of the list, or the one before; what is not read yet is read first. */
  async by(steps: number): Promise<void> {
    if (this.busy) return;
    const at = this.indexOf(this.on.state.picked);
    // Whoever stands nowhere, because his case has left the list, goes on from where it stood.
    const to = Math.max(0, at >= 0 ? at + steps : steps > 0 ? this.place : this.place - 1);
    this.busy = true;
    if (to >= Math.min(this.on.state.rows, visibleCases(this.on.state).length)) await this.on.more();
    this.busy = false;
    await this.pickAt(to);
  }

  private async pickAt(place: number): Promise<string | null> {
    const cases = visibleCases(this.on.state);
    const next = cases[Math.min(place, cases.length - 1)];
    if (!next) return null;
    this.on.pick(next.case_no);
    await this.show();
    return next.case_no;
  }

  // The keys go on where the row is: a row that had the focus hands it over.
  private async show(): Promise<void> {
    const hadFocus = document.activeElement?.matches(".case");
    await this.on.page.updateComplete;
    const row = this.on.page.querySelector<HTMLElement>('.case[aria-current="true"]');
    row?.scrollIntoView({ block: "nearest" });
    if (hadFocus) row?.focus({ preventScroll: true });
  }

  /** The case as it is now; where it has left the list by an act, its place goes to the one behind it. */
  async after(act: string): Promise<void> {
    const { state } = this.on;
    const caseNo = state.picked;
    if (!caseNo) return;
    await this.on.again(caseNo);
    if (state.picked !== caseNo || state.detail?.case_no !== caseNo) return;
    state.cases.set(caseNo, state.detail);
    if (isServed(state)) await this.on.served();
    const left = this.placed === caseNo && state.picked === caseNo && this.indexOf(caseNo) < 0;
    if (!left || !(await this.pickAt(this.place))) return this.on.page.requestUpdate();
    state.done = { caseNo, act };
    this.on.page.requestUpdate();
  }
}

/** What was done to the case that has left the list, and the way back to it. */
export function doneLine({ done }: State, actions: Actions): TemplateResult | typeof nothing {
  if (!done) return nothing;
  const said = done.sentence ? html`<span class="late">${wordOf(done.act)} was refused. ${done.sentence}</span>` : html`${wordOf(done.act)}: done.`;
  return html`<p class="done-line" role="status" data-done=${done.caseNo}>${said}
    <button class="quiet mono" @click=${() => actions.pick(done.caseNo)}>${done.caseNo}</button></p>`;
}
