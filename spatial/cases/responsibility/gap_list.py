"""The gap list of a moment: reads the table, the grid and the jurisdictions in force then, and computes all of it.

Set-wise: six statements, one overlay, one pass for each matter. Precedents do not count, the list is about the table;
that territory holds what nobody is named for (属地兜底) is no answer of the table either, so it is a gap.

Knows the store's rows and turns them into columns. Refuses to decide (`gaps.py`) and to keep what it computed
(`api/gap_cache.py`).
"""

import time
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection

from spatial.cases.responsibility.bodies import name_units
from spatial.cases.responsibility.decision import TERRITORY, UnitName
from spatial.cases.responsibility.gap_table import Cells, GapTable, ListedMatter
from spatial.cases.responsibility.gaps import Duties, GapFinder
from spatial.cases.responsibility.overlay import Floats, Ints, Shapes, cut_units
from spatial.cases.responsibility.specificity import MATTER_RANKS, PLACE_KINDS
from spatial.grid.cells import get_setting
from spatial.grid.levels import list_levels
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "gap_list.sql")
_BETWEEN, _WITHIN = "\x1e", "\x1f"  # rows, and the words of one
_UNIT_NUMBERS = 6


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
    """Positions of all matters by code, their ranks, and the nodes of each that is in force."""

    at: dict[str, int]
    ranks: list[int]
    listed: list[ListedMatter]
    nodes: list[tuple[int, ...]]


@dataclass(frozen=True)
class _Jurisdictions:
    """Jurisdictions in force by their ids, ascending: place ranks and shapes."""

    ids: Ints
    ranks: Ints
    shapes: Shapes


@dataclass(frozen=True)
class _Rows:
    """Rows as they were read; `number` is a level's rank or a jurisdiction's id, `cell` a code or empty."""

    matter: list[str]
    lead: list[str]
    kind: npt.NDArray[np.str_]
    cell: list[str]
    priority: Ints
    number: Ints


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
    rows = _read_duties(conn, moment)
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
    return GapTable(units.cells, matters.listed, found, leads, finder.answers.sets, took_s)


def name_leads(conn: Connection, table: GapTable, *, at: datetime) -> dict[str, UnitName]:
    """What the leads of a list are called, by reference; of a level that some rows name, the body of each cell."""
    levels = {lead[1:] for lead in table.leads if lead.startswith(TERRITORY)}
    ranks = {table.cells.rank_of(key) for key in levels.intersection(table.cells.levels)}
    bodies = {TERRITORY + path[rank - 1] for rank in ranks for path in table.cells.paths}
    return name_units(conn, refs=bodies.union(table.leads), at=at)


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


def _read_units(conn: Connection, at: datetime) -> _Units:
    row = run(conn, SQL["units_at"], {"at": at}).one()
    texts = _split(row.texts)
    order = sorted(range(len(texts)), key=texts.__getitem__)
    words = [texts[i].split(_WITHIN) for i in order]
    paths = [tuple(chain.split("/")) for chain, _ in words]
    names = {path[-1]: name for path, (_, name) in zip(paths, words, strict=True)}
    names |= {above.code: above.name for above in run(conn, SQL["cells_above_at"], {"at": at})}
    blob = bytes(row.numbers or b"")
    ids = np.frombuffer(blob, dtype=">i8").reshape(-1, _UNIT_NUMBERS)[order, 0].astype(np.int64)
    numbers = np.frombuffer(blob, dtype=">f8").reshape(-1, _UNIT_NUMBERS)[order].astype(np.float64)
    cells = Cells(paths, names, [level.key for level in list_levels(conn)], numbers[:, 1])
    return _Units(cells, ids, numbers[:, 2:])


def _split(texts: str | None) -> list[str]:
    return texts.split(_BETWEEN) if texts else []


def _read_matters(conn: Connection, at: datetime) -> _Matters:
    """Every matter in force, of whatever rank: a case that nobody could sort closer is filed under a category or a
    major class, and a row for a class below it does not name its lead.
    """
    rows = run(conn, SQL["matters_at"], {"at": at}).all()
    positions = {row.code: i for i, row in enumerate(rows)}
    active = [row for row in rows if row.is_active]
    nodes = [tuple(positions[code] for code in (row.code, row.parent, row.category) if code) for row in active]
    listed = [ListedMatter(row.code, row.name, row.name_zh) for row in active]
    return _Matters(positions, [MATTER_RANKS[row.rank] for row in rows], listed, nodes)


def _read_duties(conn: Connection, moment: dict[str, datetime]) -> _Rows:
    row = run(conn, SQL["duties_at"], moment).one()
    words = [text.split(_WITHIN) for text in _split(row.texts)]
    matter, lead, kind, cell = (list(column) for column in zip(*words, strict=True)) if words else ([], [], [], [])
    numbers = np.frombuffer(bytes(row.numbers or b""), dtype=">i8").reshape(-1, 2).astype(np.int64)
    return _Rows(matter, lead, np.array(kind, dtype=np.str_), cell, numbers[:, 0], numbers[:, 1])


def _read_jurisdictions(conn: Connection, duties: _Rows, moment: dict[str, datetime]) -> _Jurisdictions:
    ids = np.unique(duties.number[duties.kind == "jurisdiction"]).tolist()
    rows = run(conn, SQL["jurisdictions_at"], moment | {"ids": ids}).all()
    ranks = np.array([PLACE_KINDS[row.kind] for row in rows], dtype=np.int64)
    shapes: Shapes = np.array(shapely.from_wkb([bytes(row.wkb) for row in rows]), dtype=object)
    # A bow tie would stop the whole list; what it encloses is what it means.
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    return _Jurisdictions(np.array([row.id for row in rows], dtype=np.int64), ranks, shapes)


def _columns(rows: _Rows, cells: Cells, matters: _Matters, jurisdictions: _Jurisdictions) -> tuple[Duties, list[str]]:
    """Rows as columns, without those whose place is not in force; and the distinct leads that they name."""
    leads = {lead: nth for nth, lead in enumerate(sorted(set(rows.lead)))}
    matter = np.array([matters.at[code] for code in rows.matter], dtype=np.int64)
    first, last, rank = _spans(rows, cells)
    at = np.searchsorted(jurisdictions.ids, rows.number)
    is_shape = rows.kind == "jurisdiction"
    known = np.isin(rows.number, jurisdictions.ids) & is_shape
    jurisdiction = np.where(known, at, -1)
    rank[known] = jurisdictions.ranks[at[known]]
    columns = (
        matter, first, last, jurisdiction, np.array(matters.ranks, dtype=np.int64)[matter], rank, rows.priority,
        np.array([leads[lead] for lead in rows.lead], dtype=np.int64),
    )  # fmt: skip
    held = np.flatnonzero(known | (last > first) & ~is_shape)
    held = held[np.argsort(matter[held], kind="stable")]
    return Duties(*(column[held] for column in columns)), list(leads)


def _spans(rows: _Rows, cells: Cells) -> tuple[Ints, Ints, Ints]:
    """First and last + 1 unit and the rank of each row's place; none for a cell that is not in force."""
    depths = {code: (*span, cells.paths[span[0]].index(code) + 1) for code, span in cells.ranges.items()}
    nowhere = (0, 0, 0)
    spans = np.array([depths.get(code, nowhere) for code in rows.cell], dtype=np.int64).reshape(-1, 3)
    is_level = rows.kind == "level"
    spans[is_level, 1], spans[is_level, 2] = len(cells.paths), rows.number[is_level]
    return spans[:, 0], spans[:, 1], spans[:, 2]
