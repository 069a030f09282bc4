// The reporting page as it is seen, in the reader's language: what is wanted of him first, then the form, then his own
// reports. Draws what the phone knows and hands on what is done; changes nothing itself.
import { html, nothing, type TemplateResult } from "lit";
import { accountRow, type AccountActions } from "./account";
import { answerCard, entryCard, type EntryActions } from "./answer";
import { clearCard } from "./check-in";
import { reportForm, type FormActions } from "./form";
import type { Phone } from "./phone";
import { sameCard, type SameActions } from "./same";
import { solvedPart, type Solved } from "./solved";
import { isCalled, whistleCard, type Whistle } from "./whistle";
import { isOfficer } from "./who";
import { canBeWaitedFor, workCard } from "./work";
import { isChinese, words, type Words } from "./words";

/** What can be done on the page, and whether he may file what he has solved himself. */
export type Doing = {
  account: AccountActions;
  form: FormActions;
  same: SameActions;
  sent: EntryActions;
  reportIn: (one: Whistle, unit: string) => void;
  allClear: () => void;
  maySolve: boolean;
  tellSolved: (told: Partial<Solved>) => void;
  showSolved: (file: File | undefined) => void;
};

export function drawing(phone: Phone, on: Doing): TemplateResult {
  const say = words();
  const { config, account } = phone;
  return html`${head(phone, say)}
    ${navigator.onLine ? nothing : html`<p class="offline" role="status">${say.offline}</p>`}
    ${accountRow(account, say, on.account)}
    ${phone.linked ? linkedCard(phone, say) : nothing}
    ${wanted(phone, say, on)}
    ${reportForm(phone.form, config, account.session, isChinese(), say, on.form, on.maySolve ? solvedPart(phone.solved, say, on.tellSolved, on.showSolved) : nothing)}
    ${sameCard(phone.same, config, isChinese(), say, on.same)}
    ${phone.entries.length ? html`<section class="mine"><h2>${say.mine}</h2><ol>${phone.entries.map((one) => entryCard(one, config, say, on.sent))}</ol></section>` : nothing}`;
}

const head = ({ config }: Phone, say: Words): TemplateResult => html`<header>
  <div><h1>${say.title}</h1><p class="muted">${config?.city_name ?? ""}${config?.synthetic ? html` <span class="badge">${say.synthetic}</span>` : nothing}</p></div>
</header>`;

const linkedCard = ({ linked, config }: Phone, say: Words): TemplateResult => html`<section class="linked" data-linked=${linked?.id ?? ""}>
  ${linked?.answer ? answerCard(linked.answer, config, say) : html`<p class="trouble">${linked?.problem ?? "…"}</p>`}</section>`;

/** What others want of who is logged in. */
function wanted({ account, config, whistles, work, clear }: Phone, say: Words, on: Doing): TemplateResult {
  const { session } = account;
  return html`${isCalled(session) ? whistleCard(whistles, config?.time_zone, on.reportIn) : nothing}
    ${canBeWaitedFor(session) ? workCard(work, config) : nothing}
    ${isOfficer(session) ? clearCard(clear, say, on.allClear) : nothing}`;
}
