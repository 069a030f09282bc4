"""The information library: one search over closed cases, rulings and minutes within the reader's reach."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.cursors import foreign_cursor, read_cursor, read_moments, write_cursor
from api.dependencies import Conn, TextReader
from api.routes.cases import read_bbox
from api.schemas.reports import AnyLatitude, AnyLongitude, AnyMoment
from spatial.cases.library.searching import Entry, LibraryFilter, Place, search
from spatial.errors import Invalid

router = APIRouter(prefix="/api/v1/library", tags=["cases"])
_WIDEST_M = 50_000.0  # wider than any city's part; beyond it a cell or no place says the same


class EntryOut(BaseModel):
    """Something found; `piece` is part of its words, masked, and `hits` are [start, end) of the question in it."""

    kind: str
    ref: str
    case_no: str
    at: datetime
    matter: str | None
    matter_name: str | None
    matter_name_zh: str | None
    unit: str | None
    lon: float
    lat: float
    is_self_solved: bool
    outcome: str | None
    precedent: str | None
    piece: str
    hits: list[tuple[int, int]]

    @classmethod
    def of(cls, one: Entry) -> "EntryOut":
        """The answer for an entry."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class LibraryPage(BaseModel):
    """Some entries; `next` goes into `cursor`."""

    items: list[EntryOut]
    next: str | None


class LibraryQuery(BaseModel):
    """What may be asked of the library."""

    q: Annotated[str | None, Query(max_length=200, description="Chinese or English words; all must be there.")] = None
    kind: Literal["case", "ruling", "minutes"] | None = None
    matter: Annotated[str | None, Query(max_length=64, description="About it or below it.")] = None
    cell: Annotated[str | None, Query(max_length=32, description="Anywhere in this cell.")] = None
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees.")] = None
    lon: Annotated[AnyLongitude | None, Query(description="With lat and radius_m: only so near to it.")] = None
    lat: Annotated[AnyLatitude | None, Query()] = None
    radius_m: Annotated[float | None, Query(gt=0, le=_WIDEST_M, allow_inf_nan=False)] = None
    since: Annotated[AnyMoment | None, Query(description="From this moment on.")] = None
    until: Annotated[AnyMoment | None, Query(description="Before this moment.")] = None
    self_solved: Annotated[bool | None, Query(description="Cases solved where they were found, or the others.")] = None


@router.get("")
def list_page(
    conn: Conn,
    asking: TextReader,
    asked: Annotated[LibraryQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> LibraryPage:
    """What is over and fits, newest first."""
    words = asked.q.replace("\x00", "").strip() if asked.q else None
    narrowed = LibraryFilter(
        words=words or None, kind=asked.kind, matter=asked.matter, cell=asked.cell, bbox=read_bbox(asked.bbox),
        disc=_disc(asked), since=asked.since, until=asked.until, self_solved=asked.self_solved,
    )  # fmt: skip
    reach = asking.reach_for("read_text")
    found = search(conn, narrowed=narrowed, reach=reach, limit=limit + 1, behind=_read(cursor))
    last = found[limit - 1] if len(found) > limit else None
    more = write_cursor(last.at.isoformat(), str(last.id)) if last else None
    return LibraryPage(items=[EntryOut.of(one) for one in found[:limit]], next=more)


def _disc(asked: LibraryQuery) -> tuple[float, float, float] | None:
    lon, lat, radius_m = asked.lon, asked.lat, asked.radius_m
    if lon is None and lat is None and radius_m is None:
        return None
    if lon is None or lat is None or radius_m is None:
        missing = next(name for name in ("lon", "lat", "radius_m") if getattr(asked, name) is None)
        raise Invalid("a circle takes lon, lat and radius_m together; leave all three away for anywhere", field=missing)
    return lon, lat, radius_m


def _read(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    moment, number = read_cursor(cursor, 2)
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise foreign_cursor()
    return read_moments([moment])[0], int(number)
