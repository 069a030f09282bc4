"""The duty roster of the command centre, and the days that nobody has."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Conn, Now, require
from api.roster_days import city_today
from api.routes.accounts import Manager
from spatial.people.accounts import Account
from spatial.people.roster import AHEAD_DAYS, DutyDay, list_roster, set_duty

router = APIRouter(prefix="/api/v1/duty-roster", tags=["people"])
Reader = Annotated[Account, Depends(require("read_governance"))]
Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31))]


class OfficerOut(BaseModel):
    """Somebody on duty."""

    model_config = ConfigDict(from_attributes=True)
    login: str
    name: str


class DutyDayOut(BaseModel):
    """A day of the city; without officers it is an error."""

    model_config = ConfigDict(from_attributes=True)
    day: date
    officers: list[OfficerOut]


class RosterOut(BaseModel):
    """The roster day by day; `uncovered` are the days that nobody has."""

    items: list[DutyDayOut]
    uncovered: list[date]


class DutyBody(BaseModel):
    """Who is on duty on a day, by login, in place of whoever was."""

    model_config = ConfigDict(extra="forbid")
    day: Day
    officers: Annotated[list[Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]], Field(max_length=50)]


class RosterBody(BaseModel):
    """Days that are set; all of them or none."""

    model_config = ConfigDict(extra="forbid")
    days: Annotated[list[DutyBody], Field(min_length=1, max_length=400)]


@router.get("")
def read(
    conn: Conn,
    asking: Reader,
    now: Now,
    since: Annotated[Day | None, Query(alias="from", description="Default: today.")] = None,
    until: Annotated[Day | None, Query(description="Inclusive; two weeks where nothing is said.")] = None,
) -> RosterOut:
    """The roster from a day to another."""
    begin = since or city_today(conn, now)
    return _out(list_roster(conn, since=begin, until=until or begin + timedelta(days=AHEAD_DAYS - 1)))


@router.put("")
def edit(body: RosterBody, conn: Conn, asking: Manager, now: Now) -> RosterOut:
    """Put officers on duty, day by day; a day with none is taken off everybody, and shows as an error."""
    for one in body.days:
        set_duty(conn, day=one.day, logins=one.officers, actor=asking.login, now=now)
    days = sorted({one.day for one in body.days})
    return _out([known for day in days for known in list_roster(conn, since=day, until=day)])


def _out(days: list[DutyDay]) -> RosterOut:
    uncovered = [one.day for one in days if not one.officers]
    return RosterOut(items=[DutyDayOut.model_validate(one) for one in days], uncovered=uncovered)
