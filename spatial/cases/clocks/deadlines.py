"""The deadlines of a case: by when its step must be done, and by when it must be settled.

`step_due_at` is the process limit of the step that it is in: filing and dispatch together from intake, then the lead
unit's first look, then the check of the result. `due_at` is the case's own: provisional as if it were dispatched now
until it is, and fixed at dispatch by one standard, with the reason (`due_reason`). Both bear their limit, on whose
clock a case turns yellow, and the mark of a year that nobody knows.

A matter that has no handling standard runs under the two limits of its own row, as clock time. Knows moments and
limits. Refuses to know tables: `fixing.py` reads them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.horizon import marked
from spatial.cases.clocks.limits import URGENT_HOUR, Limit

PROVISIONAL = "provisional"
_HOUR = timedelta(hours=1)
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class Standard:
    """A handling standard's limit; `matter` is a code, `ordinal` its place among the matter's standards."""

    id: int
    matter: str
    ordinal: int
    limit: Limit


@dataclass(frozen=True)
class Due:
    """A deadline with the limit that it comes from, and what that limit's reason is, marked as `horizon.py` says."""

    at: datetime
    limit: Limit
    reason: str
    unknown_year: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a case that say so."""
        return {
            "due_at": self.at, "due_reason": self.reason,
            "limit_amount": str(self.limit.amount), "limit_unit": self.limit.unit,
        }  # fmt: skip

    @property
    def provisional(self) -> "Due":
        """The same for a case that is with no unit yet: the limit is known, what it comes from may still change."""
        return replace(self, reason=marked(PROVISIONAL, self.unknown_year))


def clock_limit(span: timedelta) -> Limit:
    """A span of clock time as a limit in urgent hours, to the millionth of an hour."""
    hours = Decimal(span // timedelta(microseconds=1)) / Decimal(_HOUR // timedelta(microseconds=1))
    return Limit(max(hours.quantize(_MILLIONTH), _MILLIONTH).normalize(), URGENT_HOUR)


def step_due(calendar: Calendar, start: datetime, limit: Limit) -> datetime:
    """By when a step must be done that began at `start`."""
    return calendar.add(start, limit)


def due_of_standard(calendar: Calendar, start: datetime, standard: Standard) -> Due:
    """The deadline that a standard sets for a case dispatched at `start`; marked where it reaches an unknown year."""
    at = calendar.add(start, standard.limit)
    unknown = calendar.unknown_year(start, at, standard.limit.unit)
    return Due(at, standard.limit, marked(f"standard {standard.id}", unknown), unknown)


def due_of_matter(calendar: Calendar, start: datetime, due_limit: timedelta) -> Due:
    """The deadline of a matter without standards, dispatched at `start`: clock time, as its row says."""
    limit = clock_limit(due_limit)
    return Due(calendar.add(start, limit), limit, "matter")


def due_at_dispatch(calendar: Calendar, start: datetime, standard: Standard | None, due_limit: timedelta) -> Due:
    """The deadline of a case dispatched at `start`, under a standard or, where there is none, its matter's limit."""
    if standard is None:
        return due_of_matter(calendar, start, due_limit)
    return due_of_standard(calendar, start, standard)
