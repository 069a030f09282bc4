"""What is not a join: single lookups, the gather that bounds us, shares of accuracy discs."""

from collections.abc import Callable

import numpy as np
import shapely

from api.bench.ground import Ground
from api.bench.timing import cpu_clock, medians, wall_clock
from spatial.grid.index import one_point
from spatial.grid.index.compiled import COMPILED
from spatial.grid.index.layout import Floats, Ints, Longs

TABLE_CELLS = 16_000_000  # 61 MB of int32, whatever our own raster is
_SIDE = 4000
_LOOKUPS = 20_000
_POSTGIS_LOOKUPS = 3000

Lookup = Callable[[float, float], object]


def gather(ground: Ground) -> Callable[[], Ints]:
    """A plain gather from a fixed table of 61 MB at the points' cells: what any table look-up must wait for.

    The cells are computed beforehand; ours computes them.
    """
    rng = np.random.default_rng(1)
    table = rng.integers(0, 1 << 20, TABLE_CELLS, dtype=np.int32)
    west, south, east, north = ground.index.bounds
    column = np.clip((ground.lons - west) / (east - west) * _SIDE, 0, _SIDE - 1).astype(np.int64)
    row = np.clip((ground.lats - south) / (north - south) * _SIDE, 0, _SIDE - 1).astype(np.int64)
    cells = row * _SIDE + column
    out = np.empty(len(cells), dtype=np.int32)
    take = _compiled_take() if COMPILED else _numpy_take

    def run() -> Ints:
        take(table, cells, out)
        return out

    return run


def _numpy_take(table: Ints, cells: Longs, out: Ints) -> None:
    np.take(table, cells, out=out, mode="clip")


def _compiled_take() -> Callable[[Ints, Longs, Ints], None]:
    import numba

    @numba.njit(nogil=True, boundscheck=False)  # type: ignore[untyped-decorator,unused-ignore]
    def take(table: Ints, cells: Longs, out: Ints) -> None:
        for i in range(len(cells)):
            out[i] = table[cells[i]]

    compiled: Callable[[Ints, Longs, Ints], None] = take
    return compiled


def against_tree(ground: Ground, repeats: int, *, points_made: bool) -> tuple[float, float, bool]:
    """Seconds of one lookup: ours, shapely's STRtree; and whether they agree. Ours begins with lon and lat.

    With `points_made` the tree is spared what a caller that has lon and lat must do: make the point.
    """
    count = min(_LOOKUPS, ground.few)
    tree, points = shapely.STRtree(ground.city.shapes), ground.points[:count].tolist()
    places = list(zip(ground.lons[:count].tolist(), ground.lats[:count].tolist(), strict=True))

    def ask_tree() -> list[Longs]:
        if points_made:
            return [tree.query(point, predicate="intersects") for point in points]
        return [tree.query(shapely.Point(lon, lat), predicate="intersects") for lon, lat in places]

    ours = _ask_ours(ground, count)
    seconds = medians({"ours": (ours, cpu_clock), "peer": (ask_tree, cpu_clock)}, repeats)
    found = [-1 if len(units) == 0 else int(units[0]) for units in ask_tree()]
    return seconds["ours"] / count, seconds["peer"] / count, ours() == found


def against_server(ground: Ground, lookup: Callable[[float, float], int], repeats: int) -> tuple[float, float, bool]:
    """Seconds on the wall of one lookup: ours, and by a round trip to a database; and whether they agree."""
    count = min(_POSTGIS_LOOKUPS, ground.few)
    places = list(zip(ground.lons[:count].tolist(), ground.lats[:count].tolist(), strict=True))
    ours = _ask_ours(ground, count)

    def ask_server() -> list[int]:
        return [lookup(lon, lat) for lon, lat in places]

    seconds = medians({"ours": (ours, wall_clock), "peer": (ask_server, wall_clock)}, repeats)
    return seconds["ours"] / count, seconds["peer"] / count, ours() == ask_server()


def _ask_ours(ground: Ground, count: int) -> Callable[[], list[int]]:
    find = one_point(ground.index)
    lons, lats = ground.lons[:count].tolist(), ground.lats[:count].tolist()
    return lambda: [find(lon, lat) for lon, lat in zip(lons, lats, strict=True)]


def radii_for(count: int) -> Floats:
    """Radii of 10 to 50 metres, as phones report them in a street."""
    return np.random.default_rng(5).uniform(10.0, 50.0, count)
