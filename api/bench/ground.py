"""What is measured on: a synthetic city of so many units, its index, and points over it.

Half of the points lie anywhere in the city's box, half in 300 hot spots of very different weight, as reports do.
The same seed makes the same points.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.grid.index import LocatorIndex, build_index, find_units
from spatial.grid.index.layout import Floats, Ints
from spatial.grid.synthetic import synthetic_city

HOT_SPOTS = 300
_ZIPF = 0.8
_NARROWEST, _WIDEST = 0.004, 0.04  # of a hot spot, as a share of the box


@dataclass(frozen=True)
class City:
    """Units without an index; shapes in EPSG:4326, in the order of their codes."""

    codes: tuple[str, ...]
    shapes: NDArray[np.object_]

    def index(self) -> LocatorIndex:
        """Build the index, as a server does at a publish."""
        return build_index(codes=self.codes, geometries=self.shapes)


@dataclass(frozen=True)
class Ground:
    """A city with its index and n points, of which peers get the first `few`."""

    city: City
    index: LocatorIndex
    lons: Floats
    lats: Floats
    few: int

    @cached_property
    def units(self) -> Ints:
        """Our answers, for all points."""
        return self.locate()

    @cached_property
    def points(self) -> NDArray[np.object_]:
        """The first `few` points as shapes, made once: no peer is charged for it."""
        made: NDArray[np.object_] = shapely.points(self.lons[: self.few], self.lats[: self.few])
        return made

    def locate(self) -> Ints:
        """All points through the index, on one thread."""
        return find_units(self.index, self.lons, self.lats).units


def make_city(units: int) -> City:
    """A synthetic city's units. Raises Invalid for fewer or more than there can be."""
    cells = sorted(synthetic_city(units=units).level(4), key=lambda cell: cell.code)
    return City(tuple(cell.code for cell in cells), np.array([cell.geometry for cell in cells], dtype=object))


def make_ground(city: City, *, points: int, few: int) -> Ground:
    """The city with its index and points; `few` is cut to the number of points."""
    index = city.index()
    lons, lats = scatter_points(city, points)
    return Ground(city, index, lons, lats, min(few, points))


def scatter_points(city: City, count: int, seed: int = 7) -> tuple[Floats, Floats]:
    """`count` longitudes and latitudes in a mixed order."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(city.shapes)
    width, height = east - west, north - south
    even = count // 2
    weights = 1 / np.arange(1, HOT_SPOTS + 1) ** _ZIPF
    spot = rng.choice(HOT_SPOTS, count - even, p=weights / weights.sum())
    centres = shapely.get_coordinates(shapely.centroid(rng.choice(city.shapes, HOT_SPOTS)))
    spread = rng.uniform(_NARROWEST, _WIDEST, HOT_SPOTS)[spot]
    hot = centres[spot] + rng.normal(size=(count - even, 2)) * spread[:, None] * (width, height)
    lons = np.concatenate((rng.uniform(west, east, even), hot[:, 0]))
    lats = np.concatenate((rng.uniform(south, north, even), hot[:, 1]))
    order = rng.permutation(count)
    return np.ascontiguousarray(lons[order]), np.ascontiguousarray(lats[order])
