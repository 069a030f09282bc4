"""The status page: plain HTML in two languages, readable on a phone without scripts.

Knows a status and escapes all of it; refuses to know whose it is.
"""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from spatial.cases.port.sentences import OUTCOMES, STEPS, Said, reason, say
from spatial.cases.port.status import Status, ToldAnswer

_ENDS = {"void": ("Not taken up", "不予受理")}
_STYLE = (
    "body{font:17px/1.5 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;margin:0}"
    "body{background:#f4f5f4;color:#1b1f1d}"
    "main{max-width:34rem;margin:0 auto;padding:1rem}h1{font-size:1.25rem;margin:.5rem 0}"
    ".now{background:#fff;border-left:.4rem solid #1f6f54;padding:.8rem 1rem;font-size:1.15rem}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem}dt{color:#4d5752}"
    "dd{margin:0;overflow-wrap:anywhere}"
    "ol{list-style:none;padding:0}ol li{background:#fff;padding:.6rem 1rem;margin:.4rem 0}"
    "time,small,[lang=en]{color:#4d5752;font-size:.9rem}[lang=en]{display:block}p.words{margin:.3rem 0 0}"
    "@media(prefers-color-scheme:dark){body{background:#141816;color:#e8ecea}.now,ol li{background:#1f2522}"
    "dt,time,small,[lang=en]{color:#a9b4ae}}"
)


def status_page(status: Status, *, city: str, zone: ZoneInfo, form: str = "") -> str:
    """The page of one case, moments in the city's time; `form` is the HTML by which its citizen is asked, if he is."""
    rows = "".join(f"<dt>{_both(name)}</dt><dd>{value}</dd>" for name, value in _facts(status, zone))
    answers = "".join(_answer(one, zone) for one in reversed(status.answers))
    told = f"<h2>答复 Answers</h2><ol>{answers}</ol>" if answers else ""
    return page_of(
        f"<h1>{escape(city)} · {escape(status.case_no)}</h1><p class=now>{_both(_standing(status))}</p>"
        f"<dl>{rows}</dl>{form}{told}"
        "<p><small>凭此链接可查询进展，请勿转发。</small> <small lang=en>Whoever holds this link can read this page; "
        "keep it to yourself.</small></p>"
    )


def missing_page() -> str:
    """What is shown for a link that opens nothing."""
    english = "<span lang=en>This link opens nothing; was it copied whole?</span>"
    return page_of(f"<h1>链接无效</h1><p>请检查链接是否完整。{english}</p>")


def page_of(body: str) -> str:
    """A whole page around a body that is HTML already."""
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>办理进展 Status</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _standing(status: Status) -> tuple[str, str]:
    if status.state in _ENDS:
        return _ENDS[status.state]
    if status.outcome is not None and status.closed_at is not None:
        outcome, step = OUTCOMES[status.outcome], STEPS[status.step]
        return f"{step[0]}: {outcome[0]}", f"{step[1]}：{outcome[1]}"
    return STEPS[status.step]


def _facts(status: Status, zone: ZoneInfo) -> list[tuple[Said, str]]:
    facts = [(("Reported", "反映时间"), _moment(status.received_at, zone))]
    if status.handled_under != status.case_no:
        facts.append((("Handled with", "合并至"), escape(status.handled_under)))
    if status.category:
        facts.append((("Matter", "事项"), _both(status.category)))
    if status.lead:
        facts.append((("Handled by", "承办单位"), _both(status.lead)))
    if status.due_at:
        facts.append((("Due by", "办理期限"), _moment(status.due_at, zone)))
    if status.closed_at:
        facts.append((("Closed", "办结时间"), _moment(status.closed_at, zone)))
    if status.supporters or status.unnamed_supporters:
        facts.append((("Others too", "同样反映"), _others(status.supporters, status.unnamed_supporters)))
    return facts


def _others(known: int, unnamed: int) -> str:
    """Who else said so: those whom we know, and apart from them those of whom nothing is certain."""
    if not unnamed:
        return str(known)
    if not known:
        return _both((f"{unnamed} without a confirmed name", f"未实名{unnamed}人"))
    return _both((f"{known}, and {unnamed} without a confirmed name", f"实名{known}人，另有未实名{unnamed}人"))


def _answer(one: ToldAnswer, zone: ZoneInfo) -> str:
    said = f"<p class=words>{escape(reason(one.words))}</p>" if one.words else ""
    return f"<li>{_moment(one.at, zone)}<br>{_both(say(one.kind, one.facts, zone=zone))}{said}</li>"


def _both(pair: tuple[str, str]) -> str:
    english, chinese = escape(pair[0]), escape(pair[1])
    return chinese if english == chinese else f"{chinese}<span lang=en>{english}</span>"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f'<time datetime="{at.isoformat()}">{at.astimezone(zone):%Y-%m-%d %H:%M}</time>'
