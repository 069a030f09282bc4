"""What the compiled build and the compiled queries share: the side of an edge, the sum at a point, prefetching.

Needs numba; whoever imports this has made sure of it (`compiled.py`). Every function here has a twin in numpy or
plain Python, and tests hold the twins together.
"""

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from spatial.grid.index.exact import FILTER, LARGEST, SMALLEST, UNDERFLOW
from spatial.grid.index.layout import (
    A_EAST_BIT,
    B_EAST_BIT,
    CORNER_SHIFT,
    DEPTH_SHIFT,
    EDGE_WORDS,
    HEAD_WORDS,
    NUMBER_MASK,
    OUTSIDE,
    SIDE_BITS,
    SIDE_MASK,
    Floats,
    Ints,
    Longs,
)

EAST, WEST, UNKNOWN_SIDE = 0, 1, 2
UNKNOWN = np.int32(-(2**31))  # a unit that only fractions can tell
_SPLITTER = 134217729.0  # 2**27 + 1


@intrinsic
def prefetch(typing_context: Any, array: Any, place: Any) -> Any:
    """Asks for the memory at `array[place]` without waiting for it; changes nothing."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        builder.call(function, [address, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@nb.njit(inline="always")
def _two_product(a: float, b: float) -> tuple[float, float]:
    product = a * b
    c, d = _SPLITTER * a, _SPLITTER * b
    a_high, b_high = c - (c - a), d - (d - b)
    a_low, b_low = a - a_high, b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


@nb.njit(inline="always")
def _ordinary(value: float) -> bool:
    return value == 0.0 or SMALLEST < abs(value) < LARGEST


@nb.njit(cache=True)
def _grown(parts: Floats, count: int, value: float) -> None:
    """Adds a double to an exact sum of `count` doubles, smallest first (Shewchuk's grow-expansion)."""
    for i in range(count):
        total = value + parts[i]
        back = total - value
        parts[i] = (value - (total - back)) + (parts[i] - back)
        value = total
    parts[count] = value


@nb.njit(cache=True)
def exact_side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    """WEST or EAST of the rising edge, from an exact sum of products; UNKNOWN_SIDE for extreme magnitudes."""
    for value in (ax, ay, bx, by, x, y):
        if not _ordinary(value):
            return UNKNOWN_SIDE
    parts = np.zeros(12)
    count = 0
    for first, second in ((bx, y), (-bx, ay), (-ax, y), (-by, x), (by, ax), (ay, x)):
        product, tail = _two_product(first, second)
        _grown(parts, count, tail)
        _grown(parts, count + 1, product)
        count += 2
    for i in range(11, -1, -1):
        if parts[i] != 0.0:
            return WEST if parts[i] > 0.0 else EAST
    return EAST


@nb.njit(inline="always")
def side_of(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    """`exact_side`, in doubles where they suffice."""
    left = (bx - ax) * (y - ay)
    right = (by - ay) * (x - ax)
    turn = left - right
    if abs(turn) > FILTER * (abs(left) + abs(right)) + UNDERFLOW:
        return WEST if turn > 0.0 else EAST
    return exact_side(ax, ay, bx, by, x, y)


@nb.njit(inline="always")
def label_of(link: int) -> int:
    """What crossing an edge to its left adds to a sum of labels."""
    left, right = link & SIDE_MASK, (link >> SIDE_BITS) & SIDE_MASK
    return left - right + ((np.int64(left > 0) - np.int64(right > 0)) << DEPTH_SHIFT)


@nb.njit(inline="always")
def adds_at(words: Longs, doubles: Floats, k: int, x: float, y: float) -> int:
    """How often the edge at word k adds its label at a point; UNKNOWN_SIDE where only fractions can tell."""
    ay, by, link = doubles[k + 1], doubles[k + 3], words[k + 4]
    if ay > y:
        return ((link >> A_EAST_BIT) & 1) - ((link >> B_EAST_BIT) & 1)
    if by > y:
        side = side_of(doubles[k], ay, doubles[k + 2], by, x, y)
        return side if side == UNKNOWN_SIDE else side - ((link >> B_EAST_BIT) & 1)
    return 0


@nb.njit(inline="always")
def quick_sum(words: Longs, doubles: Floats, block: int, x: float, y: float) -> tuple[int, bool]:
    """The sum of labels at a point of a block's cell, and whether doubles did not suffice for it.

    No branch depends on the data: a mispredicted one would cost more than an edge does.
    """
    total = words[block]
    unsure = False
    first = block + HEAD_WORDS
    for k in range(first, first + EDGE_WORDS * words[block + 1], EDGE_WORDS):
        ax, ay, bx, by, link = doubles[k], doubles[k + 1], doubles[k + 2], doubles[k + 3], words[k + 4]
        left = (bx - ax) * (y - ay)
        right = (by - ay) * (x - ax)
        turn = left - right
        a_above, b_above = np.int64(ay > y), np.int64(by > y)
        between = a_above ^ b_above
        unsure |= (between != 0) & (abs(turn) <= FILTER * (abs(left) + abs(right)) + UNDERFLOW)
        adds = (between & np.int64(turn > 0.0)) + (a_above & (link >> A_EAST_BIT)) - (b_above & (link >> B_EAST_BIT))
        total += adds * label_of(link)
    return total, unsure


@nb.njit(inline="always")
def unit_of_sum(total: int) -> int:
    """The unit that a sum of at most one label names, -1 for none."""
    return (total & NUMBER_MASK) - 1


@nb.njit(cache=True)
def unit_in_block(
    words: Longs, doubles: Floats, block: int, x: float, y: float, deep: Longs, starts: Longs, stacked: Ints
) -> int:
    """The unit at a point of a block's cell: -1 for none, -2 - u where several overlap and u is the lowest, UNKNOWN."""
    total = words[block]
    first = block + HEAD_WORDS
    for k in range(first, first + EDGE_WORDS * words[block + 1], EDGE_WORDS):
        adds = adds_at(words, doubles, k, x, y)
        if adds == UNKNOWN_SIDE:
            return UNKNOWN
        total += adds * label_of(words[k + 4])
    if total >> DEPTH_SHIFT <= 1:
        return (total & NUMBER_MASK) - 1
    return -2 - _lowest(words, doubles, block, x, y, deep, starts, stacked)


@nb.njit(cache=True)
def _lowest(
    words: Longs, doubles: Floats, block: int, x: float, y: float, deep: Longs, starts: Longs, stacked: Ints
) -> int:
    """The lowest of the units that cover a point where some do; each that the block knows is tried."""
    first = block + HEAD_WORDS
    after = first + EDGE_WORDS * words[block + 1]
    at_corner = stack_of(words, block, deep, starts, stacked)
    lowest = np.int64(NUMBER_MASK)
    for unit in at_corner:
        if unit < lowest and _depth(words, doubles, first, after, x, y, unit) + 1 > 0:
            lowest = unit
    for k in range(first, after, EDGE_WORDS):
        for side in (words[k + 4] & SIDE_MASK, (words[k + 4] >> SIDE_BITS) & SIDE_MASK):
            unit = side - 1
            if 0 <= unit < lowest:
                there = 1 if (at_corner == unit).any() else 0
                if there + _depth(words, doubles, first, after, x, y, unit) > 0:
                    lowest = unit
    return lowest


@nb.njit(cache=True)
def _depth(words: Longs, doubles: Floats, first: int, after: int, x: float, y: float, unit: int) -> int:
    """How many more times a unit covers the point than it covers the corner."""
    depth = 0
    for k in range(first, after, EDGE_WORDS):
        link = words[k + 4]
        sign = np.int64(link & SIDE_MASK == unit + 1) - np.int64((link >> SIDE_BITS) & SIDE_MASK == unit + 1)
        if sign != 0:
            depth += sign * (adds_at(words, doubles, k, x, y) + ((link >> CORNER_SHIFT) & 3) - 2)
    return depth


@nb.njit(cache=True)
def stack_of(words: Longs, block: int, deep: Longs, starts: Longs, stacked: Ints) -> Longs:
    """The units that cover the north-eastern corner of a block's cell."""
    nth = np.searchsorted(deep, block)
    if nth < len(deep) and deep[nth] == block:
        return stacked[starts[nth] : starts[nth + 1]].astype(np.int64)
    total = words[block]
    first = block + HEAD_WORDS
    for k in range(first, first + EDGE_WORDS * words[block + 1], EDGE_WORDS):
        total -= (((words[k + 4] >> CORNER_SHIFT) & 3) - 2) * label_of(words[k + 4])
    found = np.empty(1 if total >> DEPTH_SHIFT == 1 else 0, dtype=np.int64)
    found[:] = (total & NUMBER_MASK) - 1
    return found


__all__ = ["OUTSIDE", "UNKNOWN", "exact_side", "label_of", "prefetch", "side_of", "unit_in_block"]
