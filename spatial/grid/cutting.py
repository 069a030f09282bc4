"""Cutting a unit in two along a line, and joining units into one.

Pure geometry in EPSG:4326: polygons in, polygons out, nothing looked up. The one thing it must not break is
the coverage: neighbours carry the same vertices along their border, and every rule above stands on that.
So where a cut meets a border, the new corner is put into the neighbour's ring as well, as the very same
pair of floats; the border itself moves by rounding only (some 1e-9 m), and by the same on both sides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from spatial.errors import GeometryInvalid
from spatial.grid.adjacency import shared_borders
from spatial.grid.geodesy import area_m2

MIN_PART_M2 = 100.0  # a part below this is a slip of the hand, not a unit
SNAP_DEG = 5e-7  # about 5 cm: a cut that ends this near to a corner ends in the corner

Pair = tuple[float, float]
Edge = tuple[Pair, Pair]


@dataclass(frozen=True)
class Cut:
    """`larger` and `smaller` tile the old unit; `touched` are neighbours whose rings got a new corner."""

    larger: MultiPolygon
    smaller: MultiPolygon
    touched: Mapping[str, MultiPolygon]


@dataclass(frozen=True)
class _End:
    """Where the cut meets the border: `edge` is the border segment to be split, None in an old corner."""

    point: Pair
    edge: Edge | None


def split(
    cell: BaseGeometry, line: LineString, others: Mapping[str, BaseGeometry], *, min_part_m2: float = MIN_PART_M2
) -> Cut:
    """Cut `cell` along `line`, which must come in once and go out once, over one ring.

    `others` are the units around, by code; those that share the cut border segment come back in `touched`.
    Parts of a multipart cell that the line does not meet stay with the larger piece.

    Raises GeometryInvalid for a line that crosses itself, misses, only touches, ends inside, runs along the
    border, crosses it more than twice, joins a hole to the rim without dividing, or leaves a part under
    `min_part_m2`.
    """
    _check_line(line)
    parts = _polygons(cell)
    met = [part for part in parts if part.intersects(line)]
    if not met:
        raise GeometryInvalid("line misses the unit; draw it across", field="line")
    if len(met) > 1:
        raise GeometryInvalid("line meets several parts of the unit; cut one part at a time", field="line")
    ends = _ends(met[0], line)
    pieces = _divide(met[0], line, ends)
    rest = [part for part in parts if part is not met[0]]
    larger, smaller = _by_area(pieces, rest)
    if area_m2(smaller) < min_part_m2:
        raise GeometryInvalid(
            f"line leaves a part of {area_m2(smaller):.1f} m2; at least {min_part_m2:g} m2", field="line"
        )
    return Cut(larger=larger, smaller=smaller, touched=_touched(others, ends))


def join(cells: Sequence[BaseGeometry]) -> MultiPolygon:
    """The union of units of a clean coverage, exactly: no vertex moves, only shared borders vanish.

    Raises GeometryInvalid when fewer than two are given or when they do not hang together by borders of
    some length (a common corner does not count).
    """
    if len(cells) < 2:
        raise GeometryInvalid("a merge needs two units or more", field="codes")
    borders = shared_borders(cells)
    reached, frontier = {0}, [0]
    while frontier:
        here = frontier.pop()
        beside = np.concatenate([borders.right[borders.left == here], borders.left[borders.right == here]])
        fresh = set(beside.tolist()) - reached
        reached |= fresh
        frontier.extend(fresh)
    if len(reached) < len(cells):
        raise GeometryInvalid("units to be merged must share borders; a common corner is not enough", field="codes")
    return _multi(_polygons(shapely.coverage_union_all(list(cells))))


def _check_line(line: LineString) -> None:
    coords = shapely.get_coordinates(line)
    if len(coords) < 2 or not np.isfinite(coords).all() or line.length == 0:
        raise GeometryInvalid("line needs two different points or more, all finite", field="line")
    if not line.is_simple:
        raise GeometryInvalid("line crosses itself; draw it without a loop", field="line")


def _ends(part: Polygon, line: LineString) -> tuple[_End, _End]:
    """The two places where the line crosses the border of `part`, in the line's direction."""
    meeting = shapely.get_parts(line.intersection(part.boundary))
    if any(shape.length > 0 for shape in meeting):
        raise GeometryInvalid("line runs along the border; let it cross the border at two points", field="line")
    rim = shapely.get_coordinates(line)[[0, -1]]
    if any(part.contains(Point(end)) for end in rim):
        raise GeometryInvalid("line begins or ends inside the unit; draw it to beyond the border", field="line")
    if len(meeting) == 1:
        raise GeometryInvalid("line only touches the unit; draw it across", field="line")
    if len(meeting) > 2:
        sentence = f"line meets the border {len(meeting)} times; it must come in once and go out once"
        raise GeometryInvalid(sentence, field="line")
    first, last = sorted((Point(shape) for shape in meeting), key=line.project)
    return _end(part, first), _end(part, last)


