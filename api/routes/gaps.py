"""The gap list: which matter has no lead where, and where several claim it. As pages, totals, a map, or CSV."""

import csv
import io
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.dependencies import Conn, Now, require
from api.schemas.reports import AnyMoment
from gridmaps.csv_lines import BOM
from spatial.cases.responsibility.bodies import name_units
from spatial.cases.responsibility.decision import UnitName
from spatial.cases.responsibility.gap_list import name_leads
from spatial.cases.responsibility.gap_table import GapFilter, GapLine, GapTable
from spatial.errors import Invalid
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/responsibilities/gaps", tags=["governance"])
PERMISSION = "read_governance"
COLUMNS = (
    "matter", "matter_name", "matter_name_zh", "cell", "name", "status", "leads", "lead_names", "lead_names_zh",
    "gap_m2", "conflict_m2",
)  # fmt: skip
_LINES_AT_ONCE = 2000


class Format(StrEnum):
    """How the list is answered."""

    json = "json"
    csv = "csv"


class GapOut(BaseModel):
    """One matter in one cell; `leads` are references: a department's code, or `@` and a cell's code.

    `lead_names` and `lead_names_zh` are what they are called, in that order.
    """

    matter: str
    matter_name: str
    matter_name_zh: str
    cell: str
    name: str
    status: str
    leads: list[str]
    lead_names: list[str]
    lead_names_zh: list[str]
    gap_m2: float
    conflict_m2: float


class GapPage(BaseModel):
    """A page; `next` goes into `cursor`."""

    items: list[GapOut]
    next: str | None


class MatterTotalsOut(BaseModel):
    """Cells by status for one matter."""

    matter: str
    matter_name: str
    matter_name_zh: str
    one: int
    tiled: int
    gap: int
    conflict: int
    gap_m2: float
    conflict_m2: float
    slivers: int
    slivers_m2: float


class TotalsOut(BaseModel):
    """Matters x cells by status; slivers are parts under the set area, which count for no status."""

    one: int
    tiled: int
    gap: int
    conflict: int
    gap_m2: float
    conflict_m2: float
    slivers: int
    slivers_m2: float
    by_matter: list[MatterTotalsOut]


class MapOut(BaseModel):
    """The worst status over the matters for each cell, with square metres of gap and of conflict."""

    level: str
    cells: dict[str, tuple[str, float, float]]


Reader = Annotated[Account, Depends(require(PERMISSION))]
Moment = Annotated[AnyMoment | None, Query(description="As of this moment; default now.")]
Matter = Annotated[str | None, Query(description="One matter in force: a category, a major or a minor class.")]
Subtree = Annotated[str | None, Query(alias="cell", description="A cell of any level; its whole subtree.")]
LevelKey = Annotated[str | None, Query(description="Cells of this level, each with the worst of its units.")]


def gap_table(request: Request, conn: Conn, now: Now, at: Moment = None) -> GapTable:
    """The list of a moment, from the cache that this application keeps."""
    table: GapTable = request.app.state.gaps.table(conn, at=at or now, now=now)
    return table


Table = Annotated[GapTable, Depends(gap_table)]


def _asked(
    matter: Matter = None,
    cell: Subtree = None,
    level: LevelKey = None,
    status: Annotated[str | None, Query(description="one, tiled, gap, conflict; several with commas.")] = None,
) -> GapFilter:
    statuses = None if status is None else frozenset(part.strip() for part in status.split(","))
    return GapFilter(statuses, matter, cell, level)


Asked = Annotated[GapFilter, Depends(_asked)]


@router.get("", response_model=GapPage)
def list_page(
    asking: Reader,
    table: Table,
    asked: Asked,
    conn: Conn,
    now: Now,
    at: Moment = None,
    answer: Annotated[Format, Query(alias="format", description="csv: all lines, whatever the limit.")] = Format.json,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> Any:
    """Matters x cells by matter and place. Precedents do not count; what territory falls back to is a gap."""
    reach, after = asking.reach_for(PERMISSION), _read_cursor(cursor)
    if answer is Format.csv:
        lines = table.lines(asked, reach=reach, after=after)
        first = list(islice(lines, 1))  # what is wrong with the question is said before the answer begins
        called = name_leads(conn, table, at=at or now)
        return StreamingResponse(csv_of(chain(first, lines), called), media_type="text/csv; charset=utf-8")
    found, more = table.page(asked, reach=reach, limit=limit, after=after)
    called = name_units(conn, refs={ref for line in found for ref in line.leads}, at=at or now)
    return {"items": [asdict(line) | _called(line, called) for line in found], "next": _write_cursor(more)}


@router.get("/totals")
def totals(
    asking: Reader, table: Table, matter: Matter = None, cell: Subtree = None, level: LevelKey = None
) -> TotalsOut:
    """How many cells have each status, for each matter and together."""
    found = table.totals(GapFilter(None, matter, cell, level), reach=asking.reach_for(PERMISSION))
    rows = [MatterTotalsOut(**asdict(one)) for one in found]
    names = [name for name in TotalsOut.model_fields if name != "by_matter"]
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    return TotalsOut(**sums, by_matter=rows)


@router.get("/map", response_model=MapOut)
def gap_map(
    asking: Reader, table: Table, matter: Matter = None, cell: Subtree = None, level: LevelKey = None
) -> Response:
    """A status for each cell of a level, to be joined to cells by code."""
    asked = GapFilter(None, matter, cell, level)
    cells = table.worst_by_cell(asked, reach=asking.reach_for(PERMISSION))
    # Written as it is: checking a hundred thousand cells one by one takes longer than finding them.
    told = {code: (one.status, one.gap_m2, one.conflict_m2) for code, one in cells.items()}
    body = {"level": level or table.cells.levels[-1], "cells": told}
    return Response(json.dumps(body, separators=(",", ":")), media_type="application/json")


def _called(line: GapLine, names: Mapping[str, UnitName]) -> dict[str, list[str]]:
    """What the leads of a line are called; one that nobody knows keeps its reference."""
    known = [names.get(ref) for ref in line.leads]
    english = [one.name if one else ref for one, ref in zip(known, line.leads, strict=True)]
    chinese = [one.name_zh if one and one.name_zh else name for one, name in zip(known, english, strict=True)]
    return {"lead_names": english, "lead_names_zh": chinese}


def csv_of(lines: Iterable[GapLine], names: Mapping[str, UnitName]) -> Iterator[str]:
    """Lines as CSV, a good many at a time; several leads stand with a space between them, their names with a comma."""
    rest, head = iter(lines), True
    while True:
        some = list(islice(rest, _LINES_AT_ONCE))
        text = io.StringIO()
        writer = csv.writer(text)
        if head:
            text.write(BOM)
            writer.writerow(COLUMNS)
        for line in some:
            called = _called(line, names)
            values = asdict(line) | {"leads": " ".join(line.leads), "lead_names": ", ".join(called["lead_names"])}
            values["lead_names_zh"] = "、".join(called["lead_names_zh"])
            writer.writerow([values[name] for name in COLUMNS])
        yield text.getvalue()
        head = False
        if len(some) < _LINES_AT_ONCE:
            return


def _write_cursor(after: tuple[str, str] | None) -> str | None:
    return None if after is None else urlsafe_b64encode(json.dumps(after).encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    try:
        matter, cell = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return str(matter), str(cell)
    except (ValueError, TypeError):
        raise Invalid("cursor is not one that this list gave out; leave it away to begin", field="cursor") from None
