// The acts in words: what each is called, what it says, and how each of its fields is asked for. Which of them are legal
// and which fields they take is the server's to say; an act or a field that is not known here is shown all the same.
import type { Case, Session } from "../api";
import { may } from "../duty";
import { momentIn } from "./format";

export type Kind = "words" | "matter" | "unit" | "units" | "body" | "choice" | "provider" | "standard" | "money" | "number"
  | "attributes" | "truth" | "moment" | "photos" | "code";
export type Field = { name: string; word: string; kind: Kind; needed: boolean; choices?: [string, string][] };
export type ActWords = { word: string; says: string; fields: Field[] };
export type Told = { name: string; required: boolean; values?: (string | number | boolean)[] };

const field = (name: string, word: string, kind: Kind, choices?: [string, string][]): Field => ({ name, word, kind, needed: false, choices });
const STANDARD = field("standard", "Handling standard", "standard");
const reason = (word = "Reason"): Field => field("reason", word, "words");
const note = (word: string): Field => field("note", word, "words");
const PHASE = field("phase", "What you do", "choice", [["ask", "Ask for it"], ["approve", "Approve what was asked"], ["refuse", "Refuse what was asked"]]);
export const TRUTH: [string, string][] = [["true", "Yes"], ["false", "No"]];
export const OUTCOMES: [string, string][] = [["fixed", "Fixed"], ["not_fixed", "Not fixed"], ["no_action_needed", "No action needed"], ["not_possible", "Not possible"], ["not_found", "Not found on the spot"]];

export const ACTS: Record<string, ActWords> = {
  sort: { word: "Sort", says: "Say what the case is about; its owner is decided anew.", fields: [field("category", "Matter", "matter"), STANDARD, field("attributes", "Attributes, one “key = value” a line", "attributes")] },
  accept: { word: "Accept", says: "File the case, under one of the handling standards of its matter where it has several.", fields: [STANDARD] },
  dispatch: { word: "Dispatch", says: "Hand it to its unit. Without a choice it goes where the decision says.", fields: [field("lead", "Lead unit", "unit"), field("assisting", "Assisting units", "units"), reason("Why another than the decided one")] },
  return: { word: "Return", says: "Say that it is not yours, why, and what that rests on.", fields: [field("unit", "Unit you speak for, when there are several", "unit"), reason(), field("basis", "Basis (law, duty list, minutes)", "words")] },
  dispute: { word: "Raise a dispute", says: "Put it before the panel.", fields: [note("Why nobody can be named")] },
  refer: { word: "Refer", says: "Not the government's to do: a company or a social body calls back.", fields: [field("nature", "Nature", "choice", [["market", "Market"], ["social", "Social"]]), field("provider", "Provider", "provider")] },
  contact: { word: "Contacted", says: "The provider has called back.", fields: [] },
  recall: { word: "Recall", says: "Take it back from the provider.", fields: [note("Why"), STANDARD] },
  order_interim: { word: "Order interim handling", says: "A territorial body acts first without becoming responsible.", fields: [field("unit", "Who acts", "body"), note("What is to be done")] },
  note_cost: { word: "Note a cost", says: "What the interim handling cost.", fields: [field("cost", "Cost", "money"), note("For what")] },
  void: { word: "Void", says: "End what is none of a case.", fields: [reason()] },
  ask_check: { word: "Ask for a look", says: "Somebody near looks whether the report is so.", fields: [note("What to look at")] },
  verify_report: { word: "Verify the report", says: "What a look at the place has shown.", fields: [field("is_true", "The report is true", "truth"), note("What was seen"), field("photos", "Photos of the place", "photos")] },
  handle_own: { word: "Handle here", says: "Set about it at the own level.", fields: [] },
  solve_own: { word: "Solved here", says: "Close what the own level has solved.", fields: [field("how", "How", "words"), field("photos_after", "Photo of the result", "photos")] },
  hand_over: { word: "Hand over", says: "File what the own level cannot solve alone.", fields: [reason(), STANDARD] },
  escalate: { word: "Escalate", says: "Pass it to the next wider level.", fields: [reason(), STANDARD] },
  order_down: { word: "Order down", says: "To the next narrower level.", fields: [reason()] },
  receive: { word: "Receive", says: "Open what your unit was handed.", fields: [] },
  submit: { word: "Submit the result", says: "Tell and show what became of it.", fields: [field("outcome", "Outcome", "choice", OUTCOMES), field("photos_after", "Photo of the result", "photos"), note("What was done; needed unless it is fixed")] },
  finish_task: { word: "Finish the task", says: "Your unit has done its part.", fields: [field("unit", "Unit you speak for, when there are several", "unit"), note("What was done")] },
  assign_task: { word: "Assign a task", says: "Give another unit a part.", fields: [field("unit", "Unit", "unit"), field("due_at", "Until, the case's own deadline when empty", "moment"), field("is_mandatory", "The case waits for it", "truth"), note("What is to be done")] },
  revoke_task: { word: "Revoke a task", says: "Take back a part that was given.", fields: [field("unit", "Unit", "unit"), note("Why")] },
  verify_result: { word: "Check the result", says: "Close it when its closing condition is met, or send it back to the same unit.", fields: [field("passed", "The closing condition is met", "truth"), reason("Why not; needed where it is not met")] },
  extend: { word: "Extension", says: "One original limit more.", fields: [PHASE, reason()] },
  suspend: { word: "Suspension", says: "The clock stands until a moment.", fields: [PHASE, reason(), field("until", "Until, to ask", "moment")] },
  resume: { word: "Resume", says: "Let the clock run on.", fields: [reason()] },
  appeal: { word: "Appeal", says: "A delay was not the unit's doing; two people approve.", fields: [PHASE, reason()] },
  ask_help: { word: "Ask for help", says: "A joint conference follows once the deadline has passed.", fields: [note("What is needed")] },
  reopen: { word: "Reopen", says: "Take up again what is not done.", fields: [reason()] },
  merge: { word: "Merge", says: "Join it to another case about the same thing.", fields: [field("into", "Number of the other case", "code"), reason()] },
  split: { word: "Split", says: "Take a joined case apart again.", fields: [reason()] },
  supervise: { word: "Supervision order", says: "Whoever stands on a level of the ladder answers in writing; 1 is who holds the case.", fields: [note("What is to be answered"), field("level", "Level", "number")] },
  contact_citizen: { word: "Citizen contacted", says: "Your unit has spoken with who reported it.", fields: [note("What was said")] },
  call_back: { word: "Call back", says: "What the citizen says of the result.", fields: [field("verdict", "Verdict", "choice", [["satisfied", "Satisfied"], ["dissatisfied", "Dissatisfied"], ["not_reached", "Not reached"]]), field("outcome", "Outcome by the citizen's word", "choice", [["", "–"], ...OUTCOMES]), field("words", "The citizen's words", "words"), field("score", "Points, 1 to 5", "number")] },
  settle_call_back: { word: "Settle the call-back", says: "Your word where the citizen was dissatisfied again; the reason is told to him where it stays closed.", fields: [field("outcome", "What becomes of it", "choice", [["reopen", "Reopen"], ["stays_closed", "Stays closed"]]), reason()] },
  evaluate: { word: "Evaluate", says: "Everybody has said what must be said.", fields: [] },
};

