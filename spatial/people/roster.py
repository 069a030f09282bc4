"""The duty roster of the command centre: who is on duty on which day, and the days that nobody is.

The centre works 365 days a year: a day without a duty officer is an error, whatever weekday it is. Days are
the city's; which one is today comes in from the caller. Refuses to know shifts within a day, and to commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "roster.sql")
MOST_DAYS = 400
AHEAD_DAYS = 14  # how far ahead a board looks for days that nobody has


@dataclass(frozen=True)
class Officer:
    """Somebody on duty."""

    login: str
    name: str


@dataclass(frozen=True)
class DutyDay:
    """A day with those on duty, by login; with nobody it is an error."""

    day: date
    officers: tuple[Officer, ...]


def list_roster(conn: Connection, *, since: date, until: date) -> list[DutyDay]:
    """Every day from one to another, both inclusive, also those that nobody has. Raises Invalid for too many."""
    if not 0 <= (until - since).days < MOST_DAYS:
        raise Invalid(f"until must lie behind from, within {MOST_DAYS} days", field="until")
    officers: dict[date, list[Officer]] = {}
    for row in run(conn, SQL["roster"], {"since": since, "until": until}):
        officers.setdefault(row.day, []).append(Officer(row.login, row.name))
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return [DutyDay(day, tuple(officers.get(day, ()))) for day in days]


def list_uncovered(conn: Connection, *, today: date, days: int = AHEAD_DAYS) -> list[date]:
    """The days from today on that nobody is on duty, so many days ahead."""
    ahead = list_roster(conn, since=today, until=today + timedelta(days=days - 1))
    return [one.day for one in ahead if not one.officers]


def set_duty(conn: Connection, *, day: date, logins: Sequence[str], actor: str, now: datetime) -> None:
    """Put these on duty on a day, in place of whoever was. Raises Invalid for one who has no account in use."""
    run(conn, SQL["forget_day"], {"day": day})
    wanted = {"day": day, "logins": list(logins), "actor": actor, "now": now}
    known = set(run(conn, SQL["put_on_duty"], wanted).scalars())
    unknown = sorted(set(logins) - known)
    if unknown:
        raise Invalid(f"officers: there is no account {unknown[0]} in use", field="officers")
