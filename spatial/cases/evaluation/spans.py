"""Periods that figures are told for: a day, a week, a month, a quarter, a year, or any span of the city's days.

Pure. A period runs from a midnight of the city to a midnight of the city, the second one left out.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from spatial.errors import Invalid
from spatial.years import check_day_in_reach

GRAINS = ("day", "week", "month", "quarter", "year")
_FORMS = "2026-10-05 (a day), 2026-W41, 2026-10, 2026-Q4 or 2026"
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both counted, in the city's time zone; its moments are aware, in UTC."""

    first: date
    last: date
    zone: str

    @property
    def since(self) -> datetime:
        """The midnight at which it begins."""
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The midnight at which it has ended."""
        return midnight(self.last + timedelta(days=1), self.zone)


def read_period(text: str, zone: str) -> Span:
    """A period by its name: `2026-10-05`, `2026-W41`, `2026-10`, `2026-Q4`, `2026`. Raises Invalid for another, and for
    one in a year that no calendar reaches."""
    try:
        first, grain = _first_day(text)
    except ValueError:
        raise Invalid(f"period {text!r} is none; write {_FORMS}", field="period") from None
    check_day_in_reach("period", first)
    return Span(first, day_behind(first, grain) - timedelta(days=1), zone)


def span_of(zone: str, *, first: date, last: date) -> Span:
    """The days from one to another, both counted. Raises Invalid where the last lies before the first, and for a year
    that no calendar reaches."""
    check_day_in_reach("from", first)
    check_day_in_reach("until", last)
    if last < first:
        raise Invalid(f"until {last} lies before from {first}; until is the last day that counts", field="until")
    return Span(first, last, zone)


def month_of(moment: datetime, zone: str) -> Span:
    """The city's month that a moment lies in."""
    return read_period(f"{moment.astimezone(ZoneInfo(zone)):%Y-%m}", zone)


def day_behind(first: date, grain: str) -> date:
    """The first day behind a day, week, month, quarter or year that begins on `first`."""
    if grain in ("day", "week"):
        return first + timedelta(days=1 if grain == "day" else 7)
    years, month = divmod(first.month - 1 + _MONTHS[grain], 12)
    return date(first.year + years, month + 1, 1)


def _first_day(text: str) -> tuple[date, str]:
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return date(int(text), 1, 1), "year"
    if re.fullmatch(r"\d{4}-\d\d", text, re.ASCII):
        return date.fromisoformat(f"{text}-01"), "month"
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", text, re.ASCII):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1), "quarter"
    if found := re.fullmatch(r"(\d{4})-W(\d\d)", text, re.ASCII):
        return date.fromisocalendar(int(found[1]), int(found[2]), 1), "week"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return date.fromisoformat(text), "day"
    raise ValueError


def midnight(day: date, zone: str) -> datetime:
    """The moment at which a day of the city begins, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
