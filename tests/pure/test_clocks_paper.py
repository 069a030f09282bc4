"""The paper on the clocks keeps its word: every line of its tables, worked out by hand, is what the clocks say."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.days import from_us, to_us
from spatial.cases.clocks.deadlines import Standard, due_of_standard
from spatial.cases.clocks.granting import extend
from spatial.cases.clocks.horizon import look_ahead, marked, plain_reason
from spatial.cases.clocks.limits import UNITS, Limit
from spatial.cases.clocks.many import add_many
from spatial.cases.clocks.statutory import statutory_days
from tests.pure.test_clocks_sample import CHINA, ZONE, at

PAPER = Path(__file__).resolve().parents[2] / "docs" / "clocks.md"
_MOMENT = r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d"
KNOWN = frozenset({2025, 2026})
TODAY = Calendar(ZONE, {one.day: one.kind for year in KNOWN for one in statutory_days(year)}, known=KNOWN)


def _moment(told: str) -> datetime:
    """A moment with its weekday, which must be the right one."""
    weekday, rest = told.split(" ", 1)
    assert f"{at(rest):%a}" == weekday, told
    return at(rest)


def _lines() -> list[tuple[str, int, str, str]]:
    found, start = [], ""
    for line in PAPER.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(rf"### .*: begins ({_MOMENT})", line):
            start = heading[1]
        elif row := re.fullmatch(rf"\| (\d+) ([a-z_]+), [^|]+\| ({_MOMENT}) \|[^|]+\|", line):
            found.append((start, int(row[1]), row[2], row[3]))
    return found


LINES = _lines()


@pytest.mark.parametrize(("start", "amount", "unit", "due"), LINES)
def test_a_line_of_the_paper_is_what_the_clock_says(start: str, amount: int, unit: str, due: str) -> None:
    assert CHINA.add(_moment(start), Limit(amount, unit)) == _moment(due)
    assert CHINA.measure(_moment(start), _moment(due), unit) == amount


def test_every_table_is_read_and_every_clock_is_in_each() -> None:
    tables = {start: [unit for begun, _, unit, _ in LINES if begun == start] for start, *_ in LINES}
    assert [len(units) for units in tables.values()] == [11, 11, 8, 9]
    assert all(set(units) == set(UNITS) for units in tables.values())
    assert PAPER.read_text(encoding="utf-8").count("\n| ") == len(LINES) + 4 + 5  # their heads, and the clocks


def test_fifteen_working_days_from_now_are_known_and_from_mid_december_they_say_that_they_are_not() -> None:
    standard = Standard(7, "litter", 1, Limit(15, "working_day"))
    soon = due_of_standard(TODAY, at("2026-11-23 09:00"), standard)
    assert (soon.at, soon.reason) == (at("2026-12-14 09:00"), "standard 7")
    beyond = due_of_standard(TODAY, at("2026-12-18 09:00"), standard)
    assert (beyond.at, beyond.reason) == (at("2027-01-08 09:00"), "standard 7, by weekends from 2027")
    assert plain_reason(beyond.reason) == "standard 7" and marked(beyond.reason, None) == "standard 7"


@pytest.mark.parametrize("unit", ["urgent_hour", "calendar_day"])
def test_a_clock_that_never_stands_on_holidays_needs_not_know_them(unit: str) -> None:
    due = due_of_standard(TODAY, at("2026-12-31 09:00"), Standard(7, "litter", 1, Limit(40, unit)))
    assert due.at.year == 2026 + (due.at > at("2026-12-31 23:59")) and due.reason == "standard 7"


def test_an_extension_into_an_unknown_year_says_so() -> None:
    longer = extend(
        TODAY, due_at=at("2026-12-30 09:00"), limit=Limit(5, "working_day"), extensions=0, paused=False,
        now=at("2026-12-29 09:00"),
    )  # fmt: skip
    assert longer.reason == "extension 1, by weekends from 2027"


def test_a_calendar_that_knows_no_year_marks_every_working_limit() -> None:
    blank = Calendar(ZONE, {}, known=frozenset())
    due = due_of_standard(blank, at("2026-03-10 09:00"), Standard(7, "litter", 1, Limit(1, "working_hour")))
    assert due.reason == "standard 7, by weekends from 2026"


@pytest.mark.parametrize(
    ("known", "today", "until", "warns_of"),
    [
        ({2025, 2026}, date(2026, 9, 30), date(2026, 12, 31), None),
        ({2025, 2026}, date(2026, 10, 1), date(2026, 12, 31), "2027"),
        ({2025, 2026}, date(2026, 12, 31), date(2026, 12, 31), "2027"),
        ({2025, 2026}, date(2027, 1, 1), None, "2027"),
        ({2026, 2027}, date(2026, 11, 22), date(2027, 12, 31), None),
        ({2026, 2028}, date(2026, 11, 22), date(2026, 12, 31), "2027"),
        (set(), date(2026, 3, 1), None, "2026"),
    ],
)
def test_a_missing_year_is_warned_of_from_october_on(
    known: set[int], today: date, until: date | None, warns_of: str | None
) -> None:
    ahead = look_ahead(known, today=today)
    assert ahead.known_until == until
    assert (ahead.warning is None) == (warns_of is None)
    if warns_of:
        assert f"fill --year {warns_of}" in (ahead.warning or "")


@pytest.mark.long
def test_a_million_at_once_are_due_when_each_is_alone() -> None:
    rng = np.random.default_rng(7)
    many = 1_000_000
    starts = rng.integers(to_us(at("2025-01-02 00:00")), to_us(at("2026-11-30 00:00")), many)
    amounts = rng.integers(1, 60_000_000, many)
    units = np.array(UNITS)[rng.integers(0, len(UNITS), many)]
    due = add_many(CHINA, starts, amounts, units)
    for start, amount, unit, found in zip(starts.tolist(), amounts.tolist(), units.tolist(), due.tolist(), strict=True):
        alone = CHINA.add(from_us(start), Limit(Decimal(amount).scaleb(-6), unit))
        assert to_us(alone) == found, (start, amount, unit)
