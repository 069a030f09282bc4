"""Reading polygons out of vector files, into longitude and latitude on WGS 84.

Every vertex is moved once for each distinct position, so a border that two polygons share in the file is still
shared, vertex by vertex, after a change of CRS or datum.

Knows pyogrio's formats (GeoJSON, GeoPackage, Shapefile, FlatGeobuf and more) and pyproj. Refuses to repair a shape
and to guess a CRS or a datum.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, GeometryError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from spatial.errors import SourceUnreadable
from spatial.grid.datum import to_wgs84
from spatial.grid.importing.plan import LayerSource

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_Move = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], tuple[Any, Any]]


@dataclass(frozen=True)
class SourceRow:
    """One polygon in EPSG:4326 with its columns as text (None where empty); `number` counts from 1."""

    number: int
    columns: Mapping[str, str | None]
    shape: BaseGeometry


def read_rows(source: LayerSource, *, datum: str = "wgs84", crs: str | None = None) -> list[SourceRow]:
    """All polygons of one layer. `crs` says what the file does not.

    Raises SourceUnreadable with a sentence: no vector file, no layer, empty, lines, no CRS, positions out of range.
    """
    meta, wkb, fields = _read(source)
    shapes = _shapes(source, wkb)
    names = [str(name) for name in meta["fields"]]
    columns = [dict(zip(names, values, strict=True)) for values in zip(*map(_texts, fields), strict=True)]
    columns = columns or [{} for _ in shapes]
    shapes = _to_degrees(source, shapes, crs or meta["crs"], datum)
    rows = [SourceRow(i + 1, columns[i], shape) for i, shape in enumerate(shapes)]
    return _chosen(source, rows, names)


def _read(source: LayerSource) -> tuple[dict[str, Any], npt.NDArray[Any], list[npt.NDArray[Any]]]:
    if not source.path.exists():
        raise SourceUnreadable(f"{source.path} does not exist.", field="level")
    try:
        meta, _, wkb, fields = pyogrio.raw.read(source.path, layer=source.layer)
    except DataLayerError as wrong:
        raise SourceUnreadable(f"{source} has no such layer: {wrong}.", field="level") from wrong
    except (DataSourceError, GeometryError, UnicodeDecodeError) as wrong:
        raise SourceUnreadable(
            f"{source} is not a vector file that can be read; give GeoJSON, GeoPackage, Shapefile or FlatGeobuf.",
            field="level",
        ) from wrong
    if wkb is None:
        raise SourceUnreadable(f"{source} holds a table without shapes.", field="level")
    if len(wkb) == 0:
        raise SourceUnreadable(f"{source} holds an empty layer.", field="level")
    return meta, wkb, fields


def _shapes(source: LayerSource, wkb: npt.NDArray[Any]) -> npt.NDArray[Any]:
    try:
        shapes: npt.NDArray[Any] = shapely.force_2d(shapely.from_wkb(wkb))
    except shapely.errors.GEOSException as wrong:
        raise SourceUnreadable(f"{source} holds a shape that is no polygon: {wrong}.", field="level") from wrong
    for number, shape in enumerate(shapes, start=1):
        if shape is None or shape.is_empty:
            raise SourceUnreadable(f"{source}: row {number} has no shape; take the row out.", field="level")
        if shapely.get_type_id(shape) not in _POLYGONS:
            raise SourceUnreadable(
                f"{source}: row {number} is a {shape.geom_type}, not a polygon; give the layer of areas.", field="level"
            )
    return shapes


def _texts(values: npt.NDArray[Any]) -> list[str | None]:
    return [_text(value) for value in values.tolist()]


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # whole numbers with a gap come as floats: ward 3 must not become "3.0"
    return str(value).strip() or None


def _to_degrees(source: LayerSource, shapes: npt.NDArray[Any], crs: str | None, datum: str) -> npt.NDArray[Any]:
    if crs is None:
        raise SourceUnreadable(
            f"{source} does not say its CRS; name it with --crs, as in --crs EPSG:4490.", field="crs"
        )
    try:
        given = CRS.from_user_input(crs)
    except CRSError as wrong:
        raise SourceUnreadable(f"{source}: {crs!r} is not a known CRS.", field="crs") from wrong
    if not given.equals(CRS("EPSG:4326"), ignore_axis_order=True):
        transformer = Transformer.from_crs(given, "EPSG:4326", always_xy=True)
        shapes = _move(shapes, lambda x, y: transformer.transform(x, y))
    coords = shapely.get_coordinates(shapes)
    if not np.isfinite(coords).all() or (np.abs(coords) > (180.0, 90.0)).any():
        raise SourceUnreadable(
            f"{source} holds positions that are not on Earth; name the right CRS with --crs.", field="crs"
        )
    if datum in ("wgs84", "cgcs2000"):
        return shapes
    return _move(shapes, lambda x, y: to_wgs84(x, y, datum))


def _move(shapes: npt.NDArray[Any], move: _Move) -> npt.NDArray[Any]:
    """Move every distinct vertex once: the same position computed twice in arrays may differ in its last bit."""
    coords = shapely.get_coordinates(shapes)
    distinct, where = np.unique(coords, axis=0, return_inverse=True)
    moved = np.column_stack(move(distinct[:, 0], distinct[:, 1]))
    placed: npt.NDArray[Any] = shapely.set_coordinates(shapes.copy(), moved[where.ravel()])
    return placed


def _chosen(source: LayerSource, rows: list[SourceRow], names: list[str]) -> list[SourceRow]:
    if source.column is None:
        return rows
    if source.column not in names:
        raise SourceUnreadable(
            f"{source} has no column {source.column!r}; it has {', '.join(names) or 'none'}.", field="level"
        )
    chosen = [row for row in rows if row.columns[source.column] == source.value]
    if not chosen:
        raise SourceUnreadable(f"{source} has no row where {source.column} is {source.value!r}.", field="level")
    return chosen
