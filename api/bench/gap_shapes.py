"""Jurisdictions to measure with: rivers and parks that lie across many units, and round ones inside of a single unit.

All have 200 vertices or more and are valid; the same seed makes the same shapes.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.grid.index.layout import Floats

VERTICES = 240
_METRE = 9e-6  # degrees, near enough for a shape whose size is of no account
_INSIDE = 0.8  # of the way from a unit's inner point to its border


def rivers(count: int, box: tuple[float, float, float, float], rng: np.random.Generator) -> list[shapely.Polygon]:
    """Winding bands about 200 metres wide, from one side of the box to the other."""
    west, south, east, north = box
    found = []
    for nth in range(count):
        along = np.linspace(-0.05, 1.05, VERTICES)
        sway = sum(np.sin(along * rng.uniform(5, 25) + rng.uniform(0, 6)) * rng.uniform(0.004, 0.02) for _ in range(3))
        across = rng.uniform(0.1, 0.9) + sway
        x, y = (along, across) if nth % 2 else (across, along)
        line = shapely.LineString(np.column_stack((west + x * (east - west), south + y * (north - south))))
        found.append(line.buffer(100 * _METRE, quad_segs=2))
    return found


def parks(count: int, box: tuple[float, float, float, float], rng: np.random.Generator) -> list[shapely.Polygon]:
    """Star-shaped blots of 200 to 900 metres anywhere in the box."""
    west, south, east, north = box
    found = []
    for _ in range(count):
        turn = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
        wobble = 1 + 0.2 * np.sin(turn * rng.integers(3, 9) + rng.uniform(0, 6))
        radius = rng.uniform(200, 900) * _METRE * wobble
        centre = rng.uniform(west, east), rng.uniform(south, north)
        found.append(shapely.Polygon(_around(centre, turn, radius)))
    return found


def disc_inside(unit: shapely.Geometry, size: float = 1.0) -> shapely.Polygon:
    """A disc that lies inside a unit by construction: no wider than the way from its centre to the unit's border."""
    centre = shapely.point_on_surface(unit)
    radius = float(shapely.distance(centre, shapely.boundary(unit))) * _INSIDE * size
    turn = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    return shapely.Polygon(_around((centre.x, centre.y), turn, np.full(VERTICES, radius)))


def _around(centre: tuple[float, float], turn: Floats, radius: Floats) -> NDArray[np.float64]:
    pairs: NDArray[np.float64] = np.column_stack((centre[0] + radius * np.cos(turn), centre[1] + radius * np.sin(turn)))
    return pairs
