"""An internal brief (内部专报) as paper: a page of its own for the list, and one for each dispute.

HTML that needs nothing from anywhere, made for printing on A4. Knows briefs and typography; refuses to know who
reads: the words come in as the reader may read them.

What was submitted stays as it was submitted: waiting times and refusals are those of the day of issue, however late it
is printed. What became of each dispute since is told apart, with the day up to which it is told.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from spatial.cases.disputes.briefs import Brief, Entry, Refusal

_STYLE = Path(__file__).with_name("brief_paper.css")
_ENTRIES = {"no_rule": "无职责条款", "returns": "多次退回", "clerk": "受理员提请"}
_STATES = {"open": "待裁定", "ruled": "已裁定", "withdrawn": "已撤回"}


def brief_paper(brief: Brief, entries: Sequence[Entry], *, city: str, time_zone: str, now: datetime) -> str:
    """The whole document. `entries` are the disputes that its reader may see, oldest first."""
    zone = ZoneInfo(time_zone)
    title = f"内部专报 {_issue_of(brief.number)}"
    sheets = "".join(_sheet(i, entry, brief, zone) for i, entry in enumerate(entries, start=1))
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE.read_text(encoding="utf-8")}</style></head>'
        f"<body>{_cover(brief, entries, city, zone, now)}{sheets}</body></html>"
    )


def _issue_of(number: str) -> str:
    year, _, serial = number.partition("-")
    return f"{year}年第{int(serial)}期" if serial.isdigit() else f"第{number}期"


def _cover(brief: Brief, entries: Sequence[Entry], city: str, zone: ZoneInfo, now: datetime) -> str:
    rows = "".join(_line(i, entry, brief) for i, entry in enumerate(entries, start=1))
    return (
        f'<section class="sheet cover"><header><p class="city">{escape(city)}</p><h1>内部专报</h1>'
        f'<p class="issue">{escape(_issue_of(brief.number))}</p>'
        f'<p class="line"><span>编号 {escape(brief.number)}</span><span>签发 {_day(brief.issued_at, zone)}</span></p>'
        f"</header><p>报：分管领导、疑难诉求裁定小组</p>"
        f"<p>{_day(brief.period_from, zone)}至{_day(brief.period_until, zone)}（不含当日）期间，"
        f"职责暂不能确定的诉求共{len(entries)}件，现予专报，请予裁定。</p>"
        f"<table><thead><tr><th>序号</th><th>案件编号</th><th>类别</th><th>位置</th><th>退回单位</th>"
        f"<th>签发时已等待</th><th>后续</th></tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="since">等待天数与退回情况以签发之日为准；后续截至{_moment(now, zone)}。</p></section>'
    )


def _line(i: int, entry: Entry, brief: Brief) -> str:
    units = "、".join(dict.fromkeys(refusal.name_zh for refusal in _by_then(entry, brief))) or "无"
    return (
        f'<tr><td>{i}</td><td class="mono">{escape(entry.case_no)}</td><td>{escape(_matter(entry))}</td>'
        f"<td>{escape(_place(entry))}</td><td>{escape(units)}</td><td>{entry.age_days(brief.issued_at)}天</td>"
        f"<td>{_STATES[entry.state]}</td></tr>"
    )


def _by_then(entry: Entry, brief: Brief) -> list[Refusal]:
    return [one for one in entry.refusals if one.at <= brief.issued_at]


def _sheet(i: int, entry: Entry, brief: Brief, zone: ZoneInfo) -> str:
    facts = [
        ("类别", escape(_matter(entry))),
        ("位置", f'{escape(_place(entry))}<br><span class="mono">{entry.lon:.6f}, {entry.lat:.6f}</span>'),
        ("提请方式", _ENTRIES[entry.entry]),
        ("进入待裁定", f"{_moment(entry.entered_at, zone)}（签发时已{entry.age_days(brief.issued_at)}天）"),
    ]
    if entry.note:
        facts.append(("受理说明", escape(entry.note)))
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return (
        f'<section class="sheet"><h2><span>{i}</span> 案件 <span class="mono">{escape(entry.case_no)}</span></h2>'
        f"<dl>{listed}</dl><h3>退回单位、理由与依据</h3>{_refusals(_by_then(entry, brief), zone)}"
        f"<h3>裁定意见</h3>{_opinion(entry)}</section>"
    )


def _refusals(refusals: Sequence[Refusal], zone: ZoneInfo) -> str:
    if not refusals:
        return "<p>没有单位退回。</p>"
    rows = "".join(
        f"<tr><td>{escape(one.name_zh)}</td><td>{escape(one.reason)}</td><td>{escape(one.basis)}</td>"
        f"<td>{_day(one.at, zone)}</td></tr>"
        for one in refusals
    )
    head = "<tr><th>单位</th><th>理由</th><th>依据</th><th>日期</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _opinion(entry: Entry) -> str:
    if entry.lead_zh is not None:
        number = f"，先例编号{escape(entry.precedent)}" if entry.precedent else ""
        return f"<p>已裁定由{escape(entry.lead_zh)}主办{number}。</p>"
    if entry.state == "withdrawn":
        return "<p>已撤回，无须裁定。</p>"
    return (
        '<div class="opinion"><p>主办单位：<i></i></p><p>协办单位：<i></i></p><p class="space">裁定理由：</p>'
        '<p class="signed"><span>签批人：<i></i></span><span>日期：<i></i></span></p></div>'
    )


def _matter(entry: Entry) -> str:
    return entry.matter_name_zh or entry.matter_name or entry.matter or "未分类"


def _place(entry: Entry) -> str:
    return " / ".join(entry.place) or "城区网格之外"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{_day(moment, zone)}{moment.astimezone(zone):%H:%M}"
