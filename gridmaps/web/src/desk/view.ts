// What the four views have in common: their place in the page, when to read anew, and lists that come in pages.
import { get } from "../api";
import type { Page } from "../duty";
import { NamedPart } from "../ui/part";
import type { Desk } from "./desk";
import type { Clicked, Mark } from "./ground";

const MOST_PAGES_ANEW = 5;

export abstract class DeskView extends NamedPart {
  static override properties = { desk: { attribute: false }, picked: { attribute: false }, pulse: { attribute: false } };
  declare desk: Desk;
  declare picked: string | null;
  declare pulse: number;

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk.ground.wipe();
    this.desk.ground.onClick = (clicked) => this.clicked(clicked);
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("picked")) this.opened(this.picked);
    if (changed.has("pulse") && changed.get("pulse") !== undefined) this.stirred();
  }

  /** Draw marks on the map; a late answer to a view that was left draws none on the next one's. */
  protected mark(marks: Mark[]): void {
    if (this.isConnected) this.desk.ground.setMarks(marks);
  }

  /** The address names another thing, or none. */
  protected abstract opened(id: string | null): void;
  /** Something happened in the city. */
  protected abstract stirred(): void;
  protected clicked(_clicked: Clicked): void {}
}

/** A list that is read page by page; a late answer to an old question is dropped. */
export class Paged<T> {
  items: T[] = [];
  next: string | null = null;
  loading = false;
  isRead = false;
  error: string | null = null;
  private asking = 0;

  constructor(
    private readonly path: () => string,
    private readonly desk: () => Desk,
    private readonly changed: () => void,
  ) {}

  /** From the top, as far as it was read before. */
  async anew(atLeast = 0): Promise<void> {
    const mine = this.begin();
    const found: T[] = [];
    let next: string | null = null;
    try {
      for (let pages = 0; pages < MOST_PAGES_ANEW && (pages === 0 || (next && found.length < atLeast)); pages += 1) {
        const page: Page<T> = await this.page(next);
        found.push(...page.items);
        next = page.next;
      }
      if (mine === this.asking) Object.assign(this, { items: found, next, isRead: true });
    } catch (failed) {
      this.refused(mine, failed);
    }
    this.end(mine);
  }

  /** What was read answers another question: show that the new one is being asked. */
  forget(): void {
    Object.assign(this, { items: [], next: null, isRead: false });
  }

  async more(): Promise<void> {
    const mine = this.begin();
    try {
      const page = await this.page(this.next);
      if (mine === this.asking) Object.assign(this, { items: [...this.items, ...page.items], next: page.next });
    } catch (failed) {
      this.refused(mine, failed);
    }
    this.end(mine);
  }

  private page(cursor: string | null): Promise<Page<T>> {
    const path = this.path();
    return get<Page<T>>(cursor ? `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}` : path);
  }

  private begin(): number {
    this.loading = true;
    this.error = null;
    this.changed();
    return (this.asking += 1);
  }

  private refused(mine: number, failed: unknown): void {
    if (mine === this.asking) this.error = this.desk().sentence(failed);
  }

  private end(mine: number): void {
    if (mine !== this.asking) return;
    this.loading = false;
    this.changed();
  }
}

export const valueOf = (event: Event): string => (event.target as HTMLInputElement).value;

/** Runs the last of a burst of calls. */
export function paused(pause = 300): (call: () => void) => void {
  let timer = 0;
  return (call) => {
    clearTimeout(timer);
    timer = window.setTimeout(call, pause);
  };
}
