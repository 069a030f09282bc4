// A searchable choice of one out of many: type, walk with the arrows, take with Enter. Knows no list of its own.
import "./picker.css";
import { html, nothing, type TemplateResult } from "lit";
import { Part } from "./part";

export type Option = { value: string; label: string; hint?: string; words?: string };

const MOST_SHOWN = 60;
let made = 0;

export class Picker extends Part {
  static override properties = { options: { attribute: false }, value: {}, label: {}, placeholder: {}, empties: { type: Boolean } };
  declare options: Option[];
  declare value: string;
  declare label: string;
  declare placeholder: string;
  /** Fires and forgets: for lists that gather what is picked. */
  declare empties: boolean;
  private typed: string | null = null;
  private at = 0;
  private readonly id_ = `picker-${(made += 1)}`;

  constructor() {
    super();
    this.options = [];
    this.value = "";
    this.label = "";
    this.placeholder = "";
    this.empties = false;
  }

  private get open(): boolean {
    return this.typed !== null;
  }

  private matching(): Option[] {
    const words = (this.typed ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (one: Option): boolean => words.every((word) => `${one.label} ${one.words ?? one.value}`.toLowerCase().includes(word));
    return this.options.filter(fits);
  }

  private take(option: Option | undefined): void {
    if (!option) return;
    this.typed = null;
    this.value = this.empties ? "" : option.value;
    this.dispatchEvent(new CustomEvent("picked", { detail: option.value, bubbles: true }));
    this.requestUpdate();
  }

  private clear(): void {
    this.value = "";
    this.typed = null;
    this.dispatchEvent(new CustomEvent("picked", { detail: "", bubbles: true }));
    this.querySelector("input")?.focus();
  }

  private type(text: string | null): void {
    this.typed = text;
    this.at = 0;
    this.requestUpdate();
  }

  private key(event: KeyboardEvent): void {
    const shown = this.matching().slice(0, MOST_SHOWN);
    if (event.key === "Escape" && this.open) event.stopPropagation(), this.type(null);
    else if (event.key === "Enter" && this.open) event.preventDefault(), this.take(shown[this.at]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.open) return this.type("");
      this.at = Math.max(0, Math.min(shown.length - 1, this.at + (event.key === "ArrowDown" ? 1 : -1)));
      this.requestUpdate();
    }
  }

  protected override updated(): void {
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const chosen = this.options.find((one) => one.value === this.value);
    return html`<label class="picker-label" for=${this.id_}>${this.label}</label>
      <div class="picker-box">
        <input id=${this.id_} role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${this.open} aria-autocomplete="list"
          aria-controls="${this.id_}-list" aria-activedescendant=${this.open ? `${this.id_}-${this.at}` : nothing}
          placeholder=${this.placeholder} aria-label=${this.label ? nothing : this.placeholder} .value=${this.typed ?? chosen?.label ?? this.value}
          @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()}
          @click=${() => this.open || this.type("")} @input=${(event: InputEvent) => this.type((event.target as HTMLInputElement).value)}
          @blur=${() => this.type(null)} @keydown=${(event: KeyboardEvent) => this.key(event)} />
        ${this.value && !this.open ? html`<button type="button" class="picker-clear" aria-label="Clear ${this.label}" @click=${() => this.clear()}>✕</button>` : nothing}
        ${this.open ? this.list() : nothing}
      </div>`;
  }

  private list(): TemplateResult {
    const all = this.matching();
    const shown = all.slice(0, MOST_SHOWN);
    return html`<ul id="${this.id_}-list" class="picker-list" role="listbox" aria-label=${this.label} @mousedown=${(event: Event) => event.preventDefault()}>
      ${shown.map((one, index) => html`<li id="${this.id_}-${index}" role="option" aria-selected=${index === this.at} data-option=${one.value} @click=${() => this.take(one)}>
        <span>${one.label}</span>${one.hint ? html`<small>${one.hint}</small>` : nothing}</li>`)}
      ${all.length === 0 ? html`<li class="picker-none">Nothing is called that.</li>` : nothing}
      ${all.length > shown.length ? html`<li class="picker-none">${all.length - shown.length} more: type to narrow.</li>` : nothing}
    </ul>`;
  }
}

customElements.define("gm-picker", Picker);
