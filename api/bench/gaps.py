"""The gap list against a table with planted gaps and conflicts, and beside one PostGIS statement for each matter.

Ours is asked for the whole city at three moments; what it says must be what was planted, no more and no less. The
peer is what one would write who has the tables and no gap list: asked for a slice, its answers must be ours.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection

from api.bench.gap_ground import LEADS, MOMENTS, PERIODS, Duty, GapGround, Matter, make_gap_ground
from api.bench.rows import Row
from spatial.cases.responsibility.gap_list import compute_gaps
from spatial.cases.responsibility.gap_table import GapFilter, GapTable
from spatial.grid.cells import publish
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "gaps.sql")
BOUND_S = 10.0
_RECORDED = datetime(2025, 1, 1, tzinfo=UTC)
_IN_QUESTION = frozenset(("gap", "conflict"))
_PEER_MATTERS = 10


@dataclass(frozen=True)
class Wanted:
    """How large the table is; gaps and conflicts are planted at each of three moments."""

    units: int
    rows: int
    polygons: int
    planted: int


def measure_gaps(store: Store, wanted: Wanted) -> Iterator[Row]:
    """The seconds of the list at each of three moments, what it found, and the rate beside PostGIS."""
    ground = make_gap_ground(units=wanted.units, rows=wanted.rows, polygons=wanted.polygons, planted=wanted.planted)
    load_ground(store, ground)
    tables = []
    for k in range(len(MOMENTS)):
        with transaction(store.app) as conn:
            tables.append(_timed(conn, k))
        yield from _rows_of(tables[k], ground, k)
    with transaction(store.app) as conn:
        yield _beside_peer(conn, ground, tables[0])


def load_ground(store: Store, ground: GapGround) -> None:
    """Put the city and its table into a store that has neither."""
    with transaction(store.app) as conn:
        publish(conn, drafts=ground.city.cells, kind="import", in_force_from=None, published_by="system")
        run(conn, SQL["insert_departments"], {"codes": list(LEADS)})
        for rank in ("category", "major", "minor"):
            run(conn, SQL["insert_matters"], _columns([m for m in ground.matters if m.rank == rank]))
        ids = _insert_jurisdictions(conn, ground)
        run(conn, SQL["insert_duties"], _duty_columns(ground.duties, ids))
    with transaction(store.owner) as conn:
        run(conn, SQL["analyze"])


def _columns(matters: Sequence[Matter]) -> dict[str, Any]:
    return {
        "codes": [m.code for m in matters],
        "ranks": [m.rank for m in matters],
        "parents": [m.parent for m in matters],
        "categories": [m.category for m in matters],
        "majors": [m.major for m in matters],
        "minors": [m.minor for m in matters],
    }


def _insert_jurisdictions(conn: Connection, ground: GapGround) -> list[int]:
    made = {
        "kinds": [kind for kind, _ in ground.jurisdictions],
        "wkbs": [shapely.to_wkb(shape) for _, shape in ground.jurisdictions],
        "department": LEADS[0],
        "recorded_at": _RECORDED,
    }
    return list(run(conn, SQL["insert_jurisdictions"], made).scalars())


def _duty_columns(duties: Sequence[Duty], ids: list[int]) -> dict[str, Any]:
    rows = [(duty, *span) for duty in duties for span in _spans(duty.periods)]
    places = [duty.place for duty, *_ in rows]
    return {
        "matters": [duty.matter for duty, *_ in rows],
        "levels": [place if isinstance(place, int) else None for place in places],
        "cells": [place if isinstance(place, str) else None for place in places],
        "jurisdictions": [ids[place[1]] if isinstance(place, tuple) else None for place in places],
        "leads": [duty.lead for duty, *_ in rows],
        "priorities": [duty.priority for duty, *_ in rows],
        "since": [since for _, since, _ in rows],
        "until": [until for *_, until in rows],
        "recorded_at": _RECORDED,
    }


def _spans(periods: tuple[int, ...]) -> list[tuple[datetime | None, datetime | None]]:
    """One row for all periods, else one for each."""
    if len(periods) == len(MOMENTS):
        return [(None, None)]
    return [(PERIODS[k], PERIODS[k + 1]) for k in periods]


def _timed(conn: Connection, k: int) -> GapTable:
    begun = time.perf_counter()
    table = compute_gaps(conn, at=MOMENTS[k], known_at=MOMENTS[-1])
    table.took_s["total"] = time.perf_counter() - begun
    return table


def _rows_of(table: GapTable, ground: GapGround, k: int) -> Iterator[Row]:
    size = f"{len(table.matters)} matters x {len(table.cells.paths):,} units"
    told = ", ".join(f"{name} {taken:.2f} s" for name, taken in table.took_s.items() if name != "total")
    total = table.took_s["total"]
    note = f"cold; {told}; peer: the bound; {table.nbytes / 1e6:.0f} MB kept"
    yield Row(f"gap list of moment {k + 1}, {size}", total, BOUND_S, BOUND_S / total, None, "s", None, note)
    listed = (line for leaf in ground.leaves for line in table.lines(GapFilter(_IN_QUESTION, matter=leaf)))
    found = {(x.matter, x.cell): x for x in listed}
    truth = ground.truth[k]
    right = [key for key, planted in truth.items() if key in found and _agrees(found[key], planted)]
    false = found.keys() - truth.keys()
    wrong = [matter.code for matter in ground.matters if not _is_whole(table, ground, matter)]
    note = f"{len(truth) - len(right)} missed, {len(false)} false, {len(wrong)} wide matters wrong; {_count(ground)}"
    equal = len(right) == len(truth) and not (false or wrong)
    yield Row(f"planted gaps and conflicts of moment {k + 1}", len(right), len(truth), None, equal, "found", None, note)


def _agrees(line: Any, planted: Any) -> bool:
    metres = line.gap_m2 if planted.status == "gap" else line.conflict_m2
    return line.status == planted.status and bool(np.isclose(metres, planted.metres, rtol=1e-3, atol=0.2))


def _is_whole(table: GapTable, ground: GapGround, matter: Matter) -> bool:
    """Whether a matter with classes is listed as it was laid: of one lead in every unit, or of nobody in any."""
    if matter.code in ground.leaves:
        return True
    [told] = table.totals(GapFilter(matter=matter.code))
    units = len(table.cells.paths)
    return (told.one, told.gap) == ((units, 0) if ground.is_covered(matter) else (0, units))


def _count(ground: GapGround) -> str:
    fewest = min(shapely.get_num_coordinates(shape) for _, shape in ground.jurisdictions)
    return f"{len(ground.duties):,} rows, {len(ground.jurisdictions)} jurisdictions of {fewest} vertices or more"


def _beside_peer(conn: Connection, ground: GapGround, table: GapTable) -> Row:
    """Ten matters in one street, by the peer; our rate is that of the whole city."""
    street = sorted(cell.code for cell in ground.city.level(2))[len(ground.city.level(2)) // 2]
    chosen = ground.leaves[:: len(ground.leaves) // _PEER_MATTERS][:_PEER_MATTERS]
    parents = {matter.code: matter for matter in ground.matters}
    taken, equal, answers = 0.0, True, 0
    for code in chosen:
        matter = parents[code]
        above = parents[matter.parent] if matter.parent else matter
        nodes = sorted({node for node in (code, matter.parent, matter.category or above.category) if node})
        begun = time.perf_counter()
        asked = {"at": MOMENTS[0], "cell": street, "nodes": nodes, "sliver_m2": 1.0}
        theirs = {row.code: row for row in run(conn, SQL["peer_slice"], asked)}
        taken += time.perf_counter() - begun
        ours = {line.cell: line for line in table.lines(GapFilter(matter=code, cell=street))}
        equal &= ours.keys() == theirs.keys() and all(_same(ours[unit], theirs[unit]) for unit in ours)
        answers += len(theirs)
    rate = len(table.matters) * len(table.cells.paths) / table.took_s["total"]
    note = f"peer: one PostGIS statement a matter, {len(chosen)} matters x {answers // len(chosen)} units of a street"
    return Row("answers beside PostGIS", rate, answers / taken, rate * taken / answers, equal, "answers/s", None, note)


def _same(ours: Any, theirs: Any) -> bool:
    metres = np.isclose([ours.gap_m2, ours.conflict_m2], [theirs.gap_m2, theirs.conflict_m2], rtol=1e-3, atol=0.2)
    return ours.status == theirs.status and bool(metres.all())
