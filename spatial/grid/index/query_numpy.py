"""Many points at a time, with numpy alone: the fallback where nothing is compiled, and the check on what is.

For a point p in a cell with edges, one walks from p east to the cell's eastern side and along it to its
north-eastern corner. An edge adds, at p, its label times

    (p lies west of it, between its ends' heights) + (a east of the side and above p) - (b likewise)

Over whole rings the last two cancel out, so the sum over all edges is the sum over the units that cover p; and an
edge that does not touch the walk adds the same at p and at the corner. So the sum at p is the sum at the corner,
less what the cell's edges add there (both in the block's base), plus what they add at p.
"""

import numpy as np

from spatial.grid.index.build_numpy import labels_of
from spatial.grid.index.exact import are_west
from spatial.grid.index.layout import (
    A_EAST_BIT,
    B_EAST_BIT,
    DEPTH_SHIFT,
    EDGE_WORDS,
    HEAD_WORDS,
    NUMBER_MASK,
    OUTSIDE,
    SIDE_BITS,
    SIDE_MASK,
    Floats,
    Ints,
    LocatorIndex,
    Longs,
)
from spatial.grid.index.query_scalar import BlockReader
from spatial.grid.index.supercover import expand

_CHUNK = 1 << 17


def fill_units(index: LocatorIndex, lons: Floats, lats: Floats, out: Ints) -> bool:
    """Writes the unit of each point to `out`: -1 outside, -2 - u where several units overlap and u is the lowest.

    Tells whether there are overlaps or positions that are not finite.
    """
    reader = BlockReader(index)
    for first in range(0, len(lons), _CHUNK):
        part = slice(first, first + _CHUNK)
        out[part] = _units(index, reader, lons[part], lats[part])
    return bool((out < OUTSIDE).any()) or not (np.isfinite(lons).all() and np.isfinite(lats).all())


def _units(index: LocatorIndex, reader: BlockReader, lons: Floats, lats: Floats) -> Ints:
    raster = index.raster
    with np.errstate(invalid="ignore", over="ignore"):
        x, y = (lons - raster.west) * raster.per_degree, (lats - raster.south) * raster.per_degree
        inside = (x >= 0) & (y >= 0) & (x < raster.columns) & (y < raster.rows)
    if not inside.all():
        x, y = np.where(inside, x, 0.0), np.where(inside, y, 0.0)
    cell = y.astype(np.int64) * raster.columns + x.astype(np.int64)
    if not inside.all():
        cell[~inside] = len(index.table) - 1
    units: Ints = index.table[cell]
    in_blocks = np.flatnonzero(units < OUTSIDE)
    if len(in_blocks):
        blocks = -2 - units[in_blocks].astype(np.int64)
        units[in_blocks] = _in_blocks(index, reader, blocks, lons[in_blocks], lats[in_blocks])
    return units


def _in_blocks(index: LocatorIndex, reader: BlockReader, blocks: Longs, lons: Floats, lats: Floats) -> Ints:
    totals = _sums(index, blocks, lons, lats)
    depth = totals >> DEPTH_SHIFT
    units = np.where(depth == 1, (totals & NUMBER_MASK) - 1, OUTSIDE).astype(np.int32)
    for i in np.flatnonzero(depth > 1).tolist():
        units[i] = reader.mark_at(int(blocks[i]), float(lons[i]), float(lats[i]))
    return units


def _sums(index: LocatorIndex, blocks: Longs, lons: Floats, lats: Floats) -> Longs:
    counts = index.blocks[blocks + 1]
    point, step = expand(counts)
    place = blocks[point] + HEAD_WORDS + EDGE_WORDS * step
    doubles = index.blocks.view(np.float64)
    ax, ay, bx, by = (doubles[place + nth] for nth in range(4))
    link, x, y = index.blocks[place + 4], lons[point], lats[point]
    a_above, b_above = ay > y, by > y
    adds = (a_above & (link >> A_EAST_BIT & 1).astype(np.bool_)).astype(np.int64)
    adds -= b_above & (link >> B_EAST_BIT & 1).astype(np.bool_)
    between = np.flatnonzero(a_above != b_above)
    adds[between] += are_west(ax[between], ay[between], bx[between], by[between], x[between], y[between])
    labels = labels_of((link & SIDE_MASK).astype(np.int32), (link >> SIDE_BITS & SIDE_MASK).astype(np.int32))
    running = np.concatenate(([0], np.cumsum(adds * labels)))
    ends = np.cumsum(counts)
    return np.asarray(index.blocks[blocks] + running[ends] - running[ends - counts])
