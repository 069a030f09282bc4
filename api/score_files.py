"""The lists beside the figures as files: what a list is told with, and how a file is answered.

Knows names and the wire. The lines are `gridmaps/score_lists.py`'s, what stands in them is the lists' own.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from fastapi.responses import Response
from sqlalchemy import Connection

from gridmaps.score_lists import Heading
from spatial.cases.evaluation.naming import read_matter_names, read_unit_names, read_within
from spatial.cases.evaluation.spans import Span
from spatial.errors import Invalid

MOST_LINES = 200_000  # a whole city's month with room; more than a spreadsheet is worked with
Row = TypeVar("Row")


def read_heading(
    conn: Connection, span: Span, *, units: Iterable[str | None], cell: str | None, unit: str | None = None
) -> Heading:
    """What a list was asked of, with the names of the units that stand in it and of all matters."""
    within = read_within(conn, cell=cell, unit=unit)
    return Heading(span, within, read_unit_names(conn, units), read_matter_names(conn))


def all_lines(read: Callable[[int], Sequence[Row]]) -> Sequence[Row]:
    """The whole list, read with a limit. Raises Invalid where it is longer than a file may be."""
    rows = read(MOST_LINES + 1)
    if len(rows) > MOST_LINES:
        raise Invalid(
            f"a file holds at most {MOST_LINES:,} lines; ask for fewer days or a part of the city", field="format"
        )
    return rows


def csv_file(lines: Iterable[str], name: str, span: Span) -> Response:
    """The file, named after what it holds and its days."""
    named = {"Content-Disposition": f'attachment; filename="{name}-{span.first}-{span.last}.csv"'}
    return Response("".join(lines), media_type="text/csv; charset=utf-8", headers=named)
