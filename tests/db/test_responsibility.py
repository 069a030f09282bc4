"""The table of responsibility: what may be written, what may not, and that what was true on a day stays true of it."""

import threading
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
    JurisdictionDraft,
    JurisdictionFilter,
    add_jurisdictions,
    end_jurisdiction,
    get_jurisdiction,
    list_jurisdictions,
)
from spatial.cases.responsibility.polygons import read_polygon
from spatial.cases.responsibility.proposals import answer, list_paths, propose, settle
from spatial.cases.responsibility.providers import Provider, add_provider, end_provider, list_providers
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import RowFilter, adopt, end_row, get_row, list_faults, list_rows
from spatial.errors import Conflict, GeometryInvalid, Invalid, NotFound
from spatial.grid.datum import from_wgs84
from spatial.grid.geodesy import area_m2
from spatial.store.events import list_events, verify_all
from spatial.store.opening import Store
from tests.worlds import DISTRICT, SOUTH, WILLOW, W

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
DITCH = MultiPolygon([box(120.0005, 30.0005, 120.0055, 30.001)])


def a_row(**changes: Any) -> RowDraft:
    return RowDraft(**{"matter": "litter", "place_kind": "cell", "place": SOUTH, "lead": "order", **changes})


def put(conn: Connection, **changes: Any) -> int:
    return adopt(conn, drafts=[a_row(**changes)], now=NOW, actor="tests")[0]


def draw(conn: Connection, *, supersede: bool = False, now: datetime = NOW, **changes: Any) -> int:
    fields = {"code": "ditch", "kind": "polygon", "name": "South ditch", "geometry": DITCH, "department": "roads"}
    draft = JurisdictionDraft(**{**fields, **changes})
    return add_jurisdictions(conn, drafts=[draft], now=now, actor="tests", supersede=supersede)[0]


def kinds(conn: Connection, subject_id: object, subject: str = "responsibility") -> list[str]:
    chain = list_events(conn, district=DISTRICT, subject=subject, subject_id=str(subject_id))
    return [link.kind for link in chain]


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
        ({"since": NOW - 2 * DAY, "until": NOW - DAY}, "until", "lies in the past"),
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
    drafts = [a_row(), a_row(matter="dragons", lead="ghosts"), a_row(), a_row(place="999")]
    found = [(i, fault.field) for i, fault in list_faults(conn, drafts=drafts, now=NOW)]
    assert found == [(1, "matter"), (1, "lead"), (3, "place")]


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
    first = fresh_db.app.connect()
    begun = first.begin()
    answer(first, row_id=row_id, unit="order", answer="agree", reason="", now=NOW, actor="order")
    states: list[str] = []

    def second() -> None:
        with fresh_db.app.begin() as conn:
            said = answer(conn, row_id=row_id, unit="roads", answer="agree", reason="", now=NOW, actor="roads")
            states.append(said.state)

    other = threading.Thread(target=second)
    other.start()
    other.join(0.3)
    assert other.is_alive(), "the second answer did not wait for the first"
    begun.commit()
    first.close()
    other.join(10)
    assert states == ["in_force"]
    with fresh_db.app.connect() as conn:
        assert kinds(conn, row_id).count("responsibility.adopted") == 1
        assert list(verify_all(conn)) == []


def test_of_an_agreement_and_an_objection_at_once_the_later_one_is_told(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        row_id = propose(conn, draft=a_row(assisting=("roads",)), now=NOW, actor="tests").id
    first = fresh_db.app.connect()
    begun = first.begin()
    answer(first, row_id=row_id, unit="order", answer="object", reason="not ours", now=NOW, actor="order")
    refusals: list[str] = []

    def second() -> None:
        try:
            with fresh_db.app.begin() as conn:
                answer(conn, row_id=row_id, unit="roads", answer="agree", reason="", now=NOW, actor="roads")
        except Conflict as refused:
            refusals.append(refused.sentence)

    other = threading.Thread(target=second)
    other.start()
    other.join(0.3)
    begun.commit()
    first.close()
    other.join(10)
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
    first = fresh_db.app.connect()
    begun = first.begin()
    draw(first)
    refusals: list[str] = []

    def second() -> None:
        try:
            with fresh_db.app.begin() as conn:
                draw(conn)
        except Conflict as refused:
            refusals.append(refused.sentence)

    other = threading.Thread(target=second)
    other.start()
    other.join(0.3)
    begun.commit()
    first.close()
    other.join(10)
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
    with pytest.raises(Conflict, match="1 rows"):
        end_department(conn, code="order", until=NOW, now=NOW)
    stall = next(row.id for row in list_rows(conn, narrowed=RowFilter(unit="order")))
    end_row(conn, row_id=stall, until=NOW + DAY, now=NOW, actor="tests")
    end_department(conn, code="order", until=NOW + DAY, now=NOW)
    assert "order" not in [one.code for one in list_departments(conn, at=NOW + DAY)]
    assert "order" in [one.code for one in list_departments(conn, at=NOW, words="执法")]


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
