// The colour of a case's clock, with a sign and a word of its own, so that nobody depends on seeing colours.
import { html, nothing, type TemplateResult } from "lit";

export const COLOURS: Record<string, { sign: string; word: string }> = {
  green: { sign: "●", word: "in time" },
  yellow: { sign: "▲", word: "due soon" },
  red: { sign: "◆", word: "late" },
  grey: { sign: "‖", word: "suspended" },
};

export const colourSign = (colour: string | null | undefined, withWord = false): TemplateResult | typeof nothing => {
  const known = COLOURS[colour ?? ""];
  return known ? html`<span class="colour ${colour}" data-colour=${colour ?? ""} title=${known.word}><i aria-hidden="true">${known.sign}</i>${withWord ? ` ${known.word}` : html`<span class="unseen">${known.word}</span>`}</span>` : nothing;
};
