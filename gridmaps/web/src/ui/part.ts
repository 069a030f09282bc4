// What the parts of every page have in common: they are drawn into the page itself, so that its styles reach them, and
// who shows names is drawn again when one arrives.
import { LitElement } from "lit";
import { onNames } from "./names";

/** A part without a shadow of its own. */
export abstract class Part extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/** A part that shows cells or units by name: drawn anew with each name, and not any more once it has left the page. */
export abstract class NamedPart extends Part {
  private stopNames: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopNames = onNames(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopNames?.();
  }
}
