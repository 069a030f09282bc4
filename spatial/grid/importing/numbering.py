"""The order in which units are numbered: bands from the north, inside a band west to east.

A band is as high as the median unit. A unit that was there before is recognised by its land and keeps its code, so
that importing the same file twice does not number it anew. Knows shapes. Refuses to know how codes are written.
"""

from collections.abc import Mapping, Sequence

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


def recognise(shape: BaseGeometry, standing: Mapping[str, BaseGeometry]) -> str | None:
    """The code of the standing cell that shares at least half of its own and of this shape's area, or None."""
    own = shape if shape.is_valid else shapely.make_valid(shape)
    for code, before in standing.items():
        shared = own.intersection(before).area
        if shared * 2 >= own.area and shared * 2 >= before.area and shared > 0:
            return code
    return None
