// The list of the keys, over the page until it is closed.
import { html, type TemplateResult } from "lit";
import { Part } from "../ui/part";
import { KEY_WORDS } from "./keys";

export class KeyHelp extends Part {
  show(): void {
    this.querySelector("dialog")?.showModal();
  }

  private close(): void {
    this.querySelector("dialog")?.close();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="key-help" aria-label="Keys" @click=${(event: Event) => event.target === event.currentTarget && this.close()}>
      <header><h2>Keys</h2><button class="close" aria-label="Close" @click=${() => this.close()}>✕</button></header>
      <dl>${KEY_WORDS.map(([keys, word]) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${word}</dd>`)}</dl></dialog>`;
  }
}

customElements.define("gm-key-help", KeyHelp);
