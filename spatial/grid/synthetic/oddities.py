"""Two shapes that real cities have and naive code forgets: an enclave and a unit in two parts.

Knows unit shapes and their communities. Both stay within one community, so communities stay contiguous.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array

from spatial.grid.synthetic.ground import Floats


@dataclass(frozen=True)
class Quarter:
    """Shapes and communities (as numbers) of all units, and which two are odd (as positions)."""

    shapes: np.ndarray
    home: np.ndarray
    enclave: int
    multipart: int


def add_oddities(shapes: np.ndarray, home: np.ndarray, touching: csr_array, rng: np.random.Generator) -> Quarter:
    """Cut one enclave out of the roomiest unit and join two units of another community that do not touch.

    The number of units stays as it is: one is added, one is taken away.
    """
    host = int(np.argmax(_room(shapes)))
    whole = shapely.polygons(shapely.linearrings(_pond(shapes[host], rng)))
    first, second = _pair_apart(home, touching, spare=int(home[host]))
    shapes = shapes.copy()
    shapes[host] = shapely.polygons(shapely.get_exterior_ring(shapes[host]), [shapely.get_exterior_ring(whole)])
    shapes[first] = shapely.multipolygons([shapes[first], shapes[second]])
    shapes[second] = whole
    home = home.copy()
    home[second] = home[host]
    return Quarter(shapes, home, enclave=second, multipart=first)


def _room(shapes: np.ndarray) -> Floats:
    """How far each unit's centroid lies from its border, in degrees; only for comparing."""
    return np.asarray(shapely.distance(shapely.centroid(shapes), shapely.get_exterior_ring(shapes)))


def _pond(shape: shapely.Polygon, rng: np.random.Generator) -> Floats:
    """A wobbly closed ring well inside a shape."""
    middle = shapely.get_coordinates(shapely.centroid(shape))[0]
    radius = 0.55 * float(_room(np.array([shape]))[0])
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    wobble = 1 + 0.18 * np.sin(2 * turn + rng.uniform(0, 6)) + 0.1 * np.sin(5 * turn + rng.uniform(0, 6))
    ring = middle + (radius * wobble)[:, None] * np.c_[np.cos(turn), np.sin(turn)]
    return np.asarray(np.round(np.r_[ring, ring[:1]], 8))


def _pair_apart(home: np.ndarray, touching: csr_array, *, spare: int) -> tuple[int, int]:
    """Two units of one community that do not touch but have a common neighbour in it; not in community `spare`."""
    for community in range(int(home.max()) // 3, int(home.max()) + 1):
        members = np.nonzero(home == community)[0]
        if community == spare or len(members) < 5:
            continue
        near = touching[members][:, members].toarray()
        apart = np.triu((near == 0) & (near @ near > 0), k=1)
        if apart.any():
            first, second = np.argwhere(apart)[0]
            return int(members[first]), int(members[second])
    raise ValueError("no community has two units apart from each other")
