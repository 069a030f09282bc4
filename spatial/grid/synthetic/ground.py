"""The lie of the land of the synthetic city: outline, river, canal, and how dense the units lie.

Knows a plane in metres, x east and y north, with its origin at ORIGIN. The outline only resembles
Shangcheng: a long district with a wide river on its south-east and an old, dense centre in its south-west.
Refuses to know cells, codes and names.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Floats = NDArray[np.float64]

ORIGIN = (120.2250, 30.2800)  # lon, lat of the plane's origin
AREA_M2 = 120e6  # of one district
CANAL_HALF_WIDTH_M = 42.0
_METRES_PER_DEGREE = (111_320.0 * float(np.cos(np.radians(ORIGIN[1]))), 110_860.0)

# In kilometres before scaling. The first seven run along the river, from where it enters to where it leaves.
_BANK = [(-6.9, -9.4), (-3.6, -7.5), (-0.8, -5.4), (1.8, -3.9), (4.2, -2.2), (6.3, 0.2), (8.0, 3.4)]
_INLAND = [(6.5, 5.0), (4.8, 5.4), (4.2, 7.3), (2.2, 8.9), (-0.7, 8.5), (-2.1, 6.6), (-3.4, 4.2), (-4.6, 2.0)]
_WEST = [(-5.3, -0.6), (-6.5, -2.6), (-6.9, -5.6)]
_CANAL = [(-3.4, 9.2), (-1.7, 6.4), (-0.9, 4.4), (-1.5, 2.3), (-1.2, 0.4), (-2.2, -1.2)]
_DOWNTOWN = (-4.0, -3.6)


@dataclass(frozen=True)
class Ground:
    """The city's ground in metres. `river` is water for good; the outline is soft, so that counts come out exact."""

    outline: shapely.Polygon
    river: shapely.Polygon
    bank: Floats  # (n, 2) dense points along the river's near bank
    canal: Floats  # (n, 2) dense points along the canal's middle, from outside to its end in the city
    downtown: Floats  # (2,)
    reach_m: float  # no point of interest is farther from downtown

    def outside_m(self, points: Floats) -> Floats:
        """How far each point lies outside the outline, in metres; negative inside, infinite in water."""
        where = shapely.points(points)
        shapely.prepare([self.outline, self.river])
        edge = shapely.distance(where, self.outline.exterior)
        signed = np.where(shapely.contains(self.outline, where), -edge, edge)
        x, y = points.T / (self.reach_m / 14_000.0)
        ripple = 170 * np.sin(x / 900 + 1) * np.sin(y / 1100) + 90 * np.sin(x / 330) * np.sin(y / 410 + 2)
        wet = shapely.intersects(self.river, where)
        return np.where(wet, np.inf, signed + ripple * self.reach_m / 14_000.0)


def lay_ground(districts: int) -> Ground:
    """The ground for so many districts of AREA_M2 each: one outline, grown."""
    dry = shapely.Polygon(_BANK + _INLAND + _WEST)
    scale = float(np.sqrt(districts * AREA_M2 / dry.area))
    bank = _smooth(np.array(_BANK) * scale, 400)
    beyond = bank + 4.0 * scale * np.array([np.sin(np.pi / 4), -np.cos(np.pi / 4)])
    river = shapely.Polygon(np.r_[bank, beyond[::-1]])
    wide = np.array(_BANK) * scale + 0.8 * scale * np.array([0.7, -0.7])
    outline = shapely.Polygon(np.r_[wide, np.array(_INLAND + _WEST) * scale])
    return Ground(
        outline=outline,
        river=river,
        bank=bank,
        canal=_smooth(np.array(_CANAL) * scale, 400),
        downtown=np.array(_DOWNTOWN) * scale,
        reach_m=21.0 * scale,
    )


def to_lonlat(points: Floats) -> Floats:
    """Metres of the plane to degrees, EPSG:4326, rounded to a millimetre so that files keep them exactly."""
    degrees = points / np.array(_METRES_PER_DEGREE) + np.array(ORIGIN)
    return np.asarray(np.round(degrees, 8))


def _smooth(points: Floats, count: int) -> Floats:
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    return np.asarray(CubicSpline(along, points)(np.linspace(0, along[-1], count)))
