"""The order in which units are numbered: bands from the north, inside a band west to east.

A band is as high as the median unit. Knows shapes. Refuses to know codes.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def reading_order(shapes: Sequence[BaseGeometry]) -> list[int]:
    """Positions of the shapes in the order in which people read a map: band by band from the north, west to east."""
    if not shapes:
        return []
    bounds = shapely.bounds(list(shapes))
    centres = shapely.get_coordinates(shapely.centroid(list(shapes)))
    band_height = float(np.median(bounds[:, 3] - bounds[:, 1])) or 1.0
    bands = np.floor((bounds[:, 3].max() - centres[:, 1]) / band_height)
    return [int(i) for i in np.lexsort((-centres[:, 1], centres[:, 0], bands))]
