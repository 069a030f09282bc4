"""Wiggly borders between seeds, each drawn once and read by both neighbours.

Each ridge of the Voronoi diagram becomes one polyline by midpoint displacement. The displacement is held
inside the kite of the ridge and its two seeds; kites of different ridges do not overlap, so borders
cannot cross, and the cells are a valid coverage by construction. Knows points and rings; refuses to know codes.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi

from spatial.grid.synthetic.ground import Floats, to_lonlat
from spatial.grid.synthetic.seeds import Seeds

_WELD_M = 1.0  # shorter ridges vanish: their two ends become one corner
_ROUGHNESS = 0.55  # how fast the displacement shrinks from level to level
_WATER_CALM = 0.35  # banks wiggle less than borders on land
_LEVELS = (2, 6)  # a border has between 2**2 and 2**6 segments
_SEGMENTS = 16  # of a border of ordinary length


@dataclass(frozen=True)
class Ridges:
    """Straight borders: the seeds on both sides and the ends. Only those that touch a unit."""

    sides: np.ndarray  # (m, 2) indices of seeds
    start: Floats  # (m, 2)
    end: Floats  # (m, 2)


@dataclass(frozen=True)
class Borders:
    """All borders as polylines laid end to end: border e has points first[e] .. first[e] + segments[e]."""

    points: Floats
    first: np.ndarray
    segments: np.ndarray


def straight_ridges(seeds: Seeds) -> Ridges:
    """The Voronoi ridges that touch a unit, with the shortest ones welded away."""
    diagram = Voronoi(seeds.points)
    sides, ends = np.asarray(diagram.ridge_points), np.array(diagram.ridge_vertices)
    keep = seeds.is_unit[sides].any(axis=1) & (ends >= 0).all(axis=1)
    sides, ends = sides[keep], ends[keep]
    length = np.hypot(*(diagram.vertices[ends[:, 1]] - diagram.vertices[ends[:, 0]]).T)
    short = length < _WELD_M
    count = len(diagram.vertices)
    links = coo_array((np.ones(short.sum()), (ends[short, 0], ends[short, 1])), shape=(count, count))
    _, corner = connected_components(links, directed=False)
    spot = np.empty((corner.max() + 1, 2))
    spot[corner] = diagram.vertices
    ends, sides = corner[ends[~short]], sides[~short]
    apart = ends[:, 0] != ends[:, 1]
    return Ridges(sides[apart], spot[ends[apart, 0]], spot[ends[apart, 1]])


def draw_borders(ridges: Ridges, seeds: Seeds, rng: np.random.Generator) -> Borders:
    """Displace each ridge within its kite. Deterministic for a seeded `rng`."""
    run = ridges.end - ridges.start
    length = np.hypot(*run.T)
    along = run / length[:, None]
    across = np.c_[-along[:, 1], along[:, 0]]
    seed = seeds.points[ridges.sides[:, 0]] - ridges.start
    foot = (seed * along).sum(axis=1) / length  # where the seed's foot falls on the ridge, 0..1 from start to end
    height = np.abs((seed * across).sum(axis=1))
    level = np.clip(np.round(np.log2(np.maximum(length / (1.2 * height) * _SEGMENTS, 1))), *_LEVELS).astype(int)
    calm = np.where(seeds.is_water[ridges.sides].any(axis=1), _WATER_CALM, 1.0)
    segments = 2**level
    first = np.r_[0, np.cumsum(segments + 1)[:-1]]
    points = np.empty((int((segments + 1).sum()), 2))
    for depth in np.unique(level):
        of = np.nonzero(level == depth)[0]
        t = np.linspace(0, 1, 2**depth + 1)[None, :]
        room = np.minimum(_tent(t, foot[of, None]) * height[of, None], 0.35 * length[of, None] * _ease(t))
        push = np.clip(0.5 * _noise(len(of), int(depth), rng), -0.85, 0.85) * room * calm[of, None]
        lines = ridges.start[of, None] + t[..., None] * run[of, None] + push[..., None] * across[of, None]
        lines[:, 0], lines[:, -1] = ridges.start[of], ridges.end[of]
        points[first[of, None] + np.arange(2**depth + 1)] = lines
    return Borders(points, first, segments)


def close_rings(ridges: Ridges, borders: Borders, seeds: Seeds) -> tuple[np.ndarray, np.ndarray]:
    """(seed index, polygon in EPSG:4326) of each unit; neighbours share their border's points exactly."""
    count = len(ridges.sides)
    cell, border = ridges.sides.T.ravel(), np.tile(np.arange(count), 2)
    ours = seeds.is_unit[cell]
    cell, border = cell[ours], border[ours]
    middle = (ridges.start + ridges.end)[border] / 2 - seeds.points[cell]
    order = np.lexsort((np.arctan2(middle[:, 1], middle[:, 0]), cell))
    cell, border = cell[order], border[order]
    start, end = ridges.start[border] - seeds.points[cell], ridges.end[border] - seeds.points[cell]
    forward = start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0] > 0
    steps = borders.segments[border]
    piece = np.repeat(np.arange(len(border)), steps)
    nth = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    offset = np.where(forward[piece], nth, steps[piece] - nth)
    corners = to_lonlat(borders.points[borders.first[border[piece]] + offset])
    owner, ring = np.unique(cell[piece], return_inverse=True)
    return owner, np.asarray(shapely.polygons(shapely.linearrings(corners, indices=ring)))


def _tent(t: Floats, foot: Floats) -> Floats:
    """The kite's height over the ridge, 0 at the ends and at most 1 over the foot."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.minimum(t / foot, (1 - t) / (1 - foot))
        return np.asarray(np.where(foot <= 0, (1 - t) / (1 - foot), np.where(foot >= 1, t / foot, inner)))


def _ease(t: Floats) -> Floats:
    return np.asarray(np.minimum(1, 4 * np.minimum(t, 1 - t)))


def _noise(count: int, depth: int, rng: np.random.Generator) -> Floats:
    """Midpoint displacement: `count` curves of 2**depth segments, 0 at both ends, about -1..1."""
    curve = np.zeros((count, 2**depth + 1))
    step, reach = 2**depth, 1.0
    while step > 1:
        half = step // 2
        between = (curve[:, 0:-1:step] + curve[:, step::step]) / 2
        curve[:, half::step] = between + rng.uniform(-reach, reach, between.shape)
        step, reach = half, reach * _ROUGHNESS
    return curve
