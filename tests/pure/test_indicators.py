"""Rates, marks and periods, by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from spatial.cases.evaluation.indicators import (
    EMPTY,
    INDICATORS,
    NOTHING_EN,
    Composite,
    Grade,
    Ratio,
    composite,
    grade_of,
    percent,
    say,
)
from spatial.cases.evaluation.spans import day_behind, month_of, read_period, span_of
from spatial.errors import Invalid

GRADES = (
    Grade("excellent", "excellent", "优秀", Decimal(90)),
    Grade("good", "good", "良好", Decimal(85)),
    Grade("pass", "pass", "合格", Decimal(60)),
)
ZONE = "Asia/Shanghai"


def _ratio(numerator: int, denominator: int) -> Ratio:
    return Ratio(Decimal(numerator), Decimal(denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator", "told"),
    [(911, 972, "93.72%"), (737, 972, "75.82%"), (902, 956, "94.35%"), (9, 16, "56.25%"), (953, 996, "95.68%"),
     (43, 996, "4.32%"), (0, 5, "0.00%"), (5, 5, "100.00%"), (1, 800, "0.13%")],
)  # fmt: skip
def test_a_rate_is_told_with_two_decimals_rounded_half_up(numerator: int, denominator: int, told: str) -> None:
    assert say(_ratio(numerator, denominator).rate) == told


def test_a_zero_denominator_is_told_as_nothing_and_never_as_a_number() -> None:
    assert EMPTY.rate is None
    assert percent(EMPTY.rate) is None
    assert say(EMPTY.rate) == "无"
    assert say(EMPTY.rate, NOTHING_EN) == "n.a."


def test_every_indicator_says_its_formula_in_both_languages_and_divides() -> None:
    for one in INDICATORS.values():
        assert " / " in one.formula and " ÷ " in one.formula_zh, one.key
        assert one.name and one.name_zh


@pytest.mark.parametrize(
    ("score", "grade"),
    [("93.46", "优秀"), ("90", "优秀"), ("89.99", "良好"), ("88", "良好"), ("82.94", "合格"), ("75.07", "合格")],
)
def test_published_scores_have_their_published_grades(score: str, grade: str) -> None:
    found = grade_of(Decimal(score), GRADES)
    assert found is not None and found.name_zh == grade


def test_below_the_last_cut_point_there_is_no_grade() -> None:
    assert grade_of(Decimal("59.99"), GRADES) is None


def test_where_little_is_better_the_points_are_what_is_left() -> None:
    rates: dict[str, Decimal | None] = {"closing": Decimal("0.9"), "rework": Decimal("0.2")}
    found = composite(rates, {"closing": Decimal(3), "rework": Decimal(1)}, GRADES)
    assert found.score == Decimal("87.50")
    assert found.grade is not None and found.grade.code == "good"


def test_what_has_no_value_is_left_out_and_named_and_its_weight_goes_to_the_rest() -> None:
    rates: dict[str, Decimal | None] = {"closing": Decimal("0.9"), "satisfaction": None}
    found = composite(rates, {"closing": Decimal(5), "satisfaction": Decimal(5)}, GRADES)
    assert found.score == Decimal("90.00") and found.left_out == ("satisfaction",)


def test_a_mark_does_not_rest_on_less_than_half_of_the_weight() -> None:
    found = composite({"closing": Decimal(1)}, {"closing": Decimal(4), "satisfaction": Decimal(5)}, GRADES)
    assert found == Composite(None, ("satisfaction",), None)


def test_where_nothing_can_be_judged_there_is_no_score() -> None:
    assert composite({}, {"closing": Decimal(1)}, GRADES) == Composite(None, ("closing",), None)


def test_a_share_is_no_merit() -> None:
    assert composite({"filed_share": Decimal(1)}, {"filed_share": Decimal(1)}, GRADES).score is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026-10-05", date(2026, 10, 5), date(2026, 10, 5)), ("2026-W41", date(2026, 10, 5), date(2026, 10, 11)),
     ("2026-10", date(2026, 10, 1), date(2026, 10, 31)), ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
     ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)), ("2026", date(2026, 1, 1), date(2026, 12, 31))],
)  # fmt: skip
def test_a_period_is_known_by_its_name(text: str, first: date, last: date) -> None:
    span = read_period(text, ZONE)
    assert (span.first, span.last) == (first, last)


def test_a_period_runs_from_midnight_to_midnight_of_the_city() -> None:
    span = read_period("2026-10", ZONE)
    assert span.since == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert span.until == datetime(2026, 10, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "october", "2026-13", "2026-W60", "2026-Q5", "2026-02-30", "٢٠٢٦"])
def test_what_is_no_period_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(Invalid, match="2026-W41"):
        read_period(text, ZONE)


@pytest.mark.parametrize("text", ["0001", "0001-W01", "1899-12-31", "2201-Q1", "9999", "9999-12"])
def test_a_period_in_a_year_that_no_calendar_reaches_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_period(text, ZONE)
    assert refused.value.field == "period"


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid, match="before"):
        span_of(ZONE, first=date(2026, 10, 2), last=date(2026, 10, 1))


def test_the_month_of_a_moment_is_the_citys() -> None:
    assert month_of(datetime(2026, 9, 30, 17, tzinfo=UTC), ZONE).first == date(2026, 10, 1)


def test_a_quarter_ends_with_the_year() -> None:
    assert day_behind(date(2026, 10, 1), "quarter") == date(2027, 1, 1)
