"""Rows of the table of responsibility and precedents on units that are redrawn: they go on holding the same ground."""

from datetime import UTC, datetime, timedelta

import pytest
from shapely import LineString
from sqlalchemy import Connection

from api.redrawing import Outcome, list_touched_rules, publish
from spatial.cases.disputes.precedents import list_by_numbers
from spatial.cases.disputes.rulings import rule
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.responsibility.proposals import answer, propose
from spatial.cases.responsibility.redrawn import Disagreement
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import RowFilter, TableRow, adopt, end_row, get_row, list_rows
from spatial.grid.locate import locate_point
from spatial.grid.redraw import Plan, plan_merge, plan_split
from spatial.grid.redraw_publish import list_redraws
from spatial.store.events import list_events, verify_all
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.disputing import a_ruling, dispute_in
from tests.worlds import DISTRICT, WILLOW, B, M, V, W, inside

CUT = LineString([(120.0012, 29.999), (120.0011, 30.004)])  # through Willow west, the smaller part in the west
FRESH = "330199001001003"
DAY = timedelta(days=1)


def put(conn: Connection, cell: str, lead: str = "order", **changes: object) -> int:
    fields = {"matter": "litter", "place_kind": "cell", "place": cell, "lead": lead, "basis": "minutes 7", **changes}
    [row] = adopt(conn, drafts=[RowDraft(**fields)], now=datetime.now(UTC), actor="tests")  # type: ignore[arg-type]
    return row


def rows_of(conn: Connection, cell: str) -> list[TableRow]:
    return [row for row in list_rows(conn, narrowed=RowFilter(cell=cell)) if row.place == cell]


def redraw(store: Store, plan: Plan) -> Outcome:
    return publish(store.app, plan=plan, published_by="planner")


def split(store: Store) -> Outcome:
    with store.app.begin() as conn:
        plan = plan_split(conn, code=W, line=CUT)
    return redraw(store, plan)


def merge(store: Store, *codes: str) -> Outcome:
    with store.app.begin() as conn:
        plan = plan_merge(conn, codes=codes)
    return redraw(store, plan)


def test_a_row_on_a_unit_that_is_split_holds_in_both_parts_from_the_switch_on(fresh_db: Store) -> None:
    later = datetime.now(UTC) + DAY
    with fresh_db.app.begin() as conn:
        now, future = put(conn, W, until=later), put(conn, W, since=later)
        ended, elsewhere, wide = put(conn, W), put(conn, V), put(conn, WILLOW)
    with fresh_db.app.begin() as conn:
        end_row(conn, row_id=ended, until=None, now=datetime.now(UTC), actor="tests")
    outcome = split(fresh_db)
    assert [(row.id, row.fate, row.to) for row in outcome.rules.table.rows] == [
        (now, "copied", (FRESH,)), (future, "copied", (FRESH,)),
    ]  # fmt: skip
    with fresh_db.app.begin() as conn:
        begun, waiting = rows_of(conn, FRESH)
        assert (begun.since, begun.until, begun.state) == (outcome.published.instant, later, "in_force")
        assert (waiting.since, waiting.until, waiting.basis) == (later, None, "minutes 7")
        assert begun.adopted_at == outcome.published.instant
        assert get_row(conn, row_id=now).until == later
        assert all(get_row(conn, row_id=row).until is None for row in (elsewhere, wide))
        [event] = list_events(conn, district=DISTRICT, subject="responsibility", subject_id=str(begun.id))
        assert (event.kind, event.payload["revision"]) == ("responsibility.adopted", 2)
        assert event.payload["carries_on"] == now
        assert FRESH in event.path
        assert list(verify_all(conn)) == []


def test_a_proposal_on_a_unit_that_is_split_is_carried_on_with_its_answers(fresh_db: Store) -> None:
    draft = RowDraft("litter", "cell", W, "order", assisting=("roads",))
    with fresh_db.app.begin() as conn:
        now = datetime.now(UTC)
        made = propose(conn, draft=draft, now=now, actor="tests")
        answer(conn, row_id=made.id, unit="roads", answer="agree", reason="", now=now, actor="7")
    split(fresh_db)
    with fresh_db.app.begin() as conn:
        [copy] = rows_of(conn, FRESH)
        assert (copy.state, copy.answer_by) == ("proposed", made.answer_by)
        assert [one.unit for one in copy.answers] == ["roads"]
        done = answer(conn, row_id=copy.id, unit="order", answer="agree", reason="", now=datetime.now(UTC), actor="8")
        assert done.state == "in_force"