export const wordOf = (act: string): string => ACTS[act]?.word ?? act.replaceAll("_", " ");

/** The fields that the server takes for an act, in this page's order; what it requires differs from person to person. */
export function fieldsOf(act: string, told: Told[]): Field[] {
  const known = (ACTS[act]?.fields ?? []).filter((one) => told.some(({ name }) => name === one.name));
  const strange = told.filter(({ name }) => !known.some((one) => one.name === name)).map(({ name }) => field(name, name.replaceAll("_", " "), "words"));
  return [...known, ...strange].map((one) => narrowed(one, told.find(({ name }) => name === one.name)));
}

/** A field as the server takes it from this person now: whether it is needed, and of its values those that would go through. */
function narrowed(one: Field, told: Told | undefined): Field {
  const values = told?.values?.map(String);
  const field = { ...one, needed: told?.required ?? false };
  if (!values) return field;
  const known = one.choices ?? (one.kind === "truth" ? TRUTH : values.map((value): [string, string] => [value, value]));
  return { ...field, choices: known.filter(([value]) => values.includes(value)) };
}

/** How a request is called that an act asks for or decides. */
export const REQUESTS: Record<string, string> = { extend: "extension", suspend: "suspension", appeal: "appeal" };

/** Of asking and deciding what this person can do now: while one waits it is decided, by those who may; else it is asked for. */
export function narrowPhases(fields: Field[], act: string, requests: NonNullable<Case["requests"]>, session: Session): Field[] {
  const waits = requests.some((one) => one.kind === REQUESTS[act] && one.state === "open");
  const fits = ([phase]: [string, string]): boolean => may(session, phase === "ask" ? "ask_extension" : "approve_clock") && waits !== (phase === "ask");
  const narrowed = (one: Field): Field => {
    const choices = one.choices?.filter(fits);
    return one.name === "phase" && choices?.length ? { ...one, choices } : one;
  };
  return fields.map(narrowed).filter((one) => one.name !== "until" || !waits);
}

/** What a choice says before anybody chose: its first word, for others nothing. */
export const firstValues = (fields: Field[]): Record<string, string> =>
  Object.fromEntries(fields.flatMap((one): [string, string][] => (one.choices ? [[one.name, one.choices[0]?.[0] ?? ""]] : one.kind === "truth" ? [[one.name, "true"]] : [])));

const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(text.split("\n").filter((line) => line.includes("=")).map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]));

/** A field's text as the server takes it. */
export function valueFor(one: Field, text: string, zone: string | undefined): unknown {
  if (one.kind === "money" || one.kind === "standard" || one.kind === "number") return Number(text);
  if (one.kind === "units" || one.kind === "photos") return text.split(" ").filter(Boolean);
  if (one.kind === "truth") return text === "true";
  if (one.kind === "attributes") return pairsOf(text);
  return one.kind === "moment" ? momentIn(text, zone) : text.trim();
}
