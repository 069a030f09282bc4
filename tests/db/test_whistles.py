"""Whistle and report-in: who is called when, what counts as being there, who is late, and both scores."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import shapely.affinity
from shapely import LineString
from sqlalchemy import Connection

from api.redrawing import publish, settle
from spatial.cases.conferences.arrivals import Place, colour, judge
from spatial.cases.conferences.whistle_list import WhistleFilter, get_whistle, list_whistles
from spatial.cases.conferences.whistles import (
    ReportIn,
    WhistleDraft,
    WhistleType,
    list_types,
    put_type,
    raise_whistle,
    report_in,
    resolve,
    score,
    tell_absent,
    withdraw,
)
from spatial.errors import Conflict, Forbidden, Invalid, NotFound
from spatial.grid.cells import CellDraft
from spatial.grid.cells import publish as publish_grid
from spatial.grid.redraw import plan_split
from spatial.store import events
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import NOW, file_case, later
from tests.disputing import both_at_once, scalars
from tests.worlds import BRIDGE, DISTRICT, NORTH, SOUTH, WILLOW, B, T, V, W, inside, tiny_town

STREET = f"@{SOUTH}"
LON, LAT = inside(W)
METRE = 1 / 111_320  # of latitude, in degrees


def raised(conn: Connection, *, reach: Reach = WHOLE_CITY, now: datetime = NOW, **said: Any) -> int:
    fields: dict[str, Any] = {
        "type": "emergency", "street": STREET, "units": ("roads", "sanitation"), "what": "A burst main", "lon": LON,
        "lat": LAT, "radius_m": 50.0,
    }  # fmt: skip
    return raise_whistle(conn, draft=WhistleDraft(**fields | said), reach=reach, actor="5", now=now)


def arrive(conn: Connection, number: int, at: datetime, **said: Any) -> Any:
    fields: dict[str, Any] = {"unit": "roads", "lon": LON, "lat": LAT, "accuracy_m": 5.0, "captured_at": at}
    return report_in(conn, number, said=ReportIn(**fields | said), own=None, reach=WHOLE_CITY, actor="7", now=at)


def read(conn: Connection, number: int, at: datetime) -> Any:
    return get_whistle(conn, number, reach=WHOLE_CITY, text_reach=WHOLE_CITY, now=at)


def test_three_types_each_with_a_limit_that_the_district_edits(conn: Connection) -> None:
    assert [one.code for one in list_types(conn)] == ["citizens_problem", "joint_enforcement", "emergency"]
    put_type(conn, WhistleType("emergency", 3, "Emergency", "应急", Decimal("0.25"), "urgent_hour", True))
    assert read(conn, raised(conn), NOW).due_at == NOW + timedelta(minutes=15)
    with pytest.raises(Invalid):
        put_type(conn, WhistleType("emergency", 3, "Emergency", "应急", Decimal(0), "urgent_hour", True))


def test_units_are_due_when_they_are_wanted_but_no_sooner_than_the_type_allows(conn: Connection) -> None:
    half = NOW + timedelta(minutes=30)
    assert read(conn, raised(conn), NOW).due_at == half
    assert read(conn, raised(conn, wanted_at=NOW + timedelta(minutes=5)), NOW).due_at == half
    assert read(conn, raised(conn, wanted_at=later(3)), NOW).due_at == later(3)


def test_what_cannot_be_called_is_told_by_its_field(conn: Connection) -> None:
    lon, lat = inside(T)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"type": "party"}, "type"), ({"units": ()}, "units"), ({"units": ("nobody",)}, "units"),
        ({"units": (STREET,)}, "units"), ({"lon": 10.0}, "lon"), ({"street": f"@{NORTH}"}, "street"),
        ({"what": " "}, "what"), ({"wanted_at": later(-50_000)}, "wanted_at"), ({"wanted_at": NOW}, "wanted_at"),
        ({"lon": lon, "lat": lat, "reach": Reach((SOUTH,))}, "lon"),
    ]  # fmt: skip
    for changes, field in wrong:
        with pytest.raises(Invalid) as told:
            raised(conn, **changes)
        assert told.value.field == field, changes
    with pytest.raises(NotFound):
        raised(conn, case_no="no-such-case")
    case = file_case(conn)
    assert read(conn, raised(conn, case_no=case.case_no), NOW).case_no == case.case_no


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "why"),
    [(0, 5, "there"), (49.9, 0, "there"), (50.1, 0, "too_far"), (55, 10, "there"), (80, 10, "too_far"),
     (0, 500, "too_inaccurate"), (100, 190, "too_far")],
)  # fmt: skip
def test_within_a_radius_it_is_the_share_of_what_the_phone_may_mean(metres: float, accuracy_m: float, why: str) -> None:
    found = judge(
        Place(LON, LAT, 50.0, W), lon=LON, lat=LAT + metres * METRE * 1.0041, accuracy_m=accuracy_m, shares=[], unit=W,
        worst_accuracy_m=200.0,
    )  # fmt: skip
    assert (found.why, found.counts) == (why, why == "there")
    assert found.distance_m == pytest.approx(metres, abs=0.2)


def test_without_a_radius_the_unit_decides_by_the_border_rule(conn: Connection) -> None:
    number = raised(conn, radius_m=None)
    lon, lat = inside(B)
    assert arrive(conn, number, later(0.1), lon=lon, lat=lat).why == "other_unit"
    # 3 m east of the border, with a phone that may be 30 m off: nearly half of it lies in the unit.
    assert arrive(conn, number, later(0.2), lon=120.003 + 3 * METRE, accuracy_m=30.0).counts
    assert [one.counts for one in read(conn, number, later(1)).report_ins] == [False, True]


def test_in_time_is_green_late_is_red_and_expected_is_grey(conn: Connection) -> None:
    due = later(1)
    for arrived, released, now, told in [
        (due, None, later(9), "green"), (later(1.1), None, later(9), "red"), (None, None, due, "grey"),
        (None, None, later(1.1), "red"), (None, later(0.5), later(9), "grey"), (None, later(2), later(9), "red"),
    ]:  # fmt: skip
        assert colour(due_at=due, arrived_at=arrived, released_at=released, now=now) == told


def test_a_position_from_before_the_call_or_from_times_to_come_is_kept_and_does_not_count(conn: Connection) -> None:
    number, here = raised(conn), later(0.1)
    for captured, why in [
        (NOW - timedelta(days=21), "captured_before"), (NOW - timedelta(seconds=1), "captured_before"),
        (NOW + timedelta(days=365), "captured_ahead"), (here + timedelta(seconds=301), "captured_ahead"),
    ]:  # fmt: skip
        told = arrive(conn, number, here, captured_at=captured, accuracy_m=0.0)
        assert (told.counts, told.why) == (False, why), captured
    found = read(conn, number, here)
    assert len(found.report_ins) == 4 and found.calls[0].arrived_at is None
    assert arrive(conn, number, here, captured_at=here + timedelta(minutes=5)).counts
    assert arrive(conn, number, here, unit="sanitation", captured_at=NOW).counts


def test_an_early_result_lets_nobody_off_but_whom_the_street_releases(conn: Connection) -> None:
    number = raised(conn, units=("roads", "sanitation", "order"))
    arrive(conn, number, later(0.1))
    ends: dict[str, Any] = {"outcome": "solved", "result": "Shut", "reach": WHOLE_CITY, "actor": "5"}
    for strange in ("roads", "nobody"):
        with pytest.raises(Invalid, match=f"released names {strange}"):
            resolve(conn, number, released=[strange], now=later(0.2), **ends)
    resolve(conn, number, released=["order"], now=later(0.2), **ends)

    def stands(at: float) -> dict[str, str]:
        return {one.unit: one.colour for one in read(conn, number, later(at)).calls}

    assert stands(0.3) == {"roads": "green", "sanitation": "grey", "order": "grey"}
    assert stands(0.6) == {"roads": "green", "sanitation": "red", "order": "grey"}
    give: dict[str, Any] = {"points": 1, "note": "", "own": None, "reach": WHOLE_CITY, "actor": "5"}
    for by, about, at, why in [
        (STREET, "order", 9, "released before"), ("order", STREET, 9, "released before"),
        (STREET, "sanitation", 0.3, "expected until"),
    ]:  # fmt: skip
        with pytest.raises(Conflict, match=why):
            score(conn, number, by=by, about=about, now=later(at), **give)
    score(conn, number, by=STREET, about="roads", now=later(0.3), **give)
    score(conn, number, by=STREET, about="sanitation", now=later(9), **give)
    with pytest.raises(Conflict, match="released"):
        arrive(conn, number, later(0.3), unit="order")
    with pytest.raises(Conflict, match="resolved"):
        arrive(conn, number, later(0.6), unit="sanitation")
    assert tell_absent(conn, now=later(9), limit=9) == 1


def test_who_hurries_to_a_place_that_was_settled_early_may_still_come_in_time(conn: Connection) -> None:
    number = raised(conn)
    done: dict[str, Any] = {"outcome": "solved", "result": "Shut", "reach": WHOLE_CITY, "actor": "5"}
    resolve(conn, number, now=later(0.2), **done)

    def awaited(at: float, unit: str = "roads") -> list[int]:
        narrowed = WhistleFilter(units=(unit,), expected=True)
        found = list_whistles(conn, reach=WHOLE_CITY, text_reach=WHOLE_CITY, narrowed=narrowed, now=later(at), limit=9)
        return [one.id for one in found]

    assert awaited(0.4) == [number] and awaited(0.6) == []
    assert arrive(conn, number, later(0.4)).counts
    assert awaited(0.4) == [] and awaited(0.4, "sanitation") == [number]
    assert {one.unit: one.colour for one in read(conn, number, later(1)).calls} == {
        "roads": "green", "sanitation": "red",
    }  # fmt: skip


def test_a_unit_is_there_once_and_only_who_speaks_for_it_says_so(conn: Connection) -> None:
    number = raised(conn)
    with pytest.raises(Invalid, match="not called"):
        arrive(conn, number, later(0.1), unit="order")
    said = ReportIn("roads", LON, LAT, 5.0, NOW)
    with pytest.raises(Forbidden):
        report_in(conn, number, said=said, own={"sanitation"}, reach=WHOLE_CITY, actor="8", now=later(0.1))
    with pytest.raises(NotFound):
        report_in(conn, number, said=said, own=None, reach=Reach(("order@",)), actor="8", now=later(0.1))
    arrive(conn, number, later(0.1))
    with pytest.raises(Conflict, match="has been there"):
        arrive(conn, number, later(0.2))
    assert {one.unit: one.colour for one in read(conn, number, later(1)).calls} == {
        "roads": "green", "sanitation": "red",
    }  # fmt: skip


def test_of_two_report_ins_at_once_one_is_the_arrival(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        number = raised(conn)

    def come(i: int) -> Any:
        with fresh_db.app.begin() as conn:
            return arrive(conn, number, later(0.1 + i / 100))

    answers = both_at_once(come)
    assert sorted(type(one).__name__ for one in answers) == ["Arrival", "Conflict"]
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM whistle_report_in") == [1]


def test_the_absent_are_told_of_once_though_two_sweep(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        number = raised(conn)
        arrive(conn, number, later(0.1))
        off = raised(conn)
        withdraw(conn, off, reason="Shut already", reach=WHOLE_CITY, actor="5", now=later(0.2))
        assert tell_absent(conn, now=NOW + timedelta(minutes=30), limit=9) == 0

    def sweep(_: int) -> int:
        with fresh_db.app.begin() as conn:
            return tell_absent(conn, now=later(3), limit=1000)

    assert sum(both_at_once(sweep)) == 1
    with fresh_db.app.begin() as conn:
        payloads = scalars(conn, "SELECT payload FROM event WHERE kind = 'whistle.absent'")
        assert tell_absent(conn, now=later(9), limit=9) == 0
    assert [one["unit"] for one in payloads] == ["sanitation"]


def test_a_joint_result_ends_it_and_both_sides_score_once(conn: Connection) -> None:
    number = raised(conn)
    give: dict[str, Any] = {"note": "", "own": None, "reach": WHOLE_CITY, "actor": "5", "now": later(2)}
    with pytest.raises(Conflict, match="joint result"):
        score(conn, number, by=STREET, about="roads", points=5, **give)
    with pytest.raises(Invalid, match="outcome"):
        resolve(conn, number, outcome="fine", result="x", reach=WHOLE_CITY, actor="5", now=later(1))
    resolve(conn, number, outcome="solved", result="Shut the valve", reach=WHOLE_CITY, actor="5", now=later(1))
    with pytest.raises(Conflict, match="resolved"):
        arrive(conn, number, later(2))
    score(conn, number, by=STREET, about="roads", points=5, **give)
    score(conn, number, by="roads", about=STREET, points=2, **give)
    for by, about, refusal in [(STREET, "roads", Conflict), ("roads", "sanitation", Invalid), ("x", STREET, Invalid)]:
        with pytest.raises(refusal):
            score(conn, number, by=by, about=about, points=1, **give)
    with pytest.raises(Forbidden):
        score(conn, number, by="sanitation", about=STREET, points=1, **give | {"own": {"roads"}})
    assert [(one.by_unit, one.score) for one in read(conn, number, later(3)).scores] == [(STREET, 5), ("roads", 2)]


def test_lists_are_filtered_and_kept_within_reach(conn: Connection) -> None:
    number = raised(conn)

    def listed(reach: Reach = WHOLE_CITY, at: datetime = NOW, **narrowed: Any) -> list[int]:
        found = list_whistles(
            conn, reach=reach, text_reach=WHOLE_CITY, narrowed=WhistleFilter(**narrowed), now=at, limit=9
        )
        return [one.id for one in found]

    assert listed() == listed(Reach((SOUTH,))) == listed(Reach(("roads@",))) == [number]
    assert listed(Reach((NORTH,))) == listed(Reach(("order@",))) == []
    assert listed(unit="roads", type="emergency", cell=SOUTH, state="raised", late=False) == [number]
    assert listed(late=True) == listed(unit="order") == listed(type="citizens_problem") == []
    assert listed(at=later(2), late=True) == [number]


CUT = LineString([(120.0012, 29.999), (120.0011, 30.004)])  # through Willow west, the smaller part in the west
FRESH = "330199001001003"


def test_a_whistle_that_stands_follows_a_redraw_with_those_who_hear_it(fresh_db: Store) -> None:
    west: dict[str, Any] = {"lon": 120.0005, "lat": 30.001, "radius_m": None}
    with fresh_db.app.begin() as conn:
        moved, stays, over = raised(conn, **west), raised(conn, lon=120.0025, lat=30.001), raised(conn, **west)
        withdraw(conn, over, reason="Shut already", reach=WHOLE_CITY, actor="5", now=later(0.2))
        plan = plan_split(conn, code=W, line=CUT)
    outcome = publish(fresh_db.app, plan=plan, published_by="planner")
    assert [(one.number, one.from_unit, one.to_unit) for one in outcome.whistles] == [(moved, W, FRESH)]
    with fresh_db.app.begin() as conn:
        assert [read(conn, one, NOW).unit for one in (moved, stays, over)] == [FRESH, W, W]
        row = conn.exec_driver_sql("SELECT current_path, parties FROM whistle WHERE id = %s", (moved,)).one()
        chain = events.list_events(conn, district=DISTRICT, subject="whistle", subject_id=str(moved))
        behind = outcome.published.instant
        assert arrive(conn, moved, behind, lon=120.0025, lat=30.001).why == "other_unit"
        assert arrive(conn, moved, behind, lon=120.0005, lat=30.001).counts
    assert row.current_path == [DISTRICT, SOUTH, WILLOW, FRESH]
    assert {f"roads@{FRESH}", f"sanitation@{FRESH}", "roads@"} <= set(row.parties)
    assert f"roads@{W}" not in row.parties
    assert [event.kind for event in chain] == ["whistle.raised", "whistle.moved"]
    assert {W, FRESH, f"roads@{FRESH}"} <= set(chain[-1].path)
    assert events.verify_chain(chain) is None


def test_whistles_follow_an_import_and_one_that_it_leaves_outside_can_still_be_ended(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        lon, lat = inside(B)
        moved, left = raised(conn, lon=lon, lat=lat), raised(conn, lon=120.0005, lat=30.0015)
        eastward = [
            CellDraft(c.code, c.rank, c.name, c.parent, shapely.affinity.translate(c.geometry, 0.003), "gb15")
            for c in tiny_town()
        ]
        revision = publish_grid(conn, drafts=eastward, kind="import", in_force_from=None, published_by="system")
        now = conn.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    assert settle(fresh_db.app, revision=revision, actor="system", now=now).whistles == 1
    assert settle(fresh_db.app, revision=revision, actor="system", now=now).whistles == 0
    with fresh_db.app.begin() as conn:
        assert (read(conn, moved, NOW).unit, read(conn, left, NOW).unit) == (V, W)
        withdraw(conn, left, reason="Gone", reach=Reach((SOUTH,)), actor="5", now=later(1))
        found = list_whistles(
            conn, reach=Reach((BRIDGE,)), text_reach=WHOLE_CITY, narrowed=WhistleFilter(), now=NOW, limit=9
        )
    assert found == []
