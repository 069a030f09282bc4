"""Vector files as a source, streamed as Arrow from GDAL: GeoJSON, GeoPackage, FlatGeobuf.

Knows WKB and CRS. Refuses shapes other than points, row by row.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataSourceError

from api.bulk_locate.positions import Positions
from api.bulk_locate.sources import BATCH, Asked, PointBatch, Source, numbered
from spatial.errors import Invalid, SourceUnreadable
from spatial.grid.points import coordinates_of

_WGS84 = "EPSG:4326"


class PointReader:
    """Reads WKB points in one CRS as positions in WGS 84."""

    def __init__(self, crs: str) -> None:
        try:
            given = pyproj.CRS.from_user_input(crs)
        except pyproj.exceptions.CRSError as wrong:
            raise Invalid(f"The CRS {crs[:60]!r} is not known; write it as EPSG:4490.", field="crs") from wrong
        same = given.equals(_WGS84, ignore_axis_order=True) or given.to_string() == "OGC:CRS84"
        self._move = None if same else pyproj.Transformer.from_crs(given, _WGS84, always_xy=True)

    def read(self, column: pa.Array) -> Positions:
        """n positions; nan where the shape is missing or no point."""
        shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False), on_invalid="ignore")
        lons, lats = coordinates_of(shapes)
        if self._move is not None:
            lons, lats = self._move.transform(lons, lats)
        return Positions(np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64))


class VectorSource(Source):
    """The first layer of a vector file. Progress is counted in rows."""

    has_geometry = True

    def __init__(self, path: Path, asked: Asked) -> None:
        super().__init__(path, asked)
        try:
            info = pyogrio.read_info(path, force_feature_count=True)
            with pyogrio.open_arrow(path, use_pyarrow=True, batch_size=1) as (meta, reader):
                self._geometry = meta["geometry_name"] or "wkb_geometry"
                whole = reader.schema
        except DataSourceError as wrong:
            raise SourceUnreadable(f"{path.name} cannot be read ({wrong}).", field="file") from wrong
        self.total = max(0, info["features"])
        self.schema = pa.schema([field for field in whole if field.name != self._geometry])
        crs = asked.crs or info["crs"]
        if self._geometry not in whole.names or crs is None:
            raise Invalid(f"{path.name} has no geometry, or does not say its CRS; say --crs EPSG:4326.", field="crs")
        self._points = PointReader(crs)

    def batches(self) -> Iterator[PointBatch]:
        """The rows."""
        try:
            with pyogrio.open_arrow(self.path, use_pyarrow=True, batch_size=BATCH) as (_, reader):
                for rows in reader:
                    columns = rows.select(self.schema.names)
                    positions = self._points.read(rows.column(self._geometry))
                    yield self.batch_of(columns, numbered(self.done, len(rows)), positions)
                    self.done += len(rows)
        except (DataSourceError, pa.ArrowInvalid) as wrong:
            raise SourceUnreadable(f"{self.path.name} is damaged ({wrong}).", field="file") from wrong
