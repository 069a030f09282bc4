// The reporting page: keeps the form's state, hands finished reports to the outbox, shows what became of them.
import "../ui/tokens.css";
import "./report.css";
import { html, nothing, render } from "lit";
import * as api from "../api";
import { accountRow, type AccountState } from "./account";
import { answerCard, entryCard } from "./answer";
import { clearCard, giveAllClear, nothingCleared } from "./check-in";
import { reportForm, type FormState } from "./form";
import { keepConfig, keepSession, keptConfig, keptSession } from "./kept";
import { newId, Outbox, type Body, type Entry } from "./outbox";
import { pictureOf, preparePhoto, type Photo } from "./photo";
import { findPlace, placeByHand, type Place } from "./place";
import { findSame, joinCase, nothingSame, sameCard, type Suggestion } from "./same";
import { mayFileSolved, missingOf, notSolved, selfSolvedOf, solvedPart, withPhoto, type Solved } from "./solved";
import { askAgain, askReport } from "./standing";
import { isCalled, noWhistles, readWhistles, reportIn, whistleCard } from "./whistle";
import { isClerk, isOfficer, nobody, reporterOf, sourceOf, type Who } from "./who";
import { canBeWaitedFor, noWork, readWork, workCard } from "./work";
import { isChinese, switchLanguage, words } from "./words";

const LISTEN_MS = 60_000; // how often the phone asks whether its unit is called
const form: FormState = {
  finding: { state: "locating" }, handProblem: false, text: "", category: "", photoUrl: null, photoKind: "near", photoProblem: false, who: nobody(), missing: null,
};
const account: AccountState = { session: keptSession(), open: false, busy: false, ended: false, problem: null };
let clear = nothingCleared();
let whistles = noWhistles();
let work = noWork();
let config: api.Config | null = keptConfig();
let photo: Photo | null = null;
let photoTakenMs = 0;
let solved = notSolved();
let sending = false;
let search = 0;
let same = nothingSame();
let entries: Entry[] = [];
let linked: { id: string; answer: api.Case | null; problem: string | null } | null = null;

const root = document.getElementById("report") as HTMLElement;
const outbox = new Outbox(
  () => void outbox.list().then((list) => ((entries = list), draw())),
  () => account.session?.login ?? null,
  () => sessionEnded(),
);

function draw(): void {
  const say = words();
  document.documentElement.lang = isChinese() ? "zh" : "en";
  document.title = say.title;
  render(
    html`<header>
        <div><h1>${say.title}</h1><p class="muted">${config?.city_name ?? ""}${config?.synthetic ? html` <span class="badge">${say.synthetic}</span>` : nothing}</p></div>
      </header>
      ${navigator.onLine ? nothing : html`<p class="offline" role="status">${say.offline}</p>`}
      ${accountRow(account, say, { toggle, logIn, logOut, language: () => (switchLanguage(), draw()) })}
      ${linked ? linkedCard() : nothing}
      ${isCalled(account.session) ? whistleCard(whistles, config?.time_zone, (one, unit) => void reportIn(whistles, one, unit, words(), (state) => ((whistles = state), draw()), sessionEnded)) : nothing}
      ${canBeWaitedFor(account.session) ? workCard(work, config) : nothing}
      ${isOfficer(account.session) ? clearCard(clear, say, allClear) : nothing}
      ${reportForm(form, config, account.session, isChinese(), say, { locate: () => void locate(), byHand, text, category, who, photo: (file) => void takePhoto(file), photoKind: (kind) => ((form.photoKind = kind), draw()), send: () => void send() }, maySolve() ? solvedPart(solved, say, tellSolved, (file) => void showSolved(file)) : nothing)}
      ${sameCard(same, config, isChinese(), say, { join: (one) => void join(one), own: () => void sendOwn(), back: () => ((same = nothingSame()), draw()) })}
      ${entries.length ? html`<section class="mine"><h2>${say.mine}</h2><ol>${entries.map((one) => entryCard(one, config, say, entryActions))}</ol></section>` : nothing}`,
    root,
  );
}

const linkedCard = () => html`<section class="linked" data-linked=${linked?.id ?? ""}>
  ${linked?.answer ? answerCard(linked.answer, config, words()) : html`<p class="trouble">${linked?.problem ?? "…"}</p>`}</section>`;

