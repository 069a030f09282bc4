// What waits for who is logged in: the cases that he is waited for, most urgent first, each leading to its page in the
// console. Which they are and what for is the server's to say; what he can do there is that page's to tell.
import { html, nothing, type TemplateResult } from "lit";
import { get, nameOf, type Case, type CaseList, type Config, type Session } from "../api";
import { stamp } from "../ui/format";
import { isChinese } from "./words";

/** `heard`: the server has answered since the log-in; before that an empty list says nothing. */
export type WorkState = { items: Case[]; more: boolean; heard: boolean };
export const noWork = (): WorkState => ({ items: [], more: false, heard: false });

const MOST = 10; // a telephone is no desk: who has more to do finds it in the console
const ZH = { title: "等我处理", none: "现在没有等您处理的案件。", until: "期限", noClock: "不计时", late: "已超时", all: "全部列表", notSorted: "未分类", outside: "网格外" };
type Said = typeof ZH;
const EN: Said = { title: "Waiting for me", none: "Nothing waits for you now.", until: "By", noClock: "no deadline runs", late: "late", all: "See all of them", notSorted: "Not sorted yet", outside: "Outside the grid" };
const ACTS: Record<string, [string, string]> = {
  accept: ["受理", "Accept"], appeal: ["审批申诉", "Decide an appeal"], call_back: ["回访", "Call back"], contact: ["联系", "Contact"],
  dispatch: ["派遣", "Dispatch"], extend: ["审批延期", "Decide an extension"], finish_task: ["完成协办任务", "Finish your task"],
  receive: ["接收", "Receive"], rule: ["裁定", "Rule"], settle_call_back: ["复核回访", "Settle a call-back"], solve_own: ["就地处置", "Solve it here"],
  sort: ["分类", "Sort"], submit: ["提交结果", "Submit the result"], suspend: ["审批挂账", "Decide a suspension"],
  answer_order: ["回复督办单", "Answer an order"], handle_own: ["就地着手", "Set about it here"], note_cost: ["登记垫付费用", "Note what it cost"], report_in: ["到场报到", "Report in on the spot"], finish_action: ["完成会议事项", "Do what a conference asked"],
  verify_report: ["现场核实", "Look at the place"], verify_result: ["核查结果", "Check the result"], void: ["作废", "Void"],
};

/** Whether cases can wait for him at all. */
export const canBeWaitedFor = (session: Session | null): boolean => Boolean(session?.permissions?.includes("read_cases"));

/** What waits by now. Throws. */
export async function readWork(signal: AbortSignal): Promise<WorkState> {
  const { items, next } = await get<CaseList>(`/api/v1/cases?waiting=true&limit=${MOST}`, signal);
  return { items, more: next !== null, heard: true };
}

function deadline(one: Case, zone: string | undefined, say: Said): TemplateResult {
  if (!one.late_at) return html`<span class="muted">${say.noClock}</span>`;
  const late = Date.parse(one.late_at) < Date.now();
  return html`<span class=${late ? "late" : "muted"} data-until=${one.late_at}>${say.until} ${stamp(one.late_at, zone)}${late ? html` <b>${say.late}</b>` : nothing}</span>`;
}

function card(one: Case, config: Config | null, say: Said): TemplateResult {
  const category = config?.categories.find((known) => known.code === one.category);
  const acts = (one.waits_for ?? []).map((act) => html`<b class="act" data-waits=${act}>${ACTS[act]?.[isChinese() ? 0 : 1] ?? act.replaceAll("_", " ")}</b>`);
  return html`<li><a href="/?case=${encodeURIComponent(one.case_no)}" data-work=${one.case_no}>
    <span class="head"><b>${nameOf(category, isChinese()) || one.category || say.notSorted}</b>${acts}</span>
    ${one.text ? html`<span class="said">${one.text}</span>` : nothing}
    <span class="foot">${deadline(one, config?.time_zone, say)}<span class="muted">${one.cell ? one.cell.name || one.cell.code : say.outside}</span><span class="mono muted">${one.case_no}</span></span></a></li>`;
}

export function workCard(state: WorkState, config: Config | null): TemplateResult | typeof nothing {
  if (!state.heard) return nothing;
  const say = isChinese() ? ZH : EN;
  return html`<section class="work" data-waiting=${state.items.length}><h2>${say.title}</h2>
    ${state.items.length ? html`<ol>${state.items.map((one) => card(one, config, say))}</ol>` : html`<p class="muted">${say.none}</p>`}
    ${state.more ? html`<p class="row"><a class="plain" href="/">${say.all}</a></p>` : nothing}</section>`;
}
