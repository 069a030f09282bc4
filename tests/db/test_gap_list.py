"""The gap list of the tiny town, read from the store."""

from datetime import UTC, datetime

import pytest
import shapely
from shapely.geometry import MultiPolygon, box
from sqlalchemy import Connection

from spatial.cases.responsibility.gap_list import compute_gaps, read_key
from spatial.cases.responsibility.gap_table import GapFilter, GapLine
from spatial.grid.cells import get_cell
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import PUBLIC_GRID, Reach
from tests.worlds import DISTRICT, SOUTH, UNITS, WILLOW, B, T, V, W

SQL = load_queries(__file__, "gap_list.sql")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
BEFORE, AFTER = datetime(2025, 3, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
LAKE = MultiPolygon([box(120.001, 30.001, 120.002, 30.002)])


def add_row(conn: Connection, matter: str, lead: str, **changes: object) -> None:
    """A row in force since 2026 in a cell, or at a level or jurisdiction that `changes` name."""
    row = {"matter": matter, "lead": lead, "level": None, "cell": None, "jurisdiction": None, "priority": None,
           "since": "2026-01-01T00:00:00Z", "until": None, "state": "in_force"}  # fmt: skip
    run(conn, SQL["add_row"], row | changes)


def add_lake(conn: Connection, kind: str = "polygon") -> int:
    """A jurisdiction of a ninth of the western Willow."""
    found: int = run(conn, SQL["add_jurisdiction"], {"kind": kind, "wkb": shapely.to_wkb(LAKE)}).scalar_one()
    return found


def add_matter(conn: Connection, code: str, **changes: object) -> None:
    """A governance category without a row, or a class."""
    matter = {"code": code, "taxonomy": "governance", "rank": "category", "parent": None, "category": None,
              "major": None, "minor": None}  # fmt: skip
    run(conn, SQL["add_matter"], matter | changes)


def lines(conn: Connection, at: datetime = NOW, **asked: str) -> dict[tuple[str, str], GapLine]:
    """The list of a moment by matter and cell."""
    table = compute_gaps(conn, at=at, known_at=NOW)
    return {(line.matter, line.cell): line for line in table.lines(GapFilter(**asked))}


def test_every_matter_of_the_town_has_one_lead_in_every_unit(conn: Connection) -> None:
    found = lines(conn)
    assert {unit for _, unit in found} == set(UNITS)
    assert {matter for matter, _ in found} == {"litter", "pothole", "stall"}
    assert {line.status for line in found.values()} == {"one"}
    assert found["pothole", W].leads == ("roads",)


def test_falling_back_to_territory_is_a_gap_of_the_whole_unit(conn: Connection) -> None:
    add_matter(conn, "noise")
    found = lines(conn)["noise", W]
    assert (found.status, found.leads, found.name) == ("gap", (), "Willow west")
    assert found.gap_m2 == pytest.approx(get_cell(conn, reach=PUBLIC_GRID, code=W).area_m2, abs=0.1)


def test_a_lake_tiles_its_unit_and_a_second_claim_on_it_is_in_dispute(conn: Connection) -> None:
    lake = add_lake(conn)
    add_row(conn, "litter", "order", jurisdiction=lake)
    assert (lines(conn)["litter", W].status, lines(conn)["litter", V].status) == ("tiled", "one")
    add_row(conn, "litter", "roads", jurisdiction=lake)
    found = lines(conn)["litter", W]
    assert (found.status, found.leads) == ("conflict", ("order", "roads", "sanitation"))
    assert found.conflict_m2 == pytest.approx(get_cell(conn, reach=PUBLIC_GRID, code=W).area_m2 / 9, rel=1e-4)
    assert lines(conn, at=BEFORE)["litter", W].status == "one"


def test_the_list_is_as_of_a_moment(conn: Connection) -> None:
    add_matter(conn, "noise")
    add_row(conn, "noise", "order", level=1, until="2026-06-01T00:00:00Z")
    assert [lines(conn, at=at)["noise", B].status for at in (BEFORE, NOW, AFTER)] == ["gap", "one", "gap"]


@pytest.mark.parametrize("state", ["proposed", "objected", "withdrawn"])
def test_a_row_that_is_not_in_force_fills_no_gap(conn: Connection, state: str) -> None:
    add_matter(conn, "noise")
    add_row(conn, "noise", "order", level=1, state=state)
    assert lines(conn)["noise", T].status == "gap"


def test_a_matter_is_listed_beside_its_classes_as_a_case_that_is_filed_under_it_is_decided(conn: Connection) -> None:
    add_matter(conn, "m01", taxonomy="event", rank="major", category="stall", major="01")
    add_matter(conn, "m0101", taxonomy="event", rank="minor", parent="m01", major="01", minor="01")
    add_row(conn, "m01", "roads", cell=WILLOW)
    found = lines(conn)
    assert {matter for matter, _ in found} == {"litter", "pothole", "stall", "m01", "m0101"}
    for code in ("m01", "m0101"):
        assert (found[code, W].leads, found[code, B].leads) == (("roads",), ("order",))
    assert found["stall", W].leads == ("order",), "what its classes have does not reach up to it"
    add_row(conn, "m0101", "sanitation", level=1)
    assert lines(conn)["m0101", W].status == "conflict", "a minor class on a wider place ties with a major on a cell"
    assert lines(conn)["m0101", B].leads == ("sanitation",)


def test_a_row_for_a_class_fills_no_gap_of_what_it_falls_under(conn: Connection) -> None:
    add_matter(conn, "rest")
    add_matter(conn, "m06", taxonomy="event", rank="major", category="rest", major="06")
    add_matter(conn, "m0697", taxonomy="event", rank="minor", parent="m06", major="06", minor="97")
    add_row(conn, "m0697", "order", level=1)
    table = compute_gaps(conn, at=NOW, known_at=NOW)
    gaps = {line.matter for line in table.lines(GapFilter(frozenset(["gap"]), cell=W))}
    assert gaps == {"rest", "m06"}
    counts = {one.matter: (one.one, one.gap) for one in table.totals(GapFilter())}
    assert (counts["rest"], counts["m06"], counts["m0697"]) == ((0, 9), (0, 9), (9, 0))
    worst = table.worst_by_cell(GapFilter())[W]
    assert (worst.status, worst.in_question) == ("gap", 2)


def test_the_body_of_a_level_is_named_where_the_unit_lies(conn: Connection) -> None:
    add_matter(conn, "noise")
    add_row(conn, "noise", "@street", level=1)
    assert lines(conn)["noise", W].leads == (f"@{SOUTH}",)
    assert lines(conn, level="district")["noise", DISTRICT].leads == ("@street",)


def test_the_key_changes_with_the_table_and_with_the_period(conn: Connection) -> None:
    add_row(conn, "litter", "order", cell=W, until="2026-09-01T00:00:00Z")
    key = read_key(conn, at=NOW)
    assert key == read_key(conn, at=datetime(2026, 8, 31, tzinfo=UTC))
    assert key != read_key(conn, at=AFTER)
    assert key != read_key(conn, at=BEFORE)
    add_row(conn, "litter", "roads", cell=V)
    assert key != read_key(conn, at=NOW)


def test_a_reach_bounds_the_cells_and_a_department_is_no_bound(conn: Connection) -> None:
    table = compute_gaps(conn, at=NOW, known_at=NOW)

    def cells(*tags: str) -> set[str]:
        return {line.cell for line in table.lines(GapFilter(matter="litter"), reach=Reach(tags))}

    assert cells(WILLOW) == {W, V}
    assert cells(f"roads@{WILLOW}", B) == {W, V, B}
    assert cells("roads@") == set(UNITS)
    assert cells() == set()
    assert table.totals(GapFilter(matter="litter"), reach=Reach((WILLOW,)))[0].one == 2
    assert table.worst_by_cell(GapFilter(), reach=Reach(())) == {}
