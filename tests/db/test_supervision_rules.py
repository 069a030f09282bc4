"""Edited rules: running cases get the warnings of an edited colour by one sweep, ladders are climbed as they stand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from spatial.cases.disputes.acting import lock_case
from spatial.cases.lifecycle.flexible import resume_due, suspend_case
from spatial.cases.supervision.editing import pending_units, put_colour, put_ladder
from spatial.cases.supervision.ladder import EVERY_SOURCE, Rung
from spatial.cases.supervision.reckoning import reckon_edited
from spatial.cases.supervision.rules import read_ladders
from spatial.cases.supervision.supervising import supervise_case
from spatial.cases.sweeping import sweep
from spatial.errors import Invalid, NotFound
from spatial.store.db import hold_grid_shared
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.acting import file_case, held
from tests.disputing import file_in, scalars
from tests.supervising import DUE, MONDAY, handed_over, orders_of, put_in_hand, utc
from tests.worlds import SOUTH, W

YELLOW_AT = utc(10, 9)  # as the rules are made: one of three working days is left
EARLIER = utc(9, 15)  # half of them: the middle of Tuesday's working time, behind the noon
WORKING_DAY = (Decimal(1), "working_day")
ORDER = Rung(1, "holder", WORKING_DAY, (Decimal(5), "working_day"))
STREET = replace(ORDER, level=2, holder="@street")
CRITICISM = replace(ORDER, level=3, kind="criticism", reply=None)


def edit(store: Store, share: str = "0.5", left: str = "0", *, unit: str = "working_day") -> None:
    """Half of the limit warns."""
    with store.app.begin() as conn:
        put_colour(conn, unit=unit, used_share=Decimal(share), units_left=Decimal(left))


def warnings(store: Store) -> list[datetime]:
    """From when the cases are yellow, in the order of their numbers."""
    with store.app.begin() as conn:
        return scalars(conn, "SELECT warn_at FROM case_file ORDER BY case_no")


def pending(store: Store) -> set[str]:
    """What waits for the sweep."""
    with store.app.begin() as conn:
        return pending_units(conn)


def test_the_next_sweep_gives_running_cases_the_warnings_of_an_edited_colour_and_chases_by_them(
    fresh_db: Store,
) -> None:
    case_no = handed_over(fresh_db)
    edit(fresh_db)
    assert (warnings(fresh_db), pending(fresh_db)) == ([YELLOW_AT], {"working_day"})
    done = sweep(fresh_db.app, now=EARLIER + timedelta(hours=1)).stages
    assert (done["rewarned"], done["chased"]) == (1, 1)
    assert (warnings(fresh_db), pending(fresh_db)) == ([EARLIER], set())
    assert orders_of(fresh_db, case_no) == [("chase", "yellow", 1, "roads", EARLIER)]
    assert sweep(fresh_db.app, now=EARLIER + timedelta(hours=1)).is_nothing


def test_a_case_that_moves_behind_the_edit_has_the_new_warning_at_once(fresh_db: Store) -> None:
    edit(fresh_db)
    handed_over(fresh_db)
    assert warnings(fresh_db) == [EARLIER]


def test_an_edit_reaches_the_cases_of_its_unit_alone_and_the_same_rule_again_none(fresh_db: Store) -> None:
    handed_over(fresh_db)
    edit(fresh_db, unit="working_hour")
    assert sweep(fresh_db.app, now=MONDAY).stages["rewarned"] == 0
    assert (warnings(fresh_db), pending(fresh_db)) == ([YELLOW_AT], set())
    edit(fresh_db, unit="working_hour")
    assert pending(fresh_db) == set()


def test_a_case_without_a_limit_warns_by_the_rule_of_urgent_hours(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        case = file_case(conn, "pothole", now=MONDAY)
        conn.exec_driver_sql("UPDATE case_file SET limit_amount = NULL, limit_unit = NULL")
    assert case.due_at is not None
    edit(fresh_db, unit="urgent_hour")
    sweep(fresh_db.app, now=MONDAY)
    assert warnings(fresh_db) == [MONDAY + (case.due_at - MONDAY) / 2]


def test_a_sweep_that_was_killed_is_gone_on_with_where_it_stood(fresh_db: Store) -> None:
    for _ in range(3):
        handed_over(fresh_db)
    edit(fresh_db)
    with fresh_db.app.begin() as conn:
        assert reckon_edited(conn, now=MONDAY, limit=2).done == 2
    assert sorted(warnings(fresh_db)) == [EARLIER, EARLIER, YELLOW_AT] and pending(fresh_db)
    assert sweep(fresh_db.app, now=MONDAY, page=2).stages["rewarned"] == 1
    assert (warnings(fresh_db), pending(fresh_db)) == ([EARLIER] * 3, set())


def test_a_case_that_an_act_holds_is_not_passed_over_but_left_to_the_next_sweep(fresh_db: Store) -> None:
    numbers = sorted(handed_over(fresh_db) for _ in range(3))
    edit(fresh_db)
    with fresh_db.app.begin() as clerk:
        lock_case(clerk, reach=WHOLE_CITY, case_no=numbers[1])
        assert _rewarn(fresh_db) == 1
        assert warnings(fresh_db) == [EARLIER, YELLOW_AT, YELLOW_AT]
    assert _rewarn(fresh_db) == 2
    assert (warnings(fresh_db), pending(fresh_db)) == ([EARLIER] * 3, set())


def test_a_page_walks_over_the_cases_of_other_units_and_waits_for_none_of_them(fresh_db: Store) -> None:
    sooner = [file_in(fresh_db, W, now=MONDAY, matter="litter") for _ in range(2)]  # due on Tuesday, in urgent hours
    handed_over(fresh_db)
    edit(fresh_db)
    with fresh_db.app.begin() as clerk:
        lock_case(clerk, reach=WHOLE_CITY, case_no=sooner[0])
        paged = []
        for _ in range(3):
            with fresh_db.app.begin() as conn:
                paged.append(reckon_edited(conn, now=MONDAY, limit=2))
    assert [(page.done, page.more) for page in paged] == [(0, True), (1, True), (0, False)]
    assert EARLIER in warnings(fresh_db) and pending(fresh_db) == set()


def _rewarn(store: Store) -> int:
    done, more = 0, True
    while more:
        with store.app.begin() as conn:
            paged = reckon_edited(conn, now=MONDAY, limit=10)
        done, more = done + paged.done, paged.more
    return done


def test_a_case_that_was_suspended_over_the_edit_warns_by_the_new_rule_when_it_runs_on(conn: Connection) -> None:
    case_no = file_case(conn, "pothole", now=MONDAY).case_no
    put_in_hand(conn, case_no, at=MONDAY, due=DUE)
    night = utc(8, 20)  # no working time passes, so that the deadline stays where it is
    said = {"reason": "frost", "until": night + timedelta(hours=2), "own": None}
    suspend_case(conn, held(conn, case_no), phase="ask", actor="7", now=night, **said)  # type: ignore[arg-type]
    suspend_case(conn, held(conn, case_no), phase="approve", actor="5", now=night, **said)  # type: ignore[arg-type]
    put_colour(conn, unit="working_day", used_share=Decimal("0.5"), units_left=Decimal(0))
    assert reckon_edited(conn, now=night, limit=10).done == 0
    assert resume_due(conn, now=night + timedelta(hours=3), limit=10) == 1
    assert held(conn, case_no).due_at == DUE
    assert scalars(conn, "SELECT warn_at FROM case_file WHERE case_no = %s", case_no) == [EARLIER]


def test_an_edit_waits_for_who_files_with_the_old_rule(fresh_db: Store) -> None:
    with fresh_db.app.begin() as filing:
        hold_grid_shared(filing)
        with pytest.raises(DBAPIError, match="lock timeout"), fresh_db.app.begin() as conn:
            conn.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            put_colour(conn, unit="working_day", used_share=Decimal("0.5"), units_left=Decimal(0))
    edit(fresh_db)
    assert pending(fresh_db) == {"working_day"}


@pytest.mark.parametrize(
    ("unit", "share", "left", "refusal"),
    [("fortnight", "0.5", "1", "there is no unit fortnight"), ("working_day", "0", "1", "used_share is a share"),
     ("working_day", "1.2", "1", "used_share is a share"), ("working_day", "0.5", "-1", "units_left cannot be")],
)  # fmt: skip
def test_a_colour_that_cannot_be_is_refused(conn: Connection, unit: str, share: str, left: str, refusal: str) -> None:
    with pytest.raises((Invalid, NotFound), match=refusal):
        put_colour(conn, unit=unit, used_share=Decimal(share), units_left=Decimal(left))


def test_an_edited_ladder_is_climbed_from_then_on(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        rungs = [replace(ORDER, reply=(Decimal(2), "urgent_hour")), replace(CRITICISM, level=2, copy_to="@street")]
        assert put_ladder(conn, source="superior", rungs=rungs).rungs == tuple(rungs)
        ordered = "UPDATE case_file SET source = 'superior', is_citizens = false WHERE case_no = %s"
        conn.exec_driver_sql(ordered, (case_no,))
    sweep(fresh_db.app, now=utc(12, 12))
    assert orders_of(fresh_db, case_no)[1:] == [
        ("order", "red", 1, "roads", DUE), ("criticism", "unanswered", 2, "roads", DUE + timedelta(hours=2)),
    ]  # fmt: skip
    with fresh_db.app.begin() as conn:
        [copied] = scalars(conn, "SELECT copied FROM supervision_order WHERE kind = 'criticism'")
    assert copied == [f"@{SOUTH}"]


def test_without_rungs_a_source_climbs_the_ladder_of_all_again(conn: Connection) -> None:
    of_all = put_ladder(conn, source="hotline", rungs=[])
    assert of_all == read_ladders(conn).of(EVERY_SOURCE) and set(read_ladders(conn).by_source) == {EVERY_SOURCE}


@pytest.mark.parametrize(
    ("source", "rungs", "field", "refusal"),
    [("nobody", [ORDER], None, "there is no source nobody; take .*hotline.*default"),
     ("", [], "rungs", "rungs need an order"), ("", [replace(CRITICISM, level=1)], "rungs", "rungs need an order"),
     ("grid", [ORDER, replace(STREET, level=1)], "rungs.1.level", "levels rise, so give more than 1"),
     ("grid", [replace(ORDER, reply=None)], "rungs.0.reply", "rungs.0.reply is missing"),
     ("grid", [ORDER, replace(CRITICISM, reply=WORKING_DAY)], "rungs.1.reply", "leave it out for criticism"),
     ("grid", [replace(ORDER, holder="@moon")], "rungs.0.holder", "take holder or @unit, @community, @street"),
     ("grid", [replace(ORDER, copy_to="holder")], "rungs.0.copy_to", "rungs.0.copy_to is holder"),
     ("grid", [STREET, replace(ORDER, level=3)], "rungs.1.holder", "would never be asked"),
     ("grid", [ORDER, STREET, replace(STREET, level=3)], "rungs.2.holder", "take a wider level")],
)  # fmt: skip
def test_a_ladder_that_nobody_could_climb_is_refused_by_the_rung(
    conn: Connection, source: str, rungs: Sequence[Rung], field: str | None, refusal: str
) -> None:
    before = read_ladders(conn)
    with pytest.raises((Invalid, NotFound), match=refusal) as refused:
        put_ladder(conn, source=source, rungs=rungs)
    assert refused.value.field == field
    assert read_ladders(conn) == before


def test_a_supervisor_cannot_order_by_hand_on_a_level_that_wants_no_answer(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        put_ladder(conn, source=EVERY_SOURCE, rungs=[ORDER, STREET, CRITICISM])
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        with pytest.raises(Invalid, match="level 3 is none of the ladder; it has 1, 2"):
            supervise_case(conn, case, level=3, note="And?", actor="9", now=utc(8, 10))
        supervise_case(conn, case, level=2, note="And?", actor="9", now=utc(8, 10))
    sweep(fresh_db.app, now=utc(9, 11))
    assert [row[:4] for row in orders_of(fresh_db, case_no)] == [
        ("order", "manual", 2, f"@{SOUTH}"), ("criticism", "unanswered", 3, "roads"),
    ]  # fmt: skip
