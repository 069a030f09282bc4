"""Units cut into edges that know what lies on their left and on their right.

Every edge is turned so that `a` is its lower end (of a horizontal edge the western one). The two copies of a
border that two units share become one edge with a unit on each side: half the work for everyone after. Truth
does not depend on that: copies that differ, as at a T-junction, simply stay apart.

Knows shapes in any plane. Raises GeometryInvalid, with the code of the unit, for shapes that cannot be units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.errors import GeometryInvalid
from spatial.grid.index.exact import LARGEST, SMALLEST
from spatial.grid.index.layout import Flags, Floats, Ints, Longs

_POLYGON, _MULTIPOLYGON = 3, 6
_SURE_AREA = 1e-9  # of the sum of absolute terms: beyond it, rounding cannot have turned the sign of an area
_MIXERS = (0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Rings:
    """All rings of all units: closed, in runs of one coordinate array."""

    xy: Floats  # (n, 2)
    starts: Longs  # (rings + 1,)
    units: Ints  # (rings,)
    holes: Flags  # (rings,)


@dataclass(frozen=True)
class Edges:
    """n edges; `left` and `right` are 1 + the unit on that side as one goes from a to b, 0 for none."""

    ends: Floats  # (n, 4): ax, ay, bx, by
    left: Ints
    right: Ints

    @property
    def columns(self) -> tuple[Floats, Floats, Floats, Floats]:
        """ax, ay, bx, by."""
        return self.ends[:, 0], self.ends[:, 1], self.ends[:, 2], self.ends[:, 3]

    def at(self, which: Longs) -> tuple[Floats, Floats, Floats, Floats]:
        """ax, ay, bx, by of some of the edges."""
        ends = self.ends[which]
        return ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3]


def rings_of(geometries: NDArray[np.object_], codes: Sequence[str]) -> Rings:
    """The rings of n units. Raises GeometryInvalid for what is no polygon, is empty, or is not finite."""
    kinds = shapely.get_type_id(geometries)
    _refuse((kinds != _POLYGON) & (kinds != _MULTIPOLYGON), codes, "is not a polygon")
    _refuse(shapely.is_empty(geometries), codes, "is empty")
    plain = (kinds == _POLYGON) & (shapely.get_num_interior_rings(geometries) == 0)
    rings = _joined(_plain_rings(geometries, np.flatnonzero(plain)), _other_rings(geometries, np.flatnonzero(~plain)))
    broken = ~np.isfinite(rings.xy).all(axis=1)
    if broken.any():
        bad = np.zeros(len(codes), dtype=np.bool_)
        bad[rings.units[np.searchsorted(rings.starts, np.flatnonzero(broken), side="right") - 1]] = True
        _refuse(bad, codes, "has a coordinate that is not a number")
    return rings


def _refuse(bad: Flags, codes: Sequence[str], what: str) -> None:
    if bad.any():
        code = codes[int(np.flatnonzero(bad)[0])]
        raise GeometryInvalid(f"The shape of {code} {what}; give it a valid polygon.", field=code)


def check_valid(geometries: NDArray[np.object_], codes: Sequence[str], which: Longs) -> None:
    """Raises GeometryInvalid for the first of some units that crosses or touches itself where it must not."""
    broken = which[~shapely.is_valid(geometries[which])]
    if len(broken):
        code, why = codes[int(broken[0])], shapely.is_valid_reason(geometries[broken[0]])
        raise GeometryInvalid(f"The shape of {code} is not valid ({why}); repair it, then import it again.", field=code)


def are_ordinary(xy: Floats) -> bool:
    """Whether no coordinate is so close to zero, or so large, that a product of two might lose bits."""
    magnitudes = np.abs(xy)
    return bool(magnitudes.max() < LARGEST and (xy[magnitudes <= SMALLEST] == 0.0).all())


def _plain_rings(geometries: NDArray[np.object_], which: Longs) -> Rings:
    """Of polygons of one ring each: by far the most, and four times as fast as the general way."""
    shapes = geometries[which]
    starts = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(shapes), dtype=np.int64)))
    return Rings(shapely.get_coordinates(shapes), starts, which.astype(np.int32), np.zeros(len(which), dtype=np.bool_))


def _other_rings(geometries: NDArray[np.object_], which: Longs) -> Rings:
    parts, owner = shapely.get_parts(geometries[which], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    starts = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(rings), dtype=np.int64)))
    holes = np.ones(len(rings), dtype=np.bool_)
    holes[np.flatnonzero(np.diff(part, prepend=-1))] = False
    return Rings(shapely.get_coordinates(rings), starts, which[owner[part]].astype(np.int32), holes)


def _joined(first: Rings, second: Rings) -> Rings:
    return Rings(
        np.concatenate((first.xy, second.xy)),
        np.concatenate((first.starts, second.starts[1:] + first.starts[-1])),
        np.concatenate((first.units, second.units)),
        np.concatenate((first.holes, second.holes)),
    )


def sides_of(rings: Rings, codes: Sequence[str]) -> Flags:
    """For each ring, whether its unit lies on the left as one follows it. Raises GeometryInvalid if it has no area."""
    x, y = rings.xy[:, 0], rings.xy[:, 1]
    first = np.repeat(rings.starts[:-1], np.diff(rings.starts))
    dx, dy = x - x[first], y - y[first]
    terms = np.zeros((2, len(x)))
    terms[0, :-1] = dx[:-1] * dy[1:] - dx[1:] * dy[:-1]
    terms[0, rings.starts[1:] - 1] = 0.0  # between the last vertex of one ring and the first of the next
    terms[1] = np.abs(dx) * np.abs(dy)
    area, size = np.add.reduceat(terms, rings.starts[:-1], axis=1)
    return settle_sides(rings, area, size, codes)


def settle_sides(rings: Rings, area: Floats, size: Floats, codes: Sequence[str]) -> Flags:
    """Sides from rounded areas; where `size` says that rounding may have turned a sign, in fractions."""
    turns = np.sign(area)
    for ring in np.flatnonzero(np.abs(area) <= _SURE_AREA * size).tolist():
        points = rings.xy[rings.starts[ring] : rings.starts[ring + 1]].tolist()
        turns[ring] = _exact_turn(points)
        if not turns[ring]:
            code = codes[int(rings.units[ring])]
            raise GeometryInvalid(f"The shape of {code} has a ring without area; leave it out.", field=code)
    sides: Flags = (turns > 0) != rings.holes
    return sides


def _exact_turn(points: list[list[float]]) -> int:
    exact = [(Fraction(x), Fraction(y)) for x, y in points]
    area = sum((a[0] * b[1] - b[0] * a[1] for a, b in zip(exact[:-1], exact[1:], strict=True)), Fraction(0))
    return (area > 0) - (area < 0)


def cut(rings: Rings, sides: Flags) -> Edges:
    """All edges of all rings, in their order, shared ones still twice; edges without length are left out."""
    ring = np.repeat(np.arange(len(rings.units)), np.diff(rings.starts) - 1)
    start = np.arange(len(ring)) + ring  # each ring before has one vertex more than it has edges
    kept = (rings.xy[start] != rings.xy[start + 1]).any(axis=1)
    ring, start = ring[kept], start[kept]
    s, t = rings.xy[start] + 0.0, rings.xy[start + 1] + 0.0  # -0.0 becomes 0.0
    falls = (s[:, 1] > t[:, 1]) | ((s[:, 1] == t[:, 1]) & (s[:, 0] > t[:, 0]))
    ends = np.where(falls[:, None], np.hstack((t, s)), np.hstack((s, t)))
    number = rings.units[ring] + np.int32(1)
    on_left = sides[ring] != falls
    nothing = np.int32(0)
    return Edges(ends, np.where(on_left, number, nothing), np.where(on_left, nothing, number))


def merged(edges: Edges) -> Edges:
    """Edges whose two copies have become one: the k-th with a unit on its left takes the k-th with one on its right.

    An edge with the same unit on both sides says nothing and is dropped. The order is that of first copies.
    """
    order = np.argsort(_hashes(edges), kind="stable")
    groups = _groups(edges, order)
    on_left = edges.left[order] > 0
    rank = np.where(on_left, _rank(on_left, groups), _rank(~on_left, groups))
    again = np.lexsort((rank, groups))
    order, groups, rank = order[again], groups[again], rank[again]
    firsts = np.flatnonzero(np.diff(groups, prepend=-1).astype(np.bool_) | np.diff(rank, prepend=-1).astype(np.bool_))
    place = np.minimum.reduceat(order, firsts)
    left = np.maximum.reduceat(edges.left[order], firsts)
    right = np.maximum.reduceat(edges.right[order], firsts)
    kept = np.flatnonzero(left != right)
    kept = kept[np.argsort(place[kept], kind="stable")]
    return Edges(edges.ends[place[kept]], left[kept], right[kept])


def _hashes(edges: Edges) -> NDArray[np.uint64]:
    bits = edges.ends.view(np.uint64)
    mixed: NDArray[np.uint64] = bits[:, 0] * _GOLDEN
    for column, mixer in enumerate(_MIXERS, 1):
        mixed = (mixed ^ (mixed >> np.uint64(29))) + bits[:, column] * np.uint64(mixer)
        mixed = (mixed ^ (mixed >> np.uint64(32))) * _GOLDEN
    return mixed


def _groups(edges: Edges, order: Longs) -> Longs:
    """The number of each edge's run of equal edges, in `order`."""
    ordered = edges.ends[order]
    return np.concatenate(([0], np.cumsum((ordered[1:] != ordered[:-1]).any(axis=1))))


def _rank(chosen: Flags, groups: Longs) -> Longs:
    """How many chosen ones came before in the same group."""
    count = np.cumsum(chosen)
    before: Longs = count - chosen
    return before - before[np.searchsorted(groups, groups, side="left")]
