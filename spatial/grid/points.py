"""Longitudes and latitudes out of point shapes. Pure: shapes in, arrays out."""

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def coordinates_of(shapes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """x and y of n shapes; nan where a shape is missing, empty or no point."""
    # GEOS throws for the coordinates of an empty point; None gives nan.
    points = shapes.copy()
    points[shapely.is_empty(shapes)] = None
    return np.asarray(shapely.get_x(points), np.float64), np.asarray(shapely.get_y(points), np.float64)
