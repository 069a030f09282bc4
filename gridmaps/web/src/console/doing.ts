// What each thing that a person can do sets going: which filters change, and who reads anew by it. Knows no server and no
// drawing.
import type { Actions } from "./actions";
import type { Arrivals } from "./arrivals";
import type { Centre } from "./centre";
import type { Facts } from "./facts";
import type { KeyHelp } from "./key-help";
import type { Lists } from "./lists";
import type { Picked } from "./picked";
import type { SessionOfPage } from "./session";
import type { State } from "./state";
import type { Terrain } from "./terrain";
import type { Walk } from "./walking";

const SEARCH_PAUSE_MS = 350;

export type Parts = {
  centre: Centre;
  lists: Lists;
  picked: Picked;
  facts: Facts;
  terrain: Terrain;
  arrivals: Arrivals;
  session: SessionOfPage;
  walk: Walk;
  /** Read everything as for somebody who has just come in. */
  enter: () => Promise<void>;
};
type Listing = Pick<Actions, "tab" | "figure" | "step" | "queue" | "platform" | "search" | "searchNow" | "more" | "retry">;

/** What narrows the open list, and how far it is read. */
function listing({ centre, lists, facts, arrivals, enter }: Parts): Listing {
  let pause = 0;
  const narrow = (change: Partial<State>): void => {
    centre.set(change);
    void lists.open();
  };
  const tab: Actions["tab"] = (chosen) => {
    centre.set({ tab: chosen });
    centre.ground?.lightSilent(chosen === "silent" ? centre.state.silence : null);
    void (chosen === "silent" ? facts.readSilence() : lists.open());
  };
  return {
    tab,
    figure: (chosen) => {
      centre.set({ step: "", queue: "", platform: "", search: "" });
      tab(chosen);
    },
    step: (step) => narrow({ step }),
    queue: (queue) => narrow({ queue }),
    platform: (platform) => narrow({ platform }),
    search: (search) => {
      centre.set({ search });
      clearTimeout(pause);
      pause = window.setTimeout(() => void lists.open(), SEARCH_PAUSE_MS);
    },
    searchNow: () => {
      clearTimeout(pause);
      void lists.open();
    },
    more: () => void lists.more(),
    retry: () => void (arrivals.isOpen ? lists.open() : enter()),
  };
}

export function actionsOf(parts: Parts): Actions {
  const { centre, picked, session, terrain, walk } = parts;
  return {
    ...listing(parts),
    pick: (caseNo) => picked.pick(caseNo),
    logIn: (login, password) => void session.logIn(login, password),
    logOut: () => session.logOut(),
    flyToCell: (code) => void terrain.flyTo(code),
    toggleQueue: () => centre.set({ queueOpen: !centre.state.queueOpen }),
    closeCell: () => centre.set({ cell: null }),
    acted: (event) => void walk.after(event.detail),
    refused: (event) => centre.set({ done: event.detail }),
    showKeys: () => centre.element.querySelector<KeyHelp>("gm-key-help")?.show(),
  };
}
