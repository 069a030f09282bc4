"""Seeds of the units: scattered densely downtown and thinly at the rim, in pairs along the water.

Two seeds that mirror each other across a bank make the border between them run along the bank; that is how
river and canal get smooth banks out of a Voronoi diagram. Knows points; refuses to know their polygons.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from spatial.grid.synthetic.ground import CANAL_HALF_WIDTH_M, Floats, Ground

_BEND = 1.1  # how much thinner the rim is: radius grows as s + _BEND * s**2
_JITTER = 0.40  # of the pitch, to each side
_CLOSE = 0.62  # of the local spacing: the ordinary seeds keep this far from the rows along the water


@dataclass(frozen=True)
class Seeds:
    """All seeds and which of them become units; the others are water or country outside."""

    points: Floats  # (n, 2) metres
    is_unit: np.ndarray  # (n,) bool
    is_water: np.ndarray  # (n,) bool


def scatter(ground: Ground, units: int, rng: np.random.Generator) -> Seeds:
    """Exactly `units` seeds for units inside the ground, and the seeds around them that close their borders."""
    pitch = _pitch_for(ground, units)
    rows, banks, water = _rows_along_water(ground, pitch)
    loose = _warp(ground, _lattice(pitch, rng))
    apart, _ = cKDTree(np.r_[rows, water]).query(loose)
    in_canal = cKDTree(ground.canal).query(loose)[0] < CANAL_HALF_WIDTH_M * 2
    loose = loose[(apart > _CLOSE * _spacing(ground, loose, pitch)) & ~in_canal & ~_wet(ground, loose)]
    points = np.r_[loose, banks, water]
    is_water = np.arange(len(points)) >= len(loose) + len(banks)
    outside = np.where(is_water, np.inf, ground.outside_m(points))
    is_unit = np.zeros(len(points), bool)
    is_unit[np.argsort(outside, kind="stable")[:units]] = True
    return Seeds(points, is_unit, is_water)


def _lattice(pitch: float, rng: np.random.Generator | None) -> Floats:
    count = int(np.ceil(2 / pitch))
    middle = (np.arange(count) + 0.5) * pitch - 1
    x, y = (axis.ravel() for axis in np.meshgrid(middle, middle))
    square = np.c_[x, y]
    if rng is not None:
        square = square + rng.uniform(-_JITTER, _JITTER, square.shape) * pitch
    return np.asarray(square[np.hypot(*square.T) < 1])


def _warp(ground: Ground, disc: Floats) -> Floats:
    radius = np.hypot(*disc.T)[:, None]
    return np.asarray(ground.downtown + disc * ground.reach_m * (1 + _BEND * radius) / (1 + _BEND))


def _spacing(ground: Ground, points: Floats, pitch: float) -> Floats:
    """The usual distance between neighbouring seeds at these points, in metres."""
    far = np.hypot(*(points - ground.downtown).T) / ground.reach_m * (1 + _BEND)
    inner = (np.sqrt(1 + 4 * _BEND * far) - 1) / (2 * _BEND)
    radial, tangential = 1 + 2 * _BEND * inner, 1 + _BEND * inner
    return np.asarray(pitch * ground.reach_m / (1 + _BEND) * np.sqrt(radial * tangential))


def _pitch_for(ground: Ground, units: int) -> float:
    """The lattice pitch that puts about `units` seeds inside."""
    pitch = 0.02
    for _ in range(3):
        inside = int((ground.outside_m(_warp(ground, _lattice(pitch, None))) < 0).sum())
        pitch *= float(np.sqrt(inside / units))
    return pitch


def _rows_along_water(ground: Ground, pitch: float) -> tuple[Floats, Floats, Floats]:
    """All rows along the water, those on land, those in the water."""
    at, right, step = _stations(ground, ground.bank, pitch)
    half = 0.5 * step[:, None]
    shore, river = at - right * half, at + right * half
    at, right, _ = _stations(ground, ground.canal, pitch)
    sides = np.r_[at - 2 * CANAL_HALF_WIDTH_M * right, at + 2 * CANAL_HALF_WIDTH_M * right]
    head = at[-1] + (at[-1] - at[-2]) / np.hypot(*(at[-1] - at[-2])) * 2 * CANAL_HALF_WIDTH_M
    sides = np.r_[sides, [head]]
    sides = sides[~_wet(ground, sides)]
    land = np.r_[shore, sides]
    return np.r_[land, river], land, np.r_[river, at]


def _stations(ground: Ground, line: Floats, pitch: float) -> tuple[Floats, Floats, Floats]:
    """Points along a line one local spacing apart, the direction to their right, and that spacing."""
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    places = [0.0]
    while places[-1] < along[-1]:
        here = np.array([[np.interp(places[-1], along, line[:, axis]) for axis in (0, 1)]])
        places.append(places[-1] + float(_spacing(ground, here, pitch)[0]))
    stops = np.array(places[:-1])
    at = np.c_[np.interp(stops, along, line[:, 0]), np.interp(stops, along, line[:, 1])]
    ahead = np.c_[np.interp(stops + 1, along, line[:, 0]), np.interp(stops + 1, along, line[:, 1])]
    behind = np.c_[np.interp(stops - 1, along, line[:, 0]), np.interp(stops - 1, along, line[:, 1])]
    course = (ahead - behind) / np.hypot(*(ahead - behind).T)[:, None]
    return at, np.c_[course[:, 1], -course[:, 0]], _spacing(ground, at, pitch)


def _wet(ground: Ground, points: Floats) -> np.ndarray:
    return np.asarray(shapely.intersects(ground.river, shapely.points(points)))
