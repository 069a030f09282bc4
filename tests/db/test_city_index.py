"""The index of a city, from its cells and from the store: units, versions, levels, as of any moment."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.grid.cells import CellDraft, find_cell, list_cells
from spatial.grid.city_index import index_of_cells, index_of_store
from spatial.grid.index import one_point
from spatial.grid.redraw import plan_merge
from spatial.grid.redraw_publish import publish_redraw
from spatial.store.opening import Store
from spatial.store.reach import PUBLIC_GRID
from tests.worlds import BRIDGE, DISTRICT, SOUTH, UNITS, B, E, M, W, inside


def test_the_store_gives_the_units_in_force_with_their_versions_and_levels(conn: Connection) -> None:
    index = index_of_store(conn)
    assert index.codes == tuple(sorted(UNITS))
    assert index.revision == 1
    place = index.codes.index(E)
    cell = find_cell(conn, reach=PUBLIC_GRID, code=E)
    assert cell is not None
    assert index.versions[place] == cell.version
    assert [index.levels[rank].codes[index.levels[rank].parents[place]] for rank in (1, 2, 3)] == [
        DISTRICT, SOUTH, BRIDGE,
    ]  # fmt: skip


def test_cells_give_the_same_index_as_the_store(conn: Connection) -> None:
    stored, made = index_of_store(conn), index_of_cells(list_cells(conn, reach=PUBLIC_GRID), revision=1)
    assert (made.codes, made.bounds, made.revision) == (stored.codes, stored.bounds, stored.revision)
    assert (made.table == stored.table).all()
    assert (made.versions == stored.versions).all()
    for rank, level in stored.levels.items():
        assert made.levels[rank].codes == level.codes
        assert (made.levels[rank].parents == level.parents).all()


def test_every_unit_is_found_where_it_lies(conn: Connection) -> None:
    index = index_of_store(conn)
    find = one_point(index)
    assert {code: index.codes[find(*inside(code))] for code in UNITS} == {code: code for code in UNITS}
    assert find(119.0, 30.0) == -1


def test_a_moment_of_the_past_has_the_grid_of_its_time(fresh_db: Store) -> None:
    before = datetime.now(UTC)
    with fresh_db.app.begin() as conn:
        publish_redraw(conn, plan=plan_merge(conn, codes=[B, M]), published_by="test")
    with fresh_db.app.begin() as conn:
        index, old = index_of_store(conn), index_of_store(conn, at=before)
    assert (index.revision, old.revision) == (2, 1)
    assert (len(index.codes), len(old.codes)) == (8, 9)
    assert old.codes[one_point(old)(*inside(M))] == M
    assert index.codes[one_point(index)(*inside(M))] == index.codes[one_point(index)(*inside(B))]


def test_a_grid_that_is_not_there_is_said(empty_db: Store) -> None:
    with empty_db.app.begin() as conn, pytest.raises(Invalid, match="import a grid"):
        index_of_store(conn)
    with pytest.raises(Invalid, match="no cells"):
        index_of_cells([])


def test_drafts_without_upper_cells_have_no_parents() -> None:
    from tests.worlds import UNIT_GEOMETRIES

    index = index_of_cells([CellDraft(W, 4, "Willow west", None, UNIT_GEOMETRIES[W], "gb15")])
    assert index.codes == (W,)
    assert index.levels[3].codes == ()
    assert index.levels[3].parents.tolist() == [-1]
