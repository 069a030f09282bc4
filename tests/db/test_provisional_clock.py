"""Before anybody hands it over, a case turns yellow, is chased and is marked by the clock of its matter's standard."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.clocks.editing import confirm_year, count_guessed, read_hours, set_day, set_hours
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.lifecycle.ending import reopen_case
from spatial.cases.lifecycle.flexible import extend_case
from spatial.cases.lifecycle.levels import hand_over, handle_own
from spatial.cases.port.askers import give_links
from spatial.cases.port.status import get_status
from spatial.cases.supervision.editing import pending_units
from spatial.cases.supervision.reckoning import reckon_edited
from spatial.cases.sweeping import sweep
from spatial.store.db import hold_grid_shared
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.acting import add_rows, file_case, held
from tests.disputing import file_in
from tests.supervising import handed_over, orders_of, utc
from tests.worlds import W

FRIDAY = utc(12, 15)  # Friday 12 June 2026, 15:00
WEDNESDAY = utc(17, 15)  # three working days behind it; one is left from Tuesday 15:00
YELLOW_AT = utc(16, 15)  # two thirds of the wall's 120 hours had been Monday, 23:00


def three_days(conn: Connection, matter: str = "pothole", amount: str = "3", unit: str = "working_day") -> None:
    add_rows(
        conn,
        "INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit) "
        f"VALUES ('{matter}', 1, 'broken', 'whole', {amount}, '{unit}')",
    )


def clock_of(conn: Connection, case_no: str) -> tuple[Any, ...]:
    """The deadline of a case, its warning, its limit and its reason."""
    columns = "SELECT due_at, warn_at, limit_amount, limit_unit, due_reason FROM case_file WHERE case_no = %s"
    return tuple(conn.exec_driver_sql(columns, (case_no,)).one())


def test_a_case_that_waits_for_a_clerk_is_chased_on_the_clock_of_its_standard(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        three_days(conn)
    case_no = file_in(fresh_db, W, now=FRIDAY)
    with fresh_db.app.begin() as conn:
        said = clock_of(conn, case_no)
    assert said == (WEDNESDAY, YELLOW_AT, 3, "working_day", "provisional, by weekends from 2026")
    assert sweep(fresh_db.app, now=YELLOW_AT - timedelta(minutes=1)).stages["chased"] == 0
    assert sweep(fresh_db.app, now=WEDNESDAY - timedelta(minutes=1)).stages["chased"] == 1
    [chase] = orders_of(fresh_db, case_no)
    assert (chase[0], chase[4]) == ("chase", YELLOW_AT)


@pytest.mark.parametrize("act", ["accept", "hand_over"])
def test_what_is_filed_has_the_clock_of_its_standard_from_then_on(conn: Connection, act: str) -> None:
    case = file_case(conn, "pothole", now=utc(10, 9))
    three_days(conn)  # its matter got one since: until it is filed the case runs on the matter's own limit
    if act == "accept":
        case = accept_case(conn, case, standard=None, actor="7", now=FRIDAY)
    else:
        case = handle_own(conn, case, actor="7", now=utc(10, 10))
        case = hand_over(conn, case, reason="too deep", standard=None, actor="7", now=FRIDAY)
    assert clock_of(conn, case.case_no)[:4] == (WEDNESDAY, YELLOW_AT, 3, "working_day")


def test_another_matter_takes_its_limit_along_and_leaves_the_old_one(conn: Connection) -> None:
    three_days(conn)
    three_days(conn, "stall", "6", "working_hour")
    case = accept_case(conn, file_case(conn, "pothole", now=FRIDAY), standard=None, actor="7", now=FRIDAY)
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="7", now=FRIDAY)
    case = return_case(conn, case, unit=None, reason="Not ours.", basis="list 3", own=None, actor="9", now=FRIDAY)
    case = sort_case(conn, case, category="stall", attributes=None, standard=None, actor="7", now=FRIDAY)
    assert case.due_reason.startswith("provisional")
    assert clock_of(conn, case.case_no)[:4] == (utc(15, 11), utc(15, 9), 6, "working_hour")


def test_what_was_only_provisional_comes_back_on_the_standard_of_its_matter_as_it_is_then(conn: Connection) -> None:
    case = file_case(conn, "litter", now=FRIDAY)
    assert (case.limit_unit, case.due_reason) == ("urgent_hour", "provisional")
    conn.exec_driver_sql(
        "UPDATE case_file SET state = 'closed', step = 'done', closed_at = %s, outcome = 'fixed', "
        "is_self_solved = true, tier_since = NULL WHERE case_no = %s",
        (FRIDAY, case.case_no),
    )
    three_days(conn, "litter")
    back = reopen_case(conn, held(conn, case.case_no), reason="Again", actor="2", now=FRIDAY)
    assert (back.limit_amount, back.limit_unit, back.due_at) == (3, "working_day", WEDNESDAY)


def test_a_provisional_deadline_in_a_year_that_nobody_knows_says_so_and_is_no_promise(conn: Connection) -> None:
    three_days(conn)
    case = file_case(conn, "pothole", now=FRIDAY)
    assert case.due_reason == "provisional, by weekends from 2026"
    assert count_guessed(conn, reach=WHOLE_CITY) == 1
    [report] = conn.exec_driver_sql("SELECT report_id FROM case_asker WHERE case_no = %s", (case.case_no,)).one()
    token = give_links(conn, [report], now=FRIDAY)[report]
    assert get_status(conn, token=token, now=FRIDAY).due_at is None
    assert accept_case(conn, case, standard=None, actor="7", now=FRIDAY).due_reason == case.due_reason
    set_day(conn, day=date(2026, 1, 1), kind="holiday", name="", actor="operator", now=FRIDAY)
    confirm_year(conn, year=2026, actor="operator", now=FRIDAY)
    other = file_case(conn, "pothole", now=FRIDAY)
    assert other.due_reason == "provisional" and count_guessed(conn, reach=WHOLE_CITY) == 1
    assert file_case(conn, "litter", now=FRIDAY).due_reason == "provisional"  # clock time asks for no holiday


def test_the_next_sweep_warns_by_an_edited_calendar_of_deadlines_that_stay(fresh_db: Store) -> None:
    fixed = handed_over(fresh_db, at=FRIDAY, due=WEDNESDAY)
    with fresh_db.app.begin() as conn:
        three_days(conn)
    waiting = file_in(fresh_db, W, now=FRIDAY)
    with fresh_db.app.begin() as conn:
        set_day(conn, day=date(2026, 6, 16), kind="holiday", name="", actor="operator", now=FRIDAY)
        assert pending_units(conn) == {"working_hour", "working_day"}
    assert sweep(fresh_db.app, now=FRIDAY).stages["rewarned"] == 2
    with fresh_db.app.begin() as conn:
        for case_no in (fixed, waiting):  # Tuesday is off: one day before Wednesday 15:00 is Monday 15:00
            assert clock_of(conn, case_no)[:2] == (WEDNESDAY, utc(15, 15))
        assert pending_units(conn) == set()
    assert sweep(fresh_db.app, now=FRIDAY).stages["rewarned"] == 0


def test_other_hours_of_a_district_are_reckoned_anew_too(conn: Connection) -> None:
    three_days(conn, amount="6", unit="working_hour")
    case = file_case(conn, "pothole", now=FRIDAY)
    assert clock_of(conn, case.case_no)[:2] == (utc(15, 11), utc(15, 9))
    set_hours(conn, district="", since=date(2026, 6, 15), hours=read_hours(["10:00-12:00", "13:00-19:00"]))
    done = [reckon_edited(conn, now=FRIDAY, limit=10).done for _ in range(3)]
    assert sorted(done) == [0, 0, 1]
    assert clock_of(conn, case.case_no)[:2] == (utc(15, 11), utc(12, 17))  # an hour on Monday, one on Friday


def test_an_edit_of_the_calendar_waits_for_who_files_by_the_old_one(fresh_db: Store) -> None:
    with fresh_db.app.begin() as filing:
        hold_grid_shared(filing)
        with pytest.raises(Exception, match="lock timeout"), fresh_db.app.begin() as conn:
            conn.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            set_day(conn, day=date(2026, 6, 16), kind="holiday", name="", actor="operator", now=FRIDAY)


def test_a_case_that_is_handed_over_anew_is_warned_of_by_one_limit_whatever_was_granted(conn: Connection) -> None:
    three_days(conn)
    case = accept_case(conn, file_case(conn, "pothole", now=FRIDAY), standard=None, actor="7", now=FRIDAY)
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="7", now=FRIDAY)
    for phase, actor in (("ask", "9"), ("approve", "2")):
        case = extend_case(conn, case, phase=phase, reason="Rain", own=None, actor=actor, now=FRIDAY)
    assert clock_of(conn, case.case_no)[:2] == (utc(22, 15), utc(18, 15))  # two of six days are left
    case = return_case(conn, case, unit=None, reason="Not ours.", basis="list 3", own=None, actor="9", now=FRIDAY)
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="7", now=FRIDAY)
    assert case.extensions == 1 and clock_of(conn, case.case_no)[:2] == (WEDNESDAY, YELLOW_AT)
