// The reporting page: puts its parts together, draws them, and says what comes first. Each part knows its own business;
// this file knows only their names.
import "../ui/tokens.css";
import "./report.css";
import "./form.css";
import "./mine.css";
import "./wanted.css";
import { render } from "lit";
import * as api from "../api";
import { drawing } from "./drawing";
import { Hearing } from "./hearing";
import { keepConfig } from "./kept";
import { Outbox } from "./outbox";
import { Phone } from "./phone";
import { Sending } from "./sending";
import { Sent } from "./sent";
import { SessionOfPhone } from "./session";
import { isClerk } from "./who";
import { isChinese, words } from "./words";
import { Writing } from "./writing";

const root = document.getElementById("report") as HTMLElement;
const show = (part: string): void => root.querySelector(part)?.scrollIntoView(part === ".linked" ? undefined : { behavior: "smooth", block: "start" });

const phone = new Phone(() => draw());
const writing = new Writing(phone);
const session = new SessionOfPhone(phone, { onOther: () => (writing.placeOfAnother(), hearing.forget()), onIn: () => (outbox.flushSoon(), hearing.hear()) });
const outbox = new Outbox(
  () => void outbox.list().then((list) => ((phone.entries = list), draw(), sending.heard())),
  () => phone.account.session?.login ?? null,
  () => session.ended(),
);
const hearing = new Hearing(phone, () => session.ended());
const sending = new Sending(phone, writing, outbox, show);
const sent = new Sent(phone, outbox, show);
const doing = {
  account: session.actions,
  form: writing.actions(() => void sending.send()),
  same: sending.same,
  sent: sent.actions,
  reportIn: (...call: Parameters<Hearing["reportIn"]>) => void hearing.reportIn(...call),
  allClear: () => hearing.allClear(),
  tellSolved: writing.tellSolved.bind(writing),
  showSolved: (file: File | undefined) => void writing.showSolved(file),
};

function draw(): void {
  document.documentElement.lang = isChinese() ? "zh" : "en";
  document.title = words().title;
  render(drawing(phone, { ...doing, maySolve: writing.maySolve }), root);
}

async function askConfig(): Promise<void> {
  try {
    phone.config = await api.get<api.Config>("/api/v1/config");
    keepConfig(phone.config);
  } catch {
    return; // the last ones stand
  }
}

function listen(): void {
  addEventListener("online", () => void Promise.all([askConfig(), session.ask()]).then(draw).then(() => hearing.hear()));
  addEventListener("offline", draw);
  addEventListener("hashchange", () => void sent.readAddress());
  hearing.begin();
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/report-worker.js", { scope: "/report" }).catch(() => undefined);
}

async function begin(): Promise<void> {
  writing.placeOfAnother();
  draw();
  if (!isClerk(phone.account.session)) void writing.locate();
  listen();
  phone.entries = await outbox.list();
  await Promise.all([askConfig(), session.ask()]);
  await sent.readAddress();
  hearing.hear();
  outbox.flushSoon();
  document.documentElement.dataset.ready = "1";
}

document.documentElement.classList.add("light");
void begin();
