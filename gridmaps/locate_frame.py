"""Which unit each point of a GeoDataFrame is in, in the shape that `geopandas.sjoin` answers in.

Knows frames. Refuses to know the store: the index comes from `spatial.grid.city_index`.
"""

from collections.abc import Mapping
from typing import Literal

import geopandas as gpd
import pandas as pd
import shapely

from spatial.errors import Invalid
from spatial.grid.index import LocatorIndex, find_units
from spatial.grid.index.layout import Floats, Ints
from spatial.grid.points import coordinates_of

UNIT_COLUMN = "index_right"
_WGS84 = "EPSG:4326"
_POINT = 0  # of shapely's type ids; a missing shape has -1
_HOWS = ("left", "inner")


def locate_frame(
    points: gpd.GeoDataFrame,
    index: LocatorIndex,
    *,
    how: Literal["left", "inner"] = "left",
    levels: Mapping[int, str] | None = None,
) -> gpd.GeoDataFrame:
    """The points with the unit of each, as `points.sjoin(units)` gives them when `units` is indexed by code.

    The frame's own index, columns, geometry and CRS are kept; points may be in any CRS. Added are `index_right`,
    the unit's code, and one column for each level above, named by `levels` (rank -> name) or `level_1`, `level_2`
    ... All are categorical, and missing for a point in no unit, without a geometry or with coordinates that are
    not finite; `how="inner"` leaves those rows out.

    One point gets one unit, so rows never multiply. On a line the answer follows the border rule: the unit to the
    east, of a horizontal border the one to the north. `sjoin` with `intersects` gives such a point every unit that
    touches it, with `within` none; the same holds for PostGIS, DuckDB and the exports' readers.

    Raises Invalid for a frame without a CRS, for geometries that are not points, and for columns that are taken.
    """
    if how not in _HOWS:
        raise Invalid(f"how is {how!r}; say left or inner.", field="how")
    lons, lats = _coordinates(points)
    found = find_units(index, lons, lats)
    added = _columns(index, found.units, levels or {})
    taken = [name for name in added if name in points.columns]
    if taken:
        raise Invalid(f"The frame already has a column {taken[0]}; rename it first.", field=taken[0])
    located = points.assign(**added)
    return located if how == "left" else located[found.units >= 0]


def _columns(index: LocatorIndex, units: Ints, names: Mapping[int, str]) -> dict[str, pd.Categorical]:
    columns = {UNIT_COLUMN: pd.Categorical.from_codes(units, categories=list(index.codes))}
    for rank in sorted(index.levels, reverse=True):
        codes = list(index.levels[rank].codes)
        name = names.get(rank, f"level_{rank}")
        columns[name] = pd.Categorical.from_codes(index.parents_of(units, rank), categories=codes)
    return columns


def _coordinates(points: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """Longitudes and latitudes in WGS 84; nan where there is no point."""
    shapes = points.geometry
    if shapes.crs is None:
        raise Invalid("The frame has no CRS; say which with set_crs, such as EPSG:4326.", field="crs")
    other = shapely.get_type_id(shapes.to_numpy()) > _POINT
    if other.any():
        raise Invalid(f"Row {points.index[other][0]} is no point; give points, such as centroids.", field="geometry")
    if shapes.crs != _WGS84:
        shapes = shapes.to_crs(_WGS84)
    return coordinates_of(shapes.to_numpy())
