"""The table of responsibility from files: rows as CSV, jurisdictions as any vector file.

Every line that cannot be read is named by its number and its field, and all of them are, so that a file is mended in
one go. Text and shapes in, drafts out; refuses to know the store.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from api.cli.moments import read_moment
from api.csv_reports import check_rows, read_header
from spatial.cases.responsibility.jurisdictions import JurisdictionDraft
from spatial.cases.responsibility.polygons import check_polygon
from spatial.cases.responsibility.row_drafts import Fault, RowDraft
from spatial.errors import Invalid, SourceUnreadable
from spatial.grid.importing.plan import LayerSource
from spatial.grid.importing.reading import SourceRow, read_rows

REQUIRED = ("matter", "place_kind", "place", "lead")
OPTIONAL = ("assisting", "supervising", "priority", "basis", "from", "until")
SHAPE_COLUMNS = ("code", "name", "department", "kind", "feature", "from", "until")
_BETWEEN_UNITS = re.compile(r"[;；、]")
_WHOLE = re.compile(r"[+-]?\d{1,9}")
Draft = TypeVar("Draft", RowDraft, JurisdictionDraft)


@dataclass(frozen=True)
class BadLine:
    """What keeps a line of a file from being loaded."""

    file: str
    line: int
    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.field}: {self.detail}"


@dataclass(frozen=True)
class Drafts(Generic[Draft]):
    """What a file holds: drafts with the line of each, and the lines that cannot be read."""

    file: str
    drafts: tuple[Draft, ...]
    lines: tuple[int, ...]
    unread: tuple[BadLine, ...]

    def bad(self, faults: Iterable[tuple[int, Fault]]) -> list[BadLine]:
        """Faults by the position of their draft, as lines of this file; with those that could not be read."""
        judged: list[BadLine] = [BadLine(self.file, self.lines[i], fault.field, fault.sentence) for i, fault in faults]
        return sorted([*self.unread, *judged], key=lambda bad: bad.line)


def read_duty_file(path: Path, *, time_zone: str, since: str | None = None) -> Drafts[RowDraft]:
    """The rows of a CSV file in UTF-8. `since` is for lines whose `from` is empty; without it they always held.

    Raises SourceUnreadable when the file is none, lacks a column, or has one that means nothing here.
    """
    if not path.is_file():
        raise SourceUnreadable(f"there is no file {path.name}", field="file")
    _check_columns(path, read_header(path))
    check_rows(path)
    drafts, lines, unread = [], [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            cells = {key: (value or "").strip() for key, value in row.items() if isinstance(value, str) or not value}
            try:
                if None in row:
                    raise Invalid("more cells than columns; put quotes around a cell that holds a comma", field="line")
                drafts.append(_row(cells, time_zone, since))
                lines.append(reader.line_num)
            except Invalid as wrong:
                unread.append(BadLine(path.name, reader.line_num, wrong.field or "line", wrong.sentence))
    return Drafts(path.name, tuple(drafts), tuple(lines), tuple(unread))


def _check_columns(path: Path, header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise SourceUnreadable(
            f"{path.name} has no column {missing[0]}; its first line names {', '.join(REQUIRED)} and, as you like, "
            f"{', '.join(OPTIONAL)}",
            field="file",
        )
    odd = [name for name in header if name not in (*REQUIRED, *OPTIONAL)]
    if odd:
        raise SourceUnreadable(
            f"{path.name} has a column {odd[0]!r} that means nothing here; it may have {', '.join(OPTIONAL)}",
            field="file",
        )


def _row(cells: Mapping[str, str], time_zone: str, since: str | None) -> RowDraft:
    priority = cells.get("priority", "")
    if priority and not _WHOLE.fullmatch(priority):
        raise Invalid(f"priority {priority!r} is no whole number; leave it empty where nothing ties", field="priority")
    return RowDraft(
        matter=cells["matter"], place_kind=cells["place_kind"], place=cells["place"], lead=cells["lead"],
        assisting=_units(cells.get("assisting", "")), supervising=_units(cells.get("supervising", "")),
        priority=int(priority) if priority else None, basis=cells.get("basis", ""),
        since=read_moment(cells.get("from") or since, time_zone=time_zone, field="from"),
        until=read_moment(cells.get("until") or None, time_zone=time_zone, field="until"),
    )  # fmt: skip


def _units(text: str) -> tuple[str, ...]:
    return tuple(unit.strip() for unit in _BETWEEN_UNITS.split(text) if unit.strip())


def read_shape_file(
    path: Path, *, time_zone: str, datum: str = "wgs84", crs: str | None = None
) -> Drafts[JurisdictionDraft]:
    """The jurisdictions of a vector file, with columns `code`, `name`, `department` and, as you like, `kind`,
    `feature`, `from`, `until`. A line is a feature, counted from 1.

    Raises SourceUnreadable when the file is none or lacks a column.
    """
    rows = read_rows(LayerSource(path), datum=datum, crs=crs)
    missing = [name for name in SHAPE_COLUMNS[:2] if name not in rows[0].columns]
    if missing:
        raise SourceUnreadable(
            f"{path.name} has no column {missing[0]}; each shape has {', '.join(SHAPE_COLUMNS)}", field="jurisdictions"
        )
    drafts, lines, unread = [], [], []
    for row in rows:
        try:
            drafts.append(_jurisdiction(row, time_zone))
            lines.append(row.number)
        except Invalid as wrong:
            unread.append(BadLine(path.name, row.number, wrong.field or "line", wrong.sentence))
    return Drafts(path.name, tuple(drafts), tuple(lines), tuple(unread))


def _jurisdiction(row: SourceRow, time_zone: str) -> JurisdictionDraft:
    cells = row.columns
    return JurisdictionDraft(
        code=cells["code"] or "", name=cells["name"] or "", geometry=check_polygon(row.shape),
        department=cells.get("department"), kind=cells.get("kind") or "polygon", feature=cells.get("feature") or "",
        since=read_moment(cells.get("from"), time_zone=time_zone, field="from"),
        until=read_moment(cells.get("until"), time_zone=time_zone, field="until"),
    )  # fmt: skip
