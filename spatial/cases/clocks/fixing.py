"""What the acts write of a case's deadlines: the tables are read here, `deadlines.py` says what follows.

Answers are columns of a case, to be written with the act that causes them. Refuses to write.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.clocks.deadlines import Due, Standard, due_at_dispatch, step_due
from spatial.cases.clocks.horizon import marked
from spatial.cases.clocks.limits import Limit
from spatial.cases.clocks.reading import read_clocks
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "fixing.sql")


def read_standards(conn: Connection, *, matters: Sequence[str], at: datetime) -> dict[str, list[Standard]]:
    """The standards in force of some matters, in their order; a matter without any is not in the answer."""
    found: dict[str, list[Standard]] = {}
    if matters:
        for row in run(conn, SQL["standards_of"], {"matters": sorted(set(matters)), "at": at}):
            found.setdefault(row.matter, []).append(_standard(row))
    return found


def due_when_filed(
    conn: Connection, *, district: str, matter: str, standard: int | None, start: datetime
) -> dict[str, Any]:
    """The columns of a case that has a standard and no unit yet: its deadline as if dispatched at `start`."""
    return _due(conn, district, matter, standard, start).provisional.columns


def due_when_dispatched(
    conn: Connection, *, district: str, matter: str | None, standard: int | None, now: datetime
) -> dict[str, Any]:
    """The columns of a case handed over now: its deadline fixed with the reason, and the time for the first look."""
    clocks = read_clocks(conn)
    receive = step_due(clocks.of(district), now, clocks.receive)
    return {"step_due_at": receive, **_due(conn, district, matter, standard, now).columns}


def due_when_reopened(
    conn: Connection,
    *,
    district: str,
    matter: str | None,
    standard: int | None,
    own: Limit | None,
    times: int,
    now: datetime,
) -> dict[str, Any]:
    """The columns of a case whose clock runs anew from now: by its own limit, or its matter's where none was fixed.

    What was solved on the spot was never handed over, and runs on the clock of its matter's standard all the same.
    """
    calendar = read_clocks(conn).of(district)
    limit = own or _due(conn, district, matter, standard, now).limit
    at = calendar.add(now, limit)
    return Due(at, limit, marked(f"reopened {times}", calendar.unknown_year(now, at, limit.unit))).columns


def _due(conn: Connection, district: str, matter: str | None, standard: int | None, start: datetime) -> Due:
    row = run(conn, SQL["limit_of_case"], {"matter": matter, "standard": standard, "at": start}).one()
    chosen = None if row.id is None else _standard(row)
    return due_at_dispatch(read_clocks(conn).of(district), start, chosen, row.due_limit)


def _standard(row: Row[Any]) -> Standard:
    return Standard(row.id, row.matter, row.ordinal, Limit(Decimal(row.amount), row.unit))
