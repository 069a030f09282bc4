"""Moments, days and pages that several commands read and write in the same way."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from spatial.errors import Invalid, SourceUnreadable
from spatial.years import check_day_in_reach, check_moment_in_reach


def read_moment(text: str | None, *, time_zone: str, field: str) -> datetime | None:
    """`2026-03-02` or `2026-03-02T08:00` in the city's time, or with an offset of its own.

    Raises Invalid for anything else, and for a year that no calendar reaches.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid(f"{field} {text!r} is not a moment; write 2026-03-02 or 2026-03-02T08:00", field=field) from wrong
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
    check_moment_in_reach(field, moment)
    return moment


def read_day(text: str, *, field: str) -> date:
    """A day written `2026-03-02`. Raises Invalid for anything else, and for a year that no calendar reaches."""
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid(f"{field} {text!r} is not a day; write 2026-03-02", field=field) from wrong
    check_day_in_reach(field, day)
    return day


def check_out(out: Path | None, *, field: str = "out") -> None:
    """Raises SourceUnreadable when the file could not be written, before anything is computed."""
    if out is None:
        return
    if not out.absolute().parent.is_dir() or out.is_dir():
        named = "" if field == "out" else f"--{field} "
        raise SourceUnreadable(f"{named}{out} cannot be written; name a file in a directory that exists", field=field)
