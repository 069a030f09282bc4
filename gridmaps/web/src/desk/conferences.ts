// Conferences on the desk.
import { html, type TemplateResult } from "lit";
import { DeskView } from "./view";

class Conferences extends DeskView {
  protected opened(): void {}
  protected stirred(): void {}

  protected override render(): TemplateResult {
    return html`<p class="hint" aria-busy="true">Loading …</p>`;
  }
}

customElements.define("gm-conferences", Conferences);
