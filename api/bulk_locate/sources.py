"""Files of points, opened as streams of batches: CSV, Parquet and GeoParquet, and what GDAL reads.

Each source knows its schema before the first batch and how far it has come. Refuses to place a point.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from api.bulk_locate.positions import Positions, read_numbers
from spatial.errors import Invalid, SourceUnreadable
from spatial.grid.index.layout import Floats, Longs

BATCH = 1 << 16
FORMATS = ("csv", "parquet", "geojson", "geojsonl", "gpkg", "fgb")
_PAIRS = (("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("x", "y"))


@dataclass(frozen=True)
class Asked:
    """Which columns hold what, as the options said; None: found by name, or not there."""

    lon: str | None = None
    lat: str | None = None
    accuracy: str | None = None
    encoding: str = "utf-8"
    crs: str | None = None


@dataclass(frozen=True)
class PointBatch:
    """Some rows: their columns without geometry, their numbers in the file (from 1), positions and radii in metres."""

    columns: pa.RecordBatch
    numbers: Longs
    positions: Positions
    accuracies_m: Floats | None


class Source(ABC):
    """A file of points that is open."""

    schema: pa.Schema  # of the columns, without geometry
    has_geometry = False
    total: int  # in the unit that `done` counts in

    def __init__(self, path: Path, asked: Asked) -> None:
        self.path = path
        self.asked = asked
        self.done = 0
        self.broken: list[tuple[int, str]] = []  # rows that could not even be split into columns: number, why

    @abstractmethod
    def batches(self) -> Iterator[PointBatch]:
        """The rows in their order, in batches of bounded size. Raises SourceUnreadable."""

    def batch_of(self, columns: pa.RecordBatch, numbers: Longs, positions: Positions) -> PointBatch:
        """A batch with its radii, if they were asked for."""
        name = self.asked.accuracy
        radii = None if name is None else read_numbers(columns.column(name))
        return PointBatch(columns, numbers, positions, radii)

    def check_columns(self) -> None:
        """Raises Invalid when a column is there twice, or one that was asked for is not there."""
        names = self.schema.names
        for name in names:
            if names.count(name) > 1:
                raise Invalid(f"{self.path.name} has two columns {name!r}; rename one.", field=name)
        if self.asked.accuracy is not None:
            self._check(self.asked.accuracy, "accuracy")

    def lon_lat(self) -> tuple[str, str]:
        """The names of the two columns. Raises Invalid naming the options when they are not there."""
        lon, lat = self.asked.lon, self.asked.lat
        if lon is None and lat is None:
            lower = {name.lower(): name for name in reversed(self.schema.names)}
            for x, y in _PAIRS:
                if x in lower and y in lower:
                    return lower[x], lower[y]
        for option, name in (("lon", lon), ("lat", lat)):
            if name is None:
                raise Invalid(f"{self._has()}; say which holds what: --lon NAME --lat NAME.", field=option)
            self._check(name, option)
        assert lon is not None and lat is not None
        return lon, lat

    def _check(self, name: str, option: str) -> None:
        if name not in self.schema.names:
            raise Invalid(f"--{option} {name}: {self._has()}.", field=option)

    def _has(self) -> str:
        return f"{self.path.name} has the columns {', '.join(self.schema.names[:20]) or '(none)'}"


def open_source(path: Path, asked: Asked) -> Source:
    """The file as a source, chosen by how its name ends. Raises SourceUnreadable and Invalid."""
    from api.bulk_locate.csv_source import CsvSource
    from api.bulk_locate.parquet_source import ParquetSource
    from api.bulk_locate.vector_source import VectorSource

    if not path.is_file():
        raise SourceUnreadable(f"There is no file {path}.", field="file")
    kinds: dict[str, type[Source]] = {"csv": CsvSource, "parquet": ParquetSource}
    source = kinds.get(format_of(path), VectorSource)(path, asked)
    source.check_columns()
    return source


def format_of(path: Path) -> str:
    """The format that a file's name says. Raises Invalid for others than FORMATS."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise Invalid(f"{path.name} must end in one of .{', .'.join(FORMATS)}.", field="file")
    return ending


def numbered(first: int, count: int) -> Longs:
    """The numbers of `count` rows behind the first `first`, from 1."""
    return np.arange(first + 1, first + count + 1, dtype=np.int64)
