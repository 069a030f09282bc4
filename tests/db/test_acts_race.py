"""Two people act on one case at once: one is first, the other is told what is legal now."""

import threading
from collections.abc import Callable

from shapely import LineString
from sqlalchemy import Connection

from api.redrawing import publish
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase, lock_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.returning import return_case
from spatial.errors import GridmapsError, IllegalAct, NotFound
from spatial.grid.redraw import plan_split
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import file_case, held, later
from tests.racing import joined, second_waits, wait_for_a_waiter
from tests.worlds import W

Act = Callable[[Connection, LockedCase], LockedCase]


def accept(conn: Connection, case: LockedCase) -> LockedCase:
    return accept_case(conn, case, standard=None, actor="7", now=later(1))


def dispatch(conn: Connection, case: LockedCase) -> LockedCase:
    return dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="7", now=later(2))


def hand_back(conn: Connection, case: LockedCase) -> LockedCase:
    return return_case(conn, case, unit=None, reason="No", basis="List", own=None, actor="9", now=later(3))


def dispute(conn: Connection, case: LockedCase) -> LockedCase:
    return dispute_case(conn, case, note="Whose?", actor="7", now=later(3))


def prepare(store: Store, *acts: Act) -> str:
    with store.app.begin() as conn:
        case = file_case(conn)
        for act in acts:
            case = act(conn, case)
    return case.case_no


def race(store: Store, number: str, first: Act, second: Act, reach: Reach = WHOLE_CITY) -> list[GridmapsError]:
    """The first holds the case until the second waits for it; answers how the second was refused."""
    refused: list[GridmapsError] = []

    def follow() -> None:
        with store.app.connect() as conn:
            try:
                second(conn, lock_case(conn, reach=reach, case_no=number))
                conn.commit()
            except GridmapsError as told:
                refused.append(told)

    with second_waits(store, follow) as conn:
        assert first(conn, held(conn, number)).case_no == number
    return refused


def kinds(store: Store, number: str) -> list[str]:
    asked = "SELECT kind FROM event WHERE subject_id = %s ORDER BY seq"
    with store.app.connect() as conn:
        return list(conn.exec_driver_sql(asked, (number,)).scalars())


def test_of_two_dispatches_one_is_illegal(fresh_db: Store) -> None:
    number = prepare(fresh_db, accept)
    [told] = race(fresh_db, number, dispatch, dispatch)
    assert isinstance(told, IllegalAct) and {"dispute", "note_cost", "return"} <= set(told.legal)
    assert kinds(fresh_db, number).count("case.dispatched") == 1


def test_of_two_returns_one_counts(fresh_db: Store) -> None:
    number = prepare(fresh_db, accept, dispatch)
    [told] = race(fresh_db, number, hand_back, hand_back)
    assert isinstance(told, IllegalAct)
    with fresh_db.app.connect() as conn:
        assert held(conn, number).returns == 1
    assert kinds(fresh_db, number).count("case.returned") == 1


def test_of_two_disputes_one_is_opened(fresh_db: Store) -> None:
    number = prepare(fresh_db, accept)
    [told] = race(fresh_db, number, dispute, dispute)
    assert isinstance(told, IllegalAct)
    with fresh_db.app.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM dispute").scalar_one() == 1


def test_a_department_that_loses_the_case_while_it_waits_does_not_find_it(fresh_db: Store) -> None:
    number = prepare(fresh_db, accept, dispatch)
    [told] = race(fresh_db, number, dispute, hand_back, Reach(("sanitation@",)))
    assert isinstance(told, NotFound)


def test_an_act_and_a_redraw_do_not_wait_for_each_other(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        number = accept(conn, file_case(conn, position=(120.0005, 30.001))).case_no
        plan = plan_split(conn, code=W, line=LineString([(120.0012, 29.999), (120.0011, 30.004)]))
    thread = threading.Thread(target=lambda: publish(fresh_db.app, plan=plan, published_by="planner"))
    with fresh_db.app.begin() as conn:
        case = held(conn, number)
        thread.start()
        wait_for_a_waiter(fresh_db)
        dispatch(conn, case)
    joined(thread)
    with fresh_db.app.connect() as conn:
        moved = held(conn, number)
    assert moved.state == "pending" and moved.current_unit in plan.created
    assert f"sanitation@{moved.current_unit}" in moved.parties
