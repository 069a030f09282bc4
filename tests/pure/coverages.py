"""Small coverages with every oddity, the points where indexes go wrong, and the border rule as the judge."""

import math
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from spatial.grid.border import covers_many, edges_of
from spatial.grid.index import LocatorIndex

Points = np.ndarray


def lattice(xs: list[float], ys: list[float], shifts: list[tuple[float, float]], *, odd: bool) -> list[Polygon]:
    """Nine cells that share all borders; with `odd` an enclave, a unit in two parts and a T-junction besides."""
    nodes = {(i, j): (xs[i], ys[j]) for i in range(4) for j in range(4)}
    for (i, j), (dx, dy) in zip([(1, 1), (2, 1), (1, 2), (2, 2)], shifts, strict=True):
        x, y = nodes[i, j]
        nodes[i, j] = (
            x + dx * 0.45 * min(xs[i + 1] - x, x - xs[i - 1]),
            y + dy * 0.45 * min(ys[j + 1] - y, y - ys[j - 1]),
        )
    corners = ((0, 0), (1, 0), (1, 1), (0, 1))
    cells = [Polygon([nodes[i + di, j + dj] for di, dj in corners]) for j in range(3) for i in range(3)]
    return _with_oddities(cells) if odd else cells


def _with_oddities(cells: list[Polygon]) -> list[Polygon]:
    """Unit 0 gets a hole with an enclave, 2 and 6 become one unit, and 8 is cut in two at an edge of 7.

    The T-junction is rounded: where that edge leans, units overlap or leave a gap by the width of one double.
    """
    hole = _shrunk(cells[0])
    enclave = Polygon(hole)
    around = Polygon(cells[0].exterior.coords, [hole])
    ring = list(cells[8].exterior.coords)[:-1]
    middle = ((ring[0][0] + ring[3][0]) / 2, (ring[0][1] + ring[3][1]) / 2)
    halves = [Polygon([ring[0], ring[1], ring[2], middle]), Polygon([middle, ring[2], ring[3]])]
    return [around, cells[1], MultiPolygon([cells[2], cells[6]]), *cells[3:6], cells[7], *halves, enclave]


def _shrunk(cell: Polygon) -> list[tuple[float, float]]:
    middle = np.mean(np.array(cell.exterior.coords)[:-1], axis=0)
    return [tuple(middle + (np.array(corner) - middle) * 0.4) for corner in cell.exterior.coords]


_step = st.floats(0.001, 0.7)
_shift = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@st.composite
def coverages(draw: st.DrawFn, *, may_be_odd: bool = True) -> list[Polygon]:
    """Lattices anywhere on the map, of many sizes, with and without oddities."""
    xs = (draw(st.floats(-120, 120)) + np.cumsum([draw(_step) for _ in range(4)])).tolist()
    ys = (draw(st.floats(-60, 60)) + np.cumsum([draw(_step) for _ in range(4)])).tolist()
    return lattice(xs, ys, [draw(_shift) for _ in range(4)], odd=may_be_odd and draw(st.booleans()))


def codes_for(units: list[Polygon]) -> list[str]:
    """Codes in the order of the units."""
    return [f"u{number:04d}" for number in range(len(units))]


def hard_points(units: list[Polygon], index: LocatorIndex, rng: np.random.Generator, each: int = 60) -> Points:
    """Vertices, midpoints, lines and corners of the raster, heights of vertices; and the doubles beside each."""
    ends = np.unique(shapely.get_coordinates(units), axis=0)
    rings = shapely.get_rings(shapely.get_parts(units))
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for ring in rings for a, b in pairwise(ring.coords)]
    raster = index.raster
    x = raster.west + rng.integers(0, raster.columns + 1, each) * raster.cell
    y = raster.south + rng.integers(0, raster.rows + 1, each) * raster.cell
    west, south, east, north = index.bounds
    anywhere = np.c_[rng.uniform(west, east, each), rng.uniform(south, north, each)]
    some = rng.choice(len(ends), each)
    points = np.vstack(
        [
            ends[rng.permutation(len(ends))[: 2 * each]],
            np.array(middles)[rng.permutation(len(middles))[: 2 * each]],
            np.c_[x, y],
            np.c_[x, anywhere[:, 1]],
            np.c_[anywhere[:, 0], y],
            np.c_[anywhere[:, 0], ends[some, 1]],
            np.c_[ends[some, 0], anywhere[:, 1]],
            anywhere,
        ]
    )
    return np.vstack([points, *_neighbours(points)])


def _neighbours(points: Points) -> list[Points]:
    near = []
    for axis in (0, 1):
        for side in (-math.inf, math.inf):
            moved = points.copy()
            moved[:, axis] = np.nextafter(moved[:, axis], side)
            near.append(moved)
    return near


def judged(units: list[Polygon], points: Points) -> np.ndarray:
    """The units of each point by the border rule, unit by unit; a table of booleans (points, units)."""
    return np.stack([covers_many(edges_of(unit), points[:, 0], points[:, 1]) for unit in units], axis=1)


def lowest(judgement: np.ndarray) -> np.ndarray:
    """The first unit of each row of a judgement, -1 for none."""
    return np.where(judgement.any(axis=1), judgement.argmax(axis=1), -1)
