"""The indicators by which areas, departments and posts are judged (综合评价): what each divides by what, and the marks.

Pure, and the one place that says them: what is shown is what `score_case` and its neighbours count. A rate whose
denominator is zero is no rate: it is said as 无, never as 0 or 100. Weights and grades come in as values; refuses to
know rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Literal

NOTHING_EN, NOTHING_ZH = "n.a.", "无"
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_LEAST_KNOWN = Decimal("0.5")  # of the weight: a mark that rests on less would be luck


@dataclass(frozen=True)
class Indicator:
    """A rate: its name, what is divided by what, and which way is better. `is_share`: of all groups together.

    `is_objective` leaves out what nobody could help: a suspended clock, a timeout appeal that was granted.
    """

    key: str
    name: str
    name_zh: str
    formula: str
    formula_zh: str
    better: Literal["high", "low", "neither"] = "high"
    is_objective: bool = False
    is_share: bool = False


_ALL = (
    Indicator(
        "closing", "closing rate", "结案率",
        "closed by the end of the period, whatever the outcome / due to close (filed, deadline in the period)",
        "期末前已结案数（不论办理结果） ÷ 应结案数（已立案且期限落在本期）", is_objective=True,
    ),
    Indicator(
        "closing_on_time", "rate of closing on time", "按期结案率",
        "closed not behind the deadline / due to close", "按期结案数 ÷ 应结案数", is_objective=True,
    ),
    Indicator(
        "fixed", "closings that fixed it", "结案解决率",
        "closed as fixed / closings of what was due to close that were fixed, not fixed or not possible",
        "结果为已解决的结案数 ÷ 应结案中结果为已解决、未解决或无法办理的结案数", is_objective=True,
    ),
    Indicator(
        "settled_on_time", "rate of settling citizens' cases on time", "按时办结率",
        "citizens' cases closed not behind the deadline / citizens' cases due to close",
        "按时办结的群众诉求数 ÷ 应办结的群众诉求数", is_objective=True,
    ),
    Indicator(
        "filing", "filing rate", "立案率",
        "filed / valid reports received in the period (not void, not merged, not solved on the spot)",
        "立案数 ÷ 本期有效上报数（不含作废、合并、自处）", "neither",
    ),
    Indicator(
        "filed_share", "share of what was filed", "立案占比",
        "filed in the period by this group / filed in the period by all groups",
        "本组立案数 ÷ 本期立案总数", "neither", is_share=True,
    ),
    Indicator(
        "handling", "handling rate", "处置率",
        "handled by the end of the period / due to handle (dispatched, deadline in the period)",
        "期末前已处置数 ÷ 应处置数（已派遣且期限落在本期）", is_objective=True,
    ),
    Indicator(
        "handling_on_time", "rate of handling on time", "按期处置率",
        "handled not behind the deadline / due to handle", "按期处置数 ÷ 应处置数", is_objective=True,
    ),
    Indicator(
        "rework", "rework rate", "返工率",
        "cases that failed a result check / cases handled in the period", "核查未通过案件数 ÷ 本期处置案件数", "low",
    ),
    Indicator(
        "extension", "extension rate", "延期率",
        "filed cases that were extended / filed in the period", "延期案件数 ÷ 本期立案数", "low",
    ),
    Indicator(
        "dispatch_accuracy", "rate of right dispatches", "准确派遣率",
        "dispatches that were not returned / dispatches in the period", "未被退回的派遣数 ÷ 本期派遣数",
    ),
    Indicator(
        "return", "return rate", "回退率",
        "dispatches that came back as not mine / dispatches in the period", "被退回的派遣数 ÷ 本期派遣数", "low",
    ),
    Indicator(
        "receiving", "rate of receiving in time", "及时接收率",
        "dispatches that were opened within the limit / dispatches in the period", "限时内接收的派遣数 ÷ 本期派遣数",
    ),
    Indicator(
        "valid_report", "rate of valid reports", "有效上报率",
        "reports that were not void / reports received in the period", "有效上报数 ÷ 本期上报数",
    ),
    Indicator(
        "missed_report", "rate of missed finds", "漏报率",
        "found by others than those who patrol / all that was found in the period and taken up (valid and missed)",
        "他人发现数 ÷ 本期（有效上报数＋漏报数）", "low",
    ),
    Indicator(
        "coverage", "rate of units visited", "区域覆盖率",
        "units visited on a day / units with an officer posted on a day, over the days that are over",
        "当日已巡查网格数 ÷ 当日应巡查网格数（按已过日累计）",
    ),
    Indicator(
        "self_solved", "share solved on the spot", "自处率",
        "reports solved by those who found them / valid reports received in the period",
        "自处归档数 ÷ 本期有效上报数", "neither",
    ),
    Indicator(
        "redo", "redo rate", "重办率",
        "closings that were reopened / closings in the period", "结案后重办数 ÷ 本期结案数", "low",
    ),
    Indicator(
        "called_back", "call-back rate", "回访率",
        "citizens' cases called back / citizens' cases closed in the period", "已回访数 ÷ 本期办结的群众诉求数",
    ),
    Indicator(
        "response", "response rate", "响应率",
        "citizens' cases contacted in time / citizens' cases dispatched in the period",
        "按时联系数 ÷ 本期派遣的群众诉求数",
    ),
    Indicator(
        "resolution", "resolution rate", "解决率",
        "fixed by the citizen's word / citizens reached by a call-back in the period",
        "群众认定解决数 ÷ 本期回访接通数",
    ),
    Indicator(
        "satisfaction", "satisfaction", "满意率",
        "satisfied / citizens reached by a call-back in the period", "满意数 ÷ 本期回访接通数",
    ),
    Indicator(
        "result_score", "result, by citizens", "群众评结果",
        "points given by citizens / points possible", "群众评分 ÷ 满分",
    ),
    Indicator(
        "department_score", "department, by the grid", "网格评部门",
        "points given by the grid / points possible", "网格评分 ÷ 满分",
    ),
    Indicator(
        "report_score", "reports, by departments", "部门评上报质量",
        "points given by departments / points possible", "部门评分 ÷ 满分",
    ),
)  # fmt: skip
INDICATORS: Mapping[str, Indicator] = MappingProxyType({one.key: one for one in _ALL})
# Why something is listed and does not count.
CAUSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not_government": ("not the government's to do", "非政府事项"),
        "suspended": ("suspended", "挂账"),
        "appeal": ("timeout appeal granted", "超时申诉成立"),
        "void": ("void after filing", "立案后作废"),
        "merged": ("joined to another case after filing", "立案后并案"),
        "unreasonable": ("unreasonable demand", "不合理诉求"),
    }
)


@dataclass(frozen=True)
class Ratio:
    """A numerator over a denominator; `excluded` counts what is listed and does not count."""

    numerator: Decimal
    denominator: Decimal
    excluded: int = 0

    @property
    def rate(self) -> Decimal | None:
        """From 0 to 1; None where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None

    def __add__(self, other: "Ratio") -> "Ratio":
        return Ratio(
            self.numerator + other.numerator, self.denominator + other.denominator, self.excluded + other.excluded
        )


