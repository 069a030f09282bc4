"""Shapes that a jurisdiction can have: valid polygons on Earth, in WGS 84, whatever datum they were declared in.

Pure: a GeoJSON geometry or a shape in, a MultiPolygon in EPSG:4326 out. Refuses to repair a shape: whose ground a
repair would give away is not for a program to say.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from spatial.errors import GeometryInvalid
from spatial.grid.datum import check_datum, to_wgs84

MOST_VERTICES = 200_000


def read_polygon(geometry: Mapping[str, Any] | None, *, datum: str = "wgs84") -> MultiPolygon:
    """The polygon of a GeoJSON geometry, longitude first. Raises GeometryInvalid, and Invalid for an unknown datum."""
    kind = geometry.get("type") if geometry else None
    if geometry is None or kind not in ("Polygon", "MultiPolygon"):
        raise GeometryInvalid(f"geometry is {kind or 'missing'}; give a Polygon or a MultiPolygon", field="geometry")
    try:
        _check_closed(geometry)
        read = shape(geometry)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as wrong:
        raise GeometryInvalid(
            "geometry cannot be read; each ring is a list of four or more [lon, lat] that ends where it began",
            field="geometry",
        ) from wrong
    return check_polygon(read, datum=datum)


def _check_closed(geometry: Mapping[str, Any]) -> None:
    """Raises ValueError for a ring that does not end where it began: a reader that closes it guesses its last side."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    if any(tuple(ring[0]) != tuple(ring[-1]) for polygon in polygons for ring in polygon):
        raise ValueError("open ring")


def check_polygon(given: BaseGeometry, *, datum: str = "wgs84") -> MultiPolygon:
    """A shape as a MultiPolygon in WGS 84. Raises GeometryInvalid saying where it is wrong."""
    check_datum(datum)
    if given.is_empty or given.geom_type not in ("Polygon", "MultiPolygon"):
        raise GeometryInvalid(f"geometry is an empty {given.geom_type}; draw an area", field="geometry")
    flat = shapely.force_2d(given)
    _check_positions(flat)
    moved = _to_wgs84(flat, datum)
    if not moved.is_valid:
        raise GeometryInvalid(
            f"geometry is no valid polygon: {shapely.is_valid_reason(moved)}; redraw it there", field="geometry"
        )
    return MultiPolygon([moved]) if moved.geom_type == "Polygon" else moved


def as_geojson(geometry: MultiPolygon) -> dict[str, Any]:
    """A GeoJSON geometry."""
    return dict(mapping(geometry))


def _check_positions(given: BaseGeometry) -> None:
    coords = shapely.get_coordinates(given)
    if len(coords) > MOST_VERTICES:
        raise GeometryInvalid(f"geometry has more than {MOST_VERTICES} vertices; simplify it", field="geometry")
    if not np.isfinite(coords).all() or (np.abs(coords) > (180.0, 90.0)).any():
        raise GeometryInvalid(
            "geometry holds positions that are not on Earth; give degrees, longitude first", field="geometry"
        )


def _to_wgs84(given: BaseGeometry, datum: str) -> BaseGeometry:
    """Move every distinct vertex once: computed twice in arrays it may differ in its last bit, and rings would open."""
    if datum in ("wgs84", "cgcs2000"):
        return given
    distinct, where = np.unique(shapely.get_coordinates(given), axis=0, return_inverse=True)
    moved = np.column_stack(to_wgs84(distinct[:, 0], distinct[:, 1], datum))
    return shapely.set_coordinates(given, moved[where.ravel()])
