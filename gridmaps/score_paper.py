"""Figures of a period as a paper to print (考核通报), and as CSV: the same numbers, every one with its numerator.

HTML that needs nothing from anywhere, made for A4 across. Knows figures and typography; refuses to know who reads.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from gridmaps.csv_lines import BOM, csv_line
from spatial.cases.evaluation.fragmentation import Fragments
from spatial.cases.evaluation.indicators import (
    CAUSES,
    INDICATORS,
    NOTHING_ZH,
    Composite,
    Indicator,
    Ratio,
    percent,
    say,
)
from spatial.cases.evaluation.scores import Score, Scores

_STYLE = Path(__file__).with_name("score_paper.css")
_SUBJECTS = {
    "cell": "区域", "department": "部门", "post": "岗位（人员）", "role": "岗位", "source": "来源", "taxonomy": "类别",
    "platform": "平台", "total": "全部",
}  # fmt: skip
_TAXONOMIES = {"event": "事件", "component": "部件", "governance": "治理事项"}
_ROLES = {
    "grid_officer": "网格员", "grid_leader": "网格长", "street_clerk": "街道受理员", "centre_operator": "指挥中心坐席",
    "department_handler": "部门处置员", "panel_member": "裁定小组成员", "planner": "规划员", "supervisor": "监督员",
    "administrator": "管理员",
}  # fmt: skip
_HEADS = ("key", "part", "name", "name_zh", "indicator", "indicator_zh", "numerator", "denominator", "percent",
          "excluded", "score", "grade", "three_rates", "first", "last", "within")  # fmt: skip
# What is printed beside one another; four tables, since twenty columns are read by nobody.
_TABLES = (
    ("上报与立案", ("valid_report", "missed_report", "coverage", "self_solved", "filing", "filed_share")),
    ("结案", ("closing", "closing_on_time", "fixed", "settled_on_time", "redo")),
    ("派遣与处置", ("receiving", "dispatch_accuracy", "return", "handling", "handling_on_time", "rework", "extension")),
    ("回访与评价", ("called_back", "response", "resolution", "satisfaction", "result_score", "department_score",
                "report_score")),
)  # fmt: skip
# The composite that stands beside a table: its name, and the field of a row that has it.
_MARKS = {"上报与立案": ("综合分", "mark"), "回访与评价": ("三率综合", "three_rates")}


def score_paper(found: Scores, fragments: Sequence[Fragments], *, city: str, now: datetime) -> str:
    """The whole document: marks, four tables of figures, how cases wander, what does not count, and the formulas."""
    span = found.asked.span
    title = f"{_SUBJECTS[found.asked.by]}综合评价通报"
    days = f"{_day(span.first)}至{_day(span.last)}"
    within = f"<span>范围：{escape('、'.join(found.within))}</span>" if found.within else ""
    made = f"{now.astimezone(ZoneInfo(span.zone)):%Y-%m-%d %H:%M}"
    tables = "".join(_table(found, name, [INDICATORS[key] for key in keys], _MARKS.get(name)) for name, keys in _TABLES)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE.read_text(encoding="utf-8")}</style></head>'
        f'<body><main><header><p class="city">{escape(city)}</p><h1>{escape(title)}</h1>'
        f'<p class="line"><span>统计期：{days}</span>{within}<span>生成：{made}</span></p></header>'
        f"{tables}{_fragments(fragments)}{_causes(found)}{_formulas()}</main></body></html>"
    )


def score_csv(found: Scores) -> Iterator[str]:
    """The figures as CSV: one line a group, part and indicator, with what was divided by what."""
    yield BOM + csv_line(_HEADS)
    days = [found.asked.span.first, found.asked.span.last, "、".join(found.within)]
    named = [([row.key or "", row.name, row.name_zh], row) for row in found.rows]
    for whole, row in [*named, *((["total", "all", "全部"], row) for row in found.totals)]:
        for one in INDICATORS.values():
            figure = [one.key, one.name_zh, *_csv_figure(row.ratio(one.key))]
            yield csv_line([*_csv_head(whole, row), *figure, *_csv_mark(row), *days])


def _csv_head(whole: Sequence[str], row: Score) -> list[object]:
    return [whole[0], row.part or "", whole[1], whole[2]]


def _csv_figure(ratio: Ratio) -> list[object]:
    told = percent(ratio.rate)
    return [_plain(ratio.numerator), _plain(ratio.denominator), NOTHING_ZH if told is None else told, ratio.excluded]


def _csv_mark(row: Score) -> list[object]:
    score = row.mark.score
    three = row.three_rates.score
    grade = row.mark.grade.code if row.mark.grade else ""
    return [NOTHING_ZH if score is None else score, grade, NOTHING_ZH if three is None else three]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _table(found: Scores, name: str, wanted: Sequence[Indicator], marked: tuple[str, str] | None) -> str:
    """One table; `marked` is the composite that stands beside it, by its name and its field."""
    heads = "".join(f"<th>{escape(one.name_zh)}</th>" for one in wanted)
    mark = f"<th>{marked[0]}</th>" if marked else ""
    lines = "".join(_row(found, row, wanted, _mark(getattr(row, marked[1])) if marked else "") for row in found.rows)
    no_mark = "<td></td>" if marked else ""
    totals = "".join(_row(found, row, wanted, no_mark, is_total=True) for row in found.totals)
    first = f"<th>{_SUBJECTS[found.asked.by]}</th>" + ("<th>起始日</th>" if found.asked.grain else "")
    return (
        f"<section><h2>{escape(name)}</h2><table><thead><tr>{first}{heads}{mark}</tr></thead>"
        f"<tbody>{lines}</tbody><tfoot>{totals}</tfoot></table></section>"
    )


def _name(by: str, row: Score) -> str:
    """What a group is called in the city's tongue; classes and posts have no rows that name them."""
    if by == "taxonomy" and row.key in _TAXONOMIES:
        return _TAXONOMIES[row.key]
    if by == "role" and row.key:
        return "、".join(_ROLES.get(role, role) for role in row.key.split("+"))
    return row.name_zh or row.name or row.key or "（未确定）"


