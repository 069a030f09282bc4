"""Units cut by jurisdictions into pieces, once for all matters.

A piece is the part of one unit that the same jurisdictions cover. Only units that a jurisdiction touches have pieces;
every other unit is whole. The cutting is done in degrees, as the border rule judges a position there: a long straight
edge that follows the borders of several units stays on them, while in a projected plane it would leave them by
centimetres and make slivers of its own. Areas are shares of the unit's own area, measured where a degree of longitude
is as long as it is at the piece.

Pure: boxes and shapes in EPSG:4326 in, arrays out. Refuses to know rows, matters and the store.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

NOISE_M2 = 1e-4  # a square centimetre: what rounding leaves along a border that two shapes share


@dataclass(frozen=True)
class Overlay:
    """Pieces in order of their units; `share` is of the unit's area. A unit without a piece is touched by nothing.

    `pair_piece[i]` lies in `pair_jurisdiction[i]`; pairs are in order of jurisdictions. A piece in no pair is what
    the jurisdictions leave of its unit.
    """

    unit: Ints
    share: Floats
    pair_piece: Ints
    pair_jurisdiction: Ints


@dataclass(frozen=True)
class _Parts:
    """Shares of units: part i is what `jurisdiction[i]` covers of `unit[i]`; `shape` None where that is all of it."""

    unit: Ints
    jurisdiction: Ints
    shape: Shapes


def cut_units(boxes: Floats, areas_m2: Floats, jurisdictions: Shapes, fetch: Callable[[Ints], Shapes]) -> Overlay:
    """Cut units by polygons that may overlap each other.

    `boxes` (n, 4) are the units' bounds west, south, east, north and `areas_m2` (n,) their areas. `fetch` gives the
    shapes of units by their positions, ascending: only those on a jurisdiction's edge are asked for.
    """
    if len(jurisdictions) == 0 or len(boxes) == 0:
        nothing = np.empty(0, dtype=np.int64)
        return Overlay(nothing, np.empty(0), nothing, nothing)
    shapely.prepare(jurisdictions)
    unit, jurisdiction, inside = _candidates(boxes, jurisdictions)
    asked = np.unique(unit[~inside])
    shapes = fetch(asked)
    sizes = _sizes(shapes)
    parts = _cut(unit[~inside], jurisdiction[~inside], jurisdictions, asked, shapes)
    metres = areas_m2[asked] / np.where(sizes > 0, sizes, 1.0)
    partial, whole = _tell_whole(parts, asked, sizes, metres)
    covered = (np.concatenate((unit[inside], whole[0])), np.concatenate((jurisdiction[inside], whole[1])))
    return _arrange(partial, covered, asked, shapes, sizes, metres)


def _candidates(boxes: Floats, jurisdictions: Shapes) -> tuple[Ints, Ints, Bools]:
    """Pairs whose boxes meet, and whether the jurisdiction covers the unit's whole box."""
    frames: Shapes = shapely.box(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3])
    jurisdiction, unit = shapely.STRtree(frames).query(jurisdictions, predicate="intersects")
    inside: Bools = shapely.covers(jurisdictions[jurisdiction], frames[unit])
    return unit.astype(np.int64), jurisdiction.astype(np.int64), inside


def _cut(unit: Ints, jurisdiction: Ints, jurisdictions: Shapes, asked: Ints, shapes: Shapes) -> _Parts:
    mine = shapes[np.searchsorted(asked, unit)]
    theirs = jurisdictions[jurisdiction]
    meets: Bools = shapely.intersects(theirs, mine)
    unit, jurisdiction, mine, theirs = unit[meets], jurisdiction[meets], mine[meets], theirs[meets]
    covers: Bools = shapely.covers(theirs, mine)
    cut = np.full(len(unit), None, dtype=object)
    cut[~covers] = shapely.intersection(mine[~covers], theirs[~covers])
    return _Parts(unit, jurisdiction, cut)


def _tell_whole(parts: _Parts, asked: Ints, sizes: Floats, metres: Floats) -> tuple[_Parts, tuple[Ints, Ints]]:
    """Real parts apart from those that cover all but rounding; what is only rounding is left out."""
    at = np.searchsorted(asked, parts.unit)
    is_whole = shapely.is_missing(parts.shape)
    size = np.where(is_whole, sizes[at], _sizes(parts.shape))
    is_whole |= (sizes[at] - size) * metres[at] < NOISE_M2
    is_part = ~is_whole & (size * metres[at] >= NOISE_M2)
    partial = _Parts(parts.unit[is_part], parts.jurisdiction[is_part], parts.shape[is_part])
    return partial, (parts.unit[is_whole], parts.jurisdiction[is_whole])


