"""Whether cells are a coverage: no overlap, no gap, borders shared vertex by vertex; and the repair of one that is not.

Whether there is an overlap or a gap is judged in degrees, where borders are kept and points are decided: a border
that is straight in degrees bends in a plane, so a neighbour with one more vertex on it would seem to overlap there by
millimetres. How large it is, is measured in a metric plane. Pure: shapes in, shapes out; refuses to decide whether
dirt is acceptable.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from spatial.grid.geodesy import MetricPlane

SMALLEST_M2 = 1e-6  # less is the rounding of an intersection, and shows as an unmatched border
_TOUCHING_DEG = 1e-8  # a millimetre: a hole's vertices need not be vertices of the cells around it


@dataclass(frozen=True)
class Overlap:
    """Two cells (positions in the input) and what they share, in degrees, with its area."""

    one: int
    other: int
    shape: BaseGeometry
    area_m2: float


@dataclass(frozen=True)
class Gap:
    """A hole in the union of all cells, in degrees, with its area and the positions of the cells around it."""

    shape: BaseGeometry
    around: tuple[int, ...]
    area_m2: float


@dataclass(frozen=True)
class Unmatched:
    """A cell (position in the input) whose border, here in degrees, does not meet its neighbours' by vertices."""

    cell: int
    shape: BaseGeometry
    length_m: float


def find_overlaps(shapes: Sequence[BaseGeometry], plane: MetricPlane) -> list[Overlap]:
    """All pairs of cells that share area, largest first; shapes are valid and in EPSG:4326."""
    cells = np.array(shapes)
    one, other = shapely.STRtree(cells).query(cells, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    shared = shapely.intersection(cells[one], cells[other])
    found = [
        Overlap(int(one[i]), int(other[i]), shared[i], plane.to_metres(shared[i]).area)
        for i in np.flatnonzero(shapely.area(shared) > 0)
    ]
    return sorted((o for o in found if o.area_m2 > SMALLEST_M2), key=lambda overlap: -overlap.area_m2)


def find_gaps(shapes: Sequence[BaseGeometry], plane: MetricPlane) -> list[Gap]:
    """All holes in the union of the cells, largest first; shapes are valid and in EPSG:4326."""
    tree = shapely.STRtree(list(shapes))
    whole = shapely.union_all(list(shapes))
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
    found = [
        Gap(hole, tuple(sorted(map(int, tree.query(hole, predicate="dwithin", distance=_TOUCHING_DEG)))), area)
        for hole in holes
        if (area := plane.to_metres(hole).area) > SMALLEST_M2
    ]
    return sorted(found, key=lambda gap: -gap.area_m2)


def find_unmatched(shapes: Sequence[BaseGeometry], plane: MetricPlane) -> list[Unmatched]:
    """Cells with edges that break the coverage, longest first; shapes are valid and in EPSG:4326."""
    edges = shapely.coverage_invalid_edges(list(shapes))
    found = [Unmatched(i, edge, plane.to_metres(edge).length) for i, edge in enumerate(edges) if not edge.is_empty]
    return sorted(found, key=lambda unmatched: -unmatched.length_m)


def clean(shapes: Sequence[BaseGeometry], *, plane: MetricPlane, gap_width_m: float) -> list[BaseGeometry]:
    """A coverage made of degrees' shapes: overlaps go to the neighbour with the longest border, gaps narrower than
    `gap_width_m` too, near vertices become one. Vertices that were not moved come back to the last bit.
    """
    before = [plane.to_metres(shape) for shape in shapes]
    valid = [shape if shape.is_valid else _polygons(shapely.make_valid(shape)) for shape in before]
    after = shapely.coverage_clean(valid, gap_width=gap_width_m)
    return _back_to_degrees(after, shapes, before, plane)


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    kept = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.union_all(kept)


def _back_to_degrees(
    after: npt.NDArray[np.object_],
    degrees: Sequence[BaseGeometry],
    metres: Sequence[BaseGeometry],
    plane: MetricPlane,
) -> list[BaseGeometry]:
    known = dict(zip(_pairs(metres), _pairs(degrees), strict=True))
    moved = shapely.get_coordinates(plane.to_degrees(shapely.multipoints(shapely.get_coordinates(list(after)))))
    kept = [known.get(pair, tuple(there)) for pair, there in zip(_pairs(after), moved.tolist(), strict=True)]
    return list(shapely.set_coordinates(np.array(list(after)), np.array(kept)))


def _pairs(shapes: Sequence[BaseGeometry] | npt.NDArray[np.object_]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in shapely.get_coordinates(list(shapes)).tolist()]
