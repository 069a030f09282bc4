"""Many points at a time, compiled: the sum of `query_numpy.py` in blocks of points.

What costs is waiting for memory, so a block's reads of the table all go out before any is needed, and the same for
the few points that need a look at edges. Needs numba; imported only where `compiled.py` found it.
"""

import numba as nb
import numpy as np

from spatial.grid.index.kernels import OUTSIDE, UNKNOWN, prefetch, unit_in_block
from spatial.grid.index.layout import Floats, Ints, LocatorIndex, Longs
from spatial.grid.index.query_scalar import BlockReader

_BLOCK = 512


def fill_units(index: LocatorIndex, lons: Floats, lats: Floats, out: Ints) -> bool:
    """As `query_numpy.fill_units`; tells whether any answer is below -1, so that the caller need not look."""
    odd = _fill(lons, lats, out, *index.raster_numbers, *index.arrays)
    if odd & 2:
        reader = BlockReader(index)
        for i in np.flatnonzero(out == UNKNOWN).tolist():
            out[i] = reader.mark_at(*_block_at(index, float(lons[i]), float(lats[i])))
    return bool(odd)


def _block_at(index: LocatorIndex, lon: float, lat: float) -> tuple[int, float, float]:
    raster = index.raster
    x, y = (lon - raster.west) * raster.per_degree, (lat - raster.south) * raster.per_degree
    return -2 - int(index.table[int(y) * raster.columns + int(x)]), lon, lat


@nb.njit(nogil=True, cache=True, boundscheck=False)  # type: ignore[untyped-decorator]
def _fill(
    lons: Floats,
    lats: Floats,
    out: Ints,
    west: float,
    south: float,
    per_degree: float,
    columns: int,
    rows: int,
    table: Ints,
    words: Longs,
    doubles: Floats,
    deep: Longs,
    starts: Longs,
    stacked: Ints,
) -> int:
    cells = np.empty(_BLOCK, dtype=np.int32)
    waiting = np.empty(_BLOCK, dtype=np.int32)
    beyond = np.int32(len(table) - 1)
    odd = 0
    for first in range(0, len(lons), _BLOCK):
        size = min(_BLOCK, len(lons) - first)
        xs, ys, units = lons[first : first + size], lats[first : first + size], out[first : first + size]
        for i in range(size):
            x, y = (xs[i] - west) * per_degree, (ys[i] - south) * per_degree
            inside = (x >= 0.0) & (y >= 0.0) & (x < columns) & (y < rows)
            cells[i] = np.int32(y) * np.int32(columns) + np.int32(x) if inside else beyond
        count = 0
        for i in range(size):
            unit = table[cells[i]]
            units[i] = unit
            waiting[count] = i
            count += unit < OUTSIDE
        for k in range(count):
            prefetch(words, -2 - units[waiting[k]])
        for k in range(count):
            i = waiting[k]
            unit = unit_in_block(words, doubles, -2 - units[i], xs[i], ys[i], deep, starts, stacked)
            units[i] = unit
            if unit < OUTSIDE:
                odd |= 2 if unit == UNKNOWN else 1
    return odd
