"""The calendar that the clocks run by: holidays, make-up workdays, working hours. Public to read."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Conn, Now
from api.routes.bodies import Editor
from spatial.cases.clocks.editing import (
    CalendarDay,
    check_days_apart,
    list_days,
    list_filled_years,
    list_hours,
    read_hours,
    set_day,
    set_hours,
    write_hours,
)
from spatial.cases.clocks.reading import read_clocks

router = APIRouter(prefix="/api/v1/calendar", tags=["governance"])
Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]


class DayOut(BaseModel):
    """A day that is not as its weekday says; `origin` is library or hand."""

    day: date
    kind: str
    name: str
    origin: str


class HoursOut(BaseModel):
    """Working hours; `district` null is the whole city, `from` inclusive, `until` exclusive, null is open."""

    model_config = ConfigDict(populate_by_name=True)

    district: str | None
    since: Annotated[date | None, Field(alias="from")]
    until: date | None
    hours: list[str]


class CalendarOut(BaseModel):
    """A year; where it is not `is_known`, nobody filled it, and Mondays to Fridays are worked but for these days.

    `known_until` is the last day whose holidays are known, null where not even this year's are; deadlines behind it
    are reckoned by weekends and say so in `due_reason`. `warning` says what is missing, from October on also next year.
    """

    year: int
    is_known: bool
    known_until: date | None
    warning: str | None
    days: list[DayOut]
    hours: list[HoursOut]


class DayBody(BaseModel):
    """A day as somebody says that it is."""

    model_config = ConfigDict(extra="forbid")

    day: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31))]
    kind: Literal["holiday", "workday"]
    name: Name = ""


class HoursBody(BaseModel):
    """Working hours from a day on, as 08:00-12:00; `district` null is the whole city."""

    model_config = ConfigDict(extra="forbid")

    district: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,32}$")] | None = None
    since: Annotated[date, Field(alias="from", ge=date(1950, 1, 1), le=date(2199, 12, 31))]
    hours: Annotated[list[Annotated[str, Field(max_length=11)]], Field(min_length=1, max_length=8)]


class CalendarBody(BaseModel):
    """What is edited: days, working hours, or both; all of it or nothing."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[list[DayBody], Field(max_length=400)] = []
    hours: HoursBody | None = None


@router.get("")
def read_year(
    conn: Conn, now: Now, year: Annotated[int | None, Query(ge=1950, le=2199, description="Default: this year.")] = None
) -> CalendarOut:
    """The days of a year that are not as their weekday says, and all working hours."""
    wanted = year or now.year
    days = list_days(conn, since=date(wanted, 1, 1), until=date(wanted, 12, 31))
    hours = [
        HoursOut(district=district or None, since=shift.since, until=shift.until, hours=write_hours(shift.hours))
        for district, shift in list_hours(conn)
    ]
    ahead = read_clocks(conn).look_ahead(now)
    return CalendarOut(
        year=wanted, is_known=wanted in list_filled_years(conn), known_until=ahead.known_until, warning=ahead.warning,
        days=[_shown(one) for one in days], hours=hours,
    )  # fmt: skip


@router.put("")
def edit(body: CalendarBody, conn: Conn, asking: Editor, now: Now) -> dict[str, Any]:
    """Set days and working hours. Deadlines that are fixed stay: an edit says what will be, not what was promised.

    A day that is said more than once, or a district that there is not, is 422, and nothing of it is written.
    """
    check_days_apart(one.day for one in body.days)
    days = [set_day(conn, day=one.day, kind=one.kind, name=one.name, actor=asking.login, now=now) for one in body.days]
    if body.hours is not None:
        hours = read_hours(body.hours.hours)
        set_hours(conn, district=body.hours.district or "", since=body.hours.since, hours=hours)
    return {"days": [_shown(one) for one in days], "hours": body.hours and body.hours.hours}


def _shown(one: CalendarDay) -> DayOut:
    return DayOut(**vars(one))
