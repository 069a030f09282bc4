// What happens in the city while somebody looks: the live feed, and what each of its messages makes the others read anew.
// Knows who has to hear of what; neither what they ask nor how it is drawn.
import type { Case } from "../api";
import { LiveFeed } from "../live";
import type { Centre } from "./centre";
import type { Facts } from "./facts";
import type { Lists } from "./lists";
import type { Picked } from "./picked";
import { isServed } from "./state";
import type { Terrain } from "./terrain";

const FRESH_MS = 6000;

type Hearers = { lists: Lists; picked: Picked; facts: Facts; terrain: Terrain };

export class Arrivals {
  private readonly feed: LiveFeed;

  constructor(
    private readonly centre: Centre,
    private readonly on: Hearers,
  ) {
    this.feed = new LiveFeed({
      cases: (cases) => this.arrived(cases),
      grid: () => void on.terrain.read(),
      patrol: () => void on.facts.readSilence(),
      reset: () => void on.lists.begin(),
      ended: () => centre.onEnded(),
      link: (link) => centre.set({ link }),
    });
  }

  get isOpen(): boolean {
    return this.feed.isOpen;
  }

  open(cursor: string): void {
    this.feed.open(cursor);
  }

  close(): void {
    this.feed.close();
  }

  private arrived(cases: Case[]): void {
    const { state, ground } = this.centre;
    const added = cases.filter((one) => !state.cases.has(one.case_no));
    for (const one of cases) state.cases.set(one.case_no, one);
    this.light(added);
    this.centre.overlay();
    ground?.arrived(added);
    if (cases.some((one) => one.case_no === state.picked)) void this.on.picked.read();
    // What waits for this person only the server can say.
    if (isServed(state)) void this.on.lists.read(true);
    this.centre.set({});
    void this.on.facts.readFigures();
  }

  /** A new row stands out for a moment. */
  private light(added: Case[]): void {
    const { fresh } = this.centre.state;
    for (const one of added) fresh.add(one.case_no);
    setTimeout(() => added.forEach((one) => fresh.delete(one.case_no)), FRESH_MS);
  }
}
