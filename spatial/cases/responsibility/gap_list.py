"""The gap list of a moment: reads the table, the grid and the jurisdictions in force then, and computes all of it.

Set-wise: six statements, one overlay, one pass for each matter. Precedents do not count, the list is about the table;
that territory holds what nobody is named for (属地兜底) is no answer of the table either, so it is a gap.

Knows the store's rows and turns them into columns. Refuses to decide (`gaps.py`) and to keep what it computed
(`api/gap_cache.py`).
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Row

from spatial.cases.responsibility.gap_table import Cells, GapTable, ListedMatter
from spatial.cases.responsibility.gaps import NO_PRIORITY, Duties, GapFinder
from spatial.cases.responsibility.overlay import Floats, Ints, Shapes, cut_units
from spatial.cases.responsibility.specificity import MATTER_RANKS, PLACE_KINDS
from spatial.grid.cells import get_setting
from spatial.grid.levels import list_levels
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "gap_list.sql")


@dataclass(frozen=True)
class ListKey:
    """What a list depends on: lists with equal keys are equal. `since` and `until` are its half-open period."""

    revision: int
    event: int
    row_count: int
    sliver_m2: float
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class _Units:
    """Units in order of their paths, with their versions' ids and their boxes (n, 4) in degrees."""

    cells: Cells
    ids: Ints
    boxes: Floats


@dataclass(frozen=True)
class _Matters:
    """Positions of all matters by code, their ranks, and the nodes of each leaf."""

    at: dict[str, int]
    ranks: list[int]
    leaves: list[ListedMatter]
    nodes: list[tuple[int, ...]]


@dataclass(frozen=True)
class _Jurisdictions:
    """Jurisdictions in force: positions by id, place ranks, shapes."""

    at: dict[int, int]
    ranks: list[int]
    shapes: Shapes


def read_key(conn: Connection, *, at: datetime) -> ListKey:
    """What the list of a moment depends on, cheap beside the list."""
    return ListKey(**run(conn, SQL["list_key"], {"at": at}).one()._mapping)


def compute_gaps(conn: Connection, *, at: datetime, known_at: datetime) -> GapTable:
    """The gap list as the table stands for `at`, by the rows that were adopted until `known_at`.

    `took_s` tells the seconds of reading, overlaying and deciding.
    """
    begun = time.perf_counter()
    units, matters = _read_units(conn, at), _read_matters(conn, at)
    moment = {"at": at, "known_at": known_at}
    rows = run(conn, SQL["duties_at"], moment).all()
    jurisdictions = _read_jurisdictions(conn, rows, moment)
    duties, leads = _columns(rows, units.cells, matters, jurisdictions)
    sliver_m2 = float(get_setting(conn, key="sliver_m2"))
    fetch = _Fetch(conn, units.ids)
    read = time.perf_counter()
    areas_m2 = units.cells.areas_m2
    overlay = cut_units(units.boxes, areas_m2, jurisdictions.shapes, fetch)
    laid = time.perf_counter()
    finder = GapFinder(duties, overlay, areas_m2, leads=len(leads), sliver_m2=sliver_m2)
    found = [finder.decide(nodes) for nodes in matters.nodes]
    took_s = {
        "read": read - begun + fetch.took_s,
        "overlay": laid - read - fetch.took_s,
        "decide": time.perf_counter() - laid,
    }
    return GapTable(units.cells, matters.leaves, found, leads, finder.answers.sets, took_s)


class _Fetch:
    """Reads units' shapes when the overlay asks for them, and how long that took."""

    def __init__(self, conn: Connection, ids: Ints) -> None:
        self._conn, self._ids = conn, ids
        self.took_s = 0.0

    def __call__(self, units: Ints) -> Shapes:
        begun = time.perf_counter()
        wanted = self._ids[units]
        rows = run(self._conn, SQL["unit_shapes"], {"ids": wanted.tolist()}).all()
        ids = np.array([row.id for row in rows], dtype=np.int64)
        shapes: Shapes = np.array(shapely.from_wkb([bytes(row.wkb) for row in rows]), dtype=object)
        order = np.argsort(ids)
        found = shapes[order[np.searchsorted(ids[order], wanted)]] if len(ids) else shapes
        self.took_s += time.perf_counter() - begun
        return found


