"""Extensions, suspensions, appeals and the deadlines of steps: what is granted, and what is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.deadlines import Standard, clock_limit, due_at_dispatch
from spatial.cases.clocks.granting import (
    check_appeal,
    check_suspension,
    due_after_resuming,
    extend,
    left_when_stopped,
    resumes_at,
)
from spatial.cases.clocks.limits import Limit
from spatial.errors import Conflict, Invalid

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(ZONE, {date(2026, 10, day): "holiday" for day in range(1, 8)})
FRIDAY = datetime(2026, 9, 25, 15, tzinfo=ZONE)
DUE = CALENDAR.add(FRIDAY, Limit(1, "working_day"))  # Monday 28 September, 15:00


def test_an_extension_adds_the_original_limit_to_the_deadline_and_not_to_now() -> None:
    granted = extend(CALENDAR, due_at=DUE, limit=Limit(1, "working_day"), extensions=0, paused=False, now=FRIDAY)
    assert granted.due_at == datetime(2026, 9, 29, 15, tzinfo=ZONE)
    assert (granted.number, granted.reason) == (1, "extension 1")
    again = extend(CALENDAR, due_at=granted.due_at, limit=Limit(1, "working_day"), extensions=1, paused=False, now=DUE)
    assert again.due_at == datetime(2026, 9, 30, 15, tzinfo=ZONE) and again.number == 2


@pytest.mark.parametrize(
    ("extensions", "paused", "now", "says"),
    [
        (2, False, FRIDAY, "no case is extended more often"),
        (0, True, FRIDAY, "suspended"),
        (0, False, DUE + timedelta(microseconds=1), "before it passes"),
    ],
)
def test_a_third_extension_a_late_one_and_one_on_a_standing_clock_are_refused(
    extensions: int, paused: bool, now: datetime, says: str
) -> None:
    with pytest.raises(Conflict, match=says):
        extend(CALENDAR, due_at=DUE, limit=Limit(1, "working_day"), extensions=extensions, paused=paused, now=now)


def test_an_extension_may_be_asked_until_the_very_deadline() -> None:
    assert extend(CALENDAR, due_at=DUE, limit=Limit(1, "calendar_day"), extensions=0, paused=False, now=DUE)


def test_a_case_is_suspended_once_and_for_a_year_at_most() -> None:
    check_suspension(suspensions=0, until=FRIDAY + timedelta(days=365), now=FRIDAY)
    with pytest.raises(Conflict, match="twice"):
        check_suspension(suspensions=1, until=DUE, now=FRIDAY)
    for until in (FRIDAY, FRIDAY + timedelta(days=365, microseconds=1)):
        with pytest.raises(Invalid) as refused:
            check_suspension(suspensions=0, until=until, now=FRIDAY)
        assert refused.value.field == "until"
    assert resumes_at(paused=FRIDAY, until=DUE) == DUE
    assert resumes_at(paused=FRIDAY, until=None) == FRIDAY + timedelta(days=365)


def test_what_was_left_of_a_limit_is_left_when_the_clock_runs_on() -> None:
    """Suspended on Monday at 09:00 with 4 of its 8 hours left; resumed on 8 October at 10:00, due at 16:00."""
    monday = datetime(2026, 9, 28, 9, tzinfo=ZONE)
    due = due_after_resuming(
        CALENDAR, due_at=DUE, unit="working_day", paused=monday, resumed=datetime(2026, 10, 8, 10, tzinfo=ZONE)
    )
    assert due == datetime(2026, 10, 8, 16, tzinfo=ZONE)  # 09-12 and 14-15 were 4 hours: 10-12 and 14-16


def test_an_edit_of_the_calendar_while_the_clock_stands_takes_nothing_of_what_was_left() -> None:
    """Two thirds of a day and a second are left, in shares of days of two lengths; the day is off before it runs on."""
    monday = datetime(2026, 9, 28, 9, 20, 0, 1, tzinfo=ZONE)
    due = datetime(2026, 9, 29, 15, tzinfo=ZONE)
    left = left_when_stopped(CALENDAR, [(due, "working_day"), (None, "working_hour")], paused=monday)
    assert left == {"working_day 2026-09-29T07:00:00+00:00": str(CALENDAR.measure(monday, due, "working_day"))}
    edited = Calendar(ZONE, {**CALENDAR.days, date(2026, 9, 28): "holiday", date(2026, 9, 29): "holiday"})
    resumed = datetime(2026, 10, 8, 10, tzinfo=ZONE)
    when = due_after_resuming(
        edited, due_at=due, unit="working_day", paused=monday, resumed=resumed, left=json.loads(json.dumps(left))
    )
    assert edited.measure(resumed, when, "working_day") == CALENDAR.measure(monday, due, "working_day")
    unkept = due_after_resuming(edited, due_at=due, unit="working_day", paused=monday, resumed=resumed)
    assert unkept == due, "measured anew, nothing was left"


def test_only_who_closed_late_appeals_and_once() -> None:
    late = DUE + timedelta(hours=1)
    check_appeal(appeals=0, closed_at=late, due_at=DUE)
    for appeals, closed_at, due_at, says in (
        (1, late, DUE, "only one"), (0, None, DUE, "not closed"), (0, DUE, DUE, "in time"), (0, late, None, "in time"),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=says):
            check_appeal(appeals=appeals, closed_at=closed_at, due_at=due_at)


def test_a_standard_fixes_the_deadline_and_says_so() -> None:
    standard = Standard(7, "pothole", 1, Limit(2, "working_day"))
    due = due_at_dispatch(CALENDAR, FRIDAY, standard, timedelta(hours=1))
    assert due.at == datetime(2026, 9, 29, 15, tzinfo=ZONE)
    assert due.columns == {
        "due_at": due.at, "due_reason": "standard 7", "limit_amount": "2", "limit_unit": "working_day"
    }  # fmt: skip
    assert due.provisional.columns == due.columns | {"due_reason": "provisional"}


def test_a_matter_without_standards_runs_on_clock_time() -> None:
    due = due_at_dispatch(CALENDAR, FRIDAY, None, timedelta(days=5))
    assert due.at == (FRIDAY + timedelta(days=5)).astimezone(UTC) and due.reason == "matter"
    assert due.limit == Limit(Decimal(120), "urgent_hour")
    assert clock_limit(timedelta(minutes=20)).amount == Decimal("0.333333")