def _end(part: Polygon, point: Point) -> _End:
    """Where exactly the cut ends: in an old corner that is near, else on the nearest border segment."""
    edges = list(_edges(part))
    starts = np.array([edge[0] for edge in edges])
    near = np.hypot(starts[:, 0] - point.x, starts[:, 1] - point.y)
    if near.min() <= SNAP_DEG:
        return _End(edges[int(near.argmin())][0], None)
    distances = shapely.distance(shapely.linestrings(np.array(edges)), point)
    return _End((point.x, point.y), edges[int(distances.argmin())])


def _divide(part: Polygon, line: LineString, ends: tuple[_End, _End]) -> list[Polygon]:
    first, last = (end.point for end in ends)
    if first == last:
        raise GeometryInvalid("line only touches the unit; draw it across", field="line")
    between = substring(line, line.project(Point(first)), line.project(Point(last)))
    inner = [tuple(pair) for pair in shapely.get_coordinates(between)[1:-1]]
    chord = LineString([first, *inner, last])
    if not part.contains(chord.interpolate(0.5, normalized=True)):
        raise GeometryInvalid("line only touches the unit; draw it across", field="line")
    noded = _with_corners(part, ends)
    pieces = _faces(noded, chord)
    if len(pieces) != 2:
        raise GeometryInvalid("line joins a hole to the rim and divides nothing; go around the hole", field="line")
    whole = abs(sum(piece.area for piece in pieces) - part.area) <= 1e-9 * part.area
    if not whole or not all(piece.is_valid for piece in pieces):
        raise GeometryInvalid(
            "line meets the border again beside its ends; draw it further from the border", field="line"
        )
    return pieces


def _faces(part: Polygon, chord: LineString) -> list[Polygon]:
    """The faces that rings and chord enclose, without those that lie in holes."""
    stops = {chord.coords[0], chord.coords[-1]}
    arcs = [arc for ring in (part.exterior, *part.interiors) for arc in _arcs(list(ring.coords), stops)]
    faces = shapely.get_parts(shapely.polygonize([*arcs, chord]))
    return [face for face in faces if part.contains(face.representative_point())]


def _arcs(ring: list[Pair], stops: set[Pair]) -> list[LineString]:
    """A closed ring taken apart at the stops, so that lines meet in their end points only."""
    at = [index for index, pair in enumerate(ring[:-1]) if pair in stops]
    if not at:
        return [LineString(ring)]
    turned = ring[at[0] : -1] + ring[: at[0]] + [ring[at[0]]]
    cuts = [index - at[0] for index in at] + [len(turned) - 1]
    return [LineString(turned[low : high + 1]) for low, high in pairwise(cuts)]


def _by_area(pieces: list[Polygon], rest: list[Polygon]) -> tuple[MultiPolygon, MultiPolygon]:
    small, large = sorted(pieces, key=area_m2)
    return _multi([large, *rest]), _multi([small])


def _touched(others: Mapping[str, BaseGeometry], ends: tuple[_End, _End]) -> dict[str, MultiPolygon]:
    found = {}
    for code, geometry in others.items():
        parts = _polygons(geometry)
        noded = [_with_corners(part, ends) for part in parts]
        if any(new is not old for new, old in zip(noded, parts, strict=True)):
            found[code] = _multi(noded)
    return found


def _with_corners(part: Polygon, ends: tuple[_End, _End]) -> Polygon:
    """The same polygon with the ends put into those of its segments that they lie on; itself if none."""
    wanted: dict[frozenset[Pair], list[Pair]] = {}
    for end in ends:
        if end.edge is not None:
            wanted.setdefault(frozenset(end.edge), []).append(end.point)
    rings = [_ring_with(list(ring.coords), wanted) for ring in (part.exterior, *part.interiors)]
    if sum(map(len, rings)) == len(shapely.get_coordinates(part)):
        return part
    return Polygon(rings[0], rings[1:])


def _ring_with(ring: list[Pair], wanted: Mapping[frozenset[Pair], list[Pair]]) -> list[Pair]:
    result = [ring[0]]
    for start, stop in pairwise(ring):
        corners = wanted.get(frozenset((start, stop)), [])
        # Both ends may lie on one segment: the order is that of this ring's own direction.
        result += sorted(corners, key=lambda pair: np.hypot(pair[0] - start[0], pair[1] - start[1]))
        result.append(stop)
    return result


def _edges(part: Polygon) -> Iterator[Edge]:
    for ring in (part.exterior, *part.interiors):
        coords: list[Pair] = list(ring.coords)
        yield from pairwise(coords)


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    return list(shapely.get_parts(shapely.force_2d(geometry)))


def _multi(parts: list[Polygon]) -> MultiPolygon:
    return MultiPolygon(parts)
