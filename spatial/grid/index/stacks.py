"""Which units cover the corner of a cell, where they are more than one.

A sum of labels tells how many units cover a corner, and names one alone. For the few corners in overlaps the
crossings along the corner's line are walked unit by unit.
"""

import numpy as np

from spatial.grid.index.edges import Edges
from spatial.grid.index.layout import Ints, Longs, Raster
from spatial.grid.index.supercover import crossings, expand, row_spans


def stacks_at(edges: Edges, raster: Raster, cells: Longs) -> tuple[Longs, Ints]:
    """For m ascending cells, the units at each north-eastern corner: starts (m + 1,), and units ascending in each."""
    if not len(cells):
        return np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32)
    row, crossed, unit, sign = _crossings_by_unit(edges, raster, np.unique(cells // raster.columns))
    order = np.lexsort((crossed, unit, row))
    row, crossed, unit, sign = row[order], crossed[order], unit[order], sign[order]
    new = np.concatenate(([True], (row[1:] != row[:-1]) | (unit[1:] != unit[:-1])))
    before = np.cumsum(sign) - sign
    covered = before - np.repeat(before[new], np.diff(np.append(np.flatnonzero(new), len(new))))
    # Corners between the crossing before and this one: inside if what lies east of them sums to one, that is,
    # if what lies west sums to minus one, since a whole line crosses out.
    inside = np.flatnonzero(covered < 0)
    low = row[inside] * raster.columns + np.maximum(crossed[inside - 1] - 1, 0)
    high = row[inside] * raster.columns + np.maximum(crossed[inside] - 1, 0)
    first, last = np.searchsorted(cells, low), np.searchsorted(cells, high)
    which, step = expand(last - first)
    at, units = first[which] + step, unit[inside][which]
    order = np.lexsort((units, at))
    starts = np.searchsorted(at[order], np.arange(len(cells) + 1))
    return starts.astype(np.int64), units[order].astype(np.int32)


def _crossings_by_unit(edges: Edges, raster: Raster, rows: Longs) -> tuple[Longs, Longs, Longs, Longs]:
    low, high = row_spans(edges, raster)
    first, last = np.searchsorted(rows, low), np.searchsorted(rows, high, side="right")
    edge, step = expand(last - first)
    row = rows[first[edge] + step]
    crossed = crossings(edges, raster, edge, row)
    hit = np.flatnonzero(crossed >= 0)
    edge, row, crossed = edge[hit], row[hit], crossed[hit]
    left, right = edges.left[edge], edges.right[edge]
    on_left, on_right = np.flatnonzero(left), np.flatnonzero(right)
    return (
        np.concatenate((row[on_left], row[on_right])),
        np.concatenate((crossed[on_left], crossed[on_right])),
        np.concatenate((left[on_left], right[on_right])).astype(np.int64) - 1,
        np.concatenate((np.ones(len(on_left), dtype=np.int64), -np.ones(len(on_right), dtype=np.int64))),
    )
