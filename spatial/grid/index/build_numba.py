"""The same edges, table and blocks as numpy makes, compiled: a row of cells at a time, so that all stays in cache.

Operations and their order are those of `edges.py`, `supercover.py` and `build_numpy.py`; a test holds the arrays
equal. Needs numba; imported only where `compiled.py` found it.
"""

import math

import numba as nb
import numpy as np

from spatial.grid.index.build_numpy import TOO_MANY_WORDS, Filled
from spatial.grid.index.edges import Edges, Rings
from spatial.grid.index.kernels import label_of, side_of, unit_of_sum
from spatial.grid.index.layout import (
    A_EAST_BIT,
    B_EAST_BIT,
    CORNER_SHIFT,
    DEPTH_SHIFT,
    EDGE_WORDS,
    HEAD_WORDS,
    MOST_WORDS,
    OUTSIDE,
    SIDE_BITS,
    Flags,
    Floats,
    Ints,
    Longs,
    Raster,
)

_SLOTS = 64  # of the hash table, for each square of about a quarter of a unit's size
_FIRST_WORDS = 14  # room for each piece of an edge to begin with; grown when it does not suffice


def areas(rings: Rings) -> tuple[Floats, Floats]:
    """Twice the signed area of each ring, and the size of its terms."""
    return _areas(rings.xy, rings.starts)


@nb.njit(nogil=True, cache=True)
def _areas(xy: Floats, starts: Longs) -> tuple[Floats, Floats]:
    area, size = np.zeros(len(starts) - 1), np.zeros(len(starts) - 1)
    for ring in range(len(area)):
        x0, y0 = xy[starts[ring], 0], xy[starts[ring], 1]
        x1, y1 = 0.0, 0.0
        for i in range(starts[ring] + 1, starts[ring + 1]):
            x, y = xy[i, 0] - x0, xy[i, 1] - y0
            area[ring] += x1 * y - x * y1
            size[ring] += abs(x) * abs(y)
            x1, y1 = x, y
    return area, size


def cut_and_merge(rings: Rings, sides: Flags, raster: Raster, units: int) -> tuple[Edges, Flags]:
    """`edges.merged(edges.cut(...))`, and which units have an edge with themselves on both sides."""
    across = raster.columns * raster.cell / math.sqrt(4.0 * units)
    wide = int(raster.columns * raster.cell / across) + 1
    high = int(raster.rows * raster.cell / across) + 1
    slots = np.full(wide * high * _SLOTS, -1, dtype=np.int32)
    folded = np.zeros(units, dtype=np.bool_)
    ends, left, right = _merge(
        rings.xy, rings.starts, rings.units, sides, raster.west, raster.south, 1.0 / across, wide, slots, folded
    )
    return Edges(ends, left, right), folded


@nb.njit(nogil=True, cache=True)
def _merge(
    xy: Floats,
    starts: Longs,
    owners: Ints,
    sides: Flags,
    west: float,
    south: float,
    per_degree: float,
    wide: int,
    slots: Ints,
    folded: Flags,
) -> tuple[Floats, Ints, Ints]:
    most = len(xy) - len(owners)
    ends = np.empty((most, 4))
    left, right, older = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    count = 0
    for ring in range(len(owners)):
        for i in range(starts[ring], starts[ring + 1] - 1):
            ax, ay, bx, by = xy[i, 0] + 0.0, xy[i, 1] + 0.0, xy[i + 1, 0] + 0.0, xy[i + 1, 1] + 0.0
            if ax == bx and ay == by:
                continue
            falls = ay > by or (ay == by and ax > bx)
            if falls:
                ax, ay, bx, by = bx, by, ax, ay
            on_left = sides[ring] != falls
            slot = _slot(ax, ay, bx, by, west, south, per_degree, wide)
            free, taken = (left, right) if on_left else (right, left)
            twin = _twin(ends, taken, free, older, slots[slot], ax, ay, bx, by)
            if twin >= 0:
                free[twin] = owners[ring] + 1
                continue
            ends[count, 0], ends[count, 1], ends[count, 2], ends[count, 3] = ax, ay, bx, by
            left[count], right[count] = (owners[ring] + 1, 0) if on_left else (0, owners[ring] + 1)
            older[count] = slots[slot]
            slots[slot] = count
            count += 1
    return _without_folds(ends, left, right, count, folded)


@nb.njit(inline="always")
def _slot(ax: float, ay: float, bx: float, by: float, west: float, south: float, per_degree: float, wide: int) -> int:
    """A slot near the slots of nearby edges, so that the table is read where it was just read."""
    x, y = (ax + bx) * 0.5, (ay + by) * 0.5
    column, row = (x - west) * per_degree, (y - south) * per_degree
    within = np.int64((column - math.floor(column)) * 4096.0) * 61 + np.int64((row - math.floor(row)) * 4096.0) * 167
    within += np.int64(abs(bx - ax) * per_degree * 65536.0)
    return (np.int64(row) * wide + np.int64(column)) * _SLOTS + (within ^ (within >> 6)) % _SLOTS


