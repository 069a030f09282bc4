"""A department that has ended gets no more cases, and those that it holds can move on."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.acting import lock_case, open_dispute, read_transitions
from spatial.cases.disputes.disputing import dispute_case, has_ended_lead
from spatial.cases.disputes.handing import dispatch_ruled
from spatial.cases.disputes.library import PrecedentFilter, list_precedents
from spatial.cases.disputes.permitted import list_legal
from spatial.cases.disputes.precedents import choose, list_of_matters
from spatial.cases.disputes.rulings import rule
from spatial.cases.disputes.sweeping import sweep
from spatial.cases.disputes.units import list_ended
from spatial.cases.responsibility.bodies import LeftBehind, end_department
from spatial.errors import Conflict, Invalid, LockedByRuling
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.disputing import a_ruling, dispute_in, scalars
from tests.worlds import SOUTH, W, inside

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
ENDED = NOW + timedelta(days=2)


def end_order(store: Store) -> LeftBehind:
    """Public order ends; what it stood in the table for ended before."""
    with store.app.begin() as conn:
        conn.exec_driver_sql("DELETE FROM responsibility WHERE 'order' = ANY(lead || assisting || supervising)")
        return end_department(conn, code="order", until=ENDED, now=NOW)


def ruled_case(store: Store, *, takes_effect: datetime | None = None) -> str:
    """A case that was ruled to be public order's."""
    dispute, case_no = dispute_in(store, W, at=NOW)
    with store.app.begin() as conn:
        rule(conn, draft=a_ruling(dispute, effective_from=takes_effect), reach=WHOLE_CITY, actor="9", now=NOW)
    return case_no


def state_of(conn: Connection, case_no: str) -> str:
    """The state of a case."""
    [state] = scalars(conn, "SELECT state FROM case_file WHERE case_no = %s", case_no)
    return str(state)


def test_a_precedent_whose_department_has_ended_does_not_decide(fresh_db: Store) -> None:
    ruled_case(fresh_db)
    end_order(fresh_db)
    lon, lat = inside(W)
    with fresh_db.app.begin() as conn:
        precedents = list_of_matters(conn, matters=["pothole"])
        for at, decides in ((NOW + timedelta(days=1), True), (ENDED, False)):
            ended = list_ended(conn, ["order", "roads", f"@{SOUTH}"], at=at)
            assert ended == (frozenset() if decides else {"order"})
            chosen, rejected = choose(
                precedents, matters=["pothole"], attributes={}, path=[SOUTH], lon=lon, lat=lat, at=at, known_at=at,
                ended=ended,
            )  # fmt: skip
            assert (chosen is not None) == decides
            assert [why for _, why in rejected] == ([] if decides else ["lead_ended"])


def test_an_end_tells_what_is_left_and_the_library_calls_no_such_precedent_in_force(fresh_db: Store) -> None:
    ruled_case(fresh_db)
    with fresh_db.app.begin() as conn, pytest.raises(Conflict, match="1 open case of its own can be disputed"):
        end_department(conn, code="order", until=ENDED, now=NOW)
    left = end_order(fresh_db)
    assert (left.open_cases, left.precedents) == (1, 1) and "1 precedent that names it decides no case" in str(left)
    with fresh_db.app.begin() as conn:
        for at, is_there in ((ENDED - timedelta(hours=1), True), (ENDED, False)):
            for in_force in (True, False):
                narrowed = PrecedentFilter(in_force=in_force)
                found = list_precedents(conn, narrowed=narrowed, now=at, limit=9)
                assert len(found) == (in_force == is_there)
                assert [one.lead_ended_at for one in found] == [None if is_there else ENDED] * len(found)


def test_a_ruling_cannot_name_a_department_that_ends_before_it_takes_effect(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    end_order(fresh_db)
    late = a_ruling(dispute, effective_from=ENDED + timedelta(hours=1))
    with fresh_db.app.begin() as conn, pytest.raises(Invalid, match="no department order is in force"):
        rule(conn, draft=late, reach=WHOLE_CITY, actor="9", now=NOW)


def test_the_sweep_disputes_a_ruled_case_anew_whose_department_has_ended(fresh_db: Store) -> None:
    day = ENDED + timedelta(days=1)
    case_no = ruled_case(fresh_db, takes_effect=day)
    end_order(fresh_db)
    with fresh_db.app.begin() as conn:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        with pytest.raises(Conflict, match="has ended"):
            dispatch_ruled(conn, case, actor="5", now=day)

    done = sweep(fresh_db.app, now=day)

    assert (done.dispatched, done.reopened) == ((), (case_no,))
    with fresh_db.app.begin() as conn:
        assert state_of(conn, case_no) == "disputed"
        rows = conn.exec_driver_sql("SELECT entry, state, note FROM dispute WHERE case_no = %s ORDER BY id", (case_no,))
        (_, first, _), (entry, second, note) = rows.all()
        assert (first, second, entry) == ("ruled", "open", "no_rule") and "order ended" in note
    assert sweep(fresh_db.app, now=day).reopened == ()


@pytest.mark.parametrize("state", ["pending", "handling", "ruled"])
def test_a_case_locked_to_an_ended_department_may_be_disputed_and_no_sooner(fresh_db: Store, state: str) -> None:
    day = ENDED + timedelta(days=1)
    case_no = ruled_case(fresh_db, takes_effect=day if state == "ruled" else None)
    with fresh_db.app.begin() as conn:
        if state == "handling":
            conn.exec_driver_sql("UPDATE case_file SET state = 'handling' WHERE case_no = %s", (case_no,))
    end_order(fresh_db)
    with fresh_db.app.begin() as conn:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        known = read_transitions(conn)
        assert not has_ended_lead(conn, case, now=NOW) and has_ended_lead(conn, case, now=ENDED)
        assert ("dispute" in list_legal(case, {"dispute"}, transitions=known)) == (state == "pending")
        assert "dispute" in list_legal(case, {"dispute"}, transitions=known, lead_ended=True)
        with pytest.raises(LockedByRuling):
            dispute_case(conn, case, note="Whose?", actor="5", now=NOW)
        moved = dispute_case(conn, case, note="They are gone.", actor="5", now=ENDED)
        assert (moved.state, moved.lead, moved.ruling) == ("disputed", None, None)


def test_a_case_that_somebody_is_handling_is_not_disputed_from_under_him(fresh_db: Store) -> None:
    _, case_no = dispute_in(fresh_db, W, at=NOW)
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE dispute SET state = 'withdrawn', settled_at = %s", (NOW,))
        handled = (
            "UPDATE case_file SET state = 'handling', lead = 'roads', holders = '{roads}', "
            "dispatched_at = received_at, step_due_at = due_at WHERE case_no = %s"
        )
        conn.exec_driver_sql(handled, (case_no,))
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        with pytest.raises(Conflict, match="roads is handling"):
            dispute_case(conn, case, note="Whose?", actor="5", now=NOW)
        assert open_dispute(conn, case, entry="clerk", note="", actor="5", now=NOW)[0].state == "disputed"
