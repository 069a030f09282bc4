"""How far, at least, the nearest border is from anywhere in a cell of the raster, in whole metres.

A disc that cannot reach a border lies in one unit, whatever its shape: most positions need no more than that.
The number is a lower bound: it is taken between the nearest corners of cells, with a degree of longitude as short
as it is anywhere in the raster, and rounded down.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, distance_transform_edt

from spatial.grid.index.layout import OUTSIDE, Flags, LocatorIndex, Raster

FARTHEST_M = 255
# A degree of latitude on the ellipsoid is nowhere shorter than 110,574 m, a degree of longitude nowhere shorter
# than 111,319 m times the cosine of the latitude.
SHORTEST_DEGREE_LAT_M = 110_574.0
SHORTEST_DEGREE_LON_M = 111_319.0
_SLAB_ROWS = 1024

Metres = NDArray[np.uint8]


@dataclass(frozen=True)
class DistanceRaster:
    """Metres to the nearest border, 255 for any more: one byte per cell in the order of the index's table."""

    metres: Metres

    @property
    def nbytes(self) -> int:
        """The bytes of the array."""
        return self.metres.nbytes


def distance_raster(index: LocatorIndex) -> DistanceRaster:
    """The distances for an index; made once, in slabs of rows, so that its memory stays bounded."""
    raster = index.raster
    has_border = (index.table[:-1] < OUTSIDE).reshape(raster.rows, raster.columns)
    high, wide = cell_metres(raster)
    reach = int(FARTHEST_M / high) + 3
    metres = np.empty((raster.rows, raster.columns), dtype=np.uint8)
    for first in range(0, raster.rows, _SLAB_ROWS):
        last = min(first + _SLAB_ROWS, raster.rows)
        low = max(first - reach, 0)
        slab = _distances(has_border[low : last + reach], high, wide)
        metres[first:last] = slab[first - low : last - low]
    return DistanceRaster(metres.reshape(-1))


def cell_metres(raster: Raster) -> tuple[float, float]:
    """The least height and the least width, in metres, of a cell of the raster."""
    north = raster.south + raster.rows * raster.cell
    steepest = min(max(abs(raster.south), abs(north)), 90.0)
    high = raster.cell * SHORTEST_DEGREE_LAT_M
    return high, raster.cell * SHORTEST_DEGREE_LON_M * float(np.cos(np.radians(steepest)))


def _distances(has_border: Flags, high: float, wide: float) -> Metres:
    # A border may lie on the near side of its cell and a point on the near side of its own: one cell less in
    # each direction. Cells around a border's cell count as its own, which says just that.
    near = binary_dilation(has_border, structure=np.ones((3, 3), dtype=np.bool_))
    if not near.any():
        return np.full(has_border.shape, FARTHEST_M, dtype=np.uint8)
    metres = distance_transform_edt(~near, sampling=(high, wide))
    return np.asarray(np.minimum(np.floor(metres), FARTHEST_M), dtype=np.uint8)
