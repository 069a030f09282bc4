"""Editing the calendar: a year filled from the library, a day set by hand, working hours from a day on.

An edit says what will be. It changes no deadline that is fixed: `due_at` was stored when the case was dispatched, and
what was promised then is not promised otherwise now. Whoever measures later measures by the calendar as it stands: so
from when a case is yellow is reckoned anew by the next sweep, page by page. Refuses to commit.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row

from spatial.cases.clocks.days import DAY_MINUTES, HOLIDAY, WORKDAY, Hours, Shift
from spatial.cases.clocks.horizon import BY_WEEKENDS
from spatial.cases.clocks.reading import WHOLE_CITY, read_clocks
from spatial.cases.clocks.statutory import known_years, statutory_days
from spatial.errors import Conflict, Invalid
from spatial.store.db import hold_grid_alone, run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "editing.sql")
_CHINA = "Asia/Shanghai"


@dataclass(frozen=True)
class CalendarDay:
    """A day that is not as its weekday says; `origin` is 'library' or 'hand'."""

    day: date
    kind: str
    name: str
    origin: str


@dataclass(frozen=True)
class Filled:
    """What filling a year wrote, and how many of the library's days a hand had set before and were left."""

    year: int
    holidays: int
    workdays: int
    left: int


def fill_year(conn: Connection, *, year: int, actor: str, now: datetime) -> Filled:
    """Write a year's statutory days; again is the same, and what was set by hand stays.

    Raises Invalid for a year that the library does not know.
    """
    known = statutory_days(year)
    _begin_edit(conn)
    run(conn, SQL["forget_filled"], {"year": year, "days": [one.day for one in known]})
    rows = json.dumps([asdict(one) for one in known], default=date.isoformat, ensure_ascii=False)
    run(conn, SQL["put_year"], {"year": year, "origin": "library", "actor": actor, "now": now})
    kinds = run(conn, SQL["fill_days"], {"rows": rows, "actor": actor, "now": now}).scalars().all()
    return Filled(year, kinds.count(HOLIDAY), kinds.count(WORKDAY), len(known) - len(kinds))


def fill_known_years(conn: Connection, *, actor: str, now: datetime) -> list[int]:
    """Fill this year, the one before and whatever the library knows ahead, where nobody has told it; those filled.

    For cities in China's time zone, whose holidays the library has; elsewhere nothing is filled.
    """
    clocks = read_clocks(conn)
    if clocks.zone.key != _CHINA:
        return []
    this = now.astimezone(clocks.zone).year
    missing = [year for year in known_years() if year >= this - 1 and year not in clocks.known]
    for year in missing:
        fill_year(conn, year=year, actor=actor, now=now)
    return missing


def set_day(conn: Connection, *, day: date, kind: str, name: str, actor: str, now: datetime) -> CalendarDay:
    """Say that a day is a holiday or a workday, whatever its weekday. Raises Invalid for another kind."""
    if kind not in (HOLIDAY, WORKDAY):
        raise Invalid(f"kind of a day is {HOLIDAY} or {WORKDAY}, and not {kind}", field="kind")
    _begin_edit(conn)
    said = {"day": day, "kind": kind, "name": name, "actor": actor, "now": now}
    return CalendarDay(**run(conn, SQL["put_day"], said).one()._mapping)


def check_days_apart(days: Iterable[date]) -> None:
    """Raises Invalid where a day is said more than once: which of them holds would be left to their order."""
    said: set[date] = set()
    for day in days:
        if day in said:
            raise Invalid(f"day {day} is said more than once; say once what it is", field="days")
        said.add(day)


def list_days(conn: Connection, *, since: date, until: date) -> list[CalendarDay]:
    """The days of a span, both ends inclusive, that are not as their weekday says."""
    rows = run(conn, SQL["list_days"], {"since": since, "until": until})
    return [CalendarDay(**row._mapping) for row in rows]