def _row(found: Scores, row: Score, wanted: Sequence[Indicator], mark: str, *, is_total: bool = False) -> str:
    name = "合计" if is_total else _name(found.asked.by, row)
    part = f"<td>{row.part or ''}</td>" if found.asked.grain else ""
    cells = "".join(_figure(row.ratio(one.key)) for one in wanted)
    return f"<tr><th scope='row'>{escape(name)}</th>{part}{cells}{mark}</tr>"


def _figure(ratio: Ratio) -> str:
    left_out = f"<i>另{ratio.excluded}件不计</i>" if ratio.excluded else ""
    if ratio.rate is None:
        return f'<td class="none">{NOTHING_ZH}{left_out}</td>'
    return f"<td>{say(ratio.rate)}<small>{_plain(ratio.numerator)}/{_plain(ratio.denominator)}</small>{left_out}</td>"


def _mark(mark: Composite) -> str:
    if mark.score is None:
        return f'<td class="none">{NOTHING_ZH}</td>'
    grade = f"<small>{escape(mark.grade.name_zh)}</small>" if mark.grade else ""
    return f"<td><b>{mark.score}</b>{grade}</td>"


def _fragments(fragments: Sequence[Fragments]) -> str:
    if not fragments:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{escape(one.name_zh or one.name)}</th><td>{one.cases}</td><td>{one.dispatches}</td>"
        f"<td>{one.hand_overs:.2f}</td><td>{say(one.returned_share)}<small>{one.returned}/{one.dispatches}</small></td>"
        f"<td>{_hours(one.opening_hours)}</td><td>{_hours(one.acceptance_hours)}</td></tr>"
        for one in fragments
    )
    names = ("单位", "案件", "派遣", "件均流转", "退回占比", "平均接收用时", "立案至接收用时")
    heads = "".join(f"<th>{name}</th>" for name in names)
    return f"<section><h2>碎片化</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"


def _hours(value: Decimal | None) -> str:
    return NOTHING_ZH if value is None else f"{value:.1f} 小时"


def _causes(found: Scores) -> str:
    told = "，".join(f"{CAUSES[cause][1]}{cases}件" for cause, cases in found.causes.items())
    return f'<p class="causes">列出而不计入：{escape(told) or NOTHING_ZH}。</p>'


def _formulas() -> str:
    items = "".join(f"<li><b>{escape(one.name_zh)}</b> = {escape(one.formula_zh)}</li>" for one in INDICATORS.values())
    nothing = f"<p>分母为零的指标记为“{NOTHING_ZH}”。</p>"
    return f'<section class="formulas"><h2>指标口径</h2><ul>{items}</ul>{nothing}</section>'


def _day(day: object) -> str:
    year, month, number = str(day).split("-")
    return f"{int(year)}年{int(month)}月{int(number)}日"
