"""What a locator index is made of: arrays, and nothing that needs a database to be read again.

A uniform raster lies over all units. `table` holds one number per cell of it, row by row from the south, west
to east within a row, and one more at the very end for every point beyond the raster:

    v >= 0    no border touches the cell: the whole cell lies in unit v (a position in `codes`)
    v == -1   no border touches the cell, and it lies in no unit
    v <= -2   the cell has a block, which begins at word -2 - v of `blocks`

A block is a run of 64-bit words: `base`, the number of edges, then five words for each edge: the doubles
ax, ay, bx, by (a is the lower end, of a horizontal edge the western one) and a link word:

    bits 0-19    1 + the unit on the left of the edge as one goes from a to b, 0 for none
    bits 20-39   1 + the unit on its right, 0 for none
    bit 40       a lies east of the cell's eastern side
    bit 41       b does
    bits 42-43   2 + what the edge adds at the cell's north-eastern corner, -2 to 1

How many units cover a point and which they are is read from one sum of labels. The label of unit k is
`ONE + k + 1`, so a sum holds the number of units from bit 41 upwards and the sum of their numbers below. With
fewer than 2**20 units neither part can run over, even if every unit covered the same point: 2**20 numbers of
at most 2**20 stay below 2**41, and 2**20 times ONE below 2**62. The build refuses more units than that.

Where several units overlap, a sum cannot name them. Cells whose north-eastern corner lies in more than one
unit are listed in `deep_blocks` (where their blocks begin, ascending); the units at that corner, ascending,
are `deep_units[deep_starts[i]:deep_starts[i + 1]]`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_UNITS = (1 << 20) - 2
DEPTH_SHIFT = 41
ONE = 1 << DEPTH_SHIFT
NUMBER_MASK = ONE - 1
OUTSIDE = -1

HEAD_WORDS = 2
MOST_WORDS = 2**31 - 2  # what a cell of the table can point to: 16 GB of blocks
EDGE_WORDS = 5
SIDE_BITS = 20
SIDE_MASK = (1 << SIDE_BITS) - 1
A_EAST_BIT = 40
B_EAST_BIT = 41
CORNER_SHIFT = 42


@dataclass(frozen=True)
class Raster:
    """A grid of square cells, in degrees, wider than all units by half a cell on each side."""

    west: float
    south: float
    cell: float
    per_degree: float  # 1 / cell, rounded once so that every reader computes the same cell
    columns: int
    rows: int
    pad: float  # how far beyond a cell an edge still counts as touching it; far above any rounding


@dataclass(frozen=True)
class Level:
    """A level above the units: its codes, ascending, and for each unit the position of its parent, or -1."""

    codes: tuple[str, ...]
    parents: Ints


@dataclass(frozen=True)
class LocatorIndex:
    """An exact index from a point (EPSG:4326, longitude first) to a unit, for one revision of the grid."""

    revision: int
    codes: tuple[str, ...]  # of the units, ascending: the lowest code has the lowest position
    versions: Longs  # the unit's version id, by position
    levels: Mapping[int, Level]  # by rank
    bounds: tuple[float, float, float, float]  # west, south, east, north of all units
    raster: Raster
    table: Ints
    blocks: Longs
    deep_blocks: Longs
    deep_starts: Longs
    deep_units: Ints

    @property
    def nbytes(self) -> int:
        """The bytes of all arrays."""
        arrays = (self.table, self.blocks, self.deep_blocks, self.deep_starts, self.deep_units, self.versions)
        return sum(a.nbytes for a in arrays) + sum(level.parents.nbytes for level in self.levels.values())

    @property
    def raster_numbers(self) -> tuple[float, float, float, int, int]:
        """What a compiled kernel needs to know of the raster."""
        raster = self.raster
        return raster.west, raster.south, raster.per_degree, raster.columns, raster.rows

    @property
    def arrays(self) -> tuple[Ints, Longs, Floats, Longs, Longs, Ints]:
        """The arrays in the order in which compiled kernels take them; the blocks as words and as doubles."""
        doubles = self.blocks.view(np.float64)
        return self.table, self.blocks, doubles, self.deep_blocks, self.deep_starts, self.deep_units

    def parents_of(self, units: Ints, rank: int) -> Ints:
        """The positions, in `levels[rank].codes`, of the parents of `units`; -1 stays -1."""
        parents = self.levels[rank].parents
        return np.where(units >= 0, parents[units], np.int32(OUTSIDE)).astype(np.int32)
