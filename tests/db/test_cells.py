"""Publishing a grid and reading it as of a moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from shapely import box, union_all
from sqlalchemy import Connection

from spatial.errors import CodeInvalid, Conflict, Invalid, NotFound
from spatial.grid.cells import (
    CellDraft,
    current_revision,
    find_cell,
    get_cell,
    list_cells,
    list_levels,
    publish,
)
from spatial.grid.publishing import case_prefix_for
from spatial.store.opening import Store
from spatial.store.reach import PUBLIC_GRID

_HOME = "330198"


def _town(units: int = 2) -> list[CellDraft]:
    edges = [121.0 + i * 0.01 for i in range(units + 1)]
    shapes = [box(west, 31.0, east, 31.01) for west, east in pairwise(edges)]
    whole, supplied = union_all(shapes), box(121.0, 31.0, 121.0 + units * 0.01, 31.011)
    upper = [
        CellDraft(_HOME, 1, "Home", None, whole, "gb15", evidence=supplied),
        CellDraft(_HOME + "001", 2, "Street", _HOME, whole, "gb15"),
        CellDraft(_HOME + "001001", 3, "Community", _HOME + "001", whole, "gb15"),
    ]
    return upper + [
        CellDraft(f"{_HOME}001001{i + 1:03d}", 4, f"Unit {i + 1}", _HOME + "001001", shape, "gb15")
        for i, shape in enumerate(shapes)
    ]


def _publish(conn: Connection, drafts: list[CellDraft], since: datetime | None = None) -> int:
    return publish(conn, drafts=drafts, kind="import", in_force_from=since, published_by="system", note="", report={})


def test_a_first_grid_holds_from_the_beginning_of_time(empty_db: Store) -> None:
    with empty_db.app.begin() as conn:
        revision = _publish(conn, _town())
        unit = get_cell(conn, reach=PUBLIC_GRID, code=_HOME + "001001001", at=datetime(1900, 1, 1, tzinfo=UTC))
        assert unit.valid_from is None and unit.valid_until is None and unit.revision == revision
        assert unit.path == (_HOME, _HOME + "001", _HOME + "001001", _HOME + "001001001")
        assert unit.district == _HOME and unit.level == "unit"
        assert unit.area_m2 == pytest.approx(955.0 * 1109.0, rel=0.01)
        deviation = conn.exec_driver_sql("SELECT deviation_m2 FROM cell_evidence").scalar_one()
        assert deviation == pytest.approx(2 * 955.0 * 110.9, rel=0.01)
        assert conn.exec_driver_sql("SELECT prefix FROM case_prefix").scalar_one() == _HOME


def test_a_later_grid_ends_the_old_versions_at_the_switch_and_withdraws_what_is_gone(empty_db: Store) -> None:
    with empty_db.app.begin() as conn:
        _publish(conn, _town(3), datetime(2020, 1, 1, tzinfo=UTC))
    with empty_db.app.begin() as conn:
        later = _publish(conn, _town(2))
        assert current_revision(conn) == later
        assert len(list_cells(conn, reach=PUBLIC_GRID, rank=4)) == 2
        assert len(list_cells(conn, reach=PUBLIC_GRID, rank=4, at=datetime(2021, 1, 1, tzinfo=UTC))) == 3
        assert list_cells(conn, reach=PUBLIC_GRID, at=datetime(2019, 1, 1, tzinfo=UTC)) == []
        gone = get_cell(conn, reach=PUBLIC_GRID, code=_HOME + "001001003", at=datetime(2021, 1, 1, tzinfo=UTC))
        assert gone.valid_until == get_cell(conn, reach=PUBLIC_GRID, code=_HOME).valid_from


def test_a_withdrawn_code_comes_back_at_its_place_as_the_same_cell_and_is_refused_at_another(empty_db: Store) -> None:
    gone = _HOME + "001001003"
    for units in (3, 2):
        with empty_db.app.begin() as conn:
            _publish(conn, _town(units))
    *rest, third = _town(3)
    far = replace(third, geometry=box(121.0255, 31.0, 121.04, 31.01))
    with empty_db.app.begin() as conn, pytest.raises(CodeInvalid, match="withdrawn in revision 2.*another place"):
        _publish(conn, [*rest, far])
    with empty_db.app.begin() as conn:
        revision = _publish(conn, [*rest, replace(third, geometry=box(121.02, 31.0, 121.0255, 31.01))])
        assert get_cell(conn, reach=PUBLIC_GRID, code=gone).revision == revision
        versions = conn.exec_driver_sql("SELECT count(*) FROM cell_version WHERE code = %s", (gone,)).scalar_one()
        cell = conn.exec_driver_sql("SELECT first_revision, withdrawn_in FROM cell WHERE code = %s", (gone,)).one()
        assert (versions, tuple(cell)) == (2, (1, None))
        conn.rollback()


def test_the_land_of_a_withdrawn_cell_is_followed_to_the_cells_that_took_it(empty_db: Store) -> None:
    with empty_db.app.begin() as conn:
        _publish(conn, _town(2))
        *upper, first, second = _town(2)
        wide = replace(first, code=_HOME + "001001009", geometry=box(121.0, 31.0, 121.015, 31.01))
        narrow = replace(second, geometry=box(121.015, 31.0, 121.02, 31.01))
        revision = _publish(conn, [*upper, wide, narrow])
        lineage = conn.exec_driver_sql("SELECT revision, from_code, to_code, share FROM cell_lineage").one()
        assert tuple(lineage)[:3] == (revision, first.code, wide.code) and lineage.share == pytest.approx(1)


def test_a_later_grid_cannot_hold_from_an_earlier_day_and_a_first_not_from_a_later(empty_db: Store) -> None:
    with empty_db.app.begin() as conn, pytest.raises(Invalid, match="future"):
        _publish(conn, _town(), datetime.now(UTC) + timedelta(days=1))
    with empty_db.app.begin() as conn:
        _publish(conn, _town())
        with pytest.raises(Conflict):
            _publish(conn, _town(), datetime(2020, 1, 1, tzinfo=UTC))


def test_a_draft_without_its_parent_is_refused(conn: Connection) -> None:
    with pytest.raises(Invalid, match="not above it"):
        _publish(conn, [replace(_town()[-1], parent="330198999")])


def test_cells_are_listed_by_level_parent_box_and_page(empty_db: Store) -> None:
    with empty_db.app.begin() as conn:
        _publish(conn, _town(3))
        assert [level.key for level in list_levels(conn)] == ["district", "street", "community", "unit"]
        units = [cell.code[-3:] for cell in list_cells(conn, reach=PUBLIC_GRID, parent=_HOME + "001001")]
        assert units == ["001", "002", "003"]
        in_box = list_cells(conn, reach=PUBLIC_GRID, rank=4, bbox=(121.021, 31.0, 121.05, 31.1))
        assert [cell.code[-3:] for cell in in_box] == ["003"]
        page = list_cells(conn, reach=PUBLIC_GRID, rank=4, limit=1, after=_HOME + "001001001")
        assert [cell.code[-3:] for cell in page] == ["002"]
        assert find_cell(conn, reach=PUBLIC_GRID, code="nowhere") is None
        with pytest.raises(NotFound):
            get_cell(conn, reach=PUBLIC_GRID, code="nowhere")


def test_a_home_cell_gets_its_own_six_digits_or_the_next_free_ones() -> None:
    assert case_prefix_for("330102", []) == "330102"
    assert case_prefix_for("DC", []) == "900001"
    assert case_prefix_for("W1", ["900001"]) == "900002"
    assert case_prefix_for("000000", []) == "900001"