// A clerk sits at a desk: where he is says nothing of what he is told, unless he asks to be located.
function placeOfAnother(): void {
  if (!isClerk(account.session)) return;
  search += 1;
  form.finding = { state: "elsewhere" };
}

async function locate(): Promise<void> {
  const mine = ++search;
  form.finding = { state: "locating" };
  draw();
  const found = await findPlace();
  if (mine === search) form.finding = found; // else somebody has said meanwhile where it is
  draw();
}

function byHand(lon: string, lat: string, datum: string): void {
  const place = placeByHand(lon, lat, datum);
  form.handProblem = place === null;
  if (place) {
    search += 1;
    form.finding = { state: "found", place };
  }
  draw();
}

function text(value: string): void {
  form.text = value;
  if (form.missing === "needText") form.missing = null;
  draw();
}

function category(code: string): void {
  form.category = code;
  draw();
}

function who(field: keyof Who, value: string): void {
  form.who = { ...form.who, [field]: value };
  draw();
}

const maySolve = (): boolean => mayFileSolved(config, account.session, form.who);
const isSolved = (): boolean => solved.on && maySolve();

function tellSolved(told: Partial<Solved>): void {
  solved = { ...solved, ...told };
  form.missing = null;
  draw();
}

async function showSolved(file: File | undefined): Promise<void> {
  const { photo, photoUrl, photoProblem } = await withPhoto(solved, file);
  tellSolved({ photo, photoUrl, photoProblem }); // what was written meanwhile stays
}

async function takePhoto(file: File | undefined): Promise<void> {
  if (form.photoUrl) URL.revokeObjectURL(form.photoUrl);
  Object.assign(form, { photoUrl: null, photoKind: "near", photoProblem: false });
  photo = null;
  try {
    if (file) {
      photo = await preparePhoto(file);
      photoTakenMs = file.lastModified;
      form.photoUrl = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    }
  } catch {
    form.photoProblem = true;
  }
  draw();
}

function bodyOf(place: Place): Body {
  const reporter = reporterOf(config, account.session, form.who);
  return {
    source: sourceOf(account.session, form.who),
    ...(reporter ? { reporter } : {}),
    id: newId(),
    lon: place.lon,
    lat: place.lat,
    accuracy_m: place.accuracy_m,
    datum: place.datum,
    captured_at: new Date(place.at).toISOString(),
    text: form.text.trim(),
    ...(form.category ? { category: form.category } : {}),
    ...(photo ? { photos: [pictureOf(photo, form.photoKind, photoTakenMs, place)] } : {}),
    ...(isSolved() ? { self_solved: selfSolvedOf(solved) } : {}),
  };
}

async function send(): Promise<void> {
  if (sending) return; // a second tap of a cold thumb is not a second report
  const { finding } = form;
  form.missing = !form.text.trim() ? "needText" : finding.state !== "found" ? "needPlace" : isSolved() ? missingOf(solved, photo) : null;
  if (form.missing || finding.state !== "found") return draw();
  sending = true;
  try {
    const body = bodyOf(finding.place);
    same = { ...nothingSame(), body, items: body.self_solved ? [] : await findSame(body) };
    if (same.items.length === 0) await put(body);
  } finally {
    sending = false;
  }
  draw();
  root.querySelector(same.items.length ? ".same" : ".mine")?.scrollIntoView({ behavior: "smooth", block: "start" });
}

async function put(body: Body): Promise<void> {
  await outbox.add(body, photo, body.self_solved ? solved.photo : null);
  await emptyForm();
}

async function emptyForm(): Promise<void> {
  // A clerk's next caller is somebody else; the way in which they come stays.
  Object.assign(form, { text: "", category: "", who: { ...nobody(), source: form.who.source } });
  placeOfAnother();
  solved = { ...(await withPhoto(solved, undefined)), on: false, how: "" };
  await takePhoto(undefined);
}

/** Not the same, says who reports it: it goes out as it was written. */
async function sendOwn(): Promise<void> {
  const { body } = same;
  same = nothingSame();
  if (body) await put(body);
  draw();
  root.querySelector(".mine")?.scrollIntoView({ behavior: "smooth", block: "start" });
}

async function join(one: Suggestion): Promise<void> {
  const { body } = same;
  if (!body || same.busy) return;
  same = { ...same, busy: true, problem: null };
  draw();
  try {
    const joined = await joinCase(one.case_no, body, photo);
    await outbox.keepJoined(body, joined);
    same = { ...nothingSame(), joined };
    await emptyForm();
  } catch (failed) {
    same = { ...same, busy: false, problem: failed instanceof Error ? failed.message : String(failed) };
  }
  draw();
}

