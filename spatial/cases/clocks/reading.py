"""Calendars as the tables have them, kept in memory until somebody edits one.

What is kept lies under the name that every edit draws anew (`setting.calendar_revision`), with the time zone: another
transaction's edit is seen as soon as it is committed, one that is rolled back leaves nothing. An edit says what will
be; deadlines that are fixed are stored with their cases and stay. Refuses to write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.days import Hours, Shift
from spatial.cases.clocks.horizon import Horizon, look_ahead
from spatial.cases.clocks.limits import Limit
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "reading.sql")
WHOLE_CITY = ""
_MOST_KEPT = 16
_KEPT: dict[Any, "Clocks"] = {}
_Rows = tuple[str, date | None, date | None, Hours]


@dataclass(frozen=True)
class Clocks:
    """The clocks of a city: a calendar for each district, and the limits of the steps.

    `file_dispatch`: filing and dispatch together; `receive`: the unit opens what it was handed; `result_check`: the
    check of what was done.
    """

    zone: ZoneInfo
    revision: str
    days: Mapping[date, str]
    shifts: tuple[_Rows, ...]
    known: frozenset[int]  # years whose holidays are among the days
    file_dispatch: Limit
    receive: Limit
    result_check: Limit
    _calendars: dict[str, Calendar]

    def of(self, district: str) -> Calendar:
        """The calendar of a district; where it has no hours of its own, with the city's."""
        known = self._calendars.get(district)
        if known is None:
            hours = self._hours(district)
            known = self._calendars[district] = Calendar(self.zone, self.days, hours, self.revision, self.known)
        return known

    def look_ahead(self, now: datetime) -> Horizon:
        """How far the calendar is known at a moment, and whether that is far enough."""
        return look_ahead(self.known, today=now.astimezone(self.zone).date())

    def _hours(self, district: str) -> tuple[Shift, ...]:
        own = [row for row in self.shifts if row[0] == district]
        wide = [row for row in self.shifts if row[0] == WHOLE_CITY and district != WHOLE_CITY]
        return tuple(Shift(*row[1:]) for row in [*own, *wide])  # the first that holds on a day is taken


def read_clocks(conn: Connection) -> Clocks:
    """The clocks as they stand for this transaction."""
    facts = run(conn, SQL["clock_settings"]).one()
    key = (facts.time_zone, facts.revision, tuple(sorted((k, str(v)) for k, v in facts.limits.items())))
    kept = _KEPT.get(key)
    if kept is None:
        kept = _read(conn, facts.time_zone, facts.revision, facts.limits)
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = kept
    return kept


def read_calendar(conn: Connection, district: str) -> Calendar:
    """The calendar of a district as it stands."""
    return read_clocks(conn).of(district)


def _read(conn: Connection, zone: str, revision: str, limits: Mapping[str, Any]) -> Clocks:
    days = {row.day: row.kind for row in run(conn, SQL["calendar_days"])}
    shifts = tuple(
        (row.district, row.since, row.until, tuple((a, b) for a, b in row.hours))
        for row in run(conn, SQL["working_hours"])
    )
    known = frozenset(run(conn, SQL["known_years"]).scalars())
    named = {key.removesuffix("_limit"): _limit(value) for key, value in limits.items()}
    return Clocks(ZoneInfo(zone), revision, days, shifts, known, _calendars={}, **named)


def _limit(value: Mapping[str, Any]) -> Limit:
    return Limit(Decimal(str(value["amount"])), value["unit"])
