// The finer states of a case in words, and what some of them admit. Pure.
const STATES: Record<string, string> = {
  reported: "reported", filed: "filed, with nobody yet", own_handling: "handled at its own level", pending: "waiting to be received", returned: "returned, with nobody",
  disputed: "before the panel", ruled: "ruled on", referred: "referred to a provider", handling: "being handled", suspended: "suspended", submitted: "submitted, to be checked",
  closed: "closed", called_back: "called back", evaluated: "evaluated", void: "void", merged: "joined to another",
};

/** A state as people read it; one that is not known here is told by its key. */
export const stateWords = (state: string | null | undefined): string => STATES[state ?? ""] ?? (state ?? "").replaceAll("_", " ");

/** A case in another state admits no conference, and no decision of one can move it. */
export const CONFERRED = new Set(["filed", "returned", "disputed", "pending", "handling"]);
