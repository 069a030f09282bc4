// The report while it is written: where, what, who, the photo, and what was solved on the spot. Knows the fields and what
// fills them; refuses to know what becomes of them.
import { Question } from "../question";
import type { FormActions } from "./form";
import type { Phone } from "./phone";
import { preparePhoto } from "./photo";
import { findPlace, placeByHand } from "./place";
import { mayFileSolved, withPhoto, type Solved } from "./solved";
import { isClerk, nobody, type Who } from "./who";

export class Writing {
  private readonly asksPlace = new Question();

  constructor(private readonly phone: Phone) {}

  /** A clerk sits at a desk: where he is says nothing of what he is told, unless he asks to be located. */
  placeOfAnother(): void {
    if (!isClerk(this.phone.account.session)) return;
    this.asksPlace.drop();
    this.phone.form.finding = { state: "elsewhere" };
  }

  async locate(): Promise<void> {
    const { form, draw } = this.phone;
    const asking = this.asksPlace.ask();
    form.finding = { state: "locating" };
    draw();
    const found = await findPlace();
    if (asking.counts()) form.finding = found; // else somebody has said meanwhile where it is
    draw();
  }

  private byHand(lon: string, lat: string, datum: string): void {
    const { form, draw } = this.phone;
    const place = placeByHand(lon, lat, datum);
    form.handProblem = place === null;
    if (place) {
      this.asksPlace.drop();
      form.finding = { state: "found", place };
    }
    draw();
  }

  private text(value: string): void {
    const { form, draw } = this.phone;
    form.text = value;
    if (form.missing === "needText") form.missing = null;
    draw();
  }

  private who(field: keyof Who, value: string): void {
    const { form, draw } = this.phone;
    form.who = { ...form.who, [field]: value };
    draw();
  }

  private async takePhoto(file: File | undefined): Promise<void> {
    const { phone } = this;
    const { form } = phone;
    if (form.photoUrl) URL.revokeObjectURL(form.photoUrl);
    Object.assign(form, { photoUrl: null, photoKind: "near", photoProblem: false });
    phone.photo = null;
    try {
      if (file) {
        phone.photo = await preparePhoto(file);
        phone.photoTakenMs = file.lastModified;
        form.photoUrl = URL.createObjectURL(new Blob([phone.photo.bytes], { type: phone.photo.type }));
      }
    } catch {
      form.photoProblem = true;
    }
    phone.draw();
  }

  /** Whether he who is logged in may file what he has solved himself. */
  get maySolve(): boolean {
    const { config, account, form } = this.phone;
    return mayFileSolved(config, account.session, form.who);
  }

  get isSolved(): boolean {
    return this.phone.solved.on && this.maySolve;
  }

  tellSolved(told: Partial<Solved>): void {
    const { phone } = this;
    phone.solved = { ...phone.solved, ...told };
    phone.form.missing = null;
    phone.draw();
  }

  async showSolved(file: File | undefined): Promise<void> {
    const { photo, photoUrl, photoProblem } = await withPhoto(this.phone.solved, file);
    this.tellSolved({ photo, photoUrl, photoProblem }); // what was written meanwhile stays
  }

  /** The report has gone. A clerk's next caller is somebody else; the way in which they come stays. */
  async empty(): Promise<void> {
    const { phone } = this;
    Object.assign(phone.form, { text: "", category: "", who: { ...nobody(), source: phone.form.who.source } });
    this.placeOfAnother();
    phone.solved = { ...(await withPhoto(phone.solved, undefined)), on: false, how: "" };
    await this.takePhoto(undefined);
  }

  /** What each field does when it is filled. */
  actions(send: () => void): FormActions {
    const { form, draw } = this.phone;
    return {
      send,
      locate: () => void this.locate(),
      byHand: (lon, lat, datum) => this.byHand(lon, lat, datum),
      text: (value) => this.text(value),
      category: (code) => ((form.category = code), draw()),
      who: (field, value) => this.who(field, value),
      photo: (file) => void this.takePhoto(file),
      photoKind: (kind) => ((form.photoKind = kind), draw()),
    };
  }
}
