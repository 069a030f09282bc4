"""From units to an index.

Knows codes, shapes (EPSG:4326) and parents. Refuses to know where they come from.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from spatial.errors import Invalid
from spatial.grid.index import build_numpy
from spatial.grid.index.build_numpy import Filled
from spatial.grid.index.compiled import COMPILED
from spatial.grid.index.edges import (
    Edges,
    Rings,
    are_ordinary,
    check_valid,
    cut,
    merged,
    rings_of,
    settle_sides,
    sides_of,
)
from spatial.grid.index.layout import MOST_UNITS, Level, LocatorIndex, Longs, Raster
from spatial.grid.index.stacks import stacks_at
from spatial.grid.index.supercover import lay_raster


def build_index(
    *,
    codes: Sequence[str],
    geometries: Sequence[shapely.Geometry] | npt.NDArray[np.object_],
    revision: int = 0,
    versions: npt.ArrayLike | None = None,
    levels: Mapping[int, Sequence[str | None]] | None = None,
    cells: int | None = None,
    compiled: bool | None = None,
) -> LocatorIndex:
    """An index over n units with distinct codes, in any order; n from 1 to 1,048,574.

    `versions` are the units' version ids (by default 0 .. n - 1), `levels` gives for each rank above the units the
    code of every unit's parent, or None. `cells` is the size of the raster, chosen by the number of units unless
    given. `compiled` chooses the compiled build (the default where numba is installed) or numpy; both make the
    same index. Raises GeometryInvalid, its field the unit's code, for a shape that is no polygon, is empty, not
    finite or crosses itself; Invalid for codes that repeat, for lengths that do not fit, and for more borders than
    an index can hold.
    """
    order = _order(codes)
    shapes = np.asarray(geometries, dtype=object)
    numbers = np.arange(len(codes)) if versions is None else np.asarray(versions, dtype=np.int64)
    _check_lengths(len(codes), geometries=len(shapes), versions=len(numbers))
    ordered = tuple(codes[i] for i in order.tolist())
    shapes = shapes[order]
    rings = rings_of(shapes, ordered)
    bounds = _bounds(rings)
    raster = lay_raster(bounds, len(ordered), cells)
    way = _compiled_fill if (COMPILED if compiled is None else compiled) and are_ordinary(rings.xy) else _plain_fill
    try:
        edges, filled = way(rings, raster, shapes, ordered)
    except OverflowError as error:
        raise Invalid(str(error), field="geometries") from error
    starts, units = stacks_at(edges, raster, filled.deep_cells)
    index = LocatorIndex(
        revision=revision,
        codes=ordered,
        versions=numbers[order],
        levels={rank: _level(rank, parents, order) for rank, parents in (levels or {}).items()},
        bounds=bounds,
        raster=raster,
        table=filled.table,
        blocks=filled.blocks,
        deep_blocks=filled.deep_blocks,
        deep_starts=starts,
        deep_units=units,
    )
    for array in index.arrays:
        array.setflags(write=False)
    return index


def _order(codes: Sequence[str]) -> Longs:
    if not 0 < len(codes) <= MOST_UNITS:
        raise Invalid(f"An index takes 1 to {MOST_UNITS} units, not {len(codes)}.", field="codes")
    order = sorted(range(len(codes)), key=codes.__getitem__)
    for i, j in pairwise(order):
        if codes[i] == codes[j]:
            raise Invalid(f"The code {codes[i]} appears twice; each unit has a code of its own.", field="codes")
    return np.asarray(order, dtype=np.int64)


def _check_lengths(units: int, **lengths: int) -> None:
    for field, length in lengths.items():
        if length != units:
            raise Invalid(f"There are {units} codes and {length} {field}; give one for each.", field=field)


def _bounds(rings: Rings) -> tuple[float, float, float, float]:
    x, y = rings.xy[:, 0], rings.xy[:, 1]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _plain_fill(
    rings: Rings, raster: Raster, shapes: npt.NDArray[np.object_], codes: Sequence[str]
) -> tuple[Edges, Filled]:
    check_valid(shapes, codes, np.arange(len(codes)))
    edges = merged(cut(rings, sides_of(rings, codes)))
    return edges, build_numpy.fill(edges, raster)


def _compiled_fill(
    rings: Rings, raster: Raster, shapes: npt.NDArray[np.object_], codes: Sequence[str]
) -> tuple[Edges, Filled]:
    from spatial.grid.index import build_numba, doubts

    area, size = build_numba.areas(rings)
    sides = settle_sides(rings, area, size, codes)
    edges, doubted = build_numba.cut_and_merge(rings, sides, raster, len(codes))
    filled = build_numba.fill(edges, raster)
    doubted |= np.bincount(rings.units, minlength=len(codes)) > 1
    doubts.doubt(filled.blocks, doubted)
    check_valid(shapes, codes, np.flatnonzero(doubted))
    return edges, filled


def _level(rank: int, parents: Sequence[str | None], order: Longs) -> Level:
    _check_lengths(len(order), **{f"parents of level {rank}": len(parents)})
    codes = tuple(sorted({code for code in parents if code is not None}))
    places = {code: place for place, code in enumerate(codes)}
    return Level(codes, np.array([places.get(parents[i] or "", -1) for i in order.tolist()], dtype=np.int32))
