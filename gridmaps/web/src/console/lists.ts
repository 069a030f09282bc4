// Reading the lists of cases: the newest when somebody enters, the open list page by page, and whatever is overdue.
// Knows what the server is asked and how far a list was read; neither draws a row nor knows which case is picked.
import * as api from "../api";
import { LiveFeed } from "../live";
import { Question } from "../question";
import { say, type Centre } from "./centre";
import { queryOf, readOf, ROWS, visibleCases } from "./state";

const PAGE = 200;
const MOST_PAGES = 10;
export const MOST_OVERDUE = 500;

/** The address of one page of a list. */
const pageOf = (query: string, cursor: string | null | undefined): string =>
  `/api/v1/cases?limit=${PAGE}${query && `&${query}`}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;

export class Lists {
  private readonly asksFirst = new Question();
  private readonly asksOpen = new Question();
  private readonly asksOverdue = new Question();

  /** `from` hears the cursor behind which the live feed goes on. */
  constructor(
    private readonly centre: Centre,
    private readonly from: (cursor: string) => void,
  ) {}

  /** Everything anew. The cursor is taken before the list, so that a case filed between the two is told twice rather than never. */
  async begin(): Promise<void> {
    this.centre.set({ loading: true, listError: null });
    const asking = this.asksFirst.ask();
    try {
      const cursor = await LiveFeed.cursorNow(asking.signal);
      const page = await api.get<api.CaseList>(pageOf("", null), asking.signal);
      if (!asking.counts()) return;
      this.centre.set({ cases: new Map(), lists: new Map(), loading: false });
      this.take("", page);
      this.centre.overlay();
      this.from(cursor);
      void this.readOverdue();
    } catch (failed) {
      if (asking.counts()) this.failed(failed);
    }
  }

  private failed(failed: unknown): void {
    this.centre.refused(failed);
    this.centre.set({ loading: false, listError: say(failed) });
  }

  private take(query: string, page: api.CaseList, anew = false): void {
    const { state } = this.centre;
    for (const one of page.items) state.cases.set(one.case_no, one);
    const oldest = page.items[page.items.length - 1];
    const before = (!anew && state.lists.get(query)?.hits) || [];
    const hits = new Set([...before, ...page.items.map((one) => one.case_no)]);
    state.lists.set(query, { next: page.next, floor: page.next && oldest ? Date.parse(oldest.received_at) : 0, hits });
    this.centre.set({});
  }

  /** The open list from its top, or the page behind what was read of it; whether anything was read. */
  async read(anew: boolean): Promise<boolean> {
    const { state } = this.centre;
    const query = queryOf(state);
    const cursor = anew ? null : readOf(state)?.next;
    if (!state.session || (!anew && !cursor)) return false;
    this.centre.set({ loading: true, listError: null });
    const asking = this.asksOpen.ask(query);
    // What comes behind the pages that were read is good in any order; a top that was overtaken is not.
    const isWanted = (): boolean => (anew ? asking.counts() : !asking.signal.aborted);
    try {
      const page = await api.get<api.CaseList>(pageOf(query, cursor), asking.signal);
      if (!isWanted()) return false;
      this.take(query, page, anew);
      this.centre.set({ loading: false });
      return true;
    } catch (failed) {
      if (isWanted()) this.failed(failed);
      return false;
    }
  }

  /** What is still asked is asked for nobody. */
  forget(): void {
    for (const question of [this.asksFirst, this.asksOpen, this.asksOverdue]) question.drop();
  }

  /** Another list is open now. */
  async open(): Promise<void> {
    this.centre.set({ rows: ROWS });
    if (await this.read(true)) await this.readUntilMoreThan(0);
  }

  /** More rows of the open list. */
  async more(): Promise<void> {
    const { state } = this.centre;
    const before = Math.min(visibleCases(state).length, state.rows);
    this.centre.set({ rows: state.rows + ROWS });
    await this.readUntilMoreThan(before);
  }

  // A page may hold nothing for the open tab: what counts is that rows appear.
  private async readUntilMoreThan(before: number): Promise<void> {
    for (let pages = 0; pages < MOST_PAGES && visibleCases(this.centre.state).length <= before; pages += 1) {
      if (!(await this.read(false))) return;
    }
  }

  /** Overdue cases may be older than every page that was read, and belong on the map before all others. */
  async readOverdue(): Promise<void> {
    const asking = this.asksOverdue.ask();
    try {
      const page = await api.get<api.CaseList>(`/api/v1/cases?limit=${MOST_OVERDUE}&overdue=true&nature=government`, asking.signal);
      if (!asking.counts()) return;
      for (const one of page.items) this.centre.state.cases.set(one.case_no, one);
      this.centre.overlay();
      this.centre.set({});
    } catch (failed) {
      if (asking.counts()) this.centre.refused(failed);
    }
  }
}
