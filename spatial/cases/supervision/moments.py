"""Moments on the clocks of districts: when so much time has passed, and from when so much is left.

Knows `spatial/cases/clocks`. Refuses to know what the moments are for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
from sqlalchemy import Connection

from spatial.cases.clocks import Calendar, Limit, read_calendar
from spatial.cases.clocks.days import from_us, to_us
from spatial.cases.clocks.limits import HOUR_US, URGENT_HOUR, WORKING_HOUR
from spatial.cases.clocks.many import add_many


@dataclass(frozen=True)
class Wanted:
    """A limit that runs from a moment on a district's clock."""

    district: str
    start: datetime
    amount: Decimal
    unit: str


def reckon(conn: Connection, wanted: Sequence[Wanted]) -> list[datetime]:
    """The moments at which these limits are used up, in their order (aware, UTC); set-wise, one district at a time."""
    starts = np.fromiter((to_us(one.start) for one in wanted), np.int64, len(wanted))
    grains = {limit: Limit(*limit).millionths for limit in {(one.amount, one.unit) for one in wanted}}
    amounts = np.fromiter((grains[one.amount, one.unit] for one in wanted), np.int64, len(wanted))
    units = np.array([one.unit for one in wanted], np.str_)
    districts = np.array([one.district for one in wanted], np.str_)
    dues = np.zeros(len(wanted), np.int64)
    for district, calendar in read_calendars(conn, [one.district for one in wanted]).items():
        own = districts == district
        dues[own] = add_many(calendar, starts[own], amounts[own], units[own])
    return [from_us(due) for due in dues.tolist()]


def read_calendars(conn: Connection, districts: Sequence[str]) -> dict[str, Calendar]:
    """The calendar of each district."""
    return {district: read_calendar(conn, district) for district in dict.fromkeys(districts)}


def left_since(calendar: Calendar, due: datetime, left: Fraction, unit: str) -> datetime:
    """The first moment at which no more than `left` units are left until a deadline.

    It looks back from the deadline, so that pauses and extensions, which moved it, need not be known.
    """
    end = to_us(due)
    if unit == URGENT_HOUR:
        return from_us(end - int(left * HOUR_US))
    table = calendar.table(unit, end, end)
    passed = table.passed(end)
    if unit == WORKING_HOUR:
        target = passed - int(left * HOUR_US)
        return from_us(table.when(target)) if target > 0 else due
    day, into = table.day_at(passed)
    length = table.length(day)
    # Days from the table's beginning in whole numbers: a sweep asks this for a million cases.
    one, behind = length * left.denominator, length * left.numerator
    count = (day * length + into) * left.denominator - behind
    whole = -(-count // one) - 1
    if whole < 0:
        return due
    into_it = -(-(count - whole * one) * table.length(whole) // one)
    return from_us(table.when(table.day_start[whole] + into_it))
