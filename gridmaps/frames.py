"""Cells and cases as GeoDataFrames, for notebooks and for statistics of one's own.

All frames are in EPSG:4326, moments are aware. Knows columns; refuses to draw, and hands out no case without
a reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from geoalchemy2.shape import to_shape
from sqlalchemy import Connection, select

from spatial.grid.cells import list_cells
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import PUBLIC_GRID, Reach
from spatial.store.tables import cell_evidence, grid_finding

SQL = load_queries(__file__, "frames.sql")
MOST_CASES = 1_000_000
_CRS = "EPSG:4326"
_FINDING_COLUMNS = ["kind", "codes", "area_m2", "sentence"]
_CELL_COLUMNS = ["code", "name", "level", "rank", "parent", "area_m2"]
_CASE_COLUMNS = [
    "case_no", "step", "state", "source", "category", "certainty", "unit", "accuracy_m", "captured_at", "received_at",
    "is_history",
]  # fmt: skip


@dataclass(frozen=True)
class City:
    """What a picture says about the city that it shows."""

    name: str
    time_zone: str
    synthetic: bool


def read_city(conn: Connection) -> City:
    """The city's name and clock, and whether it is made up."""
    row = run(conn, SQL["city"]).one()
    return City(row.name, row.time_zone, bool(row.synthetic))


def cells_frame(conn: Connection, *, rank: int, at: datetime | None = None) -> gpd.GeoDataFrame:
    """The cells of one level in force at `at` (now when None), indexed by code; areas in square metres."""
    cells = list_cells(conn, reach=PUBLIC_GRID, rank=rank, at=at)
    rows = [[getattr(cell, name) for name in _CELL_COLUMNS] for cell in cells]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=_CELL_COLUMNS), geometry=[cell.geometry for cell in cells], crs=_CRS
    )
    return frame.set_index("code", drop=False)


def cases_frame(
    conn: Connection,
    *,
    reach: Reach,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST_CASES,
) -> gpd.GeoDataFrame:
    """Cases within `reach`, captured in [since, until), indexed by case number; without texts and names."""
    asked = {"reach": reach.bound, "since": since, "until": until, "limit": limit}
    frame = pd.DataFrame(
        [row._mapping for row in run(conn, SQL["cases"], asked)], columns=[*_CASE_COLUMNS, "lon", "lat"]
    )
    points = gpd.points_from_xy(frame.pop("lon"), frame.pop("lat"))
    return gpd.GeoDataFrame(frame, geometry=points, crs=_CRS).set_index("case_no", drop=False)


def evidence_frame(conn: Connection, *, revision: int) -> gpd.GeoDataFrame:
    """The parent polygons that were supplied with a revision, indexed by code, with their deviation in m2."""
    asked = select(cell_evidence.c.code, cell_evidence.c.deviation_m2, cell_evidence.c.geom)
    rows = conn.execute(asked.where(cell_evidence.c.revision == revision).order_by(cell_evidence.c.code)).all()
    return _shaped(rows, ["code", "deviation_m2"]).set_index("code", drop=False)


def findings_frame(conn: Connection, *, revision: int) -> gpd.GeoDataFrame:
    """The dirt that was accepted with a revision, each with its place (a point, or none) and square metres."""
    found = grid_finding.c
    asked = select(found.kind, found.codes, found.area_m2, found.sentence, found.place)
    return _shaped(conn.execute(asked.where(found.revision == revision).order_by(found.id)).all(), _FINDING_COLUMNS)


def _shaped(rows: Sequence[Sequence[Any]], columns: list[str]) -> gpd.GeoDataFrame:
    """Rows whose last column is a shape as GeoAlchemy2 reads it."""
    frame = pd.DataFrame([tuple(row)[:-1] for row in rows], columns=columns)
    shapes = [to_shape(row[-1]) if row[-1] is not None else None for row in rows]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=_CRS)