def _shapes_of(rows: Any) -> Shapes:
    shapes: Shapes = np.array(shapely.from_wkb([bytes(row.wkb) for row in rows]), dtype=object)
    # A bow tie would stop the whole list; what it encloses is what it means.
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    return shapes


def _read_units(conn: Connection, at: datetime) -> _Units:
    rows = run(conn, SQL["cells_at"], {"at": at}).all()
    units = sorted((row for row in rows if row.path is not None), key=lambda row: str(row.path))
    cells = Cells(
        paths=[tuple(row.path.split("/")) for row in units],
        names={row.code: row.name for row in rows},
        levels=[level.key for level in list_levels(conn)],
        areas_m2=np.array([row.area_m2 for row in units], dtype=np.float64),
    )
    boxes = np.array([(row.west, row.south, row.east, row.north) for row in units], dtype=np.float64).reshape(-1, 4)
    return _Units(cells, np.array([row.id for row in units], dtype=np.int64), boxes)


def _read_matters(conn: Connection, at: datetime) -> _Matters:
    """Leaves: matters in force that no other one in force belongs to."""
    rows = run(conn, SQL["matters_at"], {"at": at}).all()
    above = {code for row in rows if row.is_active for code in (row.parent, row.mapped_to) if code}
    positions = {row.code: i for i, row in enumerate(rows)}
    leaves = [row for row in rows if row.is_active and row.code not in above]
    nodes = [tuple(positions[code] for code in (row.code, row.parent, row.category) if code) for row in leaves]
    listed = [ListedMatter(row.code, row.name) for row in leaves]
    return _Matters(positions, [MATTER_RANKS[row.rank] for row in rows], listed, nodes)


def _read_jurisdictions(conn: Connection, duties: Any, moment: dict[str, datetime]) -> _Jurisdictions:
    ids = sorted({row.place_jurisdiction for row in duties} - {None})
    rows = run(conn, SQL["jurisdictions_at"], moment | {"ids": ids}).all()
    positions = {row.id: i for i, row in enumerate(rows)}
    return _Jurisdictions(positions, [PLACE_KINDS[row.kind] for row in rows], _shapes_of(rows))


def _columns(rows: Any, cells: Cells, matters: _Matters, jurisdictions: _Jurisdictions) -> tuple[Duties, list[str]]:
    """Rows as columns, without those whose place is not in force; and the distinct leads that they name."""
    ranks = {code: cells.paths[first].index(code) + 1 for code, (first, _) in cells.ranges.items()}
    leads: dict[str, int] = {}
    values: list[tuple[int, ...]] = []
    for row in rows:
        place = _place(row, cells, ranks, jurisdictions)
        if place is not None:
            matter = matters.at[row.matter]
            priority = NO_PRIORITY if row.priority is None else row.priority
            lead = leads.setdefault(row.lead, len(leads))
            values.append((matter, *place[:3], matters.ranks[matter], place[3], priority, lead))
    values.sort()
    columns = np.array(values, dtype=np.int64).reshape(-1, 8).T
    return Duties(*(np.ascontiguousarray(column) for column in columns)), list(leads)


def _place(
    row: Row[Any], cells: Cells, ranks: dict[str, int], jurisdictions: _Jurisdictions
) -> tuple[int, int, int, int] | None:
    """First and last unit, jurisdiction or -1, and rank of a row's place; None when it is not in force."""
    if row.place_kind == "level":
        return 0, len(cells.paths), -1, row.place_level
    if row.place_kind == "cell":
        span = cells.ranges.get(row.place_cell)
        return None if span is None else (*span, -1, ranks[row.place_cell])
    at = jurisdictions.at.get(row.place_jurisdiction)
    return None if at is None else (0, 0, at, jurisdictions.ranks[at])
