"""Disc shares by areas: the oracle that sampled shares are judged by.

The disc is uniform. A disc of metres is an ellipse of degrees; shares are ratios of areas, which the stretching
leaves as they are.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

METRES_PER_DEGREE = 111_320.0
WIDEST_DISC_M = 5_000.0  # beyond it a position says no more than the part of the city; shares stop growing
_THINNEST_DISC_M = 0.01
_CORNERS = 32
_ANGLES = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
_CIRCLE = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])

Floats = NDArray[np.float64]


def half_axes(lats: Floats, accuracies_m: Floats) -> tuple[Floats, Floats]:
    """Half width and half height in degrees of discs of `accuracies_m` metres at `lats` degrees; shape (n,)."""
    radii = np.clip(accuracies_m, _THINNEST_DISC_M, WIDEST_DISC_M)
    heights = radii / METRES_PER_DEGREE
    return heights / np.maximum(np.cos(np.radians(lats)), 1e-3), heights


def disc_polygons(lons: Floats, lats: Floats, accuracies_m: Floats) -> NDArray[np.object_]:
    """The discs as polygons in EPSG:4326; shape (n,)."""
    widths, heights = half_axes(lats, accuracies_m)
    axes = np.stack([widths, heights], axis=1)[:, None, :]
    centres = np.stack([lons, lats], axis=1)[:, None, :]
    return np.asarray(shapely.polygons(centres + _CIRCLE[None, :, :] * axes))


def shares(discs: NDArray[np.object_], geometries: Sequence[shapely.Geometry]) -> Floats:
    """The share of each disc that lies in its geometry, pair by pair; shape (n,), 0 to 1.

    Prepared geometries answer the common case, a disc wholly inside, without cutting anything.
    """
    cells = np.asarray(geometries, dtype=object)
    result = np.ones(len(discs))
    split = ~shapely.contains_properly(cells, discs)
    cut = shapely.intersection(cells[split], discs[split])
    result[split] = shapely.area(cut) / shapely.area(discs[split])
    return result
