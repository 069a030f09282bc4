"""Whether cells are a coverage: no overlap, no gap, borders shared vertex by vertex; and the repair of one that is not.

Everything is measured in a metric plane. Pure: shapes in, shapes out; refuses to decide whether dirt is acceptable.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from spatial.grid.geodesy import MetricPlane

SMALLEST_OVERLAP_M2 = 1e-6  # less is the rounding of an intersection, and shows as an unmatched border


@dataclass(frozen=True)
class Overlap:
    """Two cells (positions in the input) and what they share, in metres."""

    one: int
    other: int
    shape: BaseGeometry


@dataclass(frozen=True)
class Gap:
    """A hole in the union of all cells, in metres, and the positions of the cells around it."""

    shape: BaseGeometry
    around: tuple[int, ...]


@dataclass(frozen=True)
class Unmatched:
    """A cell (position in the input) whose border does not meet its neighbours' vertex by vertex, in metres."""

    cell: int
    length_m: float
    shape: BaseGeometry


def find_overlaps(shapes: Sequence[BaseGeometry]) -> list[Overlap]:
    """All pairs of cells that share area, largest first; shapes are valid and in metres."""
    cells = np.array(shapes)
    one, other = shapely.STRtree(cells).query(cells, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    shared = shapely.intersection(cells[one], cells[other])
    areas = shapely.area(shared)
    order = [i for i in np.argsort(-areas) if areas[i] > SMALLEST_OVERLAP_M2]
    return [Overlap(int(one[i]), int(other[i]), shared[i]) for i in order]


def find_gaps(shapes: Sequence[BaseGeometry]) -> list[Gap]:
    """All holes in the union of the cells, largest first; shapes are valid and in metres."""
    tree = shapely.STRtree(list(shapes))
    holes = [
        shapely.Polygon(ring) for part in shapely.get_parts(shapely.union_all(list(shapes))) for ring in part.interiors
    ]
    holes.sort(key=lambda hole: -hole.area)
    # A hair's breadth further out, since a hole's vertices need not be vertices of the cells around it.
    return [Gap(hole, tuple(sorted(map(int, tree.query(hole, predicate="dwithin", distance=0.001))))) for hole in holes]


def find_unmatched(shapes: Sequence[BaseGeometry]) -> list[Unmatched]:
    """Cells with edges that break the coverage, longest first; shapes are valid and in metres."""
    edges = shapely.coverage_invalid_edges(list(shapes))
    lengths = shapely.length(edges)
    order = [i for i in np.argsort(-lengths) if lengths[i] > 0]
    return [Unmatched(int(i), float(lengths[i]), edges[i]) for i in order]


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
