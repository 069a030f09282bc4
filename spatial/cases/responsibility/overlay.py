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
class _Ground:
    """Units on a jurisdiction's edge (positions, ascending): shapes, latitudes, sizes and m2 for each size."""

    unit: Ints
    shape: Shapes
    latitude: Floats
    size: Floats
    metres: Floats

    def at(self, unit: Ints) -> Ints:
        """Where units stand here."""
        return np.searchsorted(self.unit, unit)

    def sizes(self, unit: Ints, shapes: Shapes) -> Floats:
        """Sizes of shapes that each lie in a unit."""
        return _sizes(shapes, self.latitude[self.at(unit)])

    def is_real(self, unit: Ints, sizes: Floats) -> Bools:
        """Whether each is more than what rounding leaves."""
        real: Bools = sizes * self.metres[self.at(unit)] >= NOISE_M2
        return real


@dataclass(frozen=True)
class _Parts:
    """Part i is what `jurisdiction[i]` covers of `unit[i]`; `shape` None where that is all of it."""

    unit: Ints
    jurisdiction: Ints
    shape: Shapes
    size: Floats


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
    ground = _ground(np.unique(unit[~inside]), areas_m2, boxes, fetch)
    parts = _cut(unit[~inside], jurisdiction[~inside], jurisdictions, ground)
    partial, whole = _tell_whole(parts, ground)
    covered = (np.concatenate((unit[inside], whole[0])), np.concatenate((jurisdiction[inside], whole[1])))
    return _arrange(partial, covered, ground)


def _ground(unit: Ints, areas_m2: Floats, boxes: Floats, fetch: Callable[[Ints], Shapes]) -> _Ground:
    shapes = fetch(unit)
    latitudes = (boxes[unit, 1] + boxes[unit, 3]) / 2
    sizes = _sizes(shapes, latitudes)
    return _Ground(unit, shapes, latitudes, sizes, areas_m2[unit] / np.where(sizes > 0, sizes, 1.0))


def _candidates(boxes: Floats, jurisdictions: Shapes) -> tuple[Ints, Ints, Bools]:
    """Pairs whose boxes meet, and whether the jurisdiction covers the unit's whole box."""
    frames: Shapes = shapely.box(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3])
    jurisdiction, unit = shapely.STRtree(frames).query(jurisdictions, predicate="intersects")
    inside: Bools = shapely.covers(jurisdictions[jurisdiction], frames[unit])
    return unit.astype(np.int64), jurisdiction.astype(np.int64), inside


def _cut(unit: Ints, jurisdiction: Ints, jurisdictions: Shapes, ground: _Ground) -> _Parts:
    mine = ground.shape[ground.at(unit)]
    theirs = jurisdictions[jurisdiction]
    meets: Bools = shapely.intersects(theirs, mine)
    unit, jurisdiction, mine, theirs = unit[meets], jurisdiction[meets], mine[meets], theirs[meets]
    covers: Bools = shapely.covers(theirs, mine)
    cut = np.full(len(unit), None, dtype=object)
    cut[~covers] = shapely.intersection(mine[~covers], theirs[~covers])
    size = np.where(covers, ground.size[ground.at(unit)], ground.sizes(unit, cut))
    return _Parts(unit, jurisdiction, cut, size)


def _tell_whole(parts: _Parts, ground: _Ground) -> tuple[_Parts, tuple[Ints, Ints]]:
    """Real parts in order of units, apart from those that cover all but rounding; what is only rounding is left out."""
    is_whole = ~ground.is_real(parts.unit, ground.size[ground.at(parts.unit)] - parts.size)
    chosen = np.flatnonzero(~is_whole & ground.is_real(parts.unit, parts.size))
    chosen = chosen[np.lexsort((parts.jurisdiction[chosen], parts.unit[chosen]))]
    partial = _Parts(*(column[chosen] for column in vars(parts).values()))
    return partial, (parts.unit[is_whole], parts.jurisdiction[is_whole])


