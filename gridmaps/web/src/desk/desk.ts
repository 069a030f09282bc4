// What every view of the desk is given: the city, who looks, the names, the map and the ways out.
import type { Config, Session } from "../api";
import { may, type Catalogue } from "../duty";
import type { DeskGround } from "./ground";

export type View = "disputes" | "briefs" | "precedents" | "gaps" | "supervision" | "library" | "scores" | "conferences" | "whistles" | "call-backs" | "intake";
export const VIEWS: [View, string][] = [["disputes", "Disputes"], ["briefs", "Briefs"], ["precedents", "Precedents"], ["gaps", "Gaps"], ["supervision", "Supervision"], ["library", "Library"], ["scores", "Scores"],
  ["conferences", "Conferences"], ["whistles", "Whistles"], ["call-backs", "Call-backs"], ["intake", "New case"]];

// What a view needs; who may not read it is not shown the way there.
const NEEDS: Partial<Record<View, string[]>> = { library: ["read_text"], scores: ["read_scores"], whistles: ["read_cases"], "call-backs": ["call_back", "supervise"], intake: ["call_back"] };

/** The views that this session may read. */
export const viewsOf = (session: Session): [View, string][] => VIEWS.filter(([view]) => (NEEDS[view] ?? ["read_governance"]).some((one) => may(session, one)));

export type Desk = {
  config: Config;
  session: Session;
  catalogue: Catalogue;
  ground: DeskGround;
  /** The sentence of a failure; one that ended the session leads to the log-in. */
  sentence: (failed: unknown) => string;
  go: (view: View, id?: string | null) => void;
};

/** The view and the thing in it that an address names: #disputes/12; no view where it names none. */
export function placeOf(hash: string): { view: View | null; id: string | null } {
  const [name = "", ...rest] = hash.replace(/^#/, "").split("/");
  const view = VIEWS.find(([one]) => one === name)?.[0] ?? null;
  const id = rest.join("/");
  return { view, id: id ? decodeURIComponent(id) : null };
}

export const hashOf = (view: View, id?: string | null): string => `#${view}${id ? `/${encodeURIComponent(id)}` : ""}`;
