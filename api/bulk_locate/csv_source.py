"""A CSV file as a source. All columns stay the text they are: a code keeps its leading zeros.

Knows how text becomes rows. Refuses to guess types.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from api.bulk_locate.positions import Positions, read_numbers
from api.bulk_locate.sources import Asked, PointBatch, Source
from spatial.errors import Invalid, SourceUnreadable
from spatial.grid.index.layout import Longs

_BLOCK_BYTES = 4 << 20


class CsvSource(Source):
    """A CSV file whose first line names the columns. Progress is counted in bytes."""

    def __init__(self, path: Path, asked: Asked) -> None:
        super().__init__(path, asked)
        names = self._header()
        self.schema = pa.schema([(name, pa.string()) for name in names])
        self.total = path.stat().st_size
        self._lon, self._lat = self.lon_lat()

    def batches(self) -> Iterator[PointBatch]:
        """The rows; those that do not have as many fields as the header are in `broken`."""
        read = 0
        with self.path.open("rb") as file:
            try:
                for columns in self._reader(file):
                    lon, lat = columns.column(self._lon), columns.column(self._lat)
                    positions = Positions(read_numbers(lon), read_numbers(lat), (lon, lat))
                    yield self.batch_of(columns, self._numbers(read, len(columns)), positions)
                    read += len(columns)
                    self.done = min(file.tell(), self.total)
            except pa.ArrowInvalid as wrong:
                raise self._unreadable(str(wrong).splitlines()[0]) from wrong
        self.done = self.total

    def _reader(self, file: Any) -> pyarrow.csv.CSVStreamingReader:
        # One thread: only then is a broken row's number known.
        return pyarrow.csv.open_csv(
            file,
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False, block_size=_BLOCK_BYTES, encoding=self.asked.encoding
            ),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=self._skip),
            convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(self.schema.names, pa.string())),
        )

    def _skip(self, row: Any) -> str:
        fault = f"has {row.actual_columns} fields, the header {row.expected_columns}"
        self.broken.append(((row.number or 0) - 1, fault))  # its number counts the header
        return "skip"

    def _numbers(self, read: int, count: int) -> Longs:
        """Numbers in the file of the rows from the `read`-th good one on: broken rows have theirs too."""
        good = np.arange(read, read + count, dtype=np.int64)
        broken = np.array([number for number, _ in self.broken], dtype=np.int64)
        good_before = broken - 1 - np.arange(len(broken))
        return good + 1 + np.searchsorted(good_before, good, side="right")

    def _header(self) -> list[str]:
        encoding = "utf-8-sig" if self.asked.encoding.lower() in ("utf-8", "utf8") else self.asked.encoding
        try:
            with self.path.open(encoding=encoding, newline="") as file:
                names = next(csv.reader(file), [])
        except LookupError as wrong:
            raise Invalid(f"encoding {self.asked.encoding!r} is unknown; such as gb18030.", field="encoding") from wrong
        except (OSError, UnicodeDecodeError, csv.Error) as wrong:
            raise self._unreadable(str(wrong)) from wrong
        if not names:
            raise SourceUnreadable(f"{self.path.name} is empty; its first line must name the columns.", field="file")
        return names

    def _unreadable(self, why: str) -> SourceUnreadable:
        return SourceUnreadable(
            f"{self.path.name} cannot be read as CSV in {self.asked.encoding} ({why}); "
            "if it came from a spreadsheet, try --encoding gb18030.",
            field="file",
        )
