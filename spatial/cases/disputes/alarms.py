"""The leader's list: disputes over the age limit, one row a dispute and city day until it is ruled.

Each row bears the moment at which it was due, not the one at which somebody woke: a day that nobody swept is
caught up. Refuses to know who the leader is, and to look further than a reach.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "alarms.sql")


@dataclass(frozen=True)
class Alarm:
    """A dispute on the list of a day; `state` and `brief` are as they stand now."""

    dispute: int
    case_no: str
    day: date
    due_at: datetime
    entered_at: datetime
    matter: str | None
    state: str
    brief: str | None


def raise_due_alarms(conn: Connection, *, now: datetime, limit: int | None, dispute: int | None = None) -> int:
    """Write the rows that are due by now and missing, oldest day first, at most `limit`; how many were written.

    `dispute` narrows it to one: call it so before a dispute is settled, since nobody looks at it afterwards.
    """
    return run(conn, SQL["raise_alarms"], {"now": now, "limit": limit, "dispute": dispute}).rowcount


def list_alarms(
    conn: Connection, *, reach: Reach, day: date, limit: int, behind: tuple[datetime, int] | None = None
) -> list[Alarm]:
    """The list of a city day within a reach, longest waiting first, behind (entered_at, dispute)."""
    after, after_id = behind or (None, None)
    asked = {"reach": reach.bound, "day": day, "limit": limit, "after": after, "after_id": after_id}
    return [Alarm(**row._mapping) for row in run(conn, SQL["alarms"], asked)]


def city_day(conn: Connection, *, at: datetime) -> date:
    """The city's calendar day at a moment."""
    found: date = run(conn, SQL["city_day"], {"at": at}).scalar_one()
    return found
