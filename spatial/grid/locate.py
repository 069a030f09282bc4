"""Which unit is this position in, and how sure is that?

The one function that every other part asks. SQL proposes the units near a position, the border rule
(`spatial/grid/border.py`) decides which one it is in, and the accuracy disc says how certain that is.

Knows units in force at a moment. Refuses to know datums: positions come in WGS 84 (`spatial/grid/datum.py`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from spatial.grid import border
from spatial.grid.discs import Floats, disc_polygons, half_axes, shares
from spatial.grid.shapes import Shape, ShapeCache, shape_of
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "locate.sql")
CERTAIN_SHARE = 0.95
_SMALLEST_SHARE = 0.001  # less of a disc than this is rounding, not a candidate
_MOST_CANDIDATES = 10
_SHAPES = ShapeCache()


@dataclass(frozen=True)
class Candidate:
    """A unit that the position may be in, with its share of the accuracy disc."""

    code: str
    share: float


@dataclass(frozen=True)
class Placement:
    """Where a position is. `unit` is None outside; `path` runs from the widest level to the unit."""

    unit: str | None
    unit_version: int | None
    district: str | None
    path: tuple[str, ...]
    certainty: str
    candidates: tuple[Candidate, ...]


OUTSIDE = Placement(None, None, None, (), "outside", ())


def locate_points(
    conn: Connection,
    *,
    lons: Sequence[float],
    lats: Sequence[float],
    accuracies_m: Sequence[float],
    moments: Sequence[datetime],
    certain_share: float = CERTAIN_SHARE,
) -> list[Placement]:
    """Place n positions (WGS 84 degrees, radii in metres) in the units in force at their moments.

    A position is `certain` when at least `certain_share` of its disc lies in its unit, else `ambiguous`;
    `outside` when no unit covers the position itself. Candidates come largest share first.
    """
    if not len(lons):
        return []
    x, y = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
    radii = np.asarray(accuracies_m, dtype=float)
    pairs = _propose(conn, x, y, radii, moments)
    shapes = _SHAPES.fetch(conn, {pair.id for pair in pairs})
    parts = _disc_shares(pairs, shapes, x, y, radii)
    per_point: dict[int, list[tuple[Row[Any], float]]] = defaultdict(list)
    for pair, part in zip(pairs, parts, strict=True):
        per_point[pair.i].append((pair, part))
    return [_decide(per_point.get(i, []), shapes, x[i], y[i], certain_share) for i in range(len(x))]


def locate_point(conn: Connection, *, lon: float, lat: float, accuracy_m: float, moment: datetime) -> Placement:
    """Place one position."""
    [placement] = locate_points(conn, lons=[lon], lats=[lat], accuracies_m=[accuracy_m], moments=[moment])
    return placement


def locate_in_evidence(
    conn: Connection, *, lons: Sequence[float], lats: Sequence[float], rank: int
) -> list[str | None]:
    """The supplied parent polygon of level `rank` that covers each position, by the same border rule; n codes."""
    x, y = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
    pairs = run(conn, SQL["propose_evidence"], {"lons": x.tolist(), "lats": y.tolist(), "rank": rank}).all()
    found: list[str | None] = [None] * len(x)
    if not pairs:
        return found
    asked = {"revision": pairs[0].revision, "codes": sorted({pair.code for pair in pairs})}
    shapes = {row.code: shape_of(row.wkb) for row in run(conn, SQL["evidence_shapes"], asked)}
    for pair in pairs:
        if found[pair.i] is None and border.covers(shapes[pair.code].edges, x[pair.i], y[pair.i]):
            found[pair.i] = pair.code
    return found


def _propose(conn: Connection, x: Floats, y: Floats, radii: Floats, moments: Sequence[datetime]) -> Sequence[Row[Any]]:
    widths, heights = half_axes(y, radii)
    asked = {
        "lons": x.tolist(),
        "lats": y.tolist(),
        "half_widths": widths.tolist(),
        "half_heights": heights.tolist(),
        "moments": list(moments),
    }
    return run(conn, SQL["propose_units"], asked).all()


def _disc_shares(
    pairs: Sequence[Row[Any]], shapes: dict[int, Shape], x: Floats, y: Floats, radii: Floats
) -> list[float]:
    if not pairs:
        return []
    at = np.array([pair.i for pair in pairs])
    discs = disc_polygons(x, y, radii)[at]
    return [float(part) for part in shares(discs, [shapes[pair.id].geometry for pair in pairs])]


def _decide(
    pairs: list[tuple[Row[Any], float]], shapes: dict[int, Shape], lon: float, lat: float, certain_share: float
) -> Placement:
    ranked = sorted(pairs, key=lambda pair: (-pair[1], pair[0].code))
    candidates = tuple(Candidate(row.code, round(part, 4)) for row, part in ranked if part >= _SMALLEST_SHARE)
    # In a coverage that was accepted dirty two units may both cover a position: the lower code has it.
    inside = [(row, part) for row, part in pairs if border.covers(shapes[row.id].edges, lon, lat)]
    if not inside:
        return Placement(None, None, None, (), "outside", candidates[:_MOST_CANDIDATES])
    row, part = min(inside, key=lambda pair: pair[0].code)
    certainty = "certain" if part >= certain_share and len(inside) == 1 else "ambiguous"
    return Placement(row.code, row.id, row.district, tuple(row.path), certainty, candidates[:_MOST_CANDIDATES])
