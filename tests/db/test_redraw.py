"""Splits and merges of the tiny town, published, raced and followed by its cases."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
import shapely
import shapely.affinity
from shapely import LineString
from sqlalchemy import Connection

from api.redrawing import Settled, publish, settle
from spatial.cases.disputes.acting import lock_case
from spatial.cases.lifecycle.ending import void_case
from spatial.errors import CodeInvalid, GeometryInvalid, Invalid, NotFound, StaleRevision
from spatial.grid.cells import CellDraft
from spatial.grid.cells import publish as grid_publish
from spatial.grid.geodesy import area_m2
from spatial.grid.locate import locate_point
from spatial.grid.redraw import plan_merge, plan_split
from spatial.grid.redraw_publish import list_redraws
from spatial.store import events
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.racing import joined, second_waits
from tests.reporting import file_at
from tests.worlds import BRIDGE, DISTRICT, UNIT_GEOMETRIES, WILLOW, B, E, G, H, M, T, V, W, tiny_town

NORTH_SOUTH = LineString([(120.0012, 29.999), (120.0011, 30.004)])  # through Willow west, the smaller part in the west
FRESH = "330199001001003"


def _now(conn: Connection) -> datetime:
    return conn.exec_driver_sql("SELECT clock_timestamp()").scalar_one()


def test_a_split_gives_the_larger_part_the_code_and_the_smaller_the_next_serial(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    assert plan.created == (FRESH,)
    assert plan.touched == (T,)
    publish(fresh_db.app, plan=plan, published_by="planner", note="too large")
    with fresh_db.app.begin() as conn:
        now = _now(conn)
        assert locate_point(conn, lon=120.0005, lat=30.001, accuracy_m=1, moment=now).unit == FRESH
        assert locate_point(conn, lon=120.0025, lat=30.001, accuracy_m=1, moment=now).unit == W
        before = datetime(2025, 6, 1, tzinfo=UTC)
        assert locate_point(conn, lon=120.0005, lat=30.001, accuracy_m=1, moment=before).unit == W
        [record] = list_redraws(conn, limit=10)
    assert (record.kind, record.published_by, record.note) == ("split", "planner", "too large")
    assert {link.to_code for link in record.lineage} == {W, FRESH}
    assert sum(link.share for link in record.lineage) == pytest.approx(1)
    assert record.lineage[0].to_code == W


def test_a_split_leaves_the_upper_levels_as_they_were(fresh_db: Store) -> None:
    count = "SELECT count(*) FROM cell_version WHERE rank < 4"
    with fresh_db.app.begin() as conn:
        before = conn.exec_driver_sql(count).scalar_one()
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    publish(fresh_db.app, plan=plan, published_by="planner")
    with fresh_db.app.begin() as conn:
        assert conn.exec_driver_sql(count).scalar_one() == before


def test_open_cases_follow_and_keep_what_was_decided_at_filing(fresh_db: Store) -> None:
    west = file_at(fresh_db, 120.0005, 30.001)
    east = file_at(fresh_db, 120.0025, 30.001)
    closed = file_at(fresh_db, 120.0006, 30.001)
    with fresh_db.app.begin() as conn:
        ended = lock_case(conn, reach=WHOLE_CITY, case_no=closed)
        void_case(conn, ended, reason="Nothing there", actor="5", now=datetime.now(UTC))
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    outcome = publish(fresh_db.app, plan=plan, published_by="planner")
    assert [(move.case_no, move.from_unit, move.to_unit) for move in outcome.moves] == [(west, W, FRESH)]
    with fresh_db.app.begin() as conn:
        rows = conn.exec_driver_sql("SELECT case_no, unit, path, current_unit, current_path FROM case_file")
        cases = {row.case_no: row for row in rows}
        chain = events.list_events(conn, district=DISTRICT, subject="case", subject_id=west)
    assert cases[west].unit == W
    assert cases[west].path[-1] == W
    assert cases[west].current_unit == FRESH
    assert cases[west].current_path == [DISTRICT, "330199001", WILLOW, FRESH]
    assert cases[east].current_unit == cases[closed].current_unit == W
    assert [event.kind for event in chain][-1] == "case.moved"
    assert chain[-1].payload["from"] == W
    assert events.verify_chain(chain) is None


def test_split_then_merge_gives_the_unit_back_and_never_the_code(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        split = plan_split(conn, code=W, line=NORTH_SOUTH)
    publish(fresh_db.app, plan=split, published_by="planner")
    with fresh_db.app.begin() as conn:
        merge = plan_merge(conn, codes=[FRESH, W])
    assert merge.withdrawn == (FRESH,)
    publish(fresh_db.app, plan=merge, published_by="planner")
    with fresh_db.app.begin() as conn:
        wkb = conn.exec_driver_sql(
            "SELECT ST_AsBinary(geom) FROM cell_version WHERE code = %s AND upper_inf(during)", (W,)
        ).scalar_one()
        back = shapely.from_wkb(bytes(wkb))
        again = plan_split(conn, code=W, line=NORTH_SOUTH)
    assert back.symmetric_difference(UNIT_GEOMETRIES[W]).area < 1e-13
    assert area_m2(back) == pytest.approx(area_m2(UNIT_GEOMETRIES[W]), abs=0.1)
    assert again.created == ("330199001001004",)


def test_a_merge_keeps_the_largest_code_and_the_lineage(fresh_db: Store) -> None:
    moved = file_at(fresh_db, 120.0075, 30.0045)
    with fresh_db.app.begin() as conn:
        plan = plan_merge(conn, codes=[M, B], name="Bridge all")
    outcome = publish(fresh_db.app, plan=plan, published_by="planner")
    assert [move.case_no for move in outcome.moves] == [moved]
    with fresh_db.app.begin() as conn:
        [record] = list_redraws(conn, limit=1)
        withdrawn = conn.exec_driver_sql("SELECT withdrawn_in FROM cell WHERE code = %s", (M,)).scalar_one()
        chain = events.list_events(conn, district="", subject="grid", subject_id=str(record.revision))
    assert {(link.from_code, link.to_code, link.share) for link in record.lineage} == {(B, B, 1.0), (M, B, 1.0)}
    assert withdrawn == record.revision
    assert [event.kind for event in chain] == ["grid.published"]


@pytest.mark.parametrize(
    ("codes", "error", "sentence"),
    [
        ([W], Invalid, "two different"),
        ([W, W], Invalid, "two different"),
        ([W, T], Invalid, "different communities"),
        ([B, E], GeometryInvalid, "share borders"),
        ([W, "330199001001999"], NotFound, "no unit in force"),
        ([WILLOW, BRIDGE], Invalid, "only units"),
    ],
)
def test_a_merge_that_cannot_be_is_refused(conn: Connection, codes: list[str], error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        plan_merge(conn, codes=codes)


def test_a_unit_of_two_parts_is_cut_in_one_of_them(conn: Connection) -> None:
    plan = plan_split(conn, code=H, line=LineString([(120.001, 30.005), (120.001, 30.010)]))
    larger = plan.put[0]
    assert larger.code == H
    assert len(larger.geometry.geoms) == 2
    assert plan.touched == (T,)


def test_a_line_into_the_enclave_is_refused(conn: Connection) -> None:
    with pytest.raises(GeometryInvalid, match="hole"):
        plan_split(conn, code=G, line=LineString([(120.002, 30.0045), (120.0045, 30.0045)]))


def test_a_community_whose_serials_are_used_up_is_not_split(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO cell (code, rank, system, first_revision, withdrawn_in) "
            "SELECT %s || lpad(n::text, 3, '0'), 4, 'gb15', 1, 1 FROM generate_series(1, 999) AS n "
            "ON CONFLICT DO NOTHING",
            (WILLOW,),
        )
        with pytest.raises(CodeInvalid, match="used up"):
            plan_split(conn, code=W, line=NORTH_SOUTH)


def test_of_two_planners_on_one_revision_the_second_is_told_to_draw_again(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        plans = [plan_split(conn, code=W, line=NORTH_SOUTH), plan_merge(conn, codes=[W, V])]
    gate, outcomes = threading.Barrier(2), []

    def attempt(index: int) -> None:
        gate.wait()
        try:
            outcomes.append(publish(fresh_db.app, plan=plans[index], published_by=f"planner {index}"))
        except StaleRevision as stale:
            outcomes.append(stale)

    threads = [threading.Thread(target=attempt, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        joined(thread)
    assert sorted(isinstance(outcome, StaleRevision) for outcome in outcomes) == [False, True]
    with fresh_db.app.begin() as conn:
        assert len(list_redraws(conn, limit=10)) == 1


def test_a_publish_waits_for_a_report_that_is_being_filed(fresh_db: Store) -> None:
    from spatial.store.db import hold_grid_shared

    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    done: list[object] = []

    def attempt() -> None:
        done.append(publish(fresh_db.app, plan=plan, published_by="planner"))

    with second_waits(fresh_db, attempt) as filing:
        hold_grid_shared(filing)
    assert done


def test_a_report_that_waited_for_the_switch_is_received_behind_it(fresh_db: Store) -> None:
    asked = datetime.now(UTC)
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    outcome = publish(fresh_db.app, plan=plan, published_by="planner")
    case_no = file_at(fresh_db, 120.0005, 30.001, now=asked)
    with fresh_db.app.begin() as conn:
        case = conn.exec_driver_sql("SELECT unit, received_at FROM case_file WHERE case_no = %s", (case_no,)).one()
    assert case.unit == FRESH
    assert case.received_at == outcome.published.instant


def test_a_report_after_the_switch_lands_in_the_new_unit(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=NORTH_SOUTH)
    publish(fresh_db.app, plan=plan, published_by="planner")
    case_no = file_at(fresh_db, 120.0005, 30.001, report_id=uuid.uuid4())
    with fresh_db.app.begin() as conn:
        unit = conn.exec_driver_sql("SELECT unit FROM case_file WHERE case_no = %s", (case_no,)).scalar_one()
    assert unit == FRESH


def test_open_cases_follow_an_import_into_the_grid_and_out_of_it(fresh_db: Store) -> None:
    leaves, moves = file_at(fresh_db, 120.0005, 30.0015), file_at(fresh_db, 120.0075, 30.0015)
    comes = file_at(fresh_db, 120.0095, 30.0015)  # east of the town
    eastward = [
        CellDraft(c.code, c.rank, c.name, c.parent, shapely.affinity.translate(c.geometry, 0.003), "gb15")
        for c in tiny_town()
    ]
    with fresh_db.app.begin() as conn:
        revision = grid_publish(conn, drafts=eastward, kind="import", in_force_from=None, published_by="system")
        now = _now(conn)
    assert settle(fresh_db.app, revision=revision, actor="system", now=now) == Settled(3, 1)
    assert settle(fresh_db.app, revision=revision, actor="system", now=now) == Settled(0, 0)
    with fresh_db.app.begin() as conn:
        rows = conn.exec_driver_sql(
            "SELECT case_no, unit, current_unit, cardinality(current_path), tier FROM case_file"
        ).all()
        kinds = [e.kind for e in events.list_events(conn, district=DISTRICT, subject="case", subject_id=leaves)]
    assert {row[0]: tuple(row[1:]) for row in rows} == {
        leaves: (W, None, 0, 4), moves: (B, V, 4, 4), comes: (None, B, 4, 4)
    }  # fmt: skip
    assert kinds == ["case.reported", "case.moved"]
