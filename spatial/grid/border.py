"""The border rule: to which of several candidate cells a point belongs, decided exactly.

A point belongs to the cell that it would lie in after an infinitesimal step to the east and a still smaller
one to the north. Hence a point on a border belongs to the cell on its east, on a horizontal border to the one
on its north, and the outer east and north borders of the city lie outside. Because the step is the same for
every cell, the cells of a clean coverage share out the plane: each point, vertices included, has one owner.

In numbers: cast a ray to the east and count the edges `a -> b` (a is the lower end) with `a.y <= y < b.y` whose
crossing lies strictly east of the point. The sign test runs in doubles behind Shewchuk's filter; what the
filter cannot vouch for is computed again in fractions, so the answer is exact for the doubles given.

Knows rings and points as longitude and latitude (any plane will do). Refuses to know the database, the code of
a cell, or how candidates are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_FILTER = 3.3306690738754716e-16  # Shewchuk 1997, (3 + 16 eps) eps for the 2 x 2 orientation determinant
_UNDERFLOW = 1e-300  # the filter assumes that no product underflows; below this nothing is vouched for
_CHUNK = 1 << 21  # point-edge pairs looked at together: bounds the memory of covers_many


@dataclass(frozen=True)
class RingEdges:
    """All edges of all rings of one cell, each with its lower end first; horizontal edges are left out.

    Four float64 arrays of one length. A horizontal edge never satisfies `a.y <= y < b.y`, so it can be dropped.
    """

    ax: FloatArray
    ay: FloatArray
    bx: FloatArray
    by: FloatArray


def edges_of(geometry: BaseGeometry) -> RingEdges:
    """The edges of every ring, shells and holes alike, of a Polygon or MultiPolygon."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    if len(rings) == 0:
        nothing = np.empty(0)
        return RingEdges(nothing, nothing, nothing, nothing)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = coords[:-1], coords[1:]
    kept = (ring[:-1] == ring[1:]) & (start[:, 1] != end[:, 1])
    start, end = start[kept], end[kept]
    rises = (start[:, 1] < end[:, 1])[:, None]
    low, high = np.where(rises, start, end), np.where(rises, end, start)
    return RingEdges(*(np.ascontiguousarray(column) for column in (low[:, 0], low[:, 1], high[:, 0], high[:, 1])))


def covers(edges: RingEdges, lon: float, lat: float) -> bool:
    """Whether the point belongs to the cell under the border rule."""
    spans = np.flatnonzero((edges.ay <= lat) & (lat < edges.by))
    return bool(np.count_nonzero(_is_west_of(edges, spans, np.full(len(spans), lon), np.full(len(spans), lat))) & 1)


def covers_many(edges: RingEdges, lons: npt.ArrayLike, lats: npt.ArrayLike) -> BoolArray:
    """`covers` for arrays of points of one length; returns a boolean array of that length."""
    xs, ys = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    inside = np.zeros(len(xs), dtype=np.bool_)
    step = max(1, _CHUNK // max(1, len(edges.ax)))
    for first in range(0, len(xs), step):
        part = slice(first, first + step)
        inside[part] = _parity(edges, xs[part], ys[part])
    return inside


def decide(lon: float, lat: float, cells: Sequence[RingEdges]) -> list[int]:
    """The positions, in `cells`, of those that the point belongs to: one in a clean coverage, none outside.

    More than one means that the cells overlap there; the caller decides and says so.
    """
    return [position for position, edges in enumerate(cells) if covers(edges, lon, lat)]


def _parity(edges: RingEdges, xs: FloatArray, ys: FloatArray) -> BoolArray:
    point, edge = np.nonzero((edges.ay <= ys[:, None]) & (ys[:, None] < edges.by))
    crossed = point[_is_west_of(edges, edge, xs[point], ys[point])]
    odd: BoolArray = (np.bincount(crossed, minlength=len(xs)) & 1).astype(np.bool_)
    return odd


def _is_west_of(edges: RingEdges, which: npt.NDArray[np.intp], xs: FloatArray, ys: FloatArray) -> BoolArray:
    """Whether each point lies strictly west (left) of its rising edge. Points exactly on it do not."""
    ax, ay = edges.ax[which], edges.ay[which]
    left = (edges.bx[which] - ax) * (ys - ay)
    right = (edges.by[which] - ay) * (xs - ax)
    turn = left - right
    west: BoolArray = turn > 0
    unsure = np.abs(turn) <= _FILTER * (np.abs(left) + np.abs(right)) + _UNDERFLOW
    for i in np.flatnonzero(unsure):
        west[i] = _exactly_west(edges, int(which[i]), float(xs[i]), float(ys[i]))
    return west


def _exactly_west(edges: RingEdges, i: int, x: float, y: float) -> bool:
    ax, ay, bx, by, px, py = (Fraction(float(v)) for v in (edges.ax[i], edges.ay[i], edges.bx[i], edges.by[i], x, y))
    return (bx - ax) * (py - ay) > (by - ay) * (px - ax)
