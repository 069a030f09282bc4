"""The calendar as rows: filled, edited, kept in memory by its name, and what an edit leaves alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.clocks import Limit, read_calendar, read_clocks
from spatial.cases.clocks.editing import (
    confirm_year,
    count_guessed,
    fill_known_years,
    fill_year,
    list_days,
    list_filled_years,
    list_hours,
    read_hours,
    set_day,
    set_hours,
    write_hours,
)
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.lifecycle.flexible import resume_due, suspend_case
from spatial.cases.lifecycle.handling import receive_case
from spatial.cases.port.askers import give_links
from spatial.cases.port.status import get_status
from spatial.errors import Conflict, Invalid
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.acting import NOW, file_case

HOME = "330199"
FRIDAY = datetime(2026, 9, 25, 7, tzinfo=UTC)  # 15:00 in the city


def set_kind(conn: Connection, day: date, kind: str) -> None:
    set_day(conn, day=day, kind=kind, name="", actor="operator", now=FRIDAY)


def add_standard(conn: Connection, matter: str, amount: float, unit: str, ordinal: int = 1) -> int:
    statement = (
        "INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit) "
        "VALUES (%s, %s, 'broken', 'whole', %s, %s) RETURNING id"
    )
    return int(conn.exec_driver_sql(statement, (matter, ordinal, amount, unit)).scalar_one())


def know(conn: Connection, year: int = NOW.year) -> None:
    """The holidays of a year are known, and there are none but one."""
    set_kind(conn, date(year, 1, 1), "holiday")
    confirm_year(conn, year=year, actor="operator", now=FRIDAY)


def accept(conn: Connection, case: LockedCase, standard: int | None = None) -> LockedCase:
    return accept_case(conn, case, standard=standard, actor="7", now=NOW)


def dispatch(conn: Connection, case: LockedCase) -> LockedCase:
    return dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="7", now=NOW)


def give_back(conn: Connection, case: LockedCase) -> LockedCase:
    return return_case(conn, case, unit=None, reason="Not ours.", basis="list 3", own=None, actor="9", now=NOW)


def sort(conn: Connection, case: LockedCase, category: str) -> LockedCase:
    return sort_case(conn, case, category=category, attributes=None, standard=None, actor="7", now=NOW)


def columns(conn: Connection, case_no: str, *names: str) -> Any:
    return conn.exec_driver_sql(f"SELECT {', '.join(names)} FROM case_file WHERE case_no = %s", (case_no,)).one()


def test_a_year_is_filled_once_and_what_a_hand_set_stays(conn: Connection) -> None:
    set_day(conn, day=date(2026, 1, 2), kind="workday", name="stocktaking", actor="operator", now=FRIDAY)
    done = fill_year(conn, year=2026, actor="operator", now=FRIDAY)
    assert (done.holidays, done.workdays, done.left) == (32, 6, 1)
    assert fill_year(conn, year=2026, actor="operator", now=FRIDAY) == done
    days = {one.day: one for one in list_days(conn, since=date(2026, 1, 1), until=date(2026, 12, 31))}
    assert len(days) == 39 and list_filled_years(conn) == [2026]
    assert (days[date(2026, 1, 2)].kind, days[date(2026, 1, 2)].origin) == ("workday", "hand")
    with pytest.raises(Invalid, match="Mondays to Fridays are worked"):
        fill_year(conn, year=2190, actor="operator", now=FRIDAY)


def test_an_edit_is_seen_at_once_and_otherwise_the_calendar_is_kept(conn: Connection) -> None:
    before = read_calendar(conn, HOME)
    assert read_calendar(conn, HOME) is before
    set_kind(conn, date(2026, 9, 28), "holiday")
    after = read_calendar(conn, HOME)
    assert after is not before and read_calendar(conn, HOME) is after
    monday, tuesday = (FRIDAY + timedelta(days=days) for days in (3, 4))
    assert (before.add(FRIDAY, Limit(1, "working_day")), after.add(FRIDAY, Limit(1, "working_day"))) == (
        monday,
        tuesday,
    )


def test_an_edit_that_is_taken_back_leaves_no_calendar_behind(conn: Connection) -> None:
    for kind in ("holiday", "workday"):
        undone = conn.begin_nested()
        set_kind(conn, date(2026, 9, 26), kind)
        assert read_calendar(conn, HOME).is_workday(date(2026, 9, 26)) is (kind == "workday")
        undone.rollback()
    assert not read_calendar(conn, HOME).is_workday(date(2026, 9, 26))


def test_another_server_sees_an_edit_when_it_is_committed(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        before = read_clocks(conn).revision
        set_kind(conn, date(2026, 9, 28), "holiday")
        with fresh_db.app.begin() as other:
            assert read_clocks(other).revision == before
    with fresh_db.app.begin() as conn:
        assert read_clocks(conn).revision != before and not read_calendar(conn, HOME).is_workday(date(2026, 9, 28))


def test_a_district_may_work_other_hours_from_a_day_on(conn: Connection) -> None:
    set_hours(conn, district=HOME, since=date(2026, 9, 28), hours=read_hours(["09:00-17:00"]))
    home, other = read_calendar(conn, HOME), read_calendar(conn, "330198")
    assert home.add(FRIDAY, Limit(4, "working_hour")) == datetime(2026, 9, 28, 2, tzinfo=UTC)  # 3 h today, 1 from 09:00
    assert other.add(FRIDAY, Limit(4, "working_hour")) == datetime(2026, 9, 28, 1, tzinfo=UTC)
    set_hours(conn, district="", since=date(2026, 9, 28), hours=read_hours(["07:00-12:00", "13:00-16:00"]))
    assert read_calendar(conn, "330198").add(FRIDAY, Limit(4, "working_hour")) == datetime(2026, 9, 28, tzinfo=UTC)
    assert read_calendar(conn, HOME).add(FRIDAY, Limit(4, "working_hour")) == datetime(2026, 9, 28, 2, tzinfo=UTC)
    spans = [(district, shift.since, shift.until, write_hours(shift.hours)) for district, shift in list_hours(conn)]
    assert spans == [
        ("", None, date(2026, 9, 28), ["08:00-12:00", "14:00-18:00"]),
        ("", date(2026, 9, 28), None, ["07:00-12:00", "13:00-16:00"]),
        (HOME, date(2026, 9, 28), None, ["09:00-17:00"]),
    ]


@pytest.mark.parametrize("told", [["8-12"], ["12:00-08:00"], ["08:00-12:00", "11:00-13:00"], ["08:00-24:01"], []])
def test_hours_that_no_day_has_are_refused(told: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_hours(told)
    assert refused.value.field == "hours"


def test_a_report_waits_under_the_process_limit_and_is_due_by_the_first_standard(conn: Connection) -> None:
    add_standard(conn, "pothole", 5, "working_day")
    add_standard(conn, "pothole", 2, "urgent_hour", ordinal=2)
    case = file_case(conn, "pothole")
    calendar = read_calendar(conn, HOME)
    received, step_due, due, reason = columns(conn, case.case_no, "received_at", "step_due_at", "due_at", "due_reason")
    assert step_due == calendar.add(received, Limit(1, "working_hour"))
    assert due == calendar.add(received, Limit(5, "working_day"))
    assert reason == "provisional, by weekends from 2026"  # as the fixed one would say


def test_a_matter_without_standards_keeps_its_own_limits(conn: Connection) -> None:
    case = file_case(conn, "litter")
    received, step_due, due = columns(conn, case.case_no, "received_at", "step_due_at", "due_at")
    assert (step_due - received, due - received) == (timedelta(minutes=30), timedelta(days=1))


def test_dispatch_fixes_the_deadline_and_no_edit_moves_it(conn: Connection) -> None:
    add_standard(conn, "pothole", 5, "working_day")
    second = add_standard(conn, "pothole", 2, "working_day", ordinal=2)
    know(conn)
    case = accept(conn, file_case(conn, "pothole"), second)
    dispatch(conn, case)
    calendar = read_calendar(conn, HOME)
    due, reason, amount, unit, step_due = columns(
        conn, case.case_no, "due_at", "due_reason", "limit_amount", "limit_unit", "step_due_at"
    )
    assert due == calendar.add(NOW, Limit(2, "working_day")) and reason == f"standard {second}"
    assert (amount, unit, step_due) == (2, "working_day", calendar.add(NOW, Limit(1, "working_hour")))
    for days in range(5):
        set_kind(conn, calendar.city_day(NOW) + timedelta(days=days), "holiday")
    assert read_calendar(conn, HOME).add(NOW, Limit(2, "working_day")) > due
    assert columns(conn, case.case_no, "due_at") == (due,)


def test_a_returned_case_waits_again_and_another_matter_has_another_deadline(conn: Connection) -> None:
    standard = add_standard(conn, "stall", 3, "calendar_day")
    case = dispatch(conn, accept(conn, file_case(conn, "pothole")))
    case = give_back(conn, case)
    calendar = read_calendar(conn, HOME)
    assert columns(conn, case.case_no, "step_due_at") == (calendar.add(NOW, Limit(1, "working_hour")),)
    case = sort(conn, case, "stall")
    [received, due, reason] = columns(conn, case.case_no, "received_at", "due_at", "due_reason")
    assert due == calendar.add(received, Limit(3, "calendar_day")) and reason == "provisional"
    assert case.standard == standard


def test_an_amount_that_no_clock_can_count_is_not_stored(conn: Connection) -> None:
    with pytest.raises(Exception, match="handling_standard_amount_countable"), conn.begin_nested():
        add_standard(conn, "stall", 0.0000001, "working_hour")


def test_a_deadline_in_a_year_that_nobody_knows_says_so_and_is_no_promise(conn: Connection) -> None:
    standard = add_standard(conn, "pothole", 5, "working_day")
    case = dispatch(conn, accept(conn, file_case(conn, "pothole")))
    due, reason = columns(conn, case.case_no, "due_at", "due_reason")
    assert reason == f"standard {standard}, by weekends from 2026"
    assert count_guessed(conn, reach=WHOLE_CITY) == 1
    [report] = conn.exec_driver_sql("SELECT report_id FROM case_asker WHERE case_no = %s", (case.case_no,)).one()
    token = give_links(conn, [report], now=NOW)[report]
    assert get_status(conn, token=token, now=NOW).due_at is None
    know(conn)
    other = dispatch(conn, accept(conn, file_case(conn, "pothole")))
    assert columns(conn, other.case_no, "due_at", "due_reason") == (due, f"standard {standard}")
    assert count_guessed(conn, reach=WHOLE_CITY) == 1


def test_a_year_is_confirmed_only_when_some_holiday_of_it_is_set(conn: Connection) -> None:
    with pytest.raises(Conflict, match="no holiday of 2027"):
        confirm_year(conn, year=2027, actor="operator", now=FRIDAY)
    set_kind(conn, date(2027, 2, 14), "workday")
    with pytest.raises(Conflict):
        confirm_year(conn, year=2027, actor="operator", now=FRIDAY)
    know(conn, 2027)
    assert list_filled_years(conn) == [2027] and read_clocks(conn).known == {2027}


def test_what_the_library_knows_is_filled_by_itself_and_the_rest_is_warned_of(conn: Connection) -> None:
    november = datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert "fill --year 2026" in (read_clocks(conn).look_ahead(november).warning or "")
    assert fill_known_years(conn, actor="system", now=november) == [2025, 2026]
    assert fill_known_years(conn, actor="system", now=november) == []
    ahead = read_clocks(conn).look_ahead(november)
    assert ahead.known_until == date(2026, 12, 31) and "fill --year 2027" in (ahead.warning or "")


def test_a_city_in_another_time_zone_is_not_given_chinas_holidays(conn: Connection) -> None:
    conn.exec_driver_sql("UPDATE setting SET value = '\"Europe/Berlin\"' WHERE key = 'time_zone'")
    assert fill_known_years(conn, actor="system", now=FRIDAY) == []


@pytest.mark.parametrize("is_known", [False, True])
def test_what_runs_on_behind_a_suspension_into_an_unknown_year_says_so(conn: Connection, is_known: bool) -> None:
    standard = add_standard(conn, "pothole", 5, "working_day")
    know(conn)
    case = receive_case(conn, dispatch(conn, accept(conn, file_case(conn, "pothole"))), own=None, actor="7", now=NOW)
    until = datetime(2027, 3, 1, 2, tzinfo=UTC)  # a Monday, 10:00
    for phase, actor in (("ask", "7"), ("approve", "2")):
        case = suspend_case(
            conn, case, phase=phase, reason="winter", until=until, own=None, actor=actor, now=NOW
        )  # fmt: skip
    assert case.due_reason == f"standard {standard}"
    if is_known:
        know(conn, 2027)
    assert resume_due(conn, now=until, limit=9) == 1
    due, reason = columns(conn, case.case_no, "due_at", "due_reason")
    assert due == read_calendar(conn, HOME).add(until, Limit(5, "working_day"))
    assert reason == f"standard {standard}" + ("" if is_known else ", by weekends from 2027")
