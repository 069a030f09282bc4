// The names of cells and of the bodies that answer for them, asked for when a code is first shown. Whoever shows one
// listens for `gm-names` and draws again; until then, and for a code that nobody knows, the code stands for itself.
import { html, nothing, type TemplateResult } from "lit";
import { get, type CellFeature } from "../api";

const SETTLE_MS = 60;
let settling = 0;

function tell(): void {
  clearTimeout(settling);
  settling = window.setTimeout(() => dispatchEvent(new Event("gm-names")), SETTLE_MS);
}

/** Names by code; each is asked for once, and one that is refused is not asked for again. */
class Names {
  private readonly known = new Map<string, string | null>();

  constructor(private readonly ask: (code: string) => Promise<string>) {}

  of(code: string): string | null {
    const name = this.known.get(code);
    if (name === undefined) void this.learn(code);
    return name || null;
  }

  private async learn(code: string): Promise<void> {
    this.known.set(code, null);
    try {
      this.known.set(code, await this.ask(code));
    } catch {
      return; // A name that cannot be read hinders nobody: the code is shown.
    }
    tell();
  }
}

const cells = new Names(async (code) => (await get<CellFeature>(`/api/v1/cells/${encodeURIComponent(code)}`)).properties.name);
const bodies = new Names(async (code) => (await get<{ items: { name: string }[] }>(`/api/v1/bodies?cell=${encodeURIComponent(code)}`)).items[0]?.name ?? "");

export const cellName = (code: string): string | null => cells.of(code);

/** Who answers for a cell: the body's own name, else that of its cell. */
export const bodyName = (code: string): string | null => bodies.of(code) ?? cells.of(code);

/** A cell by name, its code smaller beside. */
export function cellWords(code: string, given?: string | null): TemplateResult {
  const name = given && given !== code ? given : cellName(code);
  return html`${name && name !== code ? html`${name} ` : nothing}<small class="mono muted" data-cell-code=${code}>${code}</small>`;
}

/** Who did something: officials by name; the system, and a citizen, who is never named, by what they are. */
export function personWords(actor: string | null | undefined, name: string | null | undefined): string {
  if (name) return name;
  if (actor === "system") return "the system";
  return !actor || actor === "public" || /^[0-9]+$/.test(actor) ? "a citizen" : actor;
}

/** Draw a part anew when a name arrives; gives the way to stop. */
export function onNames(draw: () => void): () => void {
  addEventListener("gm-names", draw);
  return () => removeEventListener("gm-names", draw);
}
