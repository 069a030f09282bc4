"""Shapes as a picture needs them: about two metres coarser, a tenth of a metre rounded, borders still shared.

For pictures alone: nothing may be located or measured on them.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

_SIMPLIFY_DEG = 2e-5
_DIGITS = 6


def light_shapes(shapes: Sequence[shapely.Geometry]) -> NDArray[np.object_]:
    """The polygons of one level (EPSG:4326), simplified together so that no gaps open between them; shape (n,)."""
    simple = shapely.coverage_simplify(list(shapes), _SIMPLIFY_DEG)
    rounded: NDArray[np.object_] = shapely.transform(simple, lambda pairs: np.round(pairs, _DIGITS))
    return rounded
