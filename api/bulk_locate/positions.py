"""Positions out of columns as they stand in files: numbers, texts that should be numbers, nothing.

A row that is no position gets a sentence that says why; no row hinders another. Pure: arrays in, arrays out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spatial.grid.datum import to_wgs84
from spatial.grid.index.layout import Flags, Floats, Longs

_FARTHEST = {"lon": 180.0, "lat": 90.0}


@dataclass(frozen=True)
class Positions:
    """The positions of n rows, in degrees; `raw` are the two columns as they stood, for saying what is wrong."""

    lons: Floats
    lats: Floats
    raw: tuple[pa.Array, pa.Array] | None = None

    @property
    def bad(self) -> Flags:
        """Which rows are no positions on Earth."""
        # A comparison with nan is false, so this also finds what could not be read.
        return ~((np.abs(self.lons) <= _FARTHEST["lon"]) & (np.abs(self.lats) <= _FARTHEST["lat"]))

    def in_wgs84(self, datum: str) -> "Positions":
        """The same positions moved from a declared datum. Raises Invalid when the datum is unknown."""
        lons, lats = to_wgs84(self.lons, self.lats, datum)
        return replace(self, lons=lons, lats=lats)

    def reasons(self, rows: Longs) -> Iterator[str]:
        """Why each of some bad rows is no position."""
        for row in rows.tolist():
            yield self._reason(row)

    def _reason(self, row: int) -> str:
        if self.raw is None:
            return "has no point with finite coordinates on Earth"
        for name, column, values in zip(("lon", "lat"), self.raw, (self.lons, self.lats), strict=True):
            said = _fault(name, column[row].as_py(), float(values[row]))
            if said:
                return said
        return "is no position"


def read_numbers(column: pa.Array) -> Floats:
    """A column as n doubles: nan where it is missing or no number."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _from_text(column)
    try:
        return _as_doubles(pc.cast(column, pa.float64(), safe=False))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.full(len(column), np.nan)


def _from_text(column: pa.Array) -> Floats:
    trimmed = pc.utf8_trim_whitespace(column)
    try:
        return _as_doubles(pc.cast(pc.if_else(pc.equal(trimmed, ""), None, trimmed), pa.float64()))
    except pa.ArrowInvalid:
        return np.array([_number(text) for text in trimmed.to_pylist()], dtype=np.float64)


def _as_doubles(column: pa.Array) -> Floats:
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def _number(text: str | None) -> float:
    try:
        return float(text) if text and "_" not in text else np.nan
    except ValueError:
        return np.nan


def _fault(name: str, value: Any, read: float) -> str | None:
    """What is wrong with one coordinate, or None."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return f"{name} is missing"
    if np.isnan(read):
        return f"{name} is {str(value)[:40]!r}, not a number"
    if np.isinf(read):
        return f"{name} is not finite"
    if abs(read) > _FARTHEST[name]:
        return f"{name} is {read:g}, beyond {_FARTHEST[name]:g} degrees; longitude comes first"
    return None
