"""Cells: identities with versions; published whole, read as of a moment.

A publish is one revision: it ends every version in force, begins the new ones at the same instant, withdraws the
codes that are gone and never gives them again. Units are the truth: an upper cell's geometry comes in as the union
of its units, and a parent polygon that somebody supplied is kept beside it as evidence with its deviation.

Knows rows and shapes in EPSG:4326. Refuses to check a coverage (`spatial/grid/coverage.py`) and to commit.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row

from spatial.errors import NotFound
from spatial.grid.levels import Level, list_levels
from spatial.grid.publishing import CellDraft, Finding, publish
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

__all__ = [
    "Cell", "CellDraft", "Finding", "Level", "current_revision", "find_cell", "get_cell", "get_setting",
    "list_cells", "list_levels", "list_taken_codes", "publish", "put_setting",
]  # fmt: skip

SQL = load_queries(__file__, "cells.sql")
Bbox = tuple[float, float, float, float]
_EVERYTHING = 10_000_000


@dataclass(frozen=True)
class Cell:
    """One version of a cell; `label_point` is (lon, lat); `valid_from` None is the beginning of time."""

    version: int
    code: str
    rank: int
    level: str
    name: str
    parent: str | None
    path: tuple[str, ...]
    district: str
    geometry: BaseGeometry
    area_m2: float
    label_point: tuple[float, float]
    valid_from: datetime | None
    valid_until: datetime | None
    revision: int


def list_cells(
    conn: Connection,
    *,
    reach: Reach,
    rank: int | None = None,
    parent: str | None = None,
    bbox: Bbox | None = None,
    at: datetime | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> list[Cell]:
    """Cells within a reach in force at `at` (now when None), ordered by code.

    `bbox` is (west, south, east, north) in degrees; `after` continues behind a code, `limit` ends the page.
    """
    west, south, east, north = bbox or (None, None, None, None)
    page = {"after": after, "limit": limit or _EVERYTHING, "reach": reach.bound}
    asked = {"rank": rank, "parent": parent, "at": at, "code": None}
    box = {"west": west, "south": south, "east": east, "north": north}
    rows = run(conn, SQL["list_cells"], page | asked | box)
    return [_cell_of(row) for row in rows]


def find_cell(conn: Connection, *, reach: Reach, code: str, at: datetime | None = None) -> Cell | None:
    """The version of a cell in force at `at` (now when None), or None; also None for one outside the reach."""
    nothing = dict.fromkeys(("rank", "parent", "after", "west", "south", "east", "north"))
    asked = nothing | {"code": code, "at": at, "limit": 1, "reach": reach.bound}
    row = run(conn, SQL["list_cells"], asked).one_or_none()
    return None if row is None else _cell_of(row)


def get_cell(conn: Connection, *, reach: Reach, code: str, at: datetime | None = None) -> Cell:
    """`find_cell`, raising NotFound when there is none."""
    found = find_cell(conn, reach=reach, code=code, at=at)
    if found is None:
        raise NotFound(f"There is no cell {code!r} in force at that moment.", field="code")
    return found


def current_revision(conn: Connection) -> int | None:
    """The revision of the grid in force; None while nothing was published."""
    revision: int | None = run(conn, SQL["current_revision"]).scalar()
    return revision


def is_cell(conn: Connection, *, code: str) -> bool:
    """Whether a code was ever given to a cell, in force or not, of whatever reach."""
    return bool(run(conn, SQL["is_cell"], {"code": code}).scalar_one())


def list_taken_codes(conn: Connection) -> list[str]:
    """Every code ever given, withdrawn ones too."""
    return list(run(conn, SQL["taken_codes"]).scalars())


def get_setting(conn: Connection, *, key: str) -> str:
    """One fact of the city as text. Raises NotFound when it was never set."""
    value: str | None = run(conn, SQL["get_setting"], {"key": key}).scalar()
    if value is None:
        raise NotFound(f"There is no setting {key!r}.", field=key)
    return value


def put_setting(conn: Connection, *, key: str, value: str) -> None:
    """Set one fact of the city, such as its name or time zone."""
    run(conn, SQL["put_setting"], {"key": key, "value": value})


def _cell_of(row: Row[Any]) -> Cell:
    return Cell(
        row.id, row.code, row.rank, row.level, row.name, row.parent, tuple(row.path), row.district,
        shapely.from_wkb(bytes(row.wkb)), row.area_m2, (row.label_lon, row.label_lat), row.valid_from, row.valid_until,
        row.revision,
    )  # fmt: skip