def _arrange(
    partial: _Parts, covered: tuple[Ints, Ints], asked: Ints, shapes: Shapes, sizes: Floats, metres: Floats
) -> Overlay:
    order = np.lexsort((partial.jurisdiction, partial.unit))
    cutters = _Parts(partial.unit[order], partial.jurisdiction[order], partial.shape[order])
    touched = np.unique(np.concatenate((partial.unit, covered[0])))
    unit, mask, share = _split(touched, cutters, asked, shapes, sizes, metres)
    order = np.argsort(unit, kind="stable")
    unit, mask, share = unit[order], mask[order], share[order]
    pairs = [_pairs_of_masks(unit, mask, cutters), _pairs_of_units(unit, covered)]
    piece, jurisdiction = (np.concatenate(column) for column in zip(*pairs, strict=True))
    order = np.lexsort((piece, jurisdiction))
    return Overlay(unit, share, piece[order], jurisdiction[order])


def _split(
    touched: Ints, cutters: _Parts, asked: Ints, shapes: Shapes, sizes: Floats, metres: Floats
) -> tuple[Ints, Shapes, Floats]:
    """Pieces as unit, a bit for each of the unit's cutters in their order, and share.

    Round r cuts every piece of a unit with its r-th cutter. Only a unit with several cutters needs the shapes of what
    is left over: with one, the rest is the unit without it.
    """
    first = np.searchsorted(cutters.unit, touched)
    count = np.searchsorted(cutters.unit, touched, side="right") - first
    one = count == 1
    single = _single(touched[one], first[one], cutters, asked, sizes)
    untouched = (touched[count == 0], np.zeros(int((count == 0).sum()), dtype=object), np.ones((count == 0).sum()))
    several = _several(touched[count > 1], first[count > 1], count[count > 1], cutters, asked, shapes, metres)
    unit, mask, piece = several
    share = _sizes(piece) / sizes[np.searchsorted(asked, unit)]
    columns = zip(single, untouched, (unit, mask, share), strict=True)
    units, masks, shares = (np.concatenate(column) for column in columns)
    return units, masks, shares


def _single(unit: Ints, first: Ints, cutters: _Parts, asked: Ints, sizes: Floats) -> tuple[Ints, Shapes, Floats]:
    share = _sizes(cutters.shape[first]) / sizes[np.searchsorted(asked, unit)]
    mask = np.repeat(np.array([1, 0], dtype=object), len(unit))
    return np.concatenate((unit, unit)), mask, np.concatenate((share, 1.0 - share))


def _several(
    unit: Ints, first: Ints, count: Ints, cutters: _Parts, asked: Ints, shapes: Shapes, metres: Floats
) -> tuple[Ints, Shapes, Shapes]:
    """Pieces of units with several cutters: position of the unit, bits (Python integers: there may be many), shape."""
    at, piece = np.arange(len(unit)), shapes[np.searchsorted(asked, unit)]
    mask = np.zeros(len(unit), dtype=object)
    for depth in range(int(count.max(initial=0))):
        due = count[at] > depth
        cutter = cutters.shape[first[at[due]] + depth]
        inner, outer = shapely.intersection(piece[due], cutter), shapely.difference(piece[due], cutter)
        piece = np.concatenate((piece[~due], inner, outer))
        mask = np.concatenate((mask[~due], mask[due] + (1 << depth), mask[due]))
        at = np.concatenate((at[~due], at[due], at[due]))
        real = _sizes(piece) * metres[np.searchsorted(asked, unit[at])] >= NOISE_M2
        piece, mask, at = piece[real], mask[real], at[real]
    return unit[at], mask, piece


def _pairs_of_masks(unit: Ints, mask: Shapes, cutters: _Parts) -> tuple[Ints, Ints]:
    piece, cutter = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    first = np.searchsorted(cutters.unit, unit)
    depth, left = 0, np.flatnonzero(mask != 0)
    while len(left):
        bits = (mask[left] >> depth).astype(object)
        held = (bits & 1).astype(bool)
        piece.append(left[held])
        cutter.append(first[left[held]] + depth)
        depth, left = depth + 1, left[(bits >> 1) != 0]
    return np.concatenate(piece), cutters.jurisdiction[np.concatenate(cutter)]


def _pairs_of_units(unit: Ints, covered: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Every piece of a unit that a jurisdiction covers lies in it."""
    first = np.searchsorted(unit, covered[0])
    count = np.searchsorted(unit, covered[0], side="right") - first
    return spread(first, count), np.repeat(covered[1], count)


def spread(first: Ints, count: Ints) -> Ints:
    """The integers first[i] ... first[i] + count[i] - 1 for each i, one after the other."""
    ends = np.cumsum(count)
    steps: Ints = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
    return steps + np.repeat(first, count)


def _sizes(shapes: Shapes) -> Floats:
    """Areas up to a factor that is one for the whole earth: square degrees by the cosine of their latitude."""
    sizes: Floats = np.nan_to_num(shapely.area(shapes))
    real = sizes > 0
    sizes[real] *= np.cos(np.radians(shapely.get_y(shapely.centroid(shapes[real]))))
    return sizes
