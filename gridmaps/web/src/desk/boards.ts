// The boards of the district and what opens a conference; an administrator of the whole city edits them here.
import { html, nothing, type TemplateResult } from "lit";
import { request } from "../api";
import { may } from "../duty";
import { Part } from "../ui/part";
import { TRIGGERS, type Board, type Boards, type Trigger } from "./conference-words";
import type { Desk } from "./desk";

class BoardTable extends Part {
  static override properties = { desk: { attribute: false }, boards: { attribute: false } };
  declare desk: Desk;
  declare boards: Boards | null;
  private draft: (Board & { isNew?: boolean }) | null = null;
  private trouble: string | null = null;
  private busy = false;

  private async send(path: string, body: unknown): Promise<void> {
    Object.assign(this, { busy: true, trouble: null });
    this.requestUpdate();
    try {
      await request("PUT", `/api/v1/conferences/${path}`, body);
      this.draft = null;
      this.dispatchEvent(new CustomEvent("edited"));
    } catch (failed) {
      this.trouble = this.desk.sentence(failed);
    }
    this.busy = false;
    this.requestUpdate();
  }

  private save(): void {
    if (!this.draft) return;
    const { code, isNew: _, ...body } = this.draft;
    if (/^[a-z][a-z0-9_]{0,31}$/.test(code)) return void this.send(`boards/${code}`, body);
    this.trouble = "The code of a board is made of small letters, digits and _.";
    this.requestUpdate();
  }

  private edit(one: (Board & { isNew?: boolean }) | null): void {
    Object.assign(this, { draft: one, trouble: null });
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("tr.editing input")?.focus());
  }

  private set(change: Partial<Board>): void {
    if (this.draft) this.draft = { ...this.draft, ...change };
    this.requestUpdate();
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (!this.draft || (event.key !== "Escape" && event.key !== "Enter")) return;
    event.stopPropagation();
    if (event.key === "Escape") this.edit(null);
    else if ((event.target as HTMLElement).tagName === "INPUT") this.save();
  };

  protected override render(): TemplateResult {
    const { boards, desk } = this;
    if (!boards) return html`<p class="hint" aria-busy="true">Loading the boards …</p>`;
    // The server takes an edit from who is posted for the whole city only.
    const edits = may(desk.session, "edit_rules") && desk.session.cells === null;
    return html`<div class="table" @keydown=${this.key}><table data-boards=${boards.items.length}><thead><tr><th scope="col" class="number">No.</th><th scope="col">Board 联席会议</th><th scope="col">Takes the cases of</th><th scope="col">Default</th>${edits ? html`<th scope="col"><span class="unseen">Edit</span></th>` : nothing}</tr></thead>
      <tbody>${boards.items.map((one) => (this.draft?.code === one.code && !this.draft.isNew ? this.editing() : this.row(one, edits)))}${this.draft?.isNew ? this.editing() : nothing}</tbody></table></div>
      ${edits && !this.draft ? html`<p class="bar"><button class="quiet" data-add-board @click=${() => this.edit({ code: "", ordinal: boards.items.length + 1, name: "", name_zh: "", platforms: [], is_default: false, is_in_use: true, isNew: true })}>Add a board</button></p>` : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert">${this.trouble}</p>` : nothing}
      <h3>What opens a conference</h3><ul class="stack">${boards.triggers.map((one) => this.trigger(one, edits))}</ul>`;
  }

  private row(one: Board, edits: boolean): TemplateResult {
    return html`<tr data-board=${one.code} class=${one.is_in_use ? "" : "off"}><td class="number">${one.ordinal}</td><td>${one.name} ${one.name_zh}${one.is_in_use ? nothing : html` <span class="flag">out of use</span>`}</td>
      <td>${one.platforms.join(", ") || html`<span class="muted">by choice only</span>`}</td><td>${one.is_default ? "takes the rest" : nothing}</td>
      ${edits ? html`<td><button class="quiet" aria-label="Edit ${one.name}" @click=${() => this.edit(one)}>Edit</button></td>` : nothing}</tr>`;
  }

  private editing(): TemplateResult {
    const one = this.draft as Board & { isNew?: boolean };
    const value = (event: Event): string => (event.target as HTMLInputElement).value;
    const ticked = (event: Event): boolean => (event.target as HTMLInputElement).checked;
    const text = (name: keyof Board, word: string, shown: string): TemplateResult => html`<label>${word}<input name="board-${name}" .value=${shown} @input=${(event: Event) => this.set({ [name]: value(event) })} /></label>`;
    return html`<tr class="editing" data-editing=${one.code}><td colspan="5"><div class="act">
      ${one.isNew ? text("code", "Code (small letters, digits, _)", one.code) : nothing}${text("name", "Name", one.name)}${text("name_zh", "Chinese name", one.name_zh)}
      <label>Number in the list<input type="number" min="1" max="999" .value=${String(one.ordinal)} @change=${(event: Event) => this.set({ ordinal: Number(value(event)) || 1 })} /></label>
      <label>Takes the cases of these platforms (governance, enforcement, service, supervision; may stay open)<input .value=${one.platforms.join(", ")} @change=${(event: Event) => this.set({ platforms: value(event).split(/[\s,，]+/).filter(Boolean) })} /></label>
      <label class="tick"><input type="checkbox" .checked=${one.is_default} @change=${(event: Event) => this.set({ is_default: ticked(event) })} />Takes the cases of platforms that no board takes</label>
      <label class="tick"><input type="checkbox" .checked=${one.is_in_use} @change=${(event: Event) => this.set({ is_in_use: ticked(event) })} />In use</label>
      <div class="buttons"><button class="primary" data-save-board ?disabled=${this.busy} @click=${() => this.save()}>Save</button><button class="quiet" @click=${() => this.edit(null)}>Cancel</button></div></div></td></tr>`;
  }

  private trigger(one: Trigger, edits: boolean): TemplateResult {
    const canOpen = one.code !== "manual";
    return html`<li data-trigger=${one.code}>${TRIGGERS[one.code] ?? one.name} ${one.name_zh}
      ${edits && canOpen ? html`<br /><label class="tick"><input type="checkbox" .checked=${one.opens_itself} ?disabled=${this.busy} @change=${(event: Event) => void this.send(`triggers/${one.code}`, { opens_itself: (event.target as HTMLInputElement).checked })} />opens a conference by itself</label>`
        : html`<span class="line muted">${canOpen ? (one.opens_itself ? "Opens a conference by itself." : "Stands in the list of due ones until somebody opens it.") : "With a reason."}</span>`}</li>`;
  }
}

customElements.define("gm-boards", BoardTable);
