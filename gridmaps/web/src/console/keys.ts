// The keys of the command centre: what each does, and when they belong to a field instead. Knows no case.
export const KEY_WORDS: [string[], string][] = [
  [["j", "k"], "the next case, the one before"],
  [["Enter"], "into the open case; on a row: open it"],
  [["1", "…"], "the act that shows this key"],
  [["Ctrl", "Enter"], "send the form that is open"],
  [["Esc"], "leave the field; else close the form, then the case"],
  [["/"], "search; Enter or Esc gives the keys back"],
  [["[", "]"], "the queue before, the next queue"],
  [["?"], "this list"],
];

/** What the page does at a key. */
export type Keyed = { isIn: () => boolean; close: () => void; walk: (by: number) => void; turn: (by: number) => void; search: () => void; enter: (from: HTMLElement) => boolean; help: () => void };

const isField = (target: HTMLElement): boolean => /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName ?? "");
const isFilter = (target: HTMLElement): boolean => Boolean(target.closest?.(".find"));

function inField(event: KeyboardEvent, field: HTMLElement): void {
  if (event.key !== "Escape" && !(event.key === "Enter" && isFilter(field))) return;
  // A search box would empty itself at Escape: the words stay, `/` takes them up again.
  event.preventDefault();
  field.blur();
}

function onKey(event: KeyboardEvent, page: Keyed): void {
  const target = event.target as HTMLElement;
  if (document.querySelector("dialog[open]")) return;
  if (isField(target)) return inField(event, target);
  if (event.key === "Escape") return page.close();
  if (event.ctrlKey || event.metaKey || event.altKey || !page.isIn()) return;
  const does: Record<string, () => void> = {
    j: () => page.walk(1), k: () => page.walk(-1), "[": () => page.turn(-1), "]": () => page.turn(1), "/": page.search, "?": page.help,
  };
  const done = does[event.key] ? (does[event.key]?.(), true) : event.key === "Enter" && page.enter(target);
  if (done) event.preventDefault();
}

/** Hears the keys of the whole page; what is chosen in a list of the filters gives them back. */
export function hearKeys(page: Keyed): void {
  // The arrows walk through a closed list, and each step is a choice: those do not end it.
  let walked = false;
  addEventListener("pointerdown", () => (walked = false), true);
  addEventListener("keydown", (event) => {
    walked = !["Enter", " ", "Tab"].includes(event.key);
    onKey(event, page);
  });
  addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && isFilter(target) && !walked) target.blur();
    walked = false;
  });
}
