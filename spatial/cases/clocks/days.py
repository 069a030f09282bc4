"""Which days are worked, and from when to when: weekends, statutory holidays, make-up workdays, shifts, zones.

Knows dates and wall clocks. Refuses to add limits: `openings.py` sums what comes from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOLIDAY = "holiday"
WORKDAY = "workday"
MINUTE_US = 60_000_000
DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SATURDAY = 5

Hours = tuple[tuple[int, int], ...]
ALL_DAY: Hours = ((0, DAY_MINUTES),)
USUAL_HOURS: Hours = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))  # the sample of the published tables


@dataclass(frozen=True)
class Shift:
    """Working hours of a span of dates: `since` inclusive, `until` exclusive, None is open.

    `hours` are spans in minutes of the wall clock, in order; 1440 is midnight at the day's end.
    """

    since: date | None
    until: date | None
    hours: Hours

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 in UTC of an aware moment, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(moment: int) -> datetime:
    """The aware moment, UTC, of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=moment)


def is_workday(day: date, days: Mapping[date, str]) -> bool:
    """Whether a day is worked: as the table says, otherwise Monday to Friday."""
    kind = days.get(day)
    return day.weekday() < _SATURDAY if kind is None else kind == WORKDAY


def hours_of(day: date, shifts: Sequence[Shift]) -> Hours:
    """The working hours in force on a day; the usual ones where none are given."""
    return next((shift.hours for shift in shifts if shift.holds(day)), USUAL_HOURS)


def working_spans(
    first_year: int, last_year: int, *, zone: ZoneInfo, days: Mapping[date, str], shifts: Sequence[Shift]
) -> Iterator[list[tuple[int, int]]]:
    """The working spans of each day from one year to another, both inclusive; microseconds, UTC."""
    for day in _each_day(first_year, last_year):
        yield _spans(day, hours_of(day, shifts), zone) if is_workday(day, days) else []


def civil_spans(first_year: int, last_year: int, *, zone: ZoneInfo) -> Iterator[list[tuple[int, int]]]:
    """Every day as one span from midnight to midnight; 23 or 25 hours where the clocks change."""
    for day in _each_day(first_year, last_year):
        yield _spans(day, ALL_DAY, zone)


def _each_day(first_year: int, last_year: int) -> Iterator[date]:
    first, end = date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal()
    return (date.fromordinal(ordinal) for ordinal in range(first, end))


def _spans(day: date, hours: Hours, zone: ZoneInfo) -> list[tuple[int, int]]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    begin = to_us(midnight)
    if midnight.utcoffset() == (midnight + timedelta(days=1)).utcoffset():  # wall clock arithmetic: no change within
        return [(begin + a * MINUTE_US, begin + b * MINUTE_US) for a, b in hours]
    return [(to_us(_wall(midnight, a)), to_us(_wall(midnight, b))) for a, b in hours]


def _wall(midnight: datetime, minute: int) -> datetime:
    """A minute of the wall clock as a moment; one that is skipped lies as far behind the change as it says."""
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)
