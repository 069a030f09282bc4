"""One point at a time, in plain Python: no array call can start as fast as this one ends.

Also the place where overlaps are untangled for the numpy path: which units cover a point of a block.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spatial.errors import Invalid
from spatial.grid.index.exact import FILTER, UNDERFLOW, exactly_west, is_west
from spatial.grid.index.layout import (
    A_EAST_BIT,
    B_EAST_BIT,
    CORNER_SHIFT,
    DEPTH_SHIFT,
    EDGE_WORDS,
    HEAD_WORDS,
    NUMBER_MASK,
    ONE,
    OUTSIDE,
    SIDE_BITS,
    SIDE_MASK,
    LocatorIndex,
)

Finder = Callable[[float, float], int]


@dataclass(frozen=True)
class Crossing:
    """What one edge of a block adds: `there` at the point, `here` at the cell's corner, taken off beforehand."""

    left: int
    right: int
    there: int
    here: int


def label_of(left: int, right: int) -> int:
    """What crossing an edge to its left adds to a sum of labels."""
    return left - right + ((left > 0) - (right > 0)) * ONE


class BlockReader:
    """Reads the blocks of one index as Python numbers."""

    def __init__(self, index: LocatorIndex) -> None:
        self._words = index.blocks.data.cast("B").cast("q")
        self._doubles = index.blocks.data.cast("B").cast("d")
        self._deep = index.deep_blocks.tolist()
        self._starts, self._stacked = index.deep_starts, index.deep_units

    def sum_at(self, block: int, lon: float, lat: float) -> int:
        """The sum of the labels of the units that cover a point of the block's cell."""
        words, doubles = self._words, self._doubles
        total = words[block]
        first = block + HEAD_WORDS
        for k in range(first, first + EDGE_WORDS * words[block + 1], EDGE_WORDS):
            by = doubles[k + 3]
            if by <= lat:
                continue
            ay, link = doubles[k + 1], words[k + 4]
            if ay > lat:
                there = (link >> A_EAST_BIT & 1) - (link >> B_EAST_BIT & 1)
            else:
                ax, bx = doubles[k], doubles[k + 2]
                left, right = (bx - ax) * (lat - ay), (by - ay) * (lon - ax)
                turn = left - right
                if abs(turn) > FILTER * (abs(left) + abs(right)) + UNDERFLOW:  # is_west, without the call
                    there = (turn > 0.0) - (link >> B_EAST_BIT & 1)
                else:
                    there = exactly_west(ax, ay, bx, by, lon, lat) - (link >> B_EAST_BIT & 1)
            if there:
                total += there * label_of(link & SIDE_MASK, link >> SIDE_BITS & SIDE_MASK)
        return total

    def unit_at(self, block: int, lon: float, lat: float) -> int:
        """The unit at a point of the block's cell, the lowest of several; -1 for none."""
        total = self.sum_at(block, lon, lat)
        depth = total >> DEPTH_SHIFT
        if depth == 1:
            return (total & NUMBER_MASK) - 1
        return min(self.units_at(block, lon, lat), default=OUTSIDE)

    def mark_at(self, block: int, lon: float, lat: float) -> int:
        """`unit_at`, but -2 - u where several units overlap and u is the lowest."""
        depth = self.sum_at(block, lon, lat) >> DEPTH_SHIFT
        unit = self.unit_at(block, lon, lat)
        return unit if depth <= 1 else -2 - unit

    def units_at(self, block: int, lon: float, lat: float) -> list[int]:
        """All units that cover a point of the block's cell, ascending."""
        crossings = list(self._crossings(block, lon, lat))
        depth = dict.fromkeys(self._at_corner(block, crossings), 1)
        for crossing in crossings:
            for side, sign in ((crossing.left, 1), (crossing.right, -1)):
                if side:
                    depth[side - 1] = depth.get(side - 1, 0) + sign * (crossing.there + crossing.here)
        return sorted(unit for unit, times in depth.items() if times > 0)

    def _at_corner(self, block: int, crossings: list[Crossing]) -> list[int]:
        """The units that cover the north-eastern corner of the block's cell."""
        nth = bisect_left(self._deep, block)
        if nth < len(self._deep) and self._deep[nth] == block:
            stacked: list[int] = self._stacked[self._starts[nth] : self._starts[nth + 1]].tolist()
            return stacked
        total = self._words[block] - sum(
            crossing.here * label_of(crossing.left, crossing.right) for crossing in crossings
        )
        return [(total & NUMBER_MASK) - 1] if total >> DEPTH_SHIFT == 1 else []

    def _crossings(self, block: int, lon: float, lat: float) -> Iterator[Crossing]:
        words, doubles = self._words, self._doubles
        first = block + HEAD_WORDS
        for k in range(first, first + EDGE_WORDS * words[block + 1], EDGE_WORDS):
            ay, by, link = doubles[k + 1], doubles[k + 3], words[k + 4]
            there = 0
            if ay > lat:
                there = (link >> A_EAST_BIT & 1) - (link >> B_EAST_BIT & 1)
            elif by > lat:
                there = is_west(doubles[k], ay, doubles[k + 2], by, lon, lat) - (link >> B_EAST_BIT & 1)
            yield Crossing(link & SIDE_MASK, link >> SIDE_BITS & SIDE_MASK, there, (link >> CORNER_SHIFT & 3) - 2)


def one_point(index: LocatorIndex) -> Finder:
    """A function from longitude and latitude to a position in `index.codes`, -1 outside, the lowest of several.

    It raises Invalid for a coordinate that is not a number.
    """
    west, south, per_degree = index.raster.west, index.raster.south, index.raster.per_degree
    columns, width, height = index.raster.columns, float(index.raster.columns), float(index.raster.rows)
    table, unit_at = index.table.data, BlockReader(index).unit_at

    def find(lon: float, lat: float) -> int:
        x = (lon - west) * per_degree
        y = (lat - south) * per_degree
        if x >= 0.0 and y >= 0.0 and x < width and y < height:
            unit = table[int(y) * columns + int(x)]
            return unit if unit >= OUTSIDE else unit_at(-2 - unit, lon, lat)
        if lon - lon != 0.0 or lat - lat != 0.0:
            raise Invalid(f"The position ({lon}, {lat}) is not a pair of numbers; send degrees.", field="lon, lat")
        return OUTSIDE

    return find
