"""Which units said nothing on a day.

Each unit has one of four outcomes a city day: it reported (有事), it filed only what it had solved itself
(平安-自处), it was all clear (平安-零报告), or it was silent (沉默). Until the cut-off (a setting, 18:00) nobody is
silent yet: a unit that has said nothing is open. What is said behind the cut-off makes a silent unit late, and never
in time again.

Knows what units said. Refuses to know who should have said it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row

from spatial.errors import Invalid
from spatial.patrol.check_in import SQL
from spatial.store.db import run
from spatial.store.reach import Reach

OUTCOMES = ("reported", "self_solved", "all_clear", "late", "silent", "open")


@dataclass(frozen=True)
class UnitDay:
    """One unit on one city day; `outcome` is one of OUTCOMES, `path` runs from the widest level to the unit."""

    code: str
    name: str
    path: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Silence:
    """A city day: `counts` of all units by outcome; `silent` are those that have said nothing."""

    date: date
    cut_off: time
    status: str
    silent: tuple[UnitDay, ...]
    counts: dict[str, int]


def silent_units(conn: Connection, *, day: date | None, now: datetime, reach: Reach) -> Silence:
    """The outcomes of a city day within a reach (today when None), and the units that have said nothing.

    Units are those in force at the day's cut-off, or now while it lies ahead. Raises Invalid for a day that
    has not begun.
    """
    frame = run(conn, SQL["day_frame"], {"day": day, "now": now}).one()
    if frame.day > frame.today:
        raise Invalid(
            f"date {frame.day.isoformat()} has not begun; the latest is {frame.today.isoformat()}", field="date"
        )
    is_open = now < frame.closes_at
    asked = {"begins_at": frame.begins_at, "closes_at": frame.closes_at, "ends_at": frame.ends_at}
    asked |= {"at": min(now, frame.closes_at), "reach": reach.bound}
    units = [
        UnitDay(row.code, row.name, tuple(row.path), _outcome(row, is_open))
        for row in run(conn, SQL["unit_days"], asked)
    ]
    counts = Counter(unit.outcome for unit in units)
    return Silence(
        date=frame.day,
        cut_off=frame.cut_off,
        status=f"open until {frame.cut_off:%H:%M}" if is_open else "closed",
        silent=tuple(unit for unit in units if unit.outcome in ("silent", "open")),
        counts={outcome: counts[outcome] for outcome in OUTCOMES},
    )


def _outcome(row: Row[Any], is_open: bool) -> str:
    if row.reports + row.self_solved + row.all_clears == 0:
        return "open" if is_open else "silent"
    if not row.in_time:
        return "late"
    return "reported" if row.reports else "self_solved" if row.self_solved else "all_clear"
