"""Of whom supervision asks: of who is late, be it helper, centre or lead; and again behind a standstill."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import merge_case, split_case
from spatial.cases.lifecycle.flexible import extend_case, resume_case, suspend_case
from spatial.cases.lifecycle.handling import assign_task, finish_task, receive_case, revoke_task, submit_case
from spatial.cases.lifecycle.tasks import list_open_parts, list_tasks
from spatial.cases.supervision.climbing import climb_orders
from spatial.cases.supervision.ordering import chase_parts, chase_yellow, order_late_parts, order_red
from spatial.cases.supervision.stages import Place
from spatial.cases.supervision.supervising import supervise_case
from spatial.errors import Conflict, Forbidden, Invalid
from tests.acting import file_case, held, later, new_photo
from tests.disputing import scalars
from tests.invariants import check_invariants
from tests.worlds import SOUTH

LEAD, CENTRE = "8", "2"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def handled(conn: Connection, *assisting: str) -> LockedCase:
    """A case that sanitation handles, with these helpers."""
    case = accept_case(conn, file_case(conn, source="grid"), standard=None, actor="5", now=later(0.1))
    words: dict[str, Any] = {"lead": None, "assisting": list(assisting), "reason": None}
    case = dispatch_case(conn, case, **words, actor="5", now=later(0.2))
    return receive_case(conn, case, own={"sanitation"}, actor=LEAD, now=later(0.3))


def submit(conn: Connection, case: LockedCase, *, at: datetime) -> LockedCase:
    """Its lead is done."""
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [new_photo(conn)], "note": None}
    return submit_case(conn, held(conn, case.case_no), **words, own={"sanitation"}, actor=LEAD, now=at)


def suspend(conn: Connection, case: LockedCase, *, at: datetime, until: datetime) -> LockedCase:
    """Its clock stands, as the centre allows."""
    words: dict[str, Any] = {"reason": "Frost", "own": None}
    for phase, end, actor in (("ask", until, LEAD), ("approve", None, CENTRE)):
        case = suspend_case(conn, case, **words, phase=phase, until=end, actor=actor, now=at)
    return case


def assigned(conn: Connection, case: LockedCase, due_at: datetime | None, *, now: datetime | None = None) -> LockedCase:
    """The lead gives roads a part."""
    words: dict[str, Any] = {"unit": "roads", "is_mandatory": True, "note": None, "own": {"sanitation"}}
    return assign_task(conn, case, **words, due_at=due_at, actor=LEAD, now=now or later(0.4))


def due(case: LockedCase) -> datetime:
    """Its deadline."""
    assert case.due_at is not None
    return case.due_at


def part_due(conn: Connection, case: LockedCase) -> datetime | None:
    """By when the only helper is to be done."""
    [part] = list_open_parts(conn, [(case.district, case.case_no)])
    return part.due_at


def swept(conn: Connection, now: datetime, *, climb: bool = False) -> int:
    """What the stages of supervision write; a second round writes nothing."""
    stages = [chase_yellow, chase_parts, order_red, order_late_parts]
    done = sum(stage(conn, now=now, limit=10).done for stage in stages)
    assert sum(stage(conn, now=now, limit=10).done for stage in stages) == 0
    while climb and climb_orders(conn, now=now, limit=10).more:
        pass
    return done


def orders(conn: Connection, case: LockedCase, *, is_open: bool = True, kind: str = "order") -> list[tuple[Any, ...]]:
    """The orders about a case, in order: cause, addressee, due_at."""
    asked = (
        "SELECT cause, addressee, due_at FROM supervision_order WHERE case_no = %s AND kind = %s "
        "AND (ended_at IS NULL) = %s ORDER BY id"
    )
    return [tuple(row) for row in conn.exec_driver_sql(asked, (case.case_no, kind, is_open))]


def test_a_red_case_that_was_suspended_is_ordered_again_from_when_it_runs_on(conn: Connection) -> None:
    case = handled(conn)
    red, on = due(case) + HOUR, due(case) + 20 * DAY
    swept(conn, red)
    case = suspend(conn, held(conn, case.case_no), at=red + HOUR, until=on)
    assert orders(conn, case) == [] and swept(conn, red + DAY) == 0
    case = resume_case(conn, case, reason=None, actor="system", now=on)
    assert case.due_at is not None and case.due_at < red
    assert swept(conn, on + HOUR) == 1
    assert orders(conn, case) == [("red", "sanitation", on)]
    swept(conn, on + 5 * DAY, climb=True)
    assert [one[1] for one in orders(conn, case)][:2] == ["sanitation", f"@{SOUTH}"]


def test_a_red_case_that_was_merged_and_split_is_ordered_again(conn: Connection) -> None:
    case, other = handled(conn), file_case(conn)
    red = due(case) + HOUR
    swept(conn, red)
    gone = merge_case(conn, held(conn, case.case_no), into=other, reason="Same", actor="5", now=red + HOUR)
    back = split_case(conn, gone, reason="Two bags", actor="5", now=red + DAY)
    swept(conn, red + 2 * DAY)
    assert (back.state, back.due_at) == ("handling", case.due_at)
    assert orders(conn, case) == [("red", "sanitation", red + DAY)]
    assert len(orders(conn, case, is_open=False)) == 1


def test_what_a_supervisor_asked_by_hand_outlives_a_suspension_and_climbs_in_it(conn: Connection) -> None:
    case = supervise_case(conn, handled(conn), note="What becomes of it?", actor="9", now=later(0.5))
    case = suspend(conn, case, at=later(0.6), until=later(0.6) + 30 * DAY)
    swept(conn, later(0.6) + 10 * DAY, climb=True)
    assert [one[:2] for one in orders(conn, case)][:2] == [("manual", "sanitation"), ("unanswered", f"@{SOUTH}")]


def test_a_part_with_a_date_of_its_own_loses_nothing_in_a_suspension(conn: Connection) -> None:
    case = handled(conn)
    own = later(0.4) + 0.5 * (due(case) - later(0.4))
    case = assigned(conn, case, own)
    pause, on = later(0.5), later(0.5) + 30 * DAY
    case = suspend(conn, case, at=pause, until=on)
    case = resume_case(conn, case, reason=None, actor="system", now=on)
    moved = part_due(conn, case)
    assert moved is not None and on < moved < due(case)
    assert scalars(conn, "SELECT part_due_at FROM case_file WHERE case_no = %s", case.case_no) == [moved]
    check_invariants(conn)


def test_a_part_that_is_due_with_its_case_goes_on_with_it(conn: Connection) -> None:
    case = suspend(conn, assigned(conn, handled(conn), None), at=later(0.5), until=later(0.5) + 30 * DAY)
    case = resume_case(conn, case, reason=None, actor="system", now=later(0.5) + 30 * DAY)
    assert part_due(conn, case) == case.due_at
    words: dict[str, Any] = {"reason": "Rain", "own": None}
    for phase, actor in (("ask", LEAD), ("approve", CENTRE)):
        case = extend_case(conn, case, **words, phase=phase, actor=actor, now=due(case) - HOUR)
    assert part_due(conn, case) == case.due_at


def test_a_helper_is_chased_and_ordered_for_his_own_deadline(conn: Connection) -> None:
    case = handled(conn)
    own = later(0.4) + 0.25 * (due(case) - later(0.4))
    case = assigned(conn, case, own)
    [warn_at] = scalars(conn, "SELECT warn_at FROM case_task WHERE case_no = %s AND part = 'assist'", case.case_no)
    assert later(0.4) <= warn_at < own
    assert swept(conn, warn_at) == 1 and swept(conn, own) == 0 and swept(conn, own + timedelta(minutes=1)) == 1
    assert orders(conn, case, kind="chase") == [("yellow", "roads", warn_at)]
    assert orders(conn, case) == [("red", "roads", own)]
    assert scalars(conn, "SELECT late_at FROM case_file WHERE case_no = %s", case.case_no) == [own]
    finish_task(conn, held(conn, case.case_no), unit="roads", note=None, own={"roads"}, actor="7", now=own + 0.1 * HOUR)
    assert orders(conn, case) == []
    assert scalars(conn, "SELECT late_at FROM case_file WHERE case_no = %s", case.case_no) == [case.due_at]


def test_the_order_of_a_helper_climbs_and_ends_with_a_new_date(conn: Connection) -> None:
    case = handled(conn, "roads")
    words: dict[str, Any] = {"reason": "Rain", "own": None}
    case = extend_case(conn, case, **words, phase="ask", actor=LEAD, now=due(case) - HOUR)
    red = due(case) + HOUR
    swept(conn, red + 10 * DAY, climb=True)
    assert sorted(one[1] for one in orders(conn, case) if one[0] == "red") == ["roads", "sanitation"]
    assert [one[1] for one in orders(conn, case) if one[0] == "unanswered"].count(f"@{SOUTH}") == 2
    extend_case(conn, held(conn, case.case_no), **words, phase="approve", actor=CENTRE, now=red + 10 * DAY)
    assert orders(conn, case) == []
    ended = scalars(conn, "SELECT DISTINCT ended_by FROM supervision_order WHERE case_no = %s", case.case_no)
    assert ended == ["new_deadline"]


def test_parts_are_paged_behind_one_another_even_of_one_case(conn: Connection) -> None:
    case = handled(conn, "roads", "order")
    behind: Place | None = None
    done = []
    while True:
        page = order_late_parts(conn, now=due(case) + HOUR, limit=1, behind=behind)
        if not page.more:
            break
        done.append(page.done)
        behind = page.behind
    assert done == [1, 1] and sorted(one[1] for one in orders(conn, case)) == ["order", "roads"]


def test_who_was_in_time_is_not_ordered_for_the_helper_who_was_not(conn: Connection) -> None:
    case = submit(conn, handled(conn, "roads"), at=later(1))
    swept(conn, due(case) + HOUR, climb=False)
    assert [one[1] for one in orders(conn, case)] == ["roads"]
    assert [one[1] for one in orders(conn, case, kind="chase")] == ["roads"]
    done = due(case) + 2 * HOUR
    case = finish_task(conn, held(conn, case.case_no), unit=None, note=None, own={"roads"}, actor="7", now=done)
    assert orders(conn, case) == [] and case.step_due_at is not None and case.step_due_at > done
    swept(conn, case.step_due_at + HOUR)
    assert orders(conn, case) == [("red", "centre", case.step_due_at)]  # its check is late by now


def test_a_lead_that_submitted_late_is_ordered_for_its_own_delay(conn: Connection) -> None:
    case = handled(conn)
    case = submit(conn, case, at=due(case) + HOUR)
    swept(conn, due(case) + DAY)
    assert orders(conn, case) == [("red", "sanitation", due(case))]


def test_what_was_submitted_in_time_is_asked_of_the_centre_once_its_check_is_late(conn: Connection) -> None:
    case = handled(conn)
    case = submit(conn, case, at=due(case) - timedelta(minutes=1))
    assert case.step_due_at is not None and case.step_due_at > due(case)
    swept(conn, case.step_due_at - timedelta(minutes=1))
    assert orders(conn, case) == []  # the centre has its own time
    swept(conn, case.step_due_at + timedelta(minutes=1))
    assert orders(conn, case) == [("red", "centre", case.step_due_at)]
    late = case.step_due_at + HOUR
    words: dict[str, Any] = {"passed": False, "reason": "A bag is left", "actor": "3"}
    case = verify_result(conn, held(conn, case.case_no), **words, now=late)
    assert orders(conn, case) == []  # it has checked; from now on the unit is asked
    swept(conn, late + HOUR)
    assert orders(conn, case) == [("red", "sanitation", late)]


def test_whoever_dispatches_takes_back_a_part_with_a_reason_also_behind_the_result(conn: Connection) -> None:
    case = submit(conn, handled(conn, "roads"), at=later(1))
    words: dict[str, Any] = {"unit": "roads", "actor": CENTRE, "now": later(2)}
    with pytest.raises(Forbidden):
        revoke_task(conn, case, **words, note="They never came", own=frozenset())
    with pytest.raises(Conflict, match="gave roads no task"):
        revoke_task(conn, case, **words, note="They never came", own={"sanitation"})
    with pytest.raises(Invalid, match="note"):
        revoke_task(conn, case, **words, note=None, own=frozenset(), dispatches=True)
    case = revoke_task(conn, case, **words, note="They never came", own=frozenset(), dispatches=True)
    assert case.assisting == () and [t.state for t in list_tasks(conn, case.key)] == ["done", "cancelled"]
    assert verify_result(conn, case, passed=True, reason=None, actor="3", now=later(3)).state == "closed"
