"""The four clocks: exact, reversible, monotone; pauses lose nothing; a million cases are counted like one."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.clocks.calendar import Calendar, Pause
from spatial.cases.clocks.days import USUAL_HOURS, Shift, from_us, to_us
from spatial.cases.clocks.limits import GRAIN, UNITS, Limit
from spatial.cases.clocks.many import add_many, measure_many
from spatial.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = {date(2026, 10, day): "holiday" for day in range(1, 8)} | {date(2026, 10, 10): "workday"}
PLAIN = Calendar(SHANGHAI, HOLIDAYS)
NIGHTS = Calendar(BERLIN, HOLIDAYS, (Shift(None, None, ((0, 240), (1200, 1440))),))  # a shift through the change
SHORT = Shift(date(2026, 11, 1), date(2027, 3, 1), ((9 * 60, 12 * 60), (14 * 60, 17 * 60 + 1)))
SEASONS = Calendar(BERLIN, HOLIDAYS, (SHORT, Shift(None, None, USUAL_HOURS)))
CALENDARS = (PLAIN, NIGHTS, SEASONS)
FIRST, LAST = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 4, 30, tzinfo=UTC)

calendars = st.sampled_from(CALENDARS)
units = st.sampled_from(UNITS)
moments = st.integers(to_us(FIRST), to_us(LAST)).map(from_us)
limits = st.builds(
    Limit,
    st.one_of(
        st.integers(1, 40), st.decimals("0.000001", "60", places=6), st.sampled_from([Decimal("0.5"), Decimal("1.25")])
    ),
    units,
)
pauses = st.lists(st.tuples(moments, st.timedeltas(timedelta(0), timedelta(days=40))).map(lambda p: (p[0], sum_of(p))))


def sum_of(pair: tuple[datetime, timedelta]) -> datetime:
    return pair[0] + pair[1]


def wall(year: int, month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone)


def floored(amount: Fraction) -> Fraction:
    """An amount at the grain in which limits are given."""
    return Fraction(amount * GRAIN // 1, GRAIN)


@given(calendars, moments, limits)
def test_what_is_added_is_measured(calendar: Calendar, start: datetime, limit: Limit) -> None:
    measured = calendar.measure(start, calendar.add(start, limit), limit.unit)
    assert floored(measured) == limit.exact
    if "hour" in limit.unit or calendar is PLAIN:  # days of one length: to the last microsecond
        assert measured == limit.exact


@given(calendars, moments, limits)
def test_a_limit_is_not_used_up_a_microsecond_sooner(calendar: Calendar, start: datetime, limit: Limit) -> None:
    sooner = calendar.add(start, limit) - timedelta(microseconds=1)
    assert calendar.measure(start, sooner, limit.unit) < limit.exact


@given(calendars, moments, moments, limits)
def test_who_begins_later_is_due_no_sooner(calendar: Calendar, one: datetime, other: datetime, limit: Limit) -> None:
    first, second = sorted((one, other))
    assert calendar.add(first, limit) <= calendar.add(second, limit)


@given(calendars, moments, units, st.integers(1, 10**8), st.integers(1, 10**8))
def test_more_is_due_no_sooner(calendar: Calendar, start: datetime, unit: str, one: int, more: int) -> None:
    less, greater = (Limit(Decimal(amount) / 10**6, unit) for amount in (one, one + more))
    assert calendar.add(start, less) < calendar.add(start, greater)


@given(calendars, moments, moments, moments, units)
def test_time_is_the_sum_of_its_parts(
    calendar: Calendar, one: datetime, other: datetime, third: datetime, unit: str
) -> None:
    a, b, c = sorted((one, other, third))
    parts = calendar.measure(a, b, unit) + calendar.measure(b, c, unit)
    assert parts == calendar.measure(a, c, unit) == -calendar.measure(c, a, unit)


@given(calendars, moments, limits, pauses)
def test_pauses_lose_nothing_in_whatever_order_they_are_told(
    calendar: Calendar, start: datetime, limit: Limit, stood: list[Pause]
) -> None:
    due = calendar.add(start, limit, pauses=stood)
    assert due == calendar.add(start, limit, pauses=reversed(stood))
    assert floored(calendar.measure(start, due, limit.unit, pauses=stood)) == limit.exact
    assert due >= calendar.add(start, limit)


@given(moments, limits, pauses)
def test_pausing_and_resuming_one_after_the_other_is_knowing_all_pauses_before(
    start: datetime, limit: Limit, stood: list[Pause]
) -> None:
    due = PLAIN.add(start, limit)
    apart: list[Pause] = []
    for begin, end in sorted(stood):
        if begin > max([start, *(until for _, until in apart)]):
            apart.append((begin, end))
            due = PLAIN.resume(due, limit.unit, paused=begin, resumed=end)
    assert due == PLAIN.add(start, limit, pauses=apart)


@given(calendars, moments, limits)
def test_a_pause_of_nothing_moves_nothing(calendar: Calendar, start: datetime, limit: Limit) -> None:
    due = calendar.add(start, limit)
    middle = start + (due - start) / 2
    assert calendar.resume(due, limit.unit, paused=middle, resumed=middle) == due
    assert calendar.resume(due, limit.unit, paused=due + timedelta(hours=1), resumed=due + timedelta(days=9)) == due


@given(calendars, st.lists(st.tuples(moments, limits), min_size=1, max_size=30))
def test_many_are_due_when_each_is(calendar: Calendar, cases: list[tuple[datetime, Limit]]) -> None:
    starts = np.array([to_us(start) for start, _ in cases], dtype=np.int64)
    amounts = np.array([limit.millionths for _, limit in cases], dtype=np.int64)
    clocks = np.array([limit.unit for _, limit in cases])
    due = add_many(calendar, starts, amounts, clocks)
    assert [from_us(int(moment)) for moment in due] == [calendar.add(start, limit) for start, limit in cases]
    measured = measure_many(calendar, starts, due, clocks)
    exact = [
        calendar.measure(start, from_us(int(at)), limit.unit) for (start, limit), at in zip(cases, due, strict=True)
    ]
    assert measured == pytest.approx([float(one) for one in exact], rel=1e-12, abs=1e-12)
    assert measure_many(calendar, due, starts, clocks) == pytest.approx(-measured, rel=1e-12, abs=1e-12)


@given(st.sampled_from([PLAIN, SEASONS]), moments, moments)
def test_working_time_is_what_minutes_counted_one_by_one_come_to(
    calendar: Calendar, one: datetime, other: datetime
) -> None:
    start = min(one, other).replace(second=0, microsecond=0)
    end = min(max(one, other).replace(second=0, microsecond=0), start + timedelta(days=9))
    steps = (start + timedelta(minutes=i) for i in range(int((end - start).total_seconds()) // 60))
    counted = sum(worked(calendar, moment) for moment in steps)
    assert calendar.measure(start, end, "working_hour") == Fraction(counted, 60)
    assert calendar.is_working(start) == worked(calendar, start)


def worked(calendar: Calendar, moment: datetime) -> bool:
    """Whether people work in a minute, told from the wall clock alone."""
    local = moment.astimezone(calendar.zone)
    kind = HOLIDAYS.get(local.date(), "workday" if local.isoweekday() <= 5 else "holiday")
    short = calendar is SEASONS and date(2026, 11, 1) <= local.date() < date(2027, 3, 1)
    hours = SHORT.hours if short else USUAL_HOURS
    return kind == "workday" and any(a <= local.hour * 60 + local.minute < b for a, b in hours)


def test_a_night_shift_is_an_hour_shorter_when_clocks_go_forward() -> None:
    always = Calendar(BERLIN, {date(2027, 3, 28): "workday"}, (Shift(None, None, ((0, 1440),)),))
    midnight, next_one = wall(2027, 3, 28, 0, zone=BERLIN), wall(2027, 3, 29, 0, zone=BERLIN)
    assert always.measure(midnight, next_one, "working_hour") == 23
    assert always.measure(midnight, next_one, "working_day") == 1
    assert PLAIN.measure(midnight, next_one, "urgent_hour") == 23


def test_a_span_that_the_change_skips_waits_for_the_one_before() -> None:
    hours = ((60, 150), (180, 240))  # 01:00-02:30 and 03:00-04:00; on the day of the change there is no 02:00 to 03:00
    skipping = Calendar(BERLIN, {date(2027, 3, 28): "workday"}, (Shift(None, None, hours),))
    midnight, next_one = wall(2027, 3, 28, 0, zone=BERLIN), wall(2027, 3, 29, 0, zone=BERLIN)
    assert skipping.measure(midnight, next_one, "working_hour") == 2  # 01:00-02:00 and 03:00-04:00 of the wall


def test_calendar_days_keep_the_time_of_day_over_the_change() -> None:
    due = NIGHTS.add(wall(2026, 10, 24, 14, zone=BERLIN), Limit(2, "calendar_day"))
    assert due == wall(2026, 10, 26, 14, zone=BERLIN)
    assert due - wall(2026, 10, 24, 14, zone=BERLIN).astimezone(UTC) == timedelta(hours=49)


def test_working_days_count_days_and_not_hours_where_shifts_differ() -> None:
    """From a day of 8 hours to one of 6 and a minute: opening to closing is one day each."""
    assert SEASONS.add(wall(2026, 10, 30, 8, zone=BERLIN), Limit(2, "working_day")) == wall(2026, 11, 2, 17, 1, BERLIN)
    assert SEASONS.add(wall(2026, 10, 30, 12, zone=BERLIN), Limit(1, "working_day")) == from_us(
        to_us(wall(2026, 11, 2, 12, zone=BERLIN)) + 30_000_000  # half of 361 minutes: 3 hours and half a minute
    ) + timedelta(hours=2)


def test_an_unknown_clock_an_amount_of_nothing_and_far_years_are_refused() -> None:
    with pytest.raises(Invalid, match="no clock"):
        Limit(1, "fortnight")
    for amount in (0, -1, Decimal("0.0000001"), Decimal("NaN")):
        with pytest.raises(Invalid, match="amount"):
            Limit(amount, "working_day")
    for unit in UNITS:
        with pytest.raises(Invalid, match="1950 to 2199"):
            PLAIN.add(FIRST, Limit(2_000_000, unit))
    with pytest.raises(Invalid, match="1950 to 2199"):
        PLAIN.measure(datetime(1900, 1, 1, tzinfo=UTC), FIRST, "working_day")
    with pytest.raises(Invalid, match="no clock"):
        add_many(PLAIN, np.array([0]), np.array([1]), np.array(["fortnight"]))


def test_a_city_that_never_works_is_told_so_and_does_not_hang() -> None:
    idle = Calendar(SHANGHAI, {}, (Shift(None, None, ()),))
    assert idle.measure(FIRST, LAST, "working_day") == idle.measure(FIRST, LAST, "working_hour") == 0
    for unit in ("working_hour", "working_day"):
        with pytest.raises(Invalid):
            idle.add(FIRST, Limit(1, unit))


def test_the_city_day_is_the_day_of_its_own_zone() -> None:
    late = datetime.combine(date(2026, 10, 1), time(17), tzinfo=UTC)
    assert (PLAIN.city_day(late), NIGHTS.city_day(late)) == (date(2026, 10, 2), date(2026, 10, 1))
