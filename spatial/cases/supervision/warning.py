"""From when a case is yellow, written by whatever sets its deadline: intake, hand-over, and every act behind them.

Two thirds of the limit used is one third left: the warning lies before the deadline, wherever pauses and extensions
have moved it. The sweep fills what has none: cases that are older than warnings are. Refuses to know colours' names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from sqlalchemy import Connection

from spatial.cases.clocks import Calendar
from spatial.cases.clocks.days import from_us, to_us
from spatial.cases.clocks.limits import HOUR_US, URGENT_HOUR
from spatial.cases.supervision.colours import ColourRule
from spatial.cases.supervision.moments import left_since, read_calendars
from spatial.cases.supervision.rules import read_colour_rules
from spatial.cases.supervision.stages import Paged, Place
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "sweeping.sql")


class Limited(Protocol):
    """What a warning is reckoned from; without a limit of its own a case has the time from its receipt."""

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
        """How often the limit was granted again."""
        ...


@dataclass(frozen=True)
class Timed:
    """A case whose limit has just been fixed, before it is a row."""

    received_at: datetime
    due_at: datetime | None
    limit_amount: Decimal | None
    limit_unit: str | None
    extensions: int = 0


def warn_moment(rules: Mapping[str, ColourRule], calendar: Calendar, case: Limited) -> datetime | None:
    """From when a case is yellow; None without a deadline, the receipt at the earliest where no limit is known."""
    if case.due_at is None:
        return None
    if case.limit_amount is None or case.limit_unit is None:
        return provisional_warning(rules[URGENT_HOUR], case.received_at, case.due_at)
    whole = Fraction(case.limit_amount) * (1 + case.extensions)
    return left_since(calendar, case.due_at, rules[case.limit_unit].left_when_yellow(whole), case.limit_unit)


def provisional_warning(rule: ColourRule, received_at: datetime, due_at: datetime) -> datetime:
    """From when a case is yellow that has no limit yet: all of its time since the receipt counts, as clock time.

    In whole numbers, and without a calendar: intake asks it for every report.
    """
    end = to_us(due_at)
    whole = max(end - to_us(received_at), 0)
    share, least = rule.used_share, rule.units_left
    kept = whole * (share.denominator - share.numerator) // share.denominator
    return from_us(end - min(whole, max(kept, least.numerator * HOUR_US // least.denominator)))


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