def _arrange(cutters: _Parts, covered: tuple[Ints, Ints], ground: _Ground) -> Overlay:
    """Pieces as unit, a bit for each of the unit's cutters in their order, and share."""
    touched = np.unique(np.concatenate((cutters.unit, covered[0])))
    first = np.searchsorted(cutters.unit, touched)
    count = np.searchsorted(cutters.unit, touched, side="right") - first
    uncut, one, two, more = count == 0, count == 1, count == 2, count > 2
    pieces = [
        (touched[uncut], np.zeros(int(uncut.sum()), dtype=object), np.ones(int(uncut.sum()))),
        _single(touched[one], first[one], cutters, ground),
        _double(touched[two], first[two], cutters, ground),
        _several(touched[more], first[more], count[more], cutters, ground),
    ]
    unit, mask, share = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.argsort(unit, kind="stable")
    unit, mask, share = unit[order], mask[order], share[order]
    pairs = [_pairs_of_masks(unit, mask, cutters), _pairs_of_units(unit, covered)]
    piece, jurisdiction = (np.concatenate(column) for column in zip(*pairs, strict=True))
    order = np.lexsort((piece, jurisdiction))
    return Overlay(unit, share, piece[order], jurisdiction[order])


def _single(unit: Ints, first: Ints, cutters: _Parts, ground: _Ground) -> tuple[Ints, Shapes, Floats]:
    share = cutters.size[first] / ground.size[ground.at(unit)]
    mask = np.repeat(np.array([1, 0], dtype=object), len(unit))
    return np.concatenate((unit, unit)), mask, np.concatenate((share, 1.0 - share))


def _double(unit: Ints, first: Ints, cutters: _Parts, ground: _Ground) -> tuple[Ints, Shapes, Floats]:
    """Two cutters: what they share is cut, all else follows from sizes."""
    both = ground.sizes(unit, shapely.intersection(cutters.shape[first], cutters.shape[first + 1]))
    one, other = cutters.size[first] - both, cutters.size[first + 1] - both
    sizes = np.concatenate((both, one, other, ground.size[ground.at(unit)] - one - other - both))
    mask = np.repeat(np.array([3, 1, 2, 0], dtype=object), len(unit))
    units = np.tile(unit, 4)
    real = ground.is_real(units, sizes)
    return units[real], mask[real], (sizes / ground.size[ground.at(units)])[real]


def _several(unit: Ints, first: Ints, count: Ints, cutters: _Parts, ground: _Ground) -> tuple[Ints, Shapes, Floats]:
    """Round r cuts every piece of a unit with its r-th cutter; the bits are Python integers, there may be many."""
    at, piece = np.arange(len(unit)), ground.shape[ground.at(unit)]
    mask, size = np.zeros(len(unit), dtype=object), ground.size[ground.at(unit)]
    for depth in range(int(count.max(initial=0))):
        due = count[at] > depth
        cutter = cutters.shape[first[at[due]] + depth]
        inner = cutter if depth == 0 else shapely.intersection(piece[due], cutter)
        inner_size = ground.sizes(unit[at[due]], inner)
        # Nobody asks for the shape of what a unit's last cutter leaves over.
        cut_again = count[at[due]] > depth + 1
        outer = np.full(len(inner), None, dtype=object)
        outer[cut_again] = shapely.difference(piece[due][cut_again], cutter[cut_again])
        piece = np.concatenate((piece[~due], inner, outer))
        size = np.concatenate((size[~due], inner_size, size[due] - inner_size))
        mask = np.concatenate((mask[~due], mask[due] + (1 << depth), mask[due]))
        at = np.concatenate((at[~due], at[due], at[due]))
        real = ground.is_real(unit[at], size)
        piece, mask, at, size = piece[real], mask[real], at[real], size[real]
    return unit[at], mask, size / ground.size[ground.at(unit[at])]


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


def _sizes(shapes: Shapes, latitudes: Floats) -> Floats:
    """Areas as they are about each one's latitude (its unit's), up to one factor; parts of a unit add up to the unit.

    A degree of longitude shrinks to the north. Taken as linear within a unit, that needs only area and centroid.
    """
    areas: Floats = np.nan_to_num(shapely.area(shapes))
    real = areas > 0
    north = np.radians(shapely.get_y(shapely.centroid(shapes[real])) - latitudes[real])
    about = np.radians(latitudes[real])
    areas[real] *= np.cos(about) - np.sin(about) * north
    return areas
