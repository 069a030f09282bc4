// Library of the desk.
import { html, type TemplateResult } from "lit";
import { DeskView } from "./view";

class Library extends DeskView {
  protected opened(): void {}

  protected stirred(): void {}

  protected override render(): TemplateResult {
    return html`<p class="hint">Nothing to show yet.</p>`;
  }
}

customElements.define("gm-library", Library);
