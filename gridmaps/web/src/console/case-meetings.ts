// The conferences and whistles of a case, each with the way to the desk where they are held.
import { html, nothing, type TemplateResult } from "lit";
import { get, type Session } from "../api";
import { asked, may, type Catalogue } from "../duty";
import { Question } from "../question";
import { CONFERRED } from "../ui/case-states";
import { unitWords } from "../ui/decision";
import { stamp } from "../ui/format";
import { NamedPart } from "../ui/part";

type Conference = { id: number; state: string; board_name: string; board_name_zh: string; opened_at: string; lead: string | null };
type Whistle = { id: number; state: string; type_name: string; type_name_zh: string; due_at: string; calls: { colour: string }[] };

const MOST = 5;
const OVER = new Set(["closed", "called_back", "evaluated", "void", "merged"]);

class CaseMeetings extends NamedPart {
  static override properties = { caseNo: { attribute: false }, state: { attribute: false }, stamp: { attribute: false }, session: { attribute: false }, catalogue: { attribute: false }, zone: { attribute: false } };
  declare caseNo: string;
  declare state: string | undefined;
  /** Changes when the case did: then they are asked for again. */
  declare stamp: string;
  declare session: Session | null;
  declare catalogue: Catalogue | null;
  declare zone: string | undefined;
  private readonly question = new Question();
  private conferences: Conference[] = [];
  private whistles: Whistle[] = [];

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("caseNo")) Object.assign(this, { conferences: [], whistles: [] });
    if (changed.has("caseNo") || changed.has("stamp")) void this.read();
  }

  // Beside the case: what cannot be read is left away.
  private async read(): Promise<void> {
    const { caseNo } = this;
    const asking = this.question.ask(caseNo);
    const part = <T>(path: string): Promise<T[]> => get<{ items: T[] }>(asked(path, { case_no: caseNo, limit: MOST }), asking.signal).then((page) => page.items).catch(() => []);
    const governs = may(this.session, "read_governance");
    const [conferences, whistles] = await Promise.all([governs ? part<Conference>("/api/v1/conferences") : [], part<Whistle>("/api/v1/whistles")]);
    if (!asking.counts()) return;
    Object.assign(this, { conferences, whistles });
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { conferences, whistles } = this;
    const ways = this.ways();
    if (conferences.length + whistles.length + ways.length === 0) return nothing;
    return html`<section data-meetings=${conferences.length + whistles.length}><h3>Conferences and whistles</h3><ul class="way">${conferences.map((one) => this.conference(one))}${whistles.map((one) => this.whistle(one))}</ul>${ways.length ? html`<p>${ways.map((way, index) => html`${index ? " · " : ""}${way}`)}</p>` : nothing}</section>`;
  }

  /** The ways to call somebody together, for who may and while the case is open. */
  private ways(): TemplateResult[] {
    const [{ caseNo, session }, found] = [this, [] as TemplateResult[]];
    if (OVER.has(this.state ?? "")) return found;
    if (may(session, "confer") && CONFERRED.has(this.state ?? "") && !this.conferences.some((one) => one.state === "open")) found.push(html`<a href="/desk#conferences/new%2F${caseNo}" data-confer>Open a conference</a>`);
    if (may(session, "whistle")) found.push(html`<a href="/desk#whistles/new%2F${caseNo}" data-raise>Raise a whistle</a>`);
    return found;
  }

  private conference(one: Conference): TemplateResult {
    return html`<li><b><a href="/desk#conferences/${one.id}" data-conference=${one.id}>Conference ${one.id}</a></b><span>${one.state}</span>
      <span class="muted">${one.board_name} ${one.board_name_zh}, ${stamp(one.opened_at, this.zone)}${one.lead ? html`, to ${unitWords(one.lead, this.catalogue)}` : nothing}</span></li>`;
  }

  private whistle(one: Whistle): TemplateResult {
    const late = one.calls.filter((call) => call.colour === "red").length;
    return html`<li><b><a href="/desk#whistles/${one.id}" data-whistle=${one.id}>Whistle ${one.id}</a></b><span>${one.state}</span>
      <span class="muted">${one.type_name} ${one.type_name_zh}, due ${stamp(one.due_at, this.zone)}${late ? html`, <span class="late">${late} of ${one.calls.length} called late</span>` : nothing}</span></li>`;
  }
}

customElements.define("gm-case-meetings", CaseMeetings);
