"""Who borders whom.

In a clean coverage two neighbours carry the same vertices along their border, so that a shared border is a
set of equal segments, found by sorting: no tolerance, no intersection. A common corner alone is no border.
Pure: geometry in, index arrays out. Refuses to guess across gaps: cells of a coverage that was accepted
dirty are neighbours only where their segments are equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from spatial.grid.geodesy import GEOD


@dataclass(frozen=True)
class Borders:
    """Each pair of neighbours once: `left` < `right` are positions in the input, `length_m` is geodesic."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    length_m: NDArray[np.float64]

    def both_ways(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(focal, neighbour) index arrays with each pair in both directions."""
        return np.concatenate([self.left, self.right]), np.concatenate([self.right, self.left])


def shared_borders(cells: Sequence[BaseGeometry]) -> Borders:
    """Every two of `cells` (polygons or multipolygons, EPSG:4326) that share a border of length > 0."""
    segments, owner = _segments(cells)
    order = np.lexsort(segments.T)
    segments, owner = segments[order], owner[order]
    same = (segments[1:] == segments[:-1]).all(axis=1) & (owner[1:] != owner[:-1])
    first = np.flatnonzero(same)
    pairs = np.sort(np.stack([owner[first], owner[first + 1]]), axis=0)
    unique, where = np.unique(pairs, axis=1, return_inverse=True)
    lengths = np.bincount(where.ravel(), weights=_lengths(segments[first]), minlength=unique.shape[1])
    return Borders(left=unique[0], right=unique[1], length_m=lengths.astype(np.float64))


def _segments(cells: Sequence[BaseGeometry]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All ring segments as (n, 4), the smaller end first, and the cell each belongs to."""
    geometry = np.asarray(cells, dtype=object)
    parts, part_owner = shapely.get_parts(geometry, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    inside = point_ring[1:] == point_ring[:-1]
    start, end = points[:-1][inside], points[1:][inside]
    owner = part_owner[ring_part[point_ring[:-1][inside]]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    return np.hstack([low, high]), owner.astype(np.int64)


def _lengths(segments: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(segments) == 0:
        return np.zeros(0)
    _, _, metres = GEOD.inv(segments[:, 0], segments[:, 1], segments[:, 2], segments[:, 3])
    return np.asarray(metres, dtype=np.float64)