def test_rows_of_a_unit_that_is_merged_away_end_and_those_of_the_one_that_stays_hold(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        stays, goes = put(conn, B, "roads"), put(conn, M, "order")
        waits = put(conn, M, "order", priority=1, since=datetime.now(UTC) + DAY)
        asked = propose(conn, draft=RowDraft("pothole", "cell", M, "roads"), now=datetime.now(UTC), actor="tests").id
        plan = plan_merge(conn, codes=[M, B])
        told = list_touched_rules(conn, plan=plan, now=datetime.now(UTC))
    outcome = redraw(fresh_db, plan)
    assert outcome.rules == told
    assert {row.id: row.fate for row in told.table.rows} == {
        stays: "widened", goes: "ended", waits: "withdrawn", asked: "withdrawn",
    }  # fmt: skip
    assert told.table.disagreements == (Disagreement("litter", {B: ["roads"], M: ["order"]}),)
    with fresh_db.app.begin() as conn:
        assert get_row(conn, row_id=stays).until is None
        assert get_row(conn, row_id=goes).until == outcome.published.instant
        for row in (get_row(conn, row_id=number) for number in (waits, asked)):
            assert (row.state, row.settled_by) == ("withdrawn", "planner") and B in row.grounds
        kinds = {
            number: list_events(conn, district=DISTRICT, subject="responsibility", subject_id=str(number))[-1].kind
            for number in (goes, waits)
        }
        assert kinds == {goes: "responsibility.ended", waits: "responsibility.withdrawn"}
        [record] = list_redraws(conn, limit=1)
        assert record.told["responsibility"]["rows"][0]["lead"] == "roads"
        assert record.told["responsibility"]["disagreements"] == [
            {"matter": "litter", "leads": {B: ["roads"], M: ["order"]}}
        ]
        assert list(verify_all(conn)) == []


def test_merged_units_that_agree_on_the_lead_are_no_disagreement(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        for cell, lead, matter in ((B, "roads", "litter"), (M, "roads", "litter"), (M, "order", "pothole")):
            put(conn, cell, lead, matter=matter)
    assert merge(fresh_db, M, B).rules.table.disagreements == ()


RULED_AT = datetime(2026, 3, 4, 2, tzinfo=UTC)


def precede(store: Store, case_in: str, *cells: str) -> None:
    """A ruling on a case in a unit that leaves a precedent on some cells."""
    dispute, _ = dispute_in(store, case_in, at=RULED_AT)
    with store.app.begin() as conn:
        draft = a_ruling(dispute, scope=ScopeDraft(Area("cells", cells=cells)))
        rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=RULED_AT + DAY)


def decides_at(store: Store, lon: float, lat: float) -> bool:
    """Whether the precedent's area holds a place as it lies now."""
    with store.app.begin() as conn:
        placed = locate_point(conn, lon=lon, lat=lat, accuracy_m=1, moment=datetime.now(UTC))
        [found] = list_by_numbers(conn, numbers=["P2026-0001"])
        return found.contains(path=placed.path, lon=lon, lat=lat)


def test_a_precedent_on_a_unit_that_is_split_holds_in_both_parts(fresh_db: Store) -> None:
    precede(fresh_db, W, W)
    outcome = split(fresh_db)
    assert [(one.number, one.fate, one.to) for one in outcome.rules.precedents] == [
        ("P2026-0001", "extended", (FRESH,))
    ]
    assert decides_at(fresh_db, 120.0005, 30.001) and decides_at(fresh_db, 120.0025, 30.001)
    assert not decides_at(fresh_db, *inside(V))


@pytest.mark.parametrize("named", [B, M])
def test_a_precedent_on_one_of_two_merged_units_keeps_the_ground_of_that_one(fresh_db: Store, named: str) -> None:
    precede(fresh_db, named, named)
    [told] = merge(fresh_db, M, B).rules.precedents
    assert told.fate == "outlined"
    assert {unit: decides_at(fresh_db, *inside(unit)) for unit in (B, M)} == {B: named == B, M: named == M}


def test_a_precedent_on_both_merged_units_or_on_what_lies_above_stays_as_it_is(fresh_db: Store) -> None:
    precede(fresh_db, M, B, M)
    assert merge(fresh_db, M, B).rules.precedents == ()
    assert decides_at(fresh_db, *inside(B)) and decides_at(fresh_db, *inside(M))
