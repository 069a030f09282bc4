"""Where located points go: CSV, Parquet and GeoParquet, and what GDAL writes. One file, whole or not at all.

A target is written beside its place under another name and moved there at the end, so that a run that fails leaves
nothing behind. Knows formats; refuses to know what the columns mean.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from api.bulk_locate.sources import format_of
from spatial.errors import Invalid

GEOMETRY = "geometry"  # of the schema that goes into `write`: WKB points in EPSG:4326
_DRIVERS = {"geojson": "GeoJSON", "geojsonl": "GeoJSONSeq", "gpkg": "GPKG", "fgb": "FlatGeobuf"}
_NEEDS_QUOTES = '["\r\n,]'
_GDAL_ERRORS = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
_GEO = {
    "version": "1.0.0",
    "primary_column": GEOMETRY,
    "columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": ["Point"]}},
}


def takes_geometry(path: Path) -> bool:
    """Whether a file of this name can only hold rows with a geometry."""
    return format_of(path) in _DRIVERS


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write all batches to a file, in the format that its name says; what was there before is replaced.

    A column `geometry` of WKB is the geometry. Raises Invalid for columns that the format cannot hold; what the
    batches themselves raise comes through as it is.
    """
    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    kind = format_of(path)
    stream = _Stream(batches)
    try:
        if kind == "csv":
            _write_csv(partial, schema, stream)
        elif kind == "parquet":
            _write_parquet(partial, schema, stream)
        else:
            _write_vector(partial, path.stem, _DRIVERS[kind], schema, stream)
        partial.replace(path)
    except (pa.ArrowException, *_GDAL_ERRORS, OSError) as wrong:
        if stream.fault is not None:
            raise stream.fault from None
        raise Invalid(f"{path.name} cannot be written ({str(wrong).splitlines()[0]}).", field="out") from wrong
    finally:
        partial.unlink(missing_ok=True)


class _Stream:
    """Batches on their way through Arrow's C interface, which would turn every error of ours into one of its own."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.fault: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except BaseException as fault:
            self.fault = fault
            raise


def _write_csv(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    with path.open("wb") as file:
        header = pa.record_batch([pa.array([name]) for name in schema.names], names=schema.names)
        _put_rows(header, file)
        for batch in batches:
            _put_rows(batch, file)


def _put_rows(batch: pa.RecordBatch, file: Any) -> None:
    style = "needed" if any(_has_marks(column) for column in batch.columns) else "none"
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=style)
    pyarrow.csv.write_csv(batch, file, options)


def _has_marks(column: pa.Array) -> bool:
    """Whether a column of text holds anything that CSV must quote."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    return bool(pc.any(pc.match_substring_regex(column, _NEEDS_QUOTES)).as_py())


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    if GEOMETRY in schema.names and pa.types.is_binary(schema.field(GEOMETRY).type):
        schema = schema.with_metadata({b"geo": json.dumps(_GEO).encode()})
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def _write_vector(path: Path, layer: str, driver: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, iter(batches)),
        path,
        layer=layer,
        driver=driver,
        geometry_name=GEOMETRY,
        geometry_type="Point",
        crs="EPSG:4326",
    )