def list_filled_years(conn: Connection) -> list[int]:
    """The years whose holidays are known; of any other, the weekdays are worked but for days set by hand."""
    return list(run(conn, SQL["years"]).scalars())


def confirm_year(conn: Connection, *, year: int, actor: str, now: datetime) -> int:
    """Say that the holidays of a year, all set by hand, are known; how many there are.

    Raises Conflict for a year of which no holiday was set: an empty year would count every holiday as worked.
    """
    set_ = int(run(conn, SQL["holidays_by_hand"], {"year": year}).scalar_one())
    if not set_:
        raise Conflict(f"no holiday of {year} is set by hand; set them with gridmaps calendar set, then confirm")
    run(conn, SQL["put_year"], {"year": year, "origin": "hand", "actor": actor, "now": now})
    return set_


def count_guessed(conn: Connection, *, reach: Reach) -> int:
    """How many open cases have a deadline that was reckoned by weekends in a year that nobody knew."""
    return int(run(conn, SQL["guessed_deadlines"], {"mark": BY_WEEKENDS, "reach": reach.bound}).scalar_one())


def set_hours(conn: Connection, *, district: str, since: date, hours: Hours) -> None:
    """Other working hours of a district, '' the whole city, from a day on; later spans that were planned end.

    Raises Invalid for spans that are empty, overlap, or leave the day, and for a district that there is not.
    """
    check_hours(hours)
    _check_district(conn, district)
    _begin_edit(conn)
    run(conn, SQL["drop_hours"], {"district": district, "since": since})
    run(conn, SQL["end_hours"], {"district": district, "since": since})
    run(conn, SQL["begin_hours"], {"district": district, "since": since, "hours": json.dumps(hours)})


def list_hours(conn: Connection) -> list[tuple[str, Shift]]:
    """All working hours with their district, '' for the whole city, in order."""
    return [(row.district, _shift(row)) for row in run(conn, SQL["list_hours"])]


def check_hours(hours: Sequence[tuple[int, int]]) -> None:
    """Raises Invalid unless the spans, in minutes of the day, are in order, apart, and within the day."""
    edges = [minute for span in hours for minute in span]
    in_order = all(a < b for a, b in hours) and edges == sorted(edges)
    if not edges or not in_order or edges[0] < 0 or edges[-1] > DAY_MINUTES:
        raise Invalid("hours are spans of one day in order, such as 08:00-12:00 14:00-18:00", field="hours")


def read_hours(words: Sequence[str]) -> Hours:
    """Working hours from spans written 08:00-12:00; 24:00 is the day's end. Raises Invalid."""
    hours = tuple(_span(word) for word in words)
    check_hours(hours)
    return hours


def write_hours(hours: Hours) -> list[str]:
    """Working hours as spans written 08:00-12:00."""
    return ["-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span) for span in hours]


def _check_district(conn: Connection, district: str) -> None:
    if district != WHOLE_CITY and not run(conn, SQL["is_district"], {"code": district}).scalar_one():
        raise Invalid(f"there is no district {district}; leave it away for the whole city", field="district")


def _begin_edit(conn: Connection) -> None:
    """Nobody files by the old calendar behind the sweep that reckons the warnings of working time by the new one."""
    hold_grid_alone(conn)
    run(conn, SQL["reckon_anew"])


def _span(word: str) -> tuple[int, int]:
    begin, _, end = word.partition("-")
    return _minute(begin, word), _minute(end, word)


def _minute(told: str, word: str) -> int:
    hour, colon, minute = told.partition(":")
    if not colon or not (hour.isdecimal() and minute.isdecimal()) or int(minute) > 59:
        raise Invalid(f"hours {word!r} are not written as 08:00-12:00", field="hours")
    return int(hour) * 60 + int(minute)


def _shift(row: Row[tuple[str, date, date, list[list[int]]]]) -> Shift:
    return Shift(row.since, row.until, tuple((a, b) for a, b in row.hours))