@nb.njit(inline="always")
def _twin(
    ends: Floats, taken: Ints, free: Ints, older: Ints, newest: int, ax: float, ay: float, bx: float, by: float
) -> int:
    """The oldest equal edge with a unit on its `taken` side alone, -1 for none."""
    found, i = -1, newest
    while i >= 0:
        if free[i] == 0 and taken[i] != 0 and ends[i, 0] == ax and ends[i, 1] == ay:
            if ends[i, 2] == bx and ends[i, 3] == by:
                found = i
        i = older[i]
    return found


@nb.njit(nogil=True, cache=True)
def _without_folds(ends: Floats, left: Ints, right: Ints, count: int, folded: Flags) -> tuple[Floats, Ints, Ints]:
    kept = 0
    for i in range(count):
        if left[i] == right[i]:
            folded[left[i] - 1] = True
            continue
        if kept != i:
            ends[kept], left[kept], right[kept] = ends[i], left[i], right[i]
        kept += 1
    return ends[:kept], left[:kept], right[:kept]


def fill(edges: Edges, raster: Raster) -> Filled:
    """`build_numpy.fill`, compiled."""
    numbers = (raster.west, raster.south, raster.cell, raster.per_degree, raster.columns, raster.rows, raster.pad)
    starts, members = _by_row(edges.ends, raster.south, raster.per_degree, raster.pad, raster.rows)
    table = np.empty(raster.rows * raster.columns + 1, dtype=np.int32)
    words = np.empty(_FIRST_WORDS * (len(members) + 64), dtype=np.int64)
    sides = edges.left, edges.right
    words, used, found = _fill_rows(edges.ends, *sides, starts, members, table, words, *numbers)
    deep = np.concatenate(found)
    return Filled(table, words[:used], deep[:, 0].copy(), deep[:, 1].copy())


@nb.njit(nogil=True, cache=True)
def _by_row(ends: Floats, south: float, per_degree: float, pad: float, rows: int) -> tuple[Longs, Ints]:
    """For each row of cells, the edges that may touch it, ascending."""
    starts = np.zeros(rows + 2, dtype=np.int64)
    for i in range(len(ends)):
        low = max(np.int64(math.floor((ends[i, 1] - pad - south) * per_degree)), 0)
        high = min(np.int64(math.floor((ends[i, 3] + pad - south) * per_degree)), rows - 1)
        for row in range(low, high + 1):
            starts[row + 2] += 1
    for row in range(2, rows + 2):
        starts[row] += starts[row - 1]
    members = np.empty(starts[rows + 1], dtype=np.int32)
    for i in range(len(ends)):
        low = max(np.int64(math.floor((ends[i, 1] - pad - south) * per_degree)), 0)
        high = min(np.int64(math.floor((ends[i, 3] + pad - south) * per_degree)), rows - 1)
        for row in range(low, high + 1):
            members[starts[row + 1]] = i
            starts[row + 1] += 1
    return starts, members


@nb.njit(nogil=True, cache=True)
def _fill_rows(
    ends: Floats,
    left: Ints,
    right: Ints,
    starts: Longs,
    members: Ints,
    table: Ints,
    words: Longs,
    west: float,
    south: float,
    cell: float,
    per_degree: float,
    columns: int,
    rows: int,
    pad: float,
) -> tuple[Longs, int, list[Longs]]:
    longest = np.max(starts[1:] - starts[:-1])
    pieces = np.empty((longest, 3), dtype=np.int64)
    sums, counts = np.empty(columns + 2, dtype=np.int64), np.empty(columns, dtype=np.int32)
    deep = [np.empty((0, 2), dtype=np.int64)]
    used = 0
    for row in range(rows):
        edges = members[starts[row] : starts[row + 1]]
        sums[:] = 0
        counts[:] = 0
        for k in range(len(edges)):
            i = edges[k]
            first, last = _columns_of(ends, i, row, west, south, cell, per_degree, columns, pad)
            crossed = _crossed(ends, i, row, west, south, cell, per_degree, columns, pad)
            pieces[k, 0], pieces[k, 1], pieces[k, 2] = first, last, crossed
            for column in range(first, last + 1):
                counts[column] += 1
            if crossed >= 0:
                sums[crossed] += label_of(np.int64(left[i]) | np.int64(right[i]) << SIDE_BITS)
        words = _with_room(words, used, sums, counts)
        cells = table[row * columns : (row + 1) * columns]
        used, found = _open_blocks(cells, words, used, sums, counts)
        if found:
            deep.append(_deep_ones(cells, row * columns, sums, found))
        _write_edges(ends, left, right, edges, pieces, cells, words, row, west, south, cell)
    table[rows * columns] = OUTSIDE
    return words, used, deep


