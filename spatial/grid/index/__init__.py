"""The locator index: which unit is a point in, exactly, for many points or for one.

Pure arithmetic over arrays. Refuses to know the database, settings, and which revision is in force.
"""

from spatial.grid.index.build import build_index
from spatial.grid.index.distance import DistanceRaster, distance_raster
from spatial.grid.index.finding import BadRows, Found, find_units
from spatial.grid.index.layout import Level, LocatorIndex
from spatial.grid.index.persist import load_index, save_index
from spatial.grid.index.query_scalar import one_point
from spatial.grid.index.shares import Shares, find_shares

__all__ = [
    "BadRows",
    "DistanceRaster",
    "Found",
    "Level",
    "LocatorIndex",
    "Shares",
    "build_index",
    "distance_raster",
    "find_shares",
    "find_units",
    "load_index",
    "one_point",
    "save_index",
]
