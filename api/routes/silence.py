"""Which units said nothing on a day."""

from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import CaseReader, Conn, Now
from api.schemas.reports import AnyDay
from spatial.patrol.silence import Silence, silent_units

router = APIRouter(prefix="/api/v1", tags=["patrol"])


class SilentUnit(BaseModel):
    """A unit that has said nothing: `silent` behind the cut-off, `open` before it."""

    code: str
    name: str
    path: list[str]
    outcome: str


class SilenceOut(BaseModel):
    """A city day; `counts` holds all units by outcome."""

    date: date
    cut_off: time
    status: str
    silent: list[SilentUnit]
    counts: dict[str, int]

    @classmethod
    def of(cls, day: Silence) -> "SilenceOut":
        """The answer for a day."""
        units = [SilentUnit(code=u.code, name=u.name, path=list(u.path), outcome=u.outcome) for u in day.silent]
        return cls(date=day.date, cut_off=day.cut_off, status=day.status, silent=units, counts=day.counts)


@router.get("/silence")
def silence(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    day: Annotated[AnyDay | None, Query(alias="date", description="A city day; default today.")] = None,
) -> SilenceOut:
    """The units within one's reach that said nothing on a day."""
    return SilenceOut.of(silent_units(conn, day=day, now=now, reach=asking.reach))
