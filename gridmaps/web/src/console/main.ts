// The command centre: puts its parts together, and says what comes first for whoever comes in. Each part knows its own
// business; this element knows only their names.
import "../ui/tokens.css";
import "./console.css";
import "./bars.css";
import "./list.css";
import "./way-in.css";
import "./explain.css";
import "./detail.css";
import "./case-facts.css";
import "./narrow.css"; // behind the others: it takes back what they set
import type { TemplateResult } from "lit";
import { Part } from "../ui/part";
import { Arrivals } from "./arrivals";
import { Centre } from "./centre";
import { actionsOf } from "./doing";
import { drawing, type Card } from "./drawing";
import { Facts } from "./facts";
import { hearKeys } from "./keys";
import { Lists } from "./lists";
import { Picked } from "./picked";
import { nextQueue } from "./queues";
import { SessionOfPage } from "./session";
import { queryOf } from "./state";
import { Terrain } from "./terrain";
import { Walk } from "./walking";

const TICK_MS = 1000;
const FIGURES_MS = 15_000;

class Console extends Part {
  private readonly centre = new Centre(this);
  private readonly lists: Lists = new Lists(this.centre, (cursor) => this.arrivals.open(cursor));
  private readonly picked = new Picked(this.centre);
  private readonly facts = new Facts(this.centre, () => this.lists.readOverdue());
  private readonly terrain = new Terrain(this.centre, { onCase: (caseNo) => this.picked.pick(caseNo), onAsked: () => void this.facts.readNames() });
  private readonly arrivals = new Arrivals(this.centre, { lists: this.lists, picked: this.picked, facts: this.facts, terrain: this.terrain });
  private readonly session = new SessionOfPage(this.centre, { onEnter: () => this.enter(), onLeave: () => this.leave() });
  private readonly walk = new Walk({
    state: this.centre.state,
    page: this,
    pick: (caseNo) => this.picked.pick(caseNo),
    more: () => this.lists.more(),
    again: () => this.picked.read(),
    served: () => this.lists.read(true),
  });
  private readonly actions = actionsOf({
    centre: this.centre, lists: this.lists, picked: this.picked, facts: this.facts, terrain: this.terrain,
    arrivals: this.arrivals, session: this.session, walk: this.walk, enter: () => this.enter(),
  });
  private readonly card: Card = {
    drawn: ({ accuracy_m, outlines }) => void this.centre.ground?.setAsked(this.centre.state.asked?.at ?? null, accuracy_m, outlines),
    closed: () => this.terrain.askNoMore(),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.classList.add("dark");
    setInterval(() => this.centre.set({ now: Date.now() }), TICK_MS); // names that arrive meanwhile are drawn then, too
    setInterval(() => this.centre.state.session && (void this.facts.readFigures(), this.centre.overlay()), FIGURES_MS);
    this.hear();
    void this.begin();
  }

  private async begin(): Promise<void> {
    await this.terrain.read();
    await this.terrain.openAddress();
    this.picked.takeAddress();
    await this.session.begin();
  }

  private async enter(): Promise<void> {
    const { centre, lists, picked, facts } = this;
    centre.set({ queueOpen: !centre.state.picked });
    void facts.readNames();
    await centre.ground?.showCases();
    await lists.begin();
    if (queryOf(centre.state)) void lists.open();
    void picked.read();
    void facts.readSilence();
    void facts.readFigures();
    void facts.readPlatforms();
  }

  // Whoever comes next has another reach: an answer to somebody who has gone is not for him.
  private leave(): void {
    this.arrivals.close();
    for (const part of [this.lists, this.picked, this.facts]) part.forget();
  }

  private hear(): void {
    hearKeys({
      isIn: () => this.centre.state.session !== null,
      close: () => this.actions.pick(null),
      walk: (by) => void this.walk.by(by),
      turn: (by) => this.actions.queue(nextQueue(this.centre.state.queue, by)),
      search: () => this.querySelector<HTMLInputElement>(".find input")?.select(),
      enter: (from) => this.goInto(from),
      help: this.actions.showKeys,
    });
  }

  private goInto(from: HTMLElement): boolean {
    const { picked } = this.centre.state;
    const isOpened = from === document.body || from.dataset.case === picked;
    if (isOpened) this.querySelector<HTMLElement>(".detail .story")?.focus();
    return isOpened && picked !== null;
  }

  protected override updated(): void {
    this.walk.note();
  }

  protected override render(): TemplateResult {
    return drawing(this.centre.state, this.actions, this.card);
  }
}

customElements.define("gm-console", Console);
