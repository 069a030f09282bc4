"""Which cells of the raster an edge may touch, and where it crosses the raster's lines.

Cells are found generously: `pad` is far above any rounding, so an edge that touches a cell is always found
there. Where an edge crosses a horizontal line is decided exactly against the corners of the raster.
The compiled build (`build_numba.py`) computes the same numbers in the same order of operations.
"""

from dataclasses import dataclass

import numpy as np

from spatial.errors import GeometryInvalid
from spatial.grid.index.edges import Edges
from spatial.grid.index.exact import are_west
from spatial.grid.index.layout import Floats, Longs, Raster

CELLS_PER_UNIT = 1600
FEWEST_CELLS, MOST_CELLS = 1 << 16, 64_000_000
_PAD = 2.0**-44  # of the largest coordinate: about 7e-12 degrees, half a thousandth of a millimetre
_SMALLEST_CELL = 2.0**-32  # of the largest coordinate


def lay_raster(bounds: tuple[float, float, float, float], units: int, cells: int | None = None) -> Raster:
    """A raster of about `cells` cells over `bounds`, by default so many that few cells have a border."""
    west, south, east, north = bounds
    wanted = cells or min(max(units * CELLS_PER_UNIT, FEWEST_CELLS), MOST_CELLS)
    largest = max(abs(west), abs(south), abs(east), abs(north))
    longest = max(east - west, north - south)
    cell = max(
        float(np.sqrt((east - west) * (north - south) / wanted)),
        2.0 * longest / wanted,  # a thin strip of units has few cells across and many along
        largest * _SMALLEST_CELL,
    )
    if not cell > 0.0 or not np.isfinite(cell * cell) or cell * cell == 0.0:
        raise GeometryInvalid("The units together are too small or too large to lie on one map.", field="geometry")
    columns, rows = int((east - west) / cell) + 2, int((north - south) / cell) + 2
    return Raster(west - cell / 2, south - cell / 2, cell, 1.0 / cell, columns, rows, max(largest * _PAD, cell * 2e-9))


@dataclass(frozen=True)
class Strips:
    """Pieces of edges, one per edge and row of cells that it may touch: edges ascending, then rows."""

    edge: Longs
    row: Longs
    first: Longs  # the columns that the piece may touch, both ends included
    last: Longs
    crossed: Longs  # how many corners of the row's northern line lie west of the edge; -1 if it does not cross it


def expand(counts: Longs) -> tuple[Longs, Longs]:
    """For counts c: the index i repeated c[i] times, and 0 .. c[i] - 1 within each."""
    total = int(counts.sum())
    return np.repeat(np.arange(len(counts)), counts), np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)


def row_spans(edges: Edges, raster: Raster) -> tuple[Longs, Longs]:
    """The first and the last row of cells that each edge may touch."""
    _, ay, _, by = edges.columns
    low = np.floor((ay - raster.pad - raster.south) * raster.per_degree).astype(np.int64)
    high = np.floor((by + raster.pad - raster.south) * raster.per_degree).astype(np.int64)
    return np.maximum(low, 0), np.minimum(high, raster.rows - 1)


def strips_of(edges: Edges, raster: Raster) -> Strips:
    """All pieces of all edges."""
    low, high = row_spans(edges, raster)
    edge, step = expand(high - low + 1)
    row = low[edge] + step
    first, last = _columns(edges, raster, edge, row)
    return Strips(edge, row, first, last, crossings(edges, raster, edge, row))


def _columns(edges: Edges, raster: Raster, edge: Longs, row: Longs) -> tuple[Longs, Longs]:
    ax, ay, bx, by = edges.at(edge)
    low = np.maximum(raster.south + row * raster.cell - raster.pad, ay)
    high = np.minimum(raster.south + (row + 1) * raster.cell + raster.pad, by)
    flat = by - ay <= 4.0 * raster.pad
    slope = (bx - ax) / np.where(flat, 1.0, by - ay)
    start = np.where(flat, ax, ax + (low - ay) * slope)
    end = np.where(flat, bx, ax + (high - ay) * slope)
    west, east = np.minimum(start, end) - raster.pad, np.maximum(start, end) + raster.pad
    first = np.floor((west - raster.west) * raster.per_degree).astype(np.int64)
    last = np.floor((east - raster.west) * raster.per_degree).astype(np.int64)
    return np.maximum(first, 0), np.minimum(last, raster.columns - 1)


def crossings(edges: Edges, raster: Raster, edge: Longs, row: Longs) -> Longs:
    """`Strips.crossed` for given pieces."""
    line = np.asarray(raster.south + (row + 1) * raster.cell, dtype=np.float64)
    crossed = np.full(len(edge), -1, dtype=np.int64)
    which = np.flatnonzero((edges.ends[edge, 1] <= line) & (line < edges.ends[edge, 3]))
    if len(which):
        crossed[which] = _corners_west(edges, raster, edge[which], line[which])
    return crossed


def _corners_west(edges: Edges, raster: Raster, edge: Longs, line: Floats) -> Longs:
    ax, ay, bx, by = edges.at(edge)
    place = (ax + (line - ay) * ((bx - ax) / (by - ay)) - raster.west) * raster.per_degree
    corner = np.floor(place).astype(np.int64) + 1
    nearest = np.rint(place)
    close = np.flatnonzero(np.abs(place - nearest) <= raster.pad * raster.per_degree)
    if len(close):
        at = nearest[close]
        x = raster.west + at * raster.cell
        west = are_west(ax[close], ay[close], bx[close], by[close], x, line[close])
        corner[close] = at.astype(np.int64) + west
    return np.clip(corner, 0, raster.columns + 1)
