"""The tally of samples, compiled: no array of samples is ever written.

Needs numba; imported only where `compiled.py` found it.
"""

import numba as nb
import numpy as np

from spatial.grid.index.distance import DistanceRaster, Metres
from spatial.grid.index.kernels import UNKNOWN, quick_sum, unit_in_block, unit_of_sum
from spatial.grid.index.layout import DEPTH_SHIFT, OUTSIDE, Floats, Ints, LocatorIndex, Longs
from spatial.grid.index.query_numba import find_cells
from spatial.grid.index.shares import Fixes, Tally

_NO_DISTANCES = np.empty(0, dtype=np.uint8)


def tally(
    index: LocatorIndex, fixes: Fixes, east: Floats, north: Floats, distance: DistanceRaster | None
) -> Tally | None:
    """The tally of at least one fix; None where only fractions can tell a sample's unit."""
    counts = np.empty(len(fixes.lons), dtype=np.int64)
    units = np.empty(len(counts) * len(east), dtype=np.int32)
    hits = np.empty(len(units), dtype=np.int64)
    metres = _NO_DISTANCES if distance is None else distance.metres
    places = (fixes.lons, fixes.lats, fixes.widths, fixes.heights, fixes.reaches_m)
    used = _tally(*places, east, north, metres, counts, units, hits, *index.raster_numbers, *index.arrays)
    return None if used < 0 else Tally(counts, units[:used].copy(), hits[:used].copy())


@nb.njit(nogil=True, cache=True)
def _tally(
    lons: Floats,
    lats: Floats,
    widths: Floats,
    heights: Floats,
    reaches_m: Floats,
    east: Floats,
    north: Floats,
    metres: Metres,
    counts: Longs,
    units: Ints,
    hits: Longs,
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
    used = 0
    count = len(east)
    found, cells, waiting = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32)
    xs, ys = np.empty(count), np.empty(count)
    for i in range(len(lons)):
        x, y = (lons[i] - west) * per_degree, (lats[i] - south) * per_degree
        if len(metres) and x >= 0.0 and y >= 0.0 and x < columns and y < rows:
            cell = np.int64(y) * columns + np.int64(x)
            if metres[cell] > reaches_m[i]:
                units[used], hits[used], counts[i] = table[cell], count, 1
                used += 1
                continue
        for k in range(count):
            xs[k], ys[k] = lons[i] + widths[i] * east[k], lats[i] + heights[i] * north[k]
        find_cells(xs, ys, cells, west, south, per_degree, columns, rows, len(table) - 1)
        if not _find(xs, ys, cells, waiting, found, table, words, doubles, deep, starts, stacked):
            return -1
        counts[i] = _rank(found, units, hits, used)
        used += counts[i]
    return used


@nb.njit(inline="always")
def _find(
    xs: Floats,
    ys: Floats,
    cells: Ints,
    waiting: Ints,
    found: Ints,
    table: Ints,
    words: Longs,
    doubles: Floats,
    deep: Longs,
    starts: Longs,
    stacked: Ints,
) -> bool:
    """Writes the unit of each sample; false where only fractions can tell one."""
    count = 0
    for k in range(len(cells)):
        unit = table[cells[k]]
        found[k] = unit
        waiting[count] = k
        count += unit < OUTSIDE
    for nth in range(count):
        k = waiting[nth]
        block = -2 - found[k]
        total, unsure = quick_sum(words, doubles, block, xs[k], ys[k])
        unit = unit_of_sum(total)
        if unsure or total >> DEPTH_SHIFT > 1:
            unit = unit_in_block(words, doubles, block, xs[k], ys[k], deep, starts, stacked)
            if unit == UNKNOWN:
                return False
            if unit < OUTSIDE:
                unit = -2 - unit
        found[k] = unit
    return True


@nb.njit(inline="always")
def _rank(found: Ints, units: Ints, hits: Longs, first: int) -> int:
    """Writes the distinct units among samples, most hits first, then lower units, outside last; returns how many."""
    last = first
    for k in range(len(found)):
        if last > first and found[k] == units[last - 1]:
            continue
        place = first
        while place < last and units[place] != found[k]:
            place += 1
        if place == last:
            units[last], hits[last] = found[k], 0
            last += 1
            for other in range(k, len(found)):
                hits[place] += np.int64(found[other] == found[k])
            if np.sum(hits[first:last]) == len(found):
                break
    for k in range(first + 1, last):
        unit, count = units[k], hits[k]
        place = k
        while place > first and (
            hits[place - 1] < count
            or (hits[place - 1] == count and unit != OUTSIDE and (units[place - 1] > unit or units[place - 1] < 0))
        ):
            units[place], hits[place] = units[place - 1], hits[place - 1]
            place -= 1
        units[place], hits[place] = unit, count
    return last - first
