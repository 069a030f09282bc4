"""Until when the holidays are known, and what is said of deadlines that lie behind it.

The State Council announces a year's holidays in the autumn before. Until then nobody knows them: a clock of working
time counts Mondays to Fridays there, and whoever reads such a deadline is told so. From October on the missing year is
warned of, since suspensions and long limits reach it first. Pure; refuses to know where years are kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

BY_WEEKENDS = "by weekends from"
_WARN_FROM_MONTH = 10


@dataclass(frozen=True)
class Horizon:
    """`known_until`: the last day of the known years that follow on today, None where this year itself is not known.

    `warning` says what is missing and what to do, None where nothing is.
    """

    known_until: date | None
    warning: str | None


def look_ahead(known: Collection[int], *, today: date) -> Horizon:
    """How far the calendar is known on a day of the city, and whether that is far enough."""
    if today.year not in known:
        return Horizon(None, _missing(today.year, f"holidays of {today.year} are counted as working days"))
    last = today.year
    while last + 1 in known:
        last += 1
    until = date(last, 12, 31)
    if last > today.year or today.month < _WARN_FROM_MONTH:
        return Horizon(until, None)
    return Horizon(until, _missing(last + 1, f"deadlines behind {until} are reckoned by weekends alone"))


def marked(reason: str, unknown_year: int | None) -> str:
    """The reason of a deadline, with the first year whose holidays nobody knew when it was fixed."""
    plain = plain_reason(reason)
    return plain if unknown_year is None else f"{plain}, {BY_WEEKENDS} {unknown_year}"


def plain_reason(reason: str) -> str:
    """The reason of a deadline without the mark."""
    return reason.split(f", {BY_WEEKENDS} ", 1)[0]


def _missing(year: int, so: str) -> str:
    return (
        f"the holidays of {year} are not in the calendar: {so}. Run gridmaps calendar fill --year {year}; while the "
        f"library does not know them, set them by hand and run gridmaps calendar confirm --year {year}"
    )
