"""Many points at a time, compiled: the sum of `query_numpy.py` in blocks of points.

What costs is waiting for memory, so a block's reads of the table all go out before any is needed, and the same for
the few points that need a look at edges. Needs numba; imported only where `compiled.py` found it.
"""

import numba as nb
import numpy as np

from spatial.grid.index.kernels import UNKNOWN, prefetch, quick_sum, unit_in_block, unit_of_sum
from spatial.grid.index.layout import DEPTH_SHIFT, OUTSIDE, Floats, Ints, LocatorIndex, Longs
from spatial.grid.index.query_scalar import BlockReader

_BLOCK = 1024
LINE_WORDS = 8  # of a line of the processor's cache; three hold most blocks
_OVERLAPS, _UNKNOWNS, _NOT_FINITE = 1, 2, 4


def fill_units(index: LocatorIndex, lons: Floats, lats: Floats, out: Ints) -> bool:
    """As `query_numpy.fill_units`; tells whether the caller must look for overlaps and bad rows."""
    odd: int = _fill(lons, lats, out, *index.raster_numbers, *index.arrays)
    if odd & _UNKNOWNS:
        reader = BlockReader(index)
        for i in np.flatnonzero(out == UNKNOWN).tolist():
            out[i] = reader.mark_at(*_block_at(index, float(lons[i]), float(lats[i])))
    return bool(odd)


def _block_at(index: LocatorIndex, lon: float, lat: float) -> tuple[int, float, float]:
    raster = index.raster
    x, y = (lon - raster.west) * raster.per_degree, (lat - raster.south) * raster.per_degree
    return -2 - int(index.table[int(y) * raster.columns + int(x)]), lon, lat


@nb.njit(nogil=True, cache=True, boundscheck=False)
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
    odd = 0
    for first in range(0, len(lons), _BLOCK):
        size = min(_BLOCK, len(lons) - first)
        xs, ys, units = lons[first : first + size], lats[first : first + size], out[first : first + size]
        odd |= find_cells(xs, ys, cells, west, south, per_degree, columns, rows, len(table) - 1)
        for i in range(size):
            prefetch(table, cells[i])
        count = 0
        for i in range(size):
            unit = table[cells[i]]
            units[i] = unit
            waiting[count] = i
            count += unit < OUTSIDE
        for k in range(count):
            block = -2 - units[waiting[k]]
            prefetch(words, block)
            prefetch(words, block + LINE_WORDS)
            prefetch(words, block + 2 * LINE_WORDS)
        for k in range(count):
            i = waiting[k]
            block = -2 - units[i]
            total, unsure = quick_sum(words, doubles, block, xs[i], ys[i])
            units[i] = unit_of_sum(total)
            if unsure or total >> DEPTH_SHIFT > 1:
                units[i] = unit_in_block(words, doubles, block, xs[i], ys[i], deep, starts, stacked)
                odd |= _UNKNOWNS if units[i] == UNKNOWN else _OVERLAPS
    return odd


@nb.njit(inline="always")
def find_cells(
    xs: Floats,
    ys: Floats,
    cells: Ints,
    west: float,
    south: float,
    per_degree: float,
    columns: int,
    rows: int,
    beyond: int,
) -> int:
    """Writes the place of each point in the table; returns _NOT_FINITE where a coordinate is not finite."""
    strange = 0
    for i in range(len(xs)):
        x, y = (xs[i] - west) * per_degree, (ys[i] - south) * per_degree
        inside = (x >= 0.0) & (y >= 0.0) & (x < columns) & (y < rows)
        cells[i] = np.int32(y) * np.int32(columns) + np.int32(x) if inside else beyond
        strange |= np.int64((xs[i] - xs[i]) + (ys[i] - ys[i]) != 0.0)
    return strange * _NOT_FINITE
