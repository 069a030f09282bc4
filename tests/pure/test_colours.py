"""Colours: green, yellow, red and grey, for one case and for many, by rules that are data."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.clocks import Calendar, Limit
from spatial.cases.clocks.days import to_us
from spatial.cases.supervision.colours import (
    GREEN,
    GREY,
    NEVER,
    NONE,
    RED,
    YELLOW,
    Clock,
    ColourRule,
    colour_of,
    colours_of,
)
from spatial.cases.supervision.ladder import CENTRE, Ladder, Place, Rung
from spatial.cases.supervision.moments import left_since
from spatial.cases.supervision.warning import warn_moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNITS = ("urgent_hour", "working_hour", "working_day", "calendar_day")
RULES = {unit: ColourRule(unit, Fraction(2, 3), Fraction(1)) for unit in UNITS}
CALENDAR = Calendar(SHANGHAI)
MONDAY = datetime(2026, 5, 4, 9, 0, tzinfo=SHANGHAI)
STATES = (
    "reported",
    "filed",
    "handling",
    "submitted",
    "suspended",
    "closed",
    "evaluated",
    "void",
    "merged",
    "referred",
)


def limited(amount: str | None, unit: str | None, due: datetime, *, extensions: int = 0) -> SimpleNamespace:
    """What a warning is reckoned from."""
    limit = None if amount is None else Decimal(amount)
    reason = f"extension {extensions}, by weekends from 2027" if extensions else "provisional"
    return SimpleNamespace(
        received_at=MONDAY, due_at=due, limit_amount=limit, limit_unit=unit, extensions=extensions, due_reason=reason
    )


@pytest.mark.parametrize(
    ("amount", "unit", "warned"),
    [
        # By hand, from Monday 09:00, working hours 08:00-12:00 and 14:00-18:00.
        ("9", "urgent_hour", datetime(2026, 5, 4, 15, 0, tzinfo=SHANGHAI)),  # a third of 9 h is left at 15:00
        ("2", "urgent_hour", datetime(2026, 5, 4, 10, 0, tzinfo=SHANGHAI)),  # one hour left comes before two thirds
        ("6", "working_hour", datetime(2026, 5, 4, 15, 0, tzinfo=SHANGHAI)),  # 3 h till noon, 1 h from 14:00
        ("4", "working_hour", datetime(2026, 5, 4, 12, 0, tzinfo=SHANGHAI)),  # a third is 1:20; used up 2:40 at 11:40
        ("3", "working_day", datetime(2026, 5, 6, 9, 0, tzinfo=SHANGHAI)),
        ("15", "working_day", datetime(2026, 5, 18, 9, 0, tzinfo=SHANGHAI)),  # ten of them; two weekends between
        ("1", "working_day", MONDAY),  # one unit is left from the beginning
        ("6", "calendar_day", datetime(2026, 5, 8, 9, 0, tzinfo=SHANGHAI)),
    ],
)
def test_a_case_is_yellow_when_two_thirds_are_used_or_one_unit_is_left(
    amount: str, unit: str, warned: datetime
) -> None:
    due = CALENDAR.add(MONDAY, Limit(Decimal(amount), unit))
    if (amount, unit) == ("4", "working_hour"):
        warned = datetime(2026, 5, 4, 11, 40, tzinfo=SHANGHAI)
    assert warn_moment(RULES, CALENDAR, limited(amount, unit, due)) == warned


def test_a_limit_that_was_granted_again_is_warned_of_by_its_whole_length() -> None:
    due = CALENDAR.add(MONDAY, Limit(Decimal(18), "urgent_hour"))
    assert warn_moment(RULES, CALENDAR, limited("9", "urgent_hour", due, extensions=1)) == MONDAY + timedelta(hours=12)


def test_an_extension_of_a_deadline_that_the_case_has_left_does_not_warn_of_the_next_one_sooner() -> None:
    due = CALENDAR.add(MONDAY, Limit(Decimal(9), "urgent_hour"))
    anew = limited("9", "urgent_hour", due, extensions=1)
    anew.due_reason = "reopened 1"
    assert warn_moment(RULES, CALENDAR, anew) == MONDAY + timedelta(hours=6)


def test_a_case_without_a_limit_has_the_time_from_its_receipt() -> None:
    due = MONDAY + timedelta(days=5)
    assert warn_moment(RULES, CALENDAR, limited(None, None, due)) == MONDAY + timedelta(hours=80)


def test_a_district_warns_when_it_likes() -> None:
    rules = RULES | {"urgent_hour": ColourRule("urgent_hour", Fraction(1, 2), Fraction(0))}
    due = MONDAY + timedelta(hours=2)
    assert warn_moment(rules, CALENDAR, limited("2", "urgent_hour", due)) == MONDAY + timedelta(hours=1)


@given(
    start=st.integers(0, 60 * 24 * 400), amount=st.integers(1, 60), unit=st.sampled_from(UNITS),
    share=st.fractions(0, 1, max_denominator=50),
)  # fmt: skip
def test_what_is_left_since_a_moment_is_left_then_and_more_before(
    start: int, amount: int, unit: str, share: Fraction
) -> None:
    begin = MONDAY + timedelta(minutes=start)
    due = CALENDAR.add(begin, Limit(amount, unit))
    since = left_since(CALENDAR, due, amount * share, unit)
    assert CALENDAR.measure(since, due, unit) <= amount * share
    assert CALENDAR.measure(since - timedelta(microseconds=2), due, unit) > amount * share or share == 1


@pytest.mark.parametrize(
    ("minutes", "colour"), [(0, GREEN), (59, GREEN), (60, YELLOW), (90, YELLOW), (90.001, RED), (10_000, RED)]
)
def test_a_colour_turns_at_its_moments(minutes: float, colour: str) -> None:
    clock = Clock("handling", MONDAY + timedelta(minutes=90), MONDAY + timedelta(minutes=60))
    assert colour_of(clock, now=MONDAY + timedelta(minutes=minutes)) == colour


@pytest.mark.parametrize(
    ("state", "closed", "colour"),
    [
        ("suspended", None, GREY), ("closed", 91, RED), ("called_back", 91, RED), ("evaluated", 91, RED),
        ("closed", 90, GREEN), ("void", None, NONE), ("merged", None, NONE), ("referred", None, NONE),
        ("captured", None, NONE),
    ],
)  # fmt: skip
def test_a_late_closed_case_stays_red_and_a_suspended_one_is_grey(state: str, closed: int | None, colour: str) -> None:
    closed_at = None if closed is None else MONDAY + timedelta(minutes=closed)
    clock = Clock(state, MONDAY + timedelta(minutes=90), MONDAY, closed_at)
    assert colour_of(clock, now=MONDAY + timedelta(days=900)) == colour
    assert colour_of(Clock(state, None, None, closed_at, is_history=True), now=MONDAY) == NONE


_MOMENTS = st.none() | st.integers(-200, 200).map(
    lambda minutes: datetime(2026, 5, 4, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    st.lists(
        st.builds(Clock, st.sampled_from(STATES), _MOMENTS, _MOMENTS, _MOMENTS, st.booleans(), _MOMENTS), min_size=1
    )
)
def test_many_colours_are_the_colours_of_each(clocks: list[Clock]) -> None:
    def column(name: str) -> np.ndarray:
        moments = [getattr(clock, name) for clock in clocks]
        return np.array([NEVER if moment is None else to_us(moment) for moment in moments], dtype=np.int64)

    now = datetime(2026, 5, 4, tzinfo=UTC)
    standings = np.array([clock.standing for clock in clocks], dtype=np.int8)
    columns = [column(name) for name in ("due_at", "warn_at", "closed_at", "missed_at")]
    many = colours_of(standings, *columns, now=to_us(now))
    assert list(many) == [colour_of(clock, now=now) for clock in clocks]


_DAY = (Decimal(1), "working_day")
LADDER = Ladder(
    tuple(Rung(i + 1, holder, _DAY, _DAY) for i, holder in enumerate(("holder", "@street", "@district"))),
    {"district": 1, "street": 2, "community": 3, "unit": 4},
)
PATH = ("330199", "330199001", "330199001001", "330199001001001")


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        (Place("roads", 4, PATH), ["roads", "@330199001", "@330199"]),
        (Place("@330199001", 2, PATH), ["@330199001", "@330199"]),  # the street is not asked twice
        (Place(None, 4, PATH), ["@330199001001001", "@330199001", "@330199"]),
        (Place(None, 1, PATH), ["@330199"]),  # the way leads up, never down
        (Place(None, None, ()), [CENTRE]),
        (Place("roads", None, ()), ["roads"]),
    ],
)
def test_an_order_climbs_from_the_holder_to_the_street_to_the_district(place: Place, asked: list[str]) -> None:
    found = LADDER.first(place)
    units = []
    while found is not None:
        rung, unit = found
        units.append(unit)
        found = LADDER.next(rung.level, unit, place)
    assert units == asked
