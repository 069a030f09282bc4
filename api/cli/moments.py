"""Moments and pages that several commands read and write in the same way."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from spatial.errors import Invalid, SourceUnreadable


def read_moment(text: str | None, *, time_zone: str, field: str) -> datetime | None:
    """`2026-03-02` or `2026-03-02T08:00` in the city's time, or with an offset of its own.

    Raises Invalid for anything else.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid(f"{field} {text!r} is not a moment; write 2026-03-02 or 2026-03-02T08:00", field=field) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))


def check_out(out: Path | None, *, field: str = "out") -> None:
    """Raises SourceUnreadable when the file could not be written, before anything is computed."""
    if out is None:
        return
    if not out.absolute().parent.is_dir() or out.is_dir():
        named = "" if field == "out" else f"--{field} "
        raise SourceUnreadable(f"{named}{out} cannot be written; name a file in a directory that exists", field=field)
