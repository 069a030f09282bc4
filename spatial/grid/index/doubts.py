"""Which units may cross or touch themselves, read off the blocks; a check of all would take longer than all else.

Wherever two edges of a unit meet they share a cell, so the few edges of each block are held against one another. An
innocent unit may be doubted, say for three vertices in line; a guilty one is never missed, if it has one ring.
The caller puts the doubted ones to GEOS. Needs numba.
"""

import numba as nb
import numpy as np

from spatial.grid.index.exact import FILTER, UNDERFLOW
from spatial.grid.index.layout import EDGE_WORDS, HEAD_WORDS, SIDE_BITS, SIDE_MASK, Flags, Floats, Longs

_TOUCHES_OF_FOUR = 6  # four edges at one vertex are six pairs of neighbours


def doubt(blocks: Longs, doubted: Flags) -> None:
    """Marks units in `doubted`, a flag for each unit."""
    _doubt(blocks, blocks.view(np.float64), doubted)


@nb.njit(nogil=True, cache=True)
def _doubt(words: Longs, doubles: Floats, doubted: Flags) -> None:
    block = 0
    while block < len(words):
        first = block + HEAD_WORDS
        block = first + EDGE_WORDS * words[block + 1]
        touches = 0
        for i in range(first, block, EDGE_WORDS):
            for k in range(i + EDGE_WORDS, block, EDGE_WORDS):
                touches += _compare(words, doubles, i, k, doubted)
        if touches >= _TOUCHES_OF_FOUR:
            _doubt_crowds(words, doubles, first, block, doubted)


@nb.njit(inline="always")
def _compare(words: Longs, doubles: Floats, i: int, k: int, doubted: Flags) -> int:
    """Doubts the units that two edges have in common unless the edges are apart or neighbours; 1 for neighbours."""
    left, right = _in_common(words[i + 4], words[k + 4])
    if left == 0 and right == 0:
        return 0
    a, b = _shared_end(doubles, i, k), _shared_end(doubles, i + 2, k)
    neighbours = (a >= 0) != (b >= 0)
    if neighbours:
        doubtful = _turn(doubles, i, k + 2 - max(a, b)) == 0
    else:
        doubtful = a >= 0 or not _apart(doubles, i, k)
    if doubtful:
        for unit in (left, right):
            if unit:
                doubted[unit - 1] = True
    return np.int64(neighbours)


@nb.njit(inline="always")
def _in_common(link: int, other: int) -> tuple[int, int]:
    """The left and the right unit of one edge, each 0 if the other edge does not have it on either side."""
    left, right = link & SIDE_MASK, (link >> SIDE_BITS) & SIDE_MASK
    there, here = other & SIDE_MASK, (other >> SIDE_BITS) & SIDE_MASK
    return left * np.int64((left == there) | (left == here)), right * np.int64((right == there) | (right == here))


@nb.njit(cache=True)
def _doubt_crowds(words: Longs, doubles: Floats, first: int, after: int, doubted: Flags) -> None:
    """Doubts the units that come through one vertex more than once."""
    for i in range(first, after, EDGE_WORDS):
        for end in (i, i + 2):
            for shift in (0, SIDE_BITS):
                unit = (words[i + 4] >> shift) & SIDE_MASK
                met = 0
                for k in range(first, after, EDGE_WORDS):
                    left, right = words[k + 4] & SIDE_MASK, (words[k + 4] >> SIDE_BITS) & SIDE_MASK
                    met += (left == unit or right == unit) and _shared_end(doubles, end, k) >= 0
                if unit and met > 2:
                    doubted[unit - 1] = True


@nb.njit(inline="always")
def _shared_end(doubles: Floats, end: int, k: int) -> int:
    """Which end of the edge at k a point is: 0 the lower, 2 the upper, -1 neither."""
    x, y = doubles[end], doubles[end + 1]
    if doubles[k] == x and doubles[k + 1] == y:
        return 0
    return 2 if doubles[k + 2] == x and doubles[k + 3] == y else -1


@nb.njit(inline="always")
def _turn(doubles: Floats, i: int, end: int) -> int:
    """1 if a point surely lies left of the edge at i, -1 if surely right, else 0."""
    ax, ay, bx, by, x, y = doubles[i], doubles[i + 1], doubles[i + 2], doubles[i + 3], doubles[end], doubles[end + 1]
    left = (bx - ax) * (y - ay)
    right = (by - ay) * (x - ax)
    if abs(left - right) <= FILTER * (abs(left) + abs(right)) + UNDERFLOW:
        return 0
    return 1 if left > right else -1


@nb.njit(inline="always")
def _apart(doubles: Floats, i: int, k: int) -> bool:
    """Whether one edge lies wholly on one side of the other's line."""
    if _turn(doubles, i, k) * _turn(doubles, i, k + 2) > 0:
        return True
    return _turn(doubles, k, i) * _turn(doubles, k, i + 2) > 0
