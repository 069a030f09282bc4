"""What takes the place of a precedent: a later ruling on the same over all of its area, or a row of the table.

A ruling supersedes an earlier one of the same matter and attributes if its area covers the other's. A row of
the table of responsibility supersedes a precedent if it settles the matter alone over the whole area, for
good: no other row in force there would tie with it or beat it with another lead.

The superseded one is kept, and goes on explaining what it decided. Refuses to know who rules or adopts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row

from spatial.cases.disputes.precedents import Precedent, distance_m, list_of_matters, read_precedent
from spatial.cases.responsibility.specificity import MATTER_RANKS, PLACE_KINDS, Standing, split_front
from spatial.grid.geodesy import GEOD
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "superseding.sql")
_CORNERS = 90


@dataclass(frozen=True)
class KnownCell:
    """A cell that some scope names: its chain of codes, itself last, and its shape in EPSG:4326."""

    path: tuple[str, ...]
    shape: BaseGeometry


@dataclass(frozen=True)
class _Claim:
    """A row of the table over some precedent's area."""

    id: int
    lead: str
    standing: Standing
    priority: int | None
    holds_all: bool
    is_for_good: bool


Cells = Mapping[str, KnownCell]


def covers_scope(later: Precedent, earlier: Precedent, cells: Cells) -> bool:
    """Whether a later ruling is about all that an earlier one was: the same matter and attributes, no less area."""
    if (later.matter, later.attributes) != (earlier.matter, earlier.attributes):
        return False
    if later.area_kind == earlier.area_kind == "cells":
        return all(_is_below(cell, later.cells, cells) for cell in earlier.cells)
    if later.radius_m is not None and earlier.radius_m is not None:
        return distance_m(later.origin, earlier.origin) + earlier.radius_m <= later.radius_m
    outer, inner = outline(later, cells, around=False), outline(earlier, cells, around=True)
    return outer is not None and inner is not None and bool(shapely.covers(outer, inner))


def _is_below(cell: str, above: Sequence[str], cells: Cells) -> bool:
    path = cells[cell].path if cell in cells else (cell,)
    return not set(above).isdisjoint(path)


def outline(precedent: Precedent, cells: Cells, *, around: bool) -> BaseGeometry | None:
    """The area as a shape; a disc becomes a polygon around it or inside it. None where a cell is not in force."""
    if precedent.area is not None:
        return precedent.area
    if precedent.radius_m is not None:
        return _disc(precedent.origin, precedent.radius_m, around=around)
    if not set(precedent.cells) <= cells.keys():
        return None
    return shapely.union_all([cells[cell].shape for cell in precedent.cells])


def _disc(origin: tuple[float, float], radius_m: float, *, around: bool) -> Polygon:
    reach = radius_m / np.cos(np.pi / _CORNERS) if around else radius_m
    bearings = np.arange(_CORNERS) * (360.0 / _CORNERS)
    lon, lat = (np.full(_CORNERS, degrees) for degrees in origin)
    lons, lats, _ = GEOD.fwd(lon, lat, bearings, np.full(_CORNERS, reach))
    return Polygon(np.column_stack([lons, lats]))


def supersede_earlier(conn: Connection, *, later: Precedent) -> list[str]:
    """Mark the precedents that a new ruling takes the place of, from when it is in force; their numbers."""
    known = list_of_matters(conn, matters=[later.matter])
    alike = [
        one
        for one in known
        if one.superseded_at is None and one.number != later.number and one.in_force_from <= later.in_force_from
    ]
    cells = _read_cells(conn, [later, *alike])
    numbers = [one.number for one in alike if covers_scope(later, one, cells)]
    since = max(later.in_force_from, later.recorded_at)
    run(conn, SQL["supersede"], {"numbers": numbers, "at": since, "by": later.number})
    return numbers


def supersede_settled(conn: Connection, *, row_ids: Sequence[int], now: datetime) -> list[str]:
    """Mark the precedents that rows of the table settle from now on; the numbers. Call it behind adopting rows.

    A row with an end settles nothing for good, and one that begins later does so from then.
    """
    marked = []
    run(conn, SQL["hold_precedents"])  # a ruling takes its number first too: else both would wait for each other
    rows = run(conn, SQL["open_precedents_under_rows"], {"rows": list(row_ids)}).all()
    precedents = [read_precedent(row) for row in rows]
    cells = _read_cells(conn, precedents)
    for precedent in precedents:
        settled = _settled_by(conn, precedent, cells, set(row_ids), now)
        if settled is not None:
            since = max(now, settled.since) if settled.since else now
            by = f"responsibility {settled.id}"
            run(conn, SQL["supersede"], {"numbers": [precedent.number], "at": since, "by": by})
            marked.append(precedent.number)
    return marked


def _settled_by(
    conn: Connection, precedent: Precedent, cells: Cells, asked: set[int], now: datetime
) -> Row[Any] | None:
    area = outline(precedent, cells, around=True)
    if area is None:
        return None
    params = {"area": area.wkb, "matter": precedent.matter, "cells": list(precedent.cells), "now": now}
    rows = run(conn, SQL["claims_on_area"], params).all()
    claims = {row.id: _claim(row) for row in rows}
    alone = (row for row in rows if row.id in asked and row.is_above and _stands_alone(claims[row.id], claims.values()))
    return next(alone, None)


def _stands_alone(claim: _Claim, others: Iterable[_Claim]) -> bool:
    if not (claim.holds_all and claim.is_for_good):
        return False
    rivals = (other for other in others if other.lead != claim.lead)
    return all(split_front([claim, rival])[0] == [claim] for rival in rivals)


def _claim(row: Row[Any]) -> _Claim:
    place = PLACE_KINDS.get(row.place_kind) or row.place_rank
    standing = Standing(MATTER_RANKS[row.matter_rank], place)
    return _Claim(row.id, row.lead, standing, row.priority, row.holds_all, row.is_for_good)


def _read_cells(conn: Connection, precedents: Sequence[Precedent]) -> dict[str, KnownCell]:
    codes = sorted({cell for precedent in precedents for cell in precedent.cells})
    rows = run(conn, SQL["cells_in_force"], {"codes": codes}) if codes else ()
    return {row.code: KnownCell(tuple(row.path), shapely.from_wkb(bytes(row.wkb))) for row in rows}