@nb.njit(inline="always")
def _columns_of(
    ends: Floats,
    i: int,
    row: int,
    west: float,
    south: float,
    cell: float,
    per_degree: float,
    columns: int,
    pad: float,
) -> tuple[int, int]:
    ax, ay, bx, by = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
    if by - ay <= 4.0 * pad:
        start, end = ax, bx
    else:
        slope = (bx - ax) / (by - ay)
        start = ax + (max(south + row * cell - pad, ay) - ay) * slope
        end = ax + (min(south + (row + 1) * cell + pad, by) - ay) * slope
    first = np.int64(math.floor((min(start, end) - pad - west) * per_degree))
    last = np.int64(math.floor((max(start, end) + pad - west) * per_degree))
    return max(first, 0), min(last, columns - 1)


@nb.njit(inline="always")
def _crossed(
    ends: Floats,
    i: int,
    row: int,
    west: float,
    south: float,
    cell: float,
    per_degree: float,
    columns: int,
    pad: float,
) -> int:
    ax, ay, bx, by = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
    line = south + (row + 1) * cell
    if not ay <= line < by:
        return -1
    place = (ax + (line - ay) * ((bx - ax) / (by - ay)) - west) * per_degree
    nearest = np.rint(place)
    corner = np.int64(math.floor(place)) + 1
    if abs(place - nearest) <= pad * per_degree:
        corner = np.int64(nearest) + side_of(ax, ay, bx, by, west + nearest * cell, line)
    return min(max(corner, 0), columns + 1)


@nb.njit(cache=True)
def _with_room(words: Longs, used: int, sums: Longs, counts: Ints) -> Longs:
    """Turns the steps of a row into sums, and makes sure that its blocks have room."""
    need = 0
    total = 0
    for corner in range(len(sums) - 1, -1, -1):
        total += sums[corner]
        sums[corner] = total
    for column in range(len(counts)):
        if counts[column] or sums[column + 2] >> DEPTH_SHIFT > 1:
            need += HEAD_WORDS + EDGE_WORDS * counts[column]
    if used + need > MOST_WORDS:
        raise OverflowError(TOO_MANY_WORDS)
    if used + need <= len(words):
        return words
    roomier = np.empty(2 * len(words) + need, dtype=np.int64)
    roomier[:used] = words[:used]
    return roomier


@nb.njit(nogil=True, cache=True)
def _open_blocks(cells: Ints, words: Longs, used: int, sums: Longs, counts: Ints) -> tuple[int, int]:
    """Writes a row of the table and the heads of its blocks, without edges yet; returns words used and deep cells."""
    deeps = 0
    for column in range(len(cells)):
        total = sums[column + 2]
        is_deep = total >> DEPTH_SHIFT > 1
        if counts[column] == 0 and not is_deep:
            cells[column] = unit_of_sum(total)
            continue
        deeps += is_deep
        cells[column] = -2 - used
        words[used], words[used + 1] = total, 0
        used += HEAD_WORDS + EDGE_WORDS * counts[column]
    return used, deeps


@nb.njit(cache=True)
def _deep_ones(cells: Ints, first_cell: int, sums: Longs, found: int) -> Longs:
    """The cells of a row whose north-eastern corner lies in several units, and their blocks."""
    deep = np.empty((found, 2), dtype=np.int64)
    nth = 0
    for column in range(len(cells)):
        if sums[column + 2] >> DEPTH_SHIFT > 1:
            deep[nth, 0], deep[nth, 1] = first_cell + column, -2 - cells[column]
            nth += 1
    return deep


@nb.njit(nogil=True, cache=True)
def _write_edges(
    ends: Floats,
    left: Ints,
    right: Ints,
    edges: Ints,
    pieces: Longs,
    cells: Ints,
    words: Longs,
    row: int,
    west: float,
    south: float,
    cell: float,
) -> None:
    doubles = words.view(np.float64)
    y = south + (row + 1) * cell
    for k in range(len(edges)):
        i = edges[k]
        link = np.int64(left[i]) | np.int64(right[i]) << SIDE_BITS
        label = label_of(link)
        ax, ay, bx, by = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
        for column in range(pieces[k, 0], pieces[k, 1] + 1):
            x = west + (column + 1) * cell
            a_east, b_east = np.int64(ax > x), np.int64(bx > x)
            adds = (b_east & np.int64(by > y)) - (a_east & np.int64(ay > y)) - np.int64(pieces[k, 2] > column + 1)
            block = -2 - cells[column]
            place = block + HEAD_WORDS + EDGE_WORDS * words[block + 1]
            words[block] += adds * label
            words[block + 1] += 1
            doubles[place], doubles[place + 1], doubles[place + 2], doubles[place + 3] = ax, ay, bx, by
            words[place + 4] = link | a_east << A_EAST_BIT | b_east << B_EAST_BIT | (adds + 2) << CORNER_SHIFT
