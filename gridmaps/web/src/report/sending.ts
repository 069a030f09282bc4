// A finished report on its way: what is still missing, what stands there already and may be joined instead, and the
// handing over to the outbox. Knows no field's look and no network: the outbox sends.
import type { FormState } from "./form";
import { newId, type Body, type Outbox } from "./outbox";
import { sentence, type Phone } from "./phone";
import { pictureOf } from "./photo";
import type { Place } from "./place";
import { findSame, joinCase, nothingSame, type SameActions, type Suggestion } from "./same";
import { missingOf, selfSolvedOf } from "./solved";
import { reporterOf, sourceOf } from "./who";
import type { Writing } from "./writing";

export class Sending {
  private busy = false;
  /** The report whose answer its writer waits to see. */
  private awaited: string | null = null;

  /** `show` brings a part of the page into view. */
  constructor(
    private readonly phone: Phone,
    private readonly writing: Writing,
    private readonly outbox: Outbox,
    private readonly show: (part: string) => void,
  ) {}

  private missing(): FormState["missing"] {
    const { form, solved, photo } = this.phone;
    if (!form.text.trim()) return "needText";
    if (form.finding.state !== "found") return "needPlace";
    return this.writing.isSolved ? missingOf(solved, photo) : null;
  }

  private bodyOf(place: Place): Body {
    const { config, account, form, photo, photoTakenMs, solved } = this.phone;
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
      ...(this.writing.isSolved ? { self_solved: selfSolvedOf(solved) } : {}),
    };
  }

  async send(): Promise<void> {
    if (this.busy) return; // a second tap of a cold thumb is not a second report
    const { phone } = this;
    const { finding } = phone.form;
    phone.form.missing = this.missing();
    if (phone.form.missing || finding.state !== "found") return phone.draw();
    this.busy = true;
    try {
      await this.offer(this.bodyOf(finding.place));
    } finally {
      this.busy = false;
    }
    phone.draw();
    this.show(phone.same.items.length ? ".same" : ".mine");
  }

  /** Out it goes, unless the same may stand there already: then its reporter is asked first. */
  private async offer(body: Body): Promise<void> {
    const items = body.self_solved ? [] : await findSame(body);
    this.phone.same = { ...nothingSame(), body, items };
    if (items.length === 0) await this.put(body);
  }

  private async put(body: Body): Promise<void> {
    const { photo, solved } = this.phone;
    this.awaited = body.id;
    await this.outbox.add(body, photo, body.self_solved ? solved.photo : null);
    await this.writing.empty();
  }

  /** The outbox has changed: the answer is shown once it is there, unless somebody writes the next report already. */
  heard(): void {
    const entry = this.phone.entries.find((one) => one.id === this.awaited);
    if (entry === undefined || entry.state === "waiting" || entry.state === "sending") return;
    this.awaited = null;
    if (!document.activeElement?.matches("input, textarea, select")) this.show(".mine");
  }

  /** Not the same, says who reports it: it goes out as it was written. */
  private async sendOwn(): Promise<void> {
    const { phone } = this;
    const { body } = phone.same;
    phone.same = nothingSame();
    if (body) await this.put(body);
    phone.draw();
    this.show(".mine");
  }

  private async join(one: Suggestion): Promise<void> {
    const { phone } = this;
    const { body, busy } = phone.same;
    if (!body || busy) return;
    phone.same = { ...phone.same, busy: true, problem: null };
    phone.draw();
    try {
      const joined = await joinCase(one.case_no, body, phone.photo);
      await this.outbox.keepJoined(body, joined);
      phone.same = { ...nothingSame(), joined };
      await this.writing.empty();
    } catch (failed) {
      phone.same = { ...phone.same, busy: false, problem: sentence(failed) };
    }
    phone.draw();
  }

  readonly same: SameActions = {
    join: (one) => void this.join(one),
    own: () => void this.sendOwn(),
    back: () => {
      this.phone.same = nothingSame();
      this.phone.draw();
    },
  };
}
