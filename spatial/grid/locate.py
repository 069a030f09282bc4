"""Which unit is this position in, and how sure is that?

The one function that every other part asks. Positions whose grid has an index ready are answered from it; where
a publish has just changed cells, and while no index is ready, from candidates of the store. Both ways follow the
border rule and weigh the same samples, and a test holds them to equal answers.

Knows units in force at a moment. Refuses to know datums: positions come in WGS 84 (`spatial/grid/datum.py`).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from spatial.grid import border
from spatial.grid.by_candidates import place_by_candidates, sample_boxes
from spatial.grid.index import find_units
from spatial.grid.index.layout import Floats
from spatial.grid.index.shares import find_shares
from spatial.grid.keeper import KEPT, GridKey, Kept
from spatial.grid.placement import CERTAIN_SHARE, Candidate, CertaintyRule, Placement, place
from spatial.grid.shapes import shape_of
from spatial.store.db import run
from spatial.store.queries import load_queries

__all__ = ["CERTAIN_SHARE", "Candidate", "CertaintyRule", "Placement", "locate_in_evidence", "locate_points"]

SQL = load_queries(__file__, "locate.sql")
_WORTH_AN_INDEX = 500  # positions of an earlier grid in one call, from which on an index of it is worth building
_TOO_MANY_BOXES = 500  # an import changes everything; comparing with every box would cost more than it saves
_ALWAYS = datetime.min.replace(tzinfo=UTC)
Boxes = NDArray[np.float64]


def locate_points(
    conn: Connection,
    *,
    lons: Sequence[float],
    lats: Sequence[float],
    accuracies_m: Sequence[float],
    moments: Sequence[datetime],
    rule: CertaintyRule | None = None,
) -> list[Placement]:
    """Place n positions (WGS 84 degrees, radii in metres) in the units in force at their moments.

    Accuracies are the radii that phones report, which hold the true position with a probability of 68 %. The
    caller who is about to write holds the grid (`hold_grid_shared`) before he asks.
    """
    if not len(lons):
        return []
    x, y, radii = (np.asarray(column, dtype=float) for column in (lons, lats, accuracies_m))
    database, revisions = _grid(conn)
    per_revision: dict[int | None, list[int]] = defaultdict(list)
    for i, moment in enumerate(moments):
        per_revision[_revision_at(revisions, moment)].append(i)
    placed: list[Placement | None] = [None] * len(x)
    for revision, members in per_revision.items():
        rows = np.array(members)
        key = GridKey(database, revision) if revision is not None else None
        is_newest = bool(revisions) and revision == revisions[-1][0]
        found = _place_rows(conn, key, is_newest, x[rows], y[rows], radii[rows], [moments[i] for i in members], rule)
        for i, placement in zip(members, found, strict=True):
            placed[i] = placement
    return [placement for placement in placed if placement is not None]


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


def _place_rows(
    conn: Connection,
    key: GridKey | None,
    is_newest: bool,
    x: Floats,
    y: Floats,
    radii: Floats,
    moments: Sequence[datetime],
    rule: CertaintyRule | None,
) -> list[Placement]:
    rule = rule or CertaintyRule()
    kept, indexed = _usable(conn, key, is_newest, x, y, radii)
    placed: list[Placement | None] = [None] * len(x)
    if kept is not None:
        for i, one in zip(np.flatnonzero(indexed), _by_index(kept, x, y, radii, indexed, rule), strict=True):
            placed[i] = one
    rest = np.flatnonzero(~indexed).tolist()
    if rest:
        late = [moments[i] for i in rest]
        found = place_by_candidates(conn, lons=x[rest], lats=y[rest], radii_m=radii[rest], moments=late, rule=rule)
        for at, one in zip(rest, found, strict=True):
            placed[at] = one
    return [one for one in placed if one is not None]


def _usable(
    conn: Connection, key: GridKey | None, is_newest: bool, x: Floats, y: Floats, radii: Floats
) -> tuple[Kept | None, NDArray[np.bool_]]:
    """The index to ask, and which rows it may answer: an older one is still exact away from changed cells."""
    nothing = np.zeros(len(x), dtype=bool)
    if key is None:
        return None, nothing
    kept = KEPT.find(key)
    if kept is not None:
        return kept, ~nothing
    if is_newest or len(x) >= _WORTH_AN_INDEX:
        KEPT.want(key)
    earlier = KEPT.find_before(key)
    if earlier is None:
        return None, nothing
    older, kept = earlier
    boxes = _changed_boxes(conn, key, older)
    if len(boxes) > _TOO_MANY_BOXES:
        return None, nothing
    widths, heights = sample_boxes(y, radii)
    return kept, ~_touches(boxes, x, y, widths, heights)


def _touches(boxes: Boxes, x: Floats, y: Floats, widths: Floats, heights: Floats) -> NDArray[np.bool_]:
    touched = np.zeros(len(x), dtype=bool)
    for west, south, east, north in boxes:
        touched |= (x + widths >= west) & (x - widths <= east) & (y + heights >= south) & (y - heights <= north)
    return touched


_BOXES: dict[tuple[GridKey, int], Boxes] = {}


def _changed_boxes(conn: Connection, key: GridKey, older: int) -> Boxes:
    if (key, older) not in _BOXES:
        if len(_BOXES) > 100:
            _BOXES.clear()
        rows = run(conn, SQL["changed_boxes"], {"older": older, "newer": key.revision}).all()
        _BOXES[key, older] = np.array([tuple(row) for row in rows], dtype=float).reshape(-1, 4)
    return _BOXES[key, older]


def _by_index(
    kept: Kept, x: Floats, y: Floats, radii: Floats, rows: NDArray[np.bool_], rule: CertaintyRule
) -> list[Placement]:
    found = find_units(kept.index, x[rows], y[rows])
    shares = find_shares(kept.index, x[rows], y[rows], radii[rows], distance=kept.distance)
    doubled = set(found.overlaps.tolist())
    units, parts, starts = shares.units.tolist(), shares.shares.tolist(), shares.starts.tolist()
    codes = kept.index.codes
    placed = []
    for i, (unit, radius) in enumerate(zip(found.units.tolist(), radii[rows].tolist(), strict=True)):
        span = range(starts[i], starts[i + 1])
        near = [(codes[units[k]], parts[k]) for k in span if units[k] >= 0]
        told = kept.unit(unit) if unit >= 0 else None
        placed.append(place(told, near, radius_m=radius, overlaps=i in doubled, rule=rule))
    return placed


_REVISIONS: dict[GridKey, list[tuple[int, datetime]]] = {}


def _grid(conn: Connection) -> tuple[str, list[tuple[int, datetime]]]:
    """The database, and since when each of its revisions holds, oldest first; kept, since the past stays as it is."""
    now = run(conn, SQL["grid_now"]).one()
    if now.revision is None:
        return now.database, []
    key = GridKey(now.database, now.revision)
    if key not in _REVISIONS:
        if len(_REVISIONS) > 100:
            _REVISIONS.clear()
        _REVISIONS[key] = [(row.id, row.since or _ALWAYS) for row in run(conn, SQL["revision_instants"])]
    return now.database, _REVISIONS[key]


def _revision_at(revisions: list[tuple[int, datetime]], moment: datetime) -> int | None:
    at = bisect_right(revisions, moment, key=lambda revision: revision[1])
    return revisions[at - 1][0] if at else None
