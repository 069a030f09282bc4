"""The table of responsibility: what may be written, what may not, and that what was true on a day stays true of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.responsibility.bodies import (
    Department,
    add_department,
    end_department,
)
from spatial.cases.responsibility.decision import Decision
from spatial.cases.responsibility.proposals import answer, list_paths, propose, settle
from spatial.cases.responsibility.rows import RowFilter, adopt, end_row, get_row, list_faults, list_rows
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.events import verify_all
from spatial.store.opening import Store
from tests.db.test_resolving import ask
from tests.racing import second_waits
from tests.responsibilities import DAY, NOW, a_row, draw, kinds, put
from tests.worlds import DISTRICT, SOUTH, WILLOW, W, inside


def test_a_row_is_read_back_as_it_was_written_with_its_names_and_one_event(conn: Connection) -> None:
    written = a_row(assisting=("@street",), supervising=("roads",), priority=2, basis="duty list 4", since=NOW)
    row = get_row(conn, row_id=adopt(conn, drafts=[written], now=NOW, actor="tests")[0])
    assert row.draft == written
    assert (row.matter_name, row.place_name, row.state, row.adopted_at) == (
        "Exposed litter", "South street", "in_force", NOW,
    )  # fmt: skip
    assert kinds(conn, row.id) == ["responsibility.adopted"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"matter": "dragons"}, "matter", "unknown"),
        ({"place_kind": "planet"}, "place_kind", "one of level, cell, jurisdiction"),
        ({"place": "999"}, "place", "no cell has the code 999"),
        ({"place_kind": "level", "place": "parish"}, "place", "one of district, street, community, unit"),
        ({"place_kind": "jurisdiction", "place": "canal"}, "place", "draw it first"),
        ({"lead": "ghosts"}, "lead", "name a department"),
        ({"lead": ""}, "lead", "name a department"),
        ({"lead": "@parish"}, "lead", "@street"),
        ({"assisting": ("@330199001",)}, "assisting", "@street"),
        ({"assisting": ("order",)}, "assisting", "cannot assist itself"),
        ({"supervising": ("roads", "roads")}, "supervising", "twice"),
        ({"since": NOW + 2 * DAY, "until": NOW + DAY}, "until", "later than from"),
        ({"since": datetime(1, 1, 1, tzinfo=UTC)}, "from", "1900"),
        ({"until": datetime(9999, 12, 31, tzinfo=UTC)}, "until", "2199"),
        ({"lead": "fair"}, "lead", "within that time"),
        ({"priority": 10**9}, "priority", "must lie between"),
        ({"basis": "x" * 2001}, "basis", "at most 2000"),
    ],
)
def test_a_row_that_cannot_hold_is_refused_with_its_field_and_the_remedy(
    conn: Connection, changes: dict[str, Any], field: str, said: str
) -> None:
    add_department(conn, department=Department("fair", "Fair office", since=NOW, until=NOW + 9 * DAY))
    before = len(list_rows(conn))
    with pytest.raises(Invalid) as refused:
        adopt(conn, drafts=[a_row(), a_row(**changes)], now=NOW, actor="tests")
    assert refused.value.field == field and said in refused.value.sentence
    assert len(list_rows(conn)) == before


def test_every_fault_of_every_draft_is_told_with_its_place_in_the_list(conn: Connection) -> None:
    drafts = [a_row(), a_row(matter="dragons", lead="ghosts"), a_row(lead="roads"), a_row(place="999")]
    found = [(i, fault.field) for i, fault in list_faults(conn, drafts=drafts, now=NOW)]
    assert found == [(1, "matter"), (1, "lead"), (3, "place")]


def test_a_row_that_says_what_one_in_force_says_is_refused_and_names_it(conn: Connection) -> None:
    row = put(conn, since=NOW, until=NOW + 9 * DAY, assisting=("roads", "sanitation"))
    alike = {"assisting": ("sanitation", "roads"), "basis": "another paper"}
    with pytest.raises(Conflict, match=f"row {row} in force says the same"):
        put(conn, since=NOW + DAY, until=NOW + 3 * DAY, **alike)
    assert put(conn, since=NOW + DAY, until=NOW + 20 * DAY, **alike), "it goes on for longer"
    assert put(conn, since=NOW, until=NOW + 9 * DAY, priority=1, **alike), "it has a priority"
    with pytest.raises(Conflict, match="stands here twice"):
        adopt(conn, drafts=[a_row(place=W), a_row(place=W)], now=NOW, actor="tests")


def test_who_was_responsible_on_a_day_has_an_answer_for_any_day(conn: Connection) -> None:
    first = put(conn, since=NOW, until=NOW + 9 * DAY)
    end_row(conn, row_id=first, until=NOW + 3 * DAY, now=NOW + DAY, actor="tests")
    adopt(conn, drafts=[a_row(lead="roads", since=NOW + 3 * DAY)], now=NOW + 2 * DAY, actor="tests")

    def leads(at: datetime) -> list[str]:
        return [row.lead for row in list_rows(conn, narrowed=RowFilter(cell=SOUTH, at=at))]

    moments = [NOW - DAY, NOW, NOW + 3 * DAY - timedelta(microseconds=1), NOW + 3 * DAY, NOW + 400 * DAY]
    assert [leads(at) for at in moments] == [[], ["order"], ["order"], ["roads"], ["roads"]]
    assert kinds(conn, first) == ["responsibility.adopted", "responsibility.ended"]


def test_a_row_may_begin_in_the_past_and_shows_when_it_was_written(conn: Connection) -> None:
    row = get_row(conn, row_id=put(conn, since=NOW - 30 * DAY))
    assert (row.since, row.recorded_at) == (NOW - 30 * DAY, NOW)


def test_last_years_list_is_written_down_and_changes_no_answer_that_was_given(conn: Connection) -> None:
    then, given = NOW - 60 * DAY, NOW - DAY

    def asked(at: datetime, known_at: datetime) -> Decision:
        return ask(conn, *inside(W), at=at, known_at=known_at)

    before, today = asked(then, given), asked(NOW, NOW)
    row = put(conn, lead="order", since=NOW - 90 * DAY, until=NOW - 30 * DAY)
    assert (asked(then, given), asked(NOW, NOW)) == (before, today)
    assert [one.id for one in asked(then, NOW).rows] == [row]
    assert [one.id for one in list_rows(conn, narrowed=RowFilter(cell=SOUTH, at=then))] == [row]


def test_a_past_row_may_name_a_place_that_is_no_more(conn: Connection) -> None:
    draw(conn, since=NOW - 90 * DAY)
    assert put(conn, place_kind="jurisdiction", place="ditch", since=NOW - 80 * DAY, until=NOW - DAY)
    with pytest.raises(Invalid, match="not in force when the row begins"):
        put(conn, place_kind="jurisdiction", place="ditch", since=NOW - 99 * DAY, until=NOW - DAY)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (NOW - DAY, "in the past"),
        (datetime(9999, 1, 1, tzinfo=UTC), "2199"),
        (NOW + 2 * DAY, "later than its beginning"),
        (NOW + 20 * DAY, "only come earlier"),
    ],
)
def test_an_end_rewrites_nothing(conn: Connection, until: datetime, said: str) -> None:
    row_id = put(conn, since=NOW + 3 * DAY, until=NOW + 9 * DAY)
    with pytest.raises(Invalid, match=said):
        end_row(conn, row_id=row_id, until=until, now=NOW, actor="tests")
    assert get_row(conn, row_id=row_id).until == NOW + 9 * DAY


def test_what_has_ended_or_is_nowhere_cannot_end(conn: Connection) -> None:
    row_id = put(conn)
    assert end_row(conn, row_id=row_id, until=None, now=NOW, actor="tests").until == NOW
    with pytest.raises(Conflict, match="has ended"):
        end_row(conn, row_id=row_id, until=None, now=NOW + DAY, actor="tests")
    with pytest.raises(NotFound):
        end_row(conn, row_id=10**9, until=None, now=NOW, actor="tests")


def test_a_list_is_narrowed_by_each_filter_and_pages_by_id(conn: Connection) -> None:
    south, below = put(conn), put(conn, place=WILLOW, lead="roads", supervising=("order",))
    draw(conn)
    ditch = put(conn, place_kind="jurisdiction", place="ditch", lead="roads")

    def ids(**by: Any) -> list[int]:
        return [row.id for row in list_rows(conn, narrowed=RowFilter(**by)) if row.id >= south]

    assert ids(cell=SOUTH) == [south, below] and ids(cell=WILLOW) == [below]
    assert ids(unit="order") == [south, below] and ids(unit="roads") == [below, ditch]
    assert ids(matter="litter") == [south, below, ditch] and ids(matter="stall") == []
    assert ids(jurisdiction="ditch") == [ditch] and ids(state="proposed") == []
    assert [row.id for row in list_rows(conn, limit=2, after=south)] == [below, ditch]


def test_a_proposal_takes_effect_on_its_date_when_all_have_agreed(conn: Connection) -> None:
    draft = a_row(assisting=("roads", "@street"), since=NOW + 5 * DAY)
    row = propose(conn, draft=draft, now=NOW, actor="tests")
    assert (row.state, row.adopted_at, row.answer_by) == ("proposed", None, NOW + 15 * DAY)
    for unit in ("order", "roads"):
        row = answer(conn, row_id=row.id, unit=unit, answer="agree", reason="", now=NOW + DAY, actor=unit)
        assert row.state == "proposed"
    row = answer(conn, row_id=row.id, unit="@street", answer="agree", reason="", now=NOW + 2 * DAY, actor="clerk")
    assert (row.state, row.adopted_at, row.since) == ("in_force", NOW + 2 * DAY, NOW + 5 * DAY)
    assert [said.unit for said in row.answers] == ["order", "roads", "@street"]
    said = [kind.removeprefix("responsibility.") for kind in kinds(conn, row.id)]
    assert said == ["proposed", "answered", "answered", "answered", "adopted"]


def test_a_proposal_that_is_agreed_on_behind_its_date_takes_effect_then_and_rewrites_no_day_before(
    conn: Connection,
) -> None:
    row = propose(conn, draft=a_row(since=NOW + DAY), now=NOW, actor="tests")
    row = answer(conn, row_id=row.id, unit="order", answer="agree", reason="", now=NOW + 4 * DAY, actor="order")
    assert (row.state, row.since) == ("in_force", NOW + 4 * DAY)


def test_an_objection_stops_a_proposal_until_a_panel_settles_it(conn: Connection) -> None:
    adopted, withdrawn = (propose(conn, draft=a_row(assisting=("roads",)), now=NOW, actor="tests").id for _ in range(2))
    for row_id in (adopted, withdrawn):
        with pytest.raises(Invalid, match="reason is missing"):
            answer(conn, row_id=row_id, unit="roads", answer="object", reason=" ", now=NOW, actor="roads")
        row = answer(conn, row_id=row_id, unit="roads", answer="object", reason="not ours", now=NOW, actor="roads")
        assert row.state == "objected"
        with pytest.raises(Conflict, match="objected"):
            answer(conn, row_id=row_id, unit="order", answer="agree", reason="", now=NOW, actor="order")
    with pytest.raises(Invalid, match="grounds"):
        settle(conn, row_id=adopted, decision="adopt", grounds="", now=NOW, actor="panel")
    one = settle(conn, row_id=adopted, decision="adopt", grounds="road act 12", now=NOW + DAY, actor="panel")
    other = settle(conn, row_id=withdrawn, decision="withdraw", grounds="no need", now=NOW + DAY, actor="panel")
    assert (one.state, one.since, one.grounds, one.settled_by) == ("in_force", NOW + DAY, "road act 12", "panel")
    assert (other.state, other.adopted_at, other.grounds) == ("withdrawn", None, "no need")
    with pytest.raises(Conflict, match="withdrawn"):
        settle(conn, row_id=withdrawn, decision="adopt", grounds="again", now=NOW + DAY, actor="panel")
    assert kinds(conn, withdrawn)[-2:] == ["responsibility.objected", "responsibility.withdrawn"]


def test_a_proposal_nobody_answers_stays_one_and_is_overdue(conn: Connection) -> None:
    row = propose(conn, draft=a_row(), answer_by=NOW + DAY, now=NOW, actor="tests")

    def overdue(at: datetime) -> list[int]:
        return [one.id for one in list_rows(conn, narrowed=RowFilter(overdue_at=at))]

    assert overdue(NOW + DAY) == [] and overdue(NOW + DAY + timedelta(seconds=1)) == [row.id]
    assert get_row(conn, row_id=row.id).state == "proposed"
    assert [one.id for one in list_rows(conn, narrowed=RowFilter(cell=SOUTH, at=NOW + DAY))] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"since": NOW - DAY}, "from"), ({"lead": "ghosts"}, "lead"), ({"answer_by": NOW}, "answer_by")],
)
def test_a_proposal_that_cannot_be_is_refused(conn: Connection, changes: dict[str, Any], field: str) -> None:
    answer_by = changes.pop("answer_by", None)
    with pytest.raises(Invalid) as refused:
        propose(conn, draft=a_row(**changes), answer_by=answer_by, now=NOW, actor="tests")
    assert refused.value.field == field


def test_an_answer_is_one_of_two_given_once_by_a_unit_that_is_named(conn: Connection) -> None:
    row_id = propose(conn, draft=a_row(assisting=("roads",)), now=NOW, actor="tests").id
    for unit, said, field in (("sanitation", "agree", "unit"), ("roads", "perhaps", "answer")):
        with pytest.raises(Invalid) as refused:
            answer(conn, row_id=row_id, unit=unit, answer=said, reason="", now=NOW, actor="tests")
        assert refused.value.field == field
    answer(conn, row_id=row_id, unit="roads", answer="agree", reason="", now=NOW, actor="tests")
    with pytest.raises(Conflict, match="answered"):
        answer(conn, row_id=row_id, unit="roads", answer="object", reason="no", now=NOW, actor="tests")


def test_a_proposal_whose_units_are_gone_meanwhile_cannot_be_adopted(conn: Connection) -> None:
    row_id = propose(conn, draft=a_row(), now=NOW, actor="tests").id
    conn.exec_driver_sql("UPDATE responsibility SET during = tstzrange(NULL, %s) WHERE lead = 'order' AND id <> %s",
                         (NOW, row_id))  # fmt: skip
    end_department(conn, code="order", until=NOW + DAY, now=NOW)
    with pytest.raises(Conflict, match="can no longer be adopted: department order"):
        settle(conn, row_id=row_id, decision="adopt", grounds="still", now=NOW, actor="panel")


def test_of_two_last_answers_at_once_one_puts_the_row_in_force(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        row_id = propose(conn, draft=a_row(assisting=("roads",)), now=NOW, actor="tests").id
    states: list[str] = []

    def second() -> None:
        with fresh_db.app.begin() as conn:
            said = answer(conn, row_id=row_id, unit="roads", answer="agree", reason="", now=NOW, actor="roads")
            states.append(said.state)

    with second_waits(fresh_db, second) as first:
        answer(first, row_id=row_id, unit="order", answer="agree", reason="", now=NOW, actor="order")
    assert states == ["in_force"]
    with fresh_db.app.connect() as conn:
        assert kinds(conn, row_id).count("responsibility.adopted") == 1
        assert list(verify_all(conn)) == []


def test_of_an_agreement_and_an_objection_at_once_the_later_one_is_told(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        row_id = propose(conn, draft=a_row(assisting=("roads",)), now=NOW, actor="tests").id
    refusals: list[str] = []

    def second() -> None:
        try:
            with fresh_db.app.begin() as conn:
                answer(conn, row_id=row_id, unit="roads", answer="agree", reason="", now=NOW, actor="roads")
        except Conflict as refused:
            refusals.append(refused.sentence)

    with second_waits(fresh_db, second) as first:
        answer(first, row_id=row_id, unit="order", answer="object", reason="not ours", now=NOW, actor="order")
    assert len(refusals) == 1 and "objected" in refusals[0]


def test_a_place_lies_in_the_chains_of_the_cells_it_covers(conn: Connection) -> None:
    draw(conn)
    by_cell = propose(conn, draft=a_row(place=WILLOW), now=NOW, actor="tests").id
    by_level = propose(conn, draft=a_row(place_kind="level", place="street"), now=NOW, actor="tests").id
    by_shape = propose(conn, draft=a_row(place_kind="jurisdiction", place="ditch"), now=NOW, actor="tests").id
    assert list_paths(conn, row_id=by_cell) == [(DISTRICT, SOUTH, WILLOW)]
    assert list_paths(conn, row_id=by_level) == [(DISTRICT,)]
    paths = list_paths(conn, row_id=by_shape)
    assert sorted(path[-1] for path in paths) == [W, "330199001001002"]
