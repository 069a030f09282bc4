"""The supervisor's board: how many cases of which colour, by unit and street; the oldest red ones; who is silent.

Within a reach. Counts are of now, not of the last sweep. Refuses to know who looks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.conferences.overdue import LateAction, list_late_actions
from spatial.cases.supervision.colours import COLOURS
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "board.sql")


@dataclass(frozen=True)
class Count:
    """How many cases a unit has in a street, by colour; `lead` None is with nobody, `street` None off the grid."""

    lead: str | None
    lead_name: str | None
    street: str | None
    street_name: str | None
    green: int
    yellow: int
    red: int
    grey: int


@dataclass(frozen=True)
class RedCase:
    """A case that is past its deadline."""

    case_no: str
    state: str
    matter: str | None
    lead: str | None
    cell: str | None
    due_at: datetime


@dataclass(frozen=True)
class Silent:
    """An order that nobody has answered in time."""

    id: int
    case_no: str
    level: int
    addressee: str
    due_at: datetime
    reply_due_at: datetime


@dataclass(frozen=True)
class Board:
    """Everything on the board at a moment."""

    at: datetime
    totals: dict[str, int]
    counts: tuple[Count, ...]
    oldest_red: tuple[RedCase, ...]
    unanswered: tuple[Silent, ...]
    late_actions: tuple[LateAction, ...]


def read_board(conn: Connection, *, reach: Reach, now: datetime, limit: int) -> Board:
    """The board within a reach, with at most `limit` red cases, unanswered orders and late actions of conferences."""
    asked: dict[str, Any] = {"reach": reach.bound, "now": now, "limit": limit}
    counts = _counts(conn, asked)
    red = tuple(RedCase(**row._mapping) for row in run(conn, SQL["oldest_red"], asked))
    silent = tuple(Silent(**row._mapping) for row in run(conn, SQL["overdue_replies"], asked))
    totals = {colour: sum(getattr(one, colour) for one in counts) for colour in COLOURS}
    late = tuple(list_late_actions(conn, reach=reach, now=now, limit=limit))
    return Board(now, totals, counts, red, silent, late)


def count_colours(conn: Connection, *, reach: Reach, now: datetime) -> dict[str, int]:
    """Cases whose clock runs or stands, by colour."""
    return dict(run(conn, SQL["colour_totals"], {"reach": reach.bound, "now": now}).one()._mapping)


def _counts(conn: Connection, asked: dict[str, Any]) -> tuple[Count, ...]:
    rows = run(conn, SQL["counts"], asked).all()
    codes = {code.removeprefix("@") for row in rows for code in (row.lead, row.street) if code}
    names = {row.code: row.name for row in run(conn, SQL["board_names"], {"codes": sorted(codes)})}
    return tuple(
        Count(row.lead, names.get((row.lead or "").removeprefix("@"), row.lead), row.street,
              names.get(row.street, row.street), row.green, row.yellow, row.red, row.grey)
        for row in rows
    )  # fmt: skip
