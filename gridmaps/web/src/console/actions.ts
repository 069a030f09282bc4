// What a person can do on the command centre; the root element gives these to its parts.
import type { Refused } from "../ui/case-acts";
import type { Tab } from "./state";

export type Actions = {
  pick: (caseNo: string | null) => void;
  tab: (tab: Tab) => void;
  /** The whole list behind a figure of the strip: nothing else narrows it. */
  figure: (tab: Tab) => void;
  step: (step: string) => void;
  queue: (queue: string) => void;
  platform: (platform: string) => void;
  search: (word: string) => void;
  searchNow: () => void;
  more: () => void;
  logIn: (login: string, password: string) => void;
  logOut: () => void;
  flyToCell: (code: string) => void;
  toggleQueue: () => void;
  retry: () => void;
  closeCell: () => void;
  /** The picked case was acted on. */
  acted: (event: CustomEvent<string>) => void;
  /** An act on a case that was left meanwhile was refused. */
  refused: (event: CustomEvent<Refused>) => void;
  showKeys: () => void;
};
