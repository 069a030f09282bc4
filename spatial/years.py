"""The years that gridmaps reckons in: what lies outside them leaves calendars, time zones or databases somewhere.

Knows days and moments. Refuses to know what they are for.
"""

from datetime import UTC, date, datetime

from spatial.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1900, 2200
IN_REACH = f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}"
_EARLIEST, _LATEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)


def is_reachable(moment: datetime) -> bool:
    """Whether an aware moment lies in those years, compared as a moment: the year written may be another in UTC."""
    return _EARLIEST <= moment < _LATEST


def check_moment_in_reach(field: str, moment: datetime) -> None:
    """Raise Invalid for an aware moment outside those years."""
    if not is_reachable(moment):
        raise Invalid(f"{field} {IN_REACH}", field=field)


def check_day_in_reach(field: str, day: date) -> None:
    """Raise Invalid for a day outside those years."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(f"{field} {IN_REACH}", field=field)
