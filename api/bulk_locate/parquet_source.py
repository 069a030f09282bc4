"""A Parquet file as a source: two columns of numbers, or the points of GeoParquet.

Knows the geo metadata of GeoParquet with WKB. Refuses other encodings by name.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from api.bulk_locate.positions import Positions, read_numbers
from api.bulk_locate.sources import BATCH, Asked, PointBatch, Source, numbered
from api.bulk_locate.vector_source import PointReader
from spatial.errors import Invalid, SourceUnreadable

_CRS84 = "OGC:CRS84"  # what GeoParquet means when it says nothing


class ParquetSource(Source):
    """A Parquet file. Progress is counted in rows."""

    def __init__(self, path: Path, asked: Asked) -> None:
        super().__init__(path, asked)
        try:
            self._file = pyarrow.parquet.ParquetFile(path)
        except (OSError, pa.ArrowInvalid) as wrong:
            raise SourceUnreadable(f"{path.name} cannot be read as Parquet ({wrong}).", field="file") from wrong
        whole = self._file.schema_arrow
        self.total = self._file.metadata.num_rows
        geo = json.loads((whole.metadata or {}).get(b"geo", b"null"))
        self._geometry: str | None = geo["primary_column"] if geo and asked.lon is None else None
        self.has_geometry = self._geometry is not None
        self.schema = pa.schema([field for field in whole if field.name != self._geometry])
        if self._geometry is None:
            self._lon, self._lat = self.lon_lat()
        else:
            self._points = PointReader(_crs(geo["columns"][self._geometry], asked, path))

    def batches(self) -> Iterator[PointBatch]:
        """The rows."""
        try:
            for rows in self._stream():
                columns = rows.select(self.schema.names)
                yield self.batch_of(columns, numbered(self.done, len(rows)), self._positions(rows))
                self.done += len(rows)
        except (OSError, pa.ArrowInvalid) as wrong:
            raise SourceUnreadable(f"{self.path.name} is damaged ({wrong}).", field="file") from wrong

    def _stream(self) -> Iterator[pa.RecordBatch]:
        # Asked for all row groups at once, Arrow keeps what it has read until the file ends.
        for group in range(self._file.num_row_groups):
            yield from self._file.iter_batches(batch_size=BATCH, row_groups=[group])

    def _positions(self, rows: pa.RecordBatch) -> Positions:
        if self._geometry is not None:
            return self._points.read(rows.column(self._geometry))
        lon, lat = rows.column(self._lon), rows.column(self._lat)
        return Positions(read_numbers(lon), read_numbers(lat), (lon, lat))


def _crs(column: dict[str, Any], asked: Asked, path: Path) -> str:
    if column.get("encoding") != "WKB":
        raise Invalid(f"{path.name} keeps geometry as {column.get('encoding')}; write it as WKB.", field="file")
    crs = column.get("crs", _CRS84)
    if asked.crs is None and crs is None:
        raise Invalid(f"{path.name} does not say its CRS; say --crs EPSG:4326 or another.", field="crs")
    return asked.crs or (crs if isinstance(crs, str) else json.dumps(crs))
