"""The statutory days of China as a kept library knows them: holidays, and the weekend days that are worked for them.

The State Council announces a year's days late in the year before; `chinesecalendar` (MIT) takes them up in a release.
A year that it does not know is not guessed: until it is filled, its Mondays to Fridays are worked. Refuses to write.
"""

from dataclasses import dataclass
from datetime import date

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

from spatial.cases.clocks.days import HOLIDAY, WORKDAY
from spatial.errors import Invalid

_ZH = {one.value: one.chinese for one in Holiday}


@dataclass(frozen=True)
class StatutoryDay:
    """A day that is not as its weekday says: `kind` 'holiday' or 'workday', and the holiday that it belongs to."""

    day: date
    kind: str
    name: str


def known_years() -> range:
    """The years that the installed library knows."""
    years = {day.year for day in holidays}
    return range(min(years), max(years) + 1)


def statutory_days(year: int) -> list[StatutoryDay]:
    """The days of a year, in order. Raises Invalid for a year that the library does not know."""
    known = known_years()
    if year not in known:
        raise Invalid(
            f"year {year} is not known: the library chinesecalendar knows {known[0]} to {known[-1]}. "
            "Until it is filled, Mondays to Fridays are worked; update the library once the year is announced, or set "
            "its days by hand", field="year",
        )  # fmt: skip
    of_kind = ((HOLIDAY, holidays), (WORKDAY, workdays))
    days = [
        StatutoryDay(day, kind, _ZH.get(name, name))
        for kind, table in of_kind
        for day, name in table.items()
        if day.year == year
    ]
    return sorted(days, key=lambda one: one.day)
