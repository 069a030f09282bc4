"""A case that was over while the grid was redrawn begins again where it lies today, by whichever way it begins."""

from datetime import timedelta

from sqlalchemy import Connection

from api.redrawing import publish
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.by_link import answer_by_link
from spatial.cases.evaluation.call_backs import Said
from spatial.cases.evaluation.settling import reopen_said
from spatial.cases.lifecycle.ending import merge_case, reopen_case, split_case
from spatial.cases.lifecycle.tasks import list_tasks
from spatial.cases.port.askers import give_links
from spatial.grid.redraw import plan_split
from spatial.store.events import list_events
from spatial.store.opening import Store
from tests.acting import add_rows, held
from tests.db.test_redraw import FRESH, NORTH_SOUTH
from tests.living import CLERK, Life, live, utc, with_photo
from tests.worlds import DISTRICT, SOUTH, WILLOW, W

RECEIVED = utc("2026-10-12T09:00")
DAY = timedelta(days=1)
LATER = RECEIVED + 40 * DAY
ANGRY = Said("dissatisfied", "not_fixed", score=1)
THERE = "UPDATE case_file SET position = ST_SetSRID(ST_Point(120.0005, 30.001), 4326) WHERE case_no = '%s'"


def lived_in_the_west(conn: Connection, *, closed_h: float | None = 5) -> str:
    """A citizen's case in the part of Willow west that a redraw then makes a unit of its own."""
    case = live(conn, Life("litter", RECEIVED, source="public", closed_h=closed_h))
    add_rows(conn, THERE % case.case_no)
    return case.case_no


def redrawn(store: Store) -> None:
    """Willow west is split, and its western part is a new unit."""
    with store.app.begin() as conn:
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    assert publish(store.app, plan=plan, published_by="planner").moves == ()


def by_act(conn: Connection, case: LockedCase) -> LockedCase:
    """A clerk reopens it."""
    return reopen_said(conn, case, reason="Again", actor=CLERK, now=LATER)


def by_call_back(conn: Connection, case: LockedCase) -> LockedCase:
    """The citizen tells a clerk that it is not fixed."""
    return record_call_back(conn, case, said=ANGRY, spoken_by="clerk", actor=CLERK, now=LATER)


def by_link(conn: Connection, case: LockedCase) -> LockedCase:
    """The citizen says so himself."""
    report = conn.exec_driver_sql("SELECT report_id FROM case_file WHERE case_no = %s", (case.case_no,)).scalar_one()
    token = give_links(conn, [report], now=LATER)[report]
    return answer_by_link(conn, token=token, said=ANGRY, now=LATER)


def test_a_case_that_begins_again_lies_in_the_grid_in_force_and_its_chain_says_from_where(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        with_photo(conn)
        numbers = {way: lived_in_the_west(conn) for way in (by_act, by_call_back, by_link)}
        merged = lived_in_the_west(conn, closed_h=None)
        into = held(conn, live(conn, Life("litter", RECEIVED)).case_no)
        merge_case(conn, held(conn, merged), into=into, reason="The same", actor=CLERK, now=RECEIVED + DAY)
    redrawn(fresh_db)
    with fresh_db.app.begin() as conn:
        for way, number in numbers.items():
            assert held(conn, number).current_unit == W  # closed cases stay where they were closed
            again = way(conn, held(conn, number))
            assert (again.state, again.lead, again.unit) == ("handling", "sanitation", W)
            check_moved(conn, again, "case.reopened")
        split = split_case(conn, held(conn, merged), reason="Another bag", actor=CLERK, now=LATER)
        assert split.state == "handling"
        check_moved(conn, split, "case.split")
        assert again.unit == W and again.path[-1] == W  # what was decided at filing stays


def check_moved(conn: Connection, case: LockedCase, last: str) -> None:
    """A case has come into the new unit, and those who watch the old one and the new one have heard it."""
    assert (case.current_unit, case.current_path) == (FRESH, (DISTRICT, SOUTH, WILLOW, FRESH))
    assert f"sanitation@{FRESH}" in case.parties and f"sanitation@{W}" not in case.parties
    chain = list_events(conn, district=DISTRICT, subject="case", subject_id=case.case_no)
    [moved] = [link for link in chain if link.kind == "case.moved"]
    assert (moved.payload["from"], moved.payload["to"], moved.payload["certainty"]) == (W, FRESH, "certain")
    assert {W, FRESH} <= set(moved.path)
    assert FRESH in chain[-1].path and chain[-1].kind == last


def test_a_reopened_case_whose_lead_is_no_more_waits_to_be_handed_over(conn: Connection) -> None:
    with_photo(conn)
    case = live(conn, Life("litter", RECEIVED, closed_h=5))
    add_rows(conn, "UPDATE department SET during = tstzrange(NULL, '2026-11-01') WHERE code = 'sanitation'")
    again = reopen_case(conn, held(conn, case.case_no), reason="Again", actor=CLERK, now=LATER)
    assert (again.state, again.lead, again.holders, list_tasks(conn, again.key)[-1].state) == (
        "returned", None, (), "done",
    )  # fmt: skip
