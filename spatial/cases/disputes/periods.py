"""The city's calendar of papers: when a period of briefs ends.

Pure: days and moments. Refuses to know disputes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONDAY = date(1970, 1, 5)  # where periods are counted from, so that they do not move with the first dispute


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a city day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def period_ends(
    *, after: datetime, until: datetime, period: timedelta, weekday: int, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """The periods that end behind `after` and not behind `until`, as (from, until), oldest first.

    A period lasts whole days and ends at the city's midnight that begins an ISO weekday (1 is Monday).
    """
    days = max(1, period.days)
    anchor = _MONDAY + timedelta(days=weekday - 1)
    past = (after.astimezone(zone).date() - anchor).days // days
    start = anchor + timedelta(days=past * days)
    end = start + timedelta(days=days)
    while (moment := midnight(end, zone)) <= until:
        yield midnight(start, zone), moment
        start, end = end, end + timedelta(days=days)
