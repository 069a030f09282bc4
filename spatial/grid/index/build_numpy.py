"""The raster's table and blocks, filled with numpy alone.

Slower than the compiled build (`build_numba.py`) and equal to it, number for number: a test holds them together.
"""

from dataclasses import dataclass

import numpy as np

from spatial.grid.index.edges import Edges
from spatial.grid.index.layout import (
    A_EAST_BIT,
    B_EAST_BIT,
    CORNER_SHIFT,
    DEPTH_SHIFT,
    EDGE_WORDS,
    HEAD_WORDS,
    MOST_WORDS,
    NUMBER_MASK,
    ONE,
    OUTSIDE,
    SIDE_BITS,
    Flags,
    Ints,
    Longs,
    Raster,
)
from spatial.grid.index.supercover import Strips, expand, strips_of

TOO_MANY_WORDS = "The borders are too many or too detailed for one index; thin them out."


@dataclass(frozen=True)
class Filled:
    """A table, its blocks, and the cells whose north-eastern corner lies in more than one unit."""

    table: Ints
    blocks: Longs
    deep_cells: Longs  # ascending
    deep_blocks: Longs  # where their blocks begin


@dataclass(frozen=True)
class _Pairs:
    """Each edge with each cell that it may touch: cells ascending, then edges."""

    cell: Longs
    edge: Longs
    crossed: Longs


def labels_of(left: Ints, right: Ints) -> Longs:
    """What crossing an edge from its right to its left adds to a sum of labels."""
    plus = left.astype(np.int64) + np.where(left > 0, ONE, 0)
    return np.asarray(plus - right.astype(np.int64) - np.where(right > 0, ONE, 0))


def fill(edges: Edges, raster: Raster) -> Filled:
    """The table and the blocks for edges over a raster."""
    strips = strips_of(edges, raster)
    labels = labels_of(edges.left, edges.right)
    corners = _corner_sums(strips, labels, raster).reshape(-1)
    pairs = _pairs(strips, raster)
    depth = corners >> DEPTH_SHIFT
    table = np.empty(len(corners) + 1, dtype=np.int32)
    table[:-1] = np.where(depth == 1, (corners & NUMBER_MASK) - 1, OUTSIDE)
    table[-1] = OUTSIDE
    with_edges = np.zeros(len(corners), dtype=np.bool_)
    with_edges[pairs.cell] = True
    cells = np.flatnonzero(with_edges | (depth > 1))
    counts = np.bincount(np.searchsorted(cells, pairs.cell), minlength=len(cells))
    sizes = HEAD_WORDS + EDGE_WORDS * counts
    begins = np.cumsum(sizes) - sizes
    if sizes.sum() > MOST_WORDS:
        raise OverflowError(TOO_MANY_WORDS)
    table[cells] = -2 - begins
    blocks = _blocks(pairs, edges, labels, raster, corners[cells], begins, counts)
    deep = depth[cells] > 1
    return Filled(table, blocks, cells[deep], begins[deep])


def _corner_sums(strips: Strips, labels: Longs, raster: Raster) -> Longs:
    """For each cell, the sum of the labels of the units that cover its north-eastern corner."""
    which = np.flatnonzero(strips.crossed >= 0)
    steps = np.zeros((raster.rows, raster.columns + 2), dtype=np.int64)
    np.add.at(steps, (strips.row[which], strips.crossed[which]), labels[strips.edge[which]])
    sums = np.add.accumulate(steps[:, ::-1], axis=1)[:, ::-1]
    return np.ascontiguousarray(sums[:, 2:])


def _pairs(strips: Strips, raster: Raster) -> _Pairs:
    strip, step = expand(strips.last - strips.first + 1)
    cell = strips.row[strip] * raster.columns + strips.first[strip] + step
    order = np.argsort(cell, kind="stable")
    strip = strip[order]
    return _Pairs(cell[order], strips.edge[strip], strips.crossed[strip])


def _blocks(
    pairs: _Pairs, edges: Edges, labels: Longs, raster: Raster, corners: Longs, begins: Longs, counts: Longs
) -> Longs:
    column, row = pairs.cell % raster.columns, pairs.cell // raster.columns
    x = raster.west + (column + 1) * raster.cell
    y = raster.south + (row + 1) * raster.cell
    ax, ay, bx, by = edges.at(pairs.edge)
    a_east, b_east = ax > x, bx > x
    adds = _at_corner(pairs, column, a_east, b_east, ay > y, by > y)
    weighed = np.concatenate(([0], np.cumsum(adds * labels[pairs.edge])))
    ends = np.cumsum(counts)
    words = np.empty(HEAD_WORDS * len(begins) + EDGE_WORDS * len(pairs.cell), dtype=np.int64)
    words[begins] = corners + weighed[ends] - weighed[ends - counts]
    words[begins + 1] = counts
    place = np.repeat(begins + HEAD_WORDS - EDGE_WORDS * (ends - counts), counts) + EDGE_WORDS * np.arange(len(adds))
    for nth, part in enumerate((ax, ay, bx, by)):
        words[place + nth] = part.view(np.int64)
    link = edges.left.astype(np.int64) | edges.right.astype(np.int64) << SIDE_BITS
    flags = a_east.astype(np.int64) << A_EAST_BIT | b_east.astype(np.int64) << B_EAST_BIT | (adds + 2) << CORNER_SHIFT
    words[place + 4] = link[pairs.edge] | flags
    return words


def _at_corner(pairs: _Pairs, column: Longs, a_east: Flags, b_east: Flags, a_above: Flags, b_above: Flags) -> Longs:
    """What each edge would add at the corner itself, taken off beforehand; see `query_numpy.py` for the sum."""
    meets = (pairs.crossed > column + 1).astype(np.int64)
    return np.asarray((b_east & b_above).astype(np.int64) - (a_east & a_above) - meets)