async function hearWhistles(): Promise<void> {
  if (!isCalled(account.session) || whistles.busy !== null) return;
  whistles = await readWhistles(whistles, sessionEnded);
  draw();
}

async function hearWork(): Promise<void> {
  const { session } = account;
  if (!canBeWaitedFor(session)) return;
  const heard = await readWork(work, sessionEnded);
  if (account.session?.login !== session?.login) return; // somebody else's by now, or nobody's
  work = heard;
  draw();
}

/** What others want of who is logged in: calls, and cases that wait. */
const hear = (): void => void Promise.all([hearWhistles(), hearWork()]);

const allClear = (): void => void giveAllClear(words(), (state) => ((clear = state), draw()), sessionEnded);

const entryActions = {
  sendAgain: (entry: Entry) => void outbox.sendAgain(entry),
  discard: (entry: Entry) => void outbox.discard(entry.id),
  refresh: (entry: Entry) => void refresh(entry),
};

async function refresh(entry: Entry): Promise<void> {
  try {
    await outbox.keep(await askAgain(entry));
  } catch (failed) {
    await outbox.keep({ ...entry, problem: failed instanceof Error ? failed.message : String(failed) });
  }
}

function toggle(): void {
  account.open = !account.open;
  draw();
}

async function logIn(login: string, password: string): Promise<void> {
  Object.assign(account, { busy: true, problem: null });
  draw();
  try {
    const session = await api.logIn(login, password);
    Object.assign(account, { session: session?.role ? session : await api.whoAmI(), open: false, ended: false });
    keepSession(account.session);
    placeOfAnother();
    outbox.flushSoon();
    hear();
  } catch (failed) {
    account.problem = failed instanceof Error ? failed.message : String(failed);
  }
  account.busy = false;
  draw();
}

async function logOut(): Promise<void> {
  await api.logOut().catch(() => undefined);
  settle(null);
  draw();
}

function settle(session: api.Session | null): void {
  const isOther = session?.login !== account.session?.login;
  account.session = session;
  if (isOther) placeOfAnother();
  keepSession(session);
  if (session === null || isOther) work = noWork();
  if (session === null) [clear, whistles] = [nothingCleared(), noWhistles()];
}

// The form opens by itself: until somebody logs in, the officer's reports wait.
function sessionEnded(): void {
  settle(null);
  Object.assign(account, { open: true, ended: true, problem: null });
  draw();
}

// Only the server's own word ends a session; without a network the last one stands.
async function askWho(): Promise<void> {
  const session = await api.whoAmI().catch(() => undefined);
  if (session === undefined) return;
  if (session === null && account.session) return sessionEnded();
  settle(session);
}

async function askConfig(): Promise<void> {
  try {
    config = await api.get<api.Config>("/api/v1/config");
    keepConfig(config);
  } catch {
    return; // the last ones stand
  }
}

// A report's own address is its UUID behind the hash: only who has it can ask.
async function readHash(): Promise<void> {
  const id = location.hash.slice(1);
  linked = /^[0-9a-f-]{36}$/i.test(id) ? { id, answer: null, problem: null } : null;
  draw();
  if (!linked) return;
  const asked = linked;
  try {
    const kept = entries.find((one) => one.id === id)?.answer;
    asked.answer = { ...(await askReport(id)), status_url: kept?.status_url };
  } catch (failed) {
    asked.problem = failed instanceof Error ? failed.message : String(failed);
  }
  draw();
  root.querySelector(".linked")?.scrollIntoView();
}

async function begin(): Promise<void> {
  placeOfAnother();
  draw();
  if (!isClerk(account.session)) void locate();
  addEventListener("online", () => void Promise.all([askConfig(), askWho()]).then(draw).then(hear));
  addEventListener("visibilitychange", () => document.hidden || hear());
  setInterval(hear, LISTEN_MS);
  addEventListener("offline", draw);
  addEventListener("hashchange", () => void readHash());
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/report-worker.js", { scope: "/report" }).catch(() => undefined);
  entries = await outbox.list();
  await Promise.all([askConfig(), askWho()]);
  await readHash();
  hear();
  outbox.flushSoon();
  document.documentElement.dataset.ready = "1";
}

document.documentElement.classList.add("light");
void begin();
