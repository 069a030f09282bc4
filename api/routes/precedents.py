"""The library of precedents: rules, so everybody who reads rules reads all of them; their cases within reach."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import Connection

from api.cursors import read_cursor, read_moments, write_cursor
from api.dependencies import Conn, Now, require
from api.schemas.reports import AnyLatitude, AnyLongitude
from api.schemas.rulings import FoundOut, WholePrecedent
from spatial.cases.disputes.library import (
    Place,
    Position,
    PrecedentFilter,
    get_precedent,
    list_decided,
    list_precedents,
)
from spatial.errors import Invalid
from spatial.grid.locate import locate_points
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/precedents", tags=["governance"])
Reader = Annotated[Account, Depends(require("read_governance"))]


class PrecedentPage(BaseModel):
    """Some precedents; `next` goes into `cursor`."""

    items: list[FoundOut]
    next: str | None


@router.get("")
def list_page(
    conn: Conn,
    asking: Reader,
    now: Now,
    q: Annotated[str | None, Query(max_length=200, description="Words of grounds, matter, place or number.")] = None,
    matter: Annotated[str | None, Query(max_length=64, description="Ruled on it, above it or below it.")] = None,
    cell: Annotated[str | None, Query(max_length=32, description="Holds anywhere in this cell.")] = None,
    lon: Annotated[AnyLongitude | None, Query(description="Holds at this position; WGS 84.")] = None,
    lat: Annotated[AnyLatitude | None, Query()] = None,
    in_force: Annotated[bool | None, Query(description="Those that hold now, or those that do not.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> PrecedentPage:
    """Precedents, newest first, superseded ones too unless asked otherwise."""
    words = q.strip() or None if q else None
    position = _position(conn, lon, lat, now)
    narrowed = PrecedentFilter(words=words, matter=matter, cell=cell, position=position, in_force=in_force)
    found = list_precedents(conn, narrowed=narrowed, now=now, limit=limit + 1, behind=_read(cursor))
    more = _write(found[limit - 1].precedent.age) if len(found) > limit else None
    return PrecedentPage(items=[FoundOut.found(one) for one in found[:limit]], next=more)


@router.get("/{number}")
def get_one(number: str, conn: Conn, asking: Reader, now: Now) -> WholePrecedent:
    """One precedent, with the cases within reach that it decided, also if it was superseded since."""
    found = get_precedent(conn, number=number, now=now)
    cases = list_decided(conn, number=number, reach=asking.reach_for("read_governance"))
    return WholePrecedent.whole(found, cases)


def _position(conn: Connection, lon: float | None, lat: float | None, now: datetime) -> Position | None:
    if lon is None or lat is None:
        if lon is not None or lat is not None:
            raise Invalid("lon and lat go together; give both or none", field="lat" if lat is None else "lon")
        return None
    [placement] = locate_points(conn, lons=[lon], lats=[lat], accuracies_m=[0.0], moments=[now])
    return Position(lon, lat, placement.path)


def _write(place: Place) -> str:
    since, recorded, number = place
    return write_cursor(since.isoformat(), recorded.isoformat(), number)


def _read(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    *moments, number = read_cursor(cursor, 3)
    since, recorded = read_moments(moments)
    return since, recorded, number