EMPTY = Ratio(Decimal(0), Decimal(0))


def percent(rate: Decimal | None) -> Decimal | None:
    """A rate as per cent with two decimals, rounded half up as statisticians do; None stays None."""
    return None if rate is None else (rate * _HUNDRED).quantize(_CENT, ROUND_HALF_UP)


def say(rate: Decimal | None, nothing: str = NOTHING_ZH) -> str:
    """A rate for people: `93.72%`, or 无 where there is none."""
    told = percent(rate)
    return nothing if told is None else f"{told}%"


@dataclass(frozen=True)
class Grade:
    """A name for composite scores from `at_least` on."""

    code: str
    name: str
    name_zh: str
    at_least: Decimal


@dataclass(frozen=True)
class Composite:
    """A score of 0 to 100 over those indicators that have a value; the weight of those `left_out` went to the rest."""

    score: Decimal | None
    left_out: tuple[str, ...]
    grade: Grade | None


def composite(
    rates: Mapping[str, Decimal | None], weights: Mapping[str, Decimal], grades: Sequence[Grade]
) -> Composite:
    """The weighted mean of what can be judged, in points; where little is better, the points are what is left of 100.

    A share of something is no merit and never counts. No score where less than half of the weight could be judged.
    """
    wanted = {key: weight for key, weight in weights.items() if weight > 0 and INDICATORS[key].better != "neither"}
    known = {key: rate for key in wanted if (rate := rates.get(key)) is not None}
    left_out = tuple(sorted(wanted.keys() - known.keys()))
    total = sum((wanted[key] for key in known), Decimal(0))
    if not total or total < _LEAST_KNOWN * sum(wanted.values()):
        return Composite(None, left_out, None)
    points = sum((wanted[key] * points_of(key, rate) for key, rate in known.items()), Decimal(0))
    score = (points / total).quantize(_CENT, ROUND_HALF_UP)
    return Composite(score, left_out, grade_of(score, grades))


def points_of(key: str, rate: Decimal) -> Decimal:
    """The points of an indicator: its per cent, or what is left of 100 where little is better."""
    return (rate if INDICATORS[key].better == "high" else 1 - rate) * _HUNDRED


def grade_of(score: Decimal, grades: Sequence[Grade]) -> Grade | None:
    """The highest grade that a score reaches; None below all of them."""
    reached = [grade for grade in grades if score >= grade.at_least]
    return max(reached, key=lambda grade: grade.at_least, default=None)
