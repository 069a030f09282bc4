"""The locator index: which unit is a point in, exactly, for many points or for one.

Pure arithmetic over arrays. Refuses to know the database, settings, and which revision is in force.
"""

from spatial.grid.index.build import build_index
from spatial.grid.index.finding import BadRows, Found, find_units
from spatial.grid.index.layout import Level, LocatorIndex
from spatial.grid.index.query_scalar import one_point

__all__ = ["BadRows", "Found", "Level", "LocatorIndex", "build_index", "find_units", "one_point"]
