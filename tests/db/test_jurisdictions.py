"""Whose ground and who they are: jurisdictions drawn and drawn again, bodies, departments, providers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, box
from sqlalchemy import Connection

from spatial.cases.responsibility.bodies import (
    Department,
    add_department,
    end_body,
    end_department,
    list_bodies,
    list_departments,
    list_platforms,
    name_units,
    put_body,
)
from spatial.cases.responsibility.jurisdictions import (
    JurisdictionFilter,
    end_jurisdiction,
    get_jurisdiction,
    list_jurisdictions,
)
from spatial.cases.responsibility.polygons import read_polygon
from spatial.cases.responsibility.proposals import propose
from spatial.cases.responsibility.providers import Provider, add_provider, end_provider, list_providers
from spatial.cases.responsibility.rows import RowFilter, end_row, get_row, list_rows
from spatial.errors import Conflict, GeometryInvalid, Invalid, NotFound
from spatial.grid.datum import from_wgs84
from spatial.grid.geodesy import area_m2
from spatial.store.opening import Store
from tests.racing import second_waits
from tests.responsibilities import DAY, DITCH, NOW, a_row, draw, kinds, put
from tests.worlds import SOUTH, W


def test_a_jurisdiction_is_measured_on_the_ellipsoid_and_found_by_what_it_is(conn: Connection) -> None:
    number = draw(conn, feature="river")
    found = get_jurisdiction(conn, code="ditch", at=NOW)
    assert (found.id, found.department, found.feature) == (number, "roads", "river")
    assert found.area_m2 == pytest.approx(area_m2(DITCH)) and shapely.equals(found.geometry, DITCH)
    by = [
        JurisdictionFilter(department="roads"), JurisdictionFilter(bbox=(120.0, 30.0, 120.001, 30.001)),
        JurisdictionFilter(kind="polygon", at=NOW),
    ]  # fmt: skip
    assert [[one.id for one in list_jurisdictions(conn, narrowed=narrowed)] for narrowed in by] == [[number]] * 3
    missed = [JurisdictionFilter(department="order"), JurisdictionFilter(bbox=(120.006, 30.0, 120.007, 30.001))]
    assert [list_jurisdictions(conn, narrowed=narrowed) for narrowed in missed] == [[], []]
    assert kinds(conn, "ditch", "jurisdiction") == ["jurisdiction.adopted"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "a b"}, "code"),
        ({"kind": "cloud"}, "kind"),
        ({"name": " "}, "name"),
        ({"department": None}, "department"),
        ({"department": "ghosts"}, "department"),
        ({"since": NOW, "until": NOW}, "until"),
        ({"until": datetime(9999, 12, 31, tzinfo=UTC)}, "until"),
        ({"geometry": MultiPolygon([box(20, 50, 20.1, 50.1)])}, "geometry"),
        ({"geometry": MultiPolygon([box(120.001, 30.001, 120.001000001, 30.001000001)])}, "geometry"),
        ({"geometry": MultiPolygon([box(115, 25, 125, 35)])}, "geometry"),
    ],
)
def test_a_jurisdiction_that_cannot_be_is_refused(conn: Connection, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        draw(conn, **changes)
    assert refused.value.field == field and list_jurisdictions(conn, narrowed=JurisdictionFilter()) == []


def test_a_new_version_ends_the_old_one_and_carries_its_rows_over(conn: Connection) -> None:
    old = draw(conn)
    begun = put(conn, place_kind="jurisdiction", place="ditch", lead="roads", until=NOW + 90 * DAY)
    later = put(conn, place_kind="jurisdiction", place="ditch", lead="roads", since=NOW + 20 * DAY)
    asked = propose(conn, draft=a_row(place_kind="jurisdiction", place="ditch"), now=NOW, actor="tests").id
    with pytest.raises(Conflict, match="supersede"):
        draw(conn)
    with pytest.raises(Invalid, match="in the past"):
        draw(conn, supersede=True, since=NOW - DAY)
    switch = NOW + 10 * DAY
    new = draw(conn, supersede=True, since=switch, geometry=MultiPolygon([box(120.0, 30.0, 120.006, 30.001)]))
    at = [get_jurisdiction(conn, code="ditch", at=moment).id for moment in (NOW, switch - DAY, switch)]
    assert at == [old, old, new]

    def versions(row_ids: list[int]) -> list[int]:
        sql = "SELECT place_jurisdiction FROM responsibility WHERE id = ANY(%s) ORDER BY id"
        return list(conn.exec_driver_sql(sql, (row_ids,)).scalars())

    assert get_row(conn, row_id=begun).until == switch and versions([begun, later, asked]) == [old, new, new]
    copy = next(row for row in list_rows(conn, narrowed=RowFilter(jurisdiction="ditch")) if row.since == switch)
    assert versions([copy.id]) == [new] and copy.until == NOW + 90 * DAY and copy.lead == "roads"


def test_of_two_who_draw_the_same_jurisdiction_at_once_one_is_told(fresh_db: Store) -> None:
    refusals: list[str] = []

    def second() -> None:
        try:
            with fresh_db.app.begin() as conn:
                draw(conn)
        except Conflict as refused:
            refusals.append(refused.sentence)

    with second_waits(fresh_db, second) as first:
        draw(first)
    assert len(refusals) == 1 and "ditch" in refusals[0]
    with fresh_db.app.connect() as conn:
        assert len(list_jurisdictions(conn, narrowed=JurisdictionFilter())) == 1


def test_a_jurisdiction_that_ended_may_be_drawn_again_and_never_ends_in_the_past(conn: Connection) -> None:
    draw(conn)
    with pytest.raises(Invalid, match="in the past"):
        end_jurisdiction(conn, code="ditch", until=NOW - DAY, now=NOW, actor="tests")
    end_jurisdiction(conn, code="ditch", until=NOW + DAY, now=NOW, actor="tests")
    with pytest.raises(NotFound):
        get_jurisdiction(conn, code="ditch", at=NOW + DAY)
    again = draw(conn, now=NOW + 2 * DAY)
    assert get_jurisdiction(conn, code="ditch", at=NOW + 2 * DAY).id == again


def test_a_jurisdiction_cannot_end_under_rows_that_still_hold_on_it(conn: Connection) -> None:
    draw(conn)
    row = put(conn, place_kind="jurisdiction", place="ditch", lead="roads")
    put(conn, place_kind="jurisdiction", place="ditch", lead="order", until=NOW + DAY)
    with pytest.raises(Conflict, match="1 row of responsibility"):
        end_jurisdiction(conn, code="ditch", until=NOW + DAY, now=NOW, actor="tests")
    end_row(conn, row_id=row, until=NOW + DAY, now=NOW, actor="tests")
    end_jurisdiction(conn, code="ditch", until=NOW + DAY, now=NOW, actor="tests")
    assert list_jurisdictions(conn, narrowed=JurisdictionFilter(at=NOW + DAY)) == []


def test_a_polygon_is_moved_from_its_declared_datum_and_stays_closed() -> None:
    lons, lats = zip(*DITCH.geoms[0].exterior.coords, strict=True)
    shifted = [list(from_wgs84(lon, lat, "gcj02")) for lon, lat in zip(lons, lats, strict=True)]
    moved = read_polygon({"type": "Polygon", "coordinates": [shifted]}, datum="gcj02")
    assert shapely.hausdorff_distance(moved, DITCH) < 1e-7


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (None, "missing"),
        ({"type": "Point", "coordinates": [120, 30]}, "Point"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "cannot be read"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "ends where it began"),
        ({"type": "Polygon", "coordinates": "here"}, "cannot be read"),
        ({"type": "Polygon", "coordinates": []}, "draw an area"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "Self-intersection"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [200, 0], [200, 1], [0, 0]]]}, "not on Earth"),
    ],
)
def test_a_shape_that_is_no_valid_polygon_is_refused_with_why(geometry: dict[str, Any] | None, said: str) -> None:
    with pytest.raises(GeometryInvalid, match=said):
        read_polygon(geometry)


def test_units_are_named_by_department_cell_and_level_as_of_a_moment(conn: Connection) -> None:
    put_body(conn, cell=SOUTH, name="South town office", since=NOW, now=NOW)
    refs = ["roads", "@330199001", f"@{W}", "@street", "gone"]
    then, now = (name_units(conn, refs=refs, at=at) for at in (NOW - DAY, NOW))
    assert (then["@330199001"].name, now["@330199001"].name) == ("South street office", "South town office")
    assert (now["roads"].name, now["roads"].name_zh, now["roads"].kind) == ("Roads", "市政", "department")
    assert (now[f"@{W}"].name, now["@street"].name_zh, now["gone"].name) == ("Willow west", "所在街道", "gone")
    assert name_units(conn, refs=[], at=NOW) == {}


def test_a_body_gives_way_to_the_next_and_never_in_the_past(conn: Connection) -> None:
    put_body(conn, cell=SOUTH, name="South town", since=NOW + DAY, now=NOW)
    names = [[body.name for body in list_bodies(conn, cell=SOUTH, at=at)] for at in (NOW, NOW + DAY)]
    assert names == [["South street office"], ["South town"]]
    end_body(conn, cell=SOUTH, until=NOW + 5 * DAY, now=NOW)
    assert list_bodies(conn, cell=SOUTH, at=NOW + 5 * DAY) == []
    for since, kind in ((NOW - DAY, Invalid), (NOW, Conflict)):
        with pytest.raises(kind):
            put_body(conn, cell=SOUTH, name="Too late", since=since, now=NOW)


def test_a_department_cannot_end_under_rows_that_still_name_it(conn: Connection) -> None:
    with pytest.raises(Conflict, match="1 row of"):
        end_department(conn, code="order", until=NOW, now=NOW)
    stall = next(row.id for row in list_rows(conn, narrowed=RowFilter(unit="order")))
    end_row(conn, row_id=stall, until=NOW + DAY, now=NOW, actor="tests")
    end_department(conn, code="order", until=NOW + DAY, now=NOW)
    assert "order" not in [one.code for one in list_departments(conn, at=NOW + DAY)]
    assert "order" in [one.code for one in list_departments(conn, at=NOW, words="执法")]


def test_a_department_cannot_end_while_ground_is_its_own(conn: Connection) -> None:
    add_department(conn, department=Department("parks", "Parks"))
    draw(conn, department="parks")
    with pytest.raises(Conflict, match="1 jurisdiction"):
        end_department(conn, code="parks", until=NOW, now=NOW)
    end_jurisdiction(conn, code="ditch", until=NOW + DAY, now=NOW, actor="tests")
    assert str(end_department(conn, code="parks", until=NOW + DAY, now=NOW)) == ""


def test_a_department_stands_in_one_queue_and_its_code_is_its_own(conn: Connection) -> None:
    add_department(conn, department=Department("parks", "Parks", platform="service"))
    queues = {one.code: one for one in list_platforms(conn, at=NOW)}
    assert list(queues) == ["governance", "enforcement", "service", "supervision"]
    assert queues["service"].departments == ("parks",) and "litter" in queues["service"].matters
    for department, field in ((Department("@x", "X"), "code"), (Department("x", "X", platform="y"), "platform")):
        with pytest.raises(Invalid) as refused:
            add_department(conn, department=department)
        assert refused.value.field == field
    with pytest.raises(Conflict, match="taken"):
        add_department(conn, department=Department("parks", "Other parks"))


def test_a_provider_calls_back_in_time_and_ends(conn: Connection) -> None:
    add_provider(conn, provider=Provider("plumber", "Plumber", "market", "12345"))
    (one,) = list_providers(conn, at=NOW)
    assert one.contact_limit == timedelta(minutes=15)
    for wrong, field in (
        (Provider("a", "A", "state", "1"), "kind"), (Provider("a", "A", "social", " "), "contact"),
        (Provider("a", "A", "social", "1", contact_limit=timedelta()), "contact_limit"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            add_provider(conn, provider=wrong)
        assert refused.value.field == field
    end_provider(conn, code="plumber", until=NOW + DAY, now=NOW)
    assert list_providers(conn, at=NOW + DAY) == []
