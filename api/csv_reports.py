"""Reports from a CSV file: columns mapped to fields, rows made into report bodies.

Pure: text in, bodies out. A row without an id of its own gets one from its content, so that loading a file
twice files nothing twice.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from spatial.errors import Invalid, SourceUnreadable

FIELDS = ("id", "lon", "lat", "accuracy_m", "datum", "captured_at", "source", "text", "category", "place_code")
REQUIRED = ("lon", "lat", "captured_at")
EXTRAS = ("department",)
_OTHER_MARKS = {";": "semicolons", "\t": "tabs"}
_NAMESPACE = UUID("5f6d2f6e-7c57-5a5e-9d3b-0d3c6f1f6a10")  # of row ids; another value would load old files anew


@dataclass(frozen=True)
class Columns:
    """Which column holds which field, and what holds for every row."""

    by_field: Mapping[str, str]
    source: str
    datum: str
    time_zone: ZoneInfo


@dataclass(frozen=True)
class CsvRow:
    """A row: its line in the file, the body made of it, and the columns as they stand."""

    line: int
    body: dict[str, Any]
    cells: dict[str, str]


def read_mapping(pairs: list[str], header: list[str]) -> dict[str, str]:
    """`field=column` pairs, completed by columns that bear a field's own name.

    Raises Invalid for an unknown field or column, and for a required field without a column.
    """
    mapping = {field: field for field in FIELDS if field in header}
    for pair in pairs:
        field, _, column = pair.partition("=")
        if field not in (*FIELDS, *EXTRAS):
            raise Invalid(f"--column {pair}: {field} is no field; one of {', '.join((*FIELDS, *EXTRAS))}")
        if column not in header:
            raise Invalid(f"--column {pair}: the file has no column {column}; it has {', '.join(header)}")
        mapping[field] = column
    missing = [field for field in REQUIRED if field not in mapping]
    if missing:
        raise Invalid(f"no column is mapped to {missing[0]}; add --column {missing[0]}=NAME")
    return mapping


def read_header(path: Path) -> list[str]:
    """The column names. Raises SourceUnreadable."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except UnicodeDecodeError:
        raise _not_utf8(path) from None
    except (OSError, csv.Error):
        raise SourceUnreadable(f"{path.name} cannot be read as a CSV file in UTF-8") from None
    if not header:
        raise SourceUnreadable(f"{path.name} is empty; its first line must name the columns")
    for mark, called in _OTHER_MARKS.items():
        if len(header) == 1 and mark in header[0]:
            columns = ", ".join(name.strip('"') for name in header[0].split(mark))
            raise SourceUnreadable(
                f"{path.name} seems to use {called} between columns ({columns}); save it with commas"
            )
    return header


def check_rows(path: Path) -> int:
    """Read a file through once and say how many rows it has, before any of them is filed.

    Raises SourceUnreadable with the line: not UTF-8, a field that is too long, a NUL character.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        rows = 0
        try:
            for row in reader:
                rows += bool(row)
                if any("\0" in cell for cell in row):
                    raise SourceUnreadable(f"{path.name}, line {reader.line_num}: a NUL character; take it out")
        except csv.Error as wrong:
            raise SourceUnreadable(f"{path.name}, line {reader.line_num}: {wrong}; mend the row") from None
        except UnicodeDecodeError:
            raise _not_utf8(path) from None
    return max(0, rows - 1)


def _not_utf8(path: Path) -> SourceUnreadable:
    """The refusal with its line, found in the bytes, because text is decoded in blocks that end beyond the line."""
    with path.open("rb") as file:
        line = next((number for number, line in enumerate(file, start=1) if not _is_utf8(line)), 0)
    return SourceUnreadable(f"{path.name}, line {line}: not UTF-8; save the file as UTF-8")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_rows(path: Path, columns: Columns) -> Iterator[CsvRow]:
    """The rows, one by one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            cells = {key: value or "" for key, value in row.items() if key is not None and not isinstance(value, list)}
            yield CsvRow(reader.line_num, body_of(cells, columns), cells)


def body_of(cells: dict[str, str], columns: Columns) -> dict[str, Any]:
    """The report body of a row. What cannot be read is left as it stands, for the intake to refuse by name."""
    values = {field: cells[column].strip() for field, column in columns.by_field.items()}
    body: dict[str, Any] = {"source": columns.source, "datum": columns.datum, "text": ""}
    body |= {field: text for field, text in values.items() if field in FIELDS and text}
    for field in ("lon", "lat", "accuracy_m"):
        body[field] = _number(values.get(field, ""))
    body["captured_at"] = _moment(values["captured_at"], columns.time_zone)
    if "category" in body:
        body["category"] = slug(values["category"])
    body["id"] = values.get("id") or str(uuid5(_NAMESPACE, "\x1f".join(f"{k}={v}" for k, v in sorted(cells.items()))))
    return body


def slug(name: str) -> str:
    """A category's name as a code: small letters, digits and hyphens, at most 64."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")[:64]


def _number(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
