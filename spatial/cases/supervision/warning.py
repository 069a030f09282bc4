"""From when a case is yellow, written by whatever sets its deadline: intake, hand-over, and every act behind them.

One rule for all: two thirds of the limit used is one third left, on the clock of that limit, whether it is fixed or
provisional. So the warning lies before the deadline, wherever pauses and extensions have moved it. The sweep fills what
has none: cases that are older than warnings are. Refuses to know colours' names.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection

from spatial.cases.clocks import Calendar, read_calendar
from spatial.cases.clocks.deadlines import clock_limit
from spatial.cases.clocks.horizon import plain_reason
from spatial.cases.clocks.limits import Limit
from spatial.cases.supervision.colours import ColourRule
from spatial.cases.supervision.moments import left_since, read_calendars
from spatial.cases.supervision.rules import read_colour_rules
from spatial.cases.supervision.stages import Paged, Place
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "sweeping.sql")


class Limited(Protocol):
    """What a warning is reckoned from; a case older than limits has the time from its receipt, as clock time."""

    @property
    def received_at(self) -> datetime:
        """When it came in."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """Its deadline."""
        ...

    @property
    def limit_amount(self) -> Decimal | None:
        """Its limit, in `limit_unit`."""
        ...

    @property
    def limit_unit(self) -> str | None:
        """The clock of its limit."""
        ...

    @property
    def extensions(self) -> int:
        """How often a limit of it was granted again."""
        ...

    @property
    def due_reason(self) -> str:
        """What its deadline comes from."""
        ...


def warn_moment(rules: Mapping[str, ColourRule], calendar: Calendar, case: Limited) -> datetime | None:
    """From when a case is yellow; None without a deadline."""
    if case.due_at is None:
        return None
    granted = case.extensions if plain_reason(case.due_reason).startswith("extension") else 0
    return warning_of(rules, calendar, due_at=case.due_at, limit=_limit(case, case.due_at), extensions=granted)


def warning_of(
    rules: Mapping[str, ColourRule], calendar: Calendar, *, due_at: datetime, limit: Limit, extensions: int = 0
) -> datetime:
    """From when a limit is yellow that ends at `due_at`, on its own clock; each of its extensions is as long again."""
    left = _left(rules[limit.unit], limit, extensions)
    return left_since(calendar, due_at, left, limit.unit)


def warning_of_part(conn: Connection, *, district: str, opened_at: datetime, due_at: datetime) -> datetime:
    """From when a helper's part is yellow that has a date of its own: of the clock time that it was given."""
    limit = clock_limit(due_at - opened_at)
    return warning_of(read_colour_rules(conn), read_calendar(conn, district), due_at=due_at, limit=limit)


@lru_cache(maxsize=512)
def _left(rule: ColourRule, limit: Limit, extensions: int) -> Fraction:
    return rule.left_when_yellow(limit.exact * (1 + extensions))


def _limit(case: Limited, due_at: datetime) -> Limit:
    if case.limit_amount is None or case.limit_unit is None:
        return clock_limit(due_at - case.received_at)
    return _fixed(case.limit_amount, case.limit_unit)


_fixed = lru_cache(maxsize=512)(Limit)  # limits are few, and cases a million


def fill_warnings(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Reckon the warnings of cases that have none for their deadline, a page of them."""
    found = run(conn, SQL["unwarned_cases"], {"limit": limit}).all()
    if not found:
        return Paged(0, more=False)
    rules, calendars = read_colour_rules(conn), read_calendars(conn, [row.district for row in found])
    rows: list[dict[str, Any]] = [
        {"district": row.district, "case_no": row.case_no,
         "warn_at": (warn_moment(rules, calendars[row.district], row) or row.due_at).isoformat()}
        for row in found
    ]  # fmt: skip
    run(conn, SQL["write_warnings"], {"rows": json.dumps(rows)})
    return Paged(len(found), more=len(found) == limit)
