"""Areas on the ellipsoid and a city's own metric plane.

Areas are geodesic on WGS 84. The plane is a transverse Mercator projection about the city's centre: 25 km away from
the centre's meridian lengths are off by 8 and areas by 16 parts in a million. It was taken because it leads back to
the same degrees (an equal-area projection loses a millimetre on the way).

Knows shapely geometries in EPSG:4326, longitude first. Refuses to measure anything in degrees.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer
from shapely.geometry.base import BaseGeometry

GEOD = Geod(ellps="WGS84")


def area_m2(geometry: BaseGeometry) -> float:
    """The geodesic area of a Polygon or MultiPolygon in EPSG:4326, holes taken away, in square metres."""
    return abs(float(GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]))


@dataclass(frozen=True)
class MetricPlane:
    """A plane in metres about one centre; there and back is exact to a micrometre."""

    lon: float
    lat: float

    def to_metres(self, geometry: BaseGeometry) -> BaseGeometry:
        """From degrees to metres. Equal vertices stay equal, so shared borders stay shared."""
        return shapely.transform(geometry, lambda xy: self._move(xy, inverse=False))

    def to_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """From metres back to degrees."""
        return shapely.transform(geometry, lambda xy: self._move(xy, inverse=True))

    def _move(self, xy: npt.NDArray[np.float64], *, inverse: bool) -> npt.NDArray[np.float64]:
        direction = "INVERSE" if inverse else "FORWARD"
        return np.column_stack(_transformer(self.lon, self.lat).transform(xy[:, 0], xy[:, 1], direction=direction))


def plane_about(geometries: Iterable[BaseGeometry]) -> MetricPlane:
    """The plane about the middle of all geometries' bounds, rounded so that small edits keep the same plane."""
    west, south, east, north = shapely.total_bounds(list(geometries))
    return MetricPlane(round(float(west + east) / 2, 2), round(float(south + north) / 2, 2))


@lru_cache(maxsize=32)
def _transformer(lon: float, lat: float) -> Transformer:
    plane = CRS.from_proj4(f"+proj=tmerc +k=1 +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m +no_defs")
    return Transformer.from_crs("EPSG:4326", plane, always_xy=True)
