"""The library of precedents (案例库): searched by words in Chinese and English, matter, cell and position.

Precedents are rules, so whoever reads rules reads all of them; the cases that they decided only within a reach.
Refuses to decide anything by them: `precedents.py` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.disputes.precedents import Precedent, read_precedent
from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "library.sql")
Place = tuple[datetime, datetime, str]  # in_force_from, recorded_at, number: a place in the order of the list
_PAGE = 200
_MOST_CASES = 100


@dataclass(frozen=True)
class Position:
    """Where a precedent must hold: WGS 84 degrees, with the chain of cells there."""

    lon: float
    lat: float
    path: tuple[str, ...]


@dataclass(frozen=True)
class PrecedentFilter:
    """What a search is narrowed to. `matter` finds what is ruled on it, above it and below it.

    `cell` finds what holds anywhere in it, and `in_force` what does, or does not, hold at a moment.
    """

    words: str | None = None
    matter: str | None = None
    cell: str | None = None
    position: Position | None = None
    in_force: bool | None = None
    number: str | None = None


@dataclass(frozen=True)
class Found:
    """A precedent with what its ruling said. `lead_ended_at`: since when the department that leads is no more, and the
    precedent decides nothing; None while it is there.
    """

    precedent: Precedent
    matter_name: str
    matter_name_zh: str
    lead_name: str
    lead_ended_at: datetime | None
    form: str
    members: tuple[str, ...]
    grounds: str
    brief: str | None
    ruled_at: datetime


@dataclass(frozen=True)
class DecidedCase:
    """A case that bears a precedent's number."""

    case_no: str
    state: str
    category: str | None
    current_unit: str | None
    received_at: datetime


def list_precedents(
    conn: Connection, *, narrowed: PrecedentFilter, now: datetime, limit: int, behind: Place | None = None
) -> list[Found]:
    """Precedents that fit, newest first, behind a place in that order."""
    found: list[Found] = []
    for one in _fitting(conn, narrowed, now, behind):
        found.append(one)
        if len(found) == limit:
            break
    return found


def get_precedent(conn: Connection, *, number: str, now: datetime) -> Found:
    """One precedent by its number. Raises NotFound."""
    for one in _fitting(conn, PrecedentFilter(number=number), now, None):
        return one
    raise NotFound(f"there is no precedent {number}; search /api/v1/precedents")


def list_decided(conn: Connection, *, number: str, reach: Reach) -> list[DecidedCase]:
    """The newest cases within a reach that bear a precedent's number, the one that it was ruled on among them."""
    asked = {"number": number, "reach": reach.bound, "limit": _MOST_CASES}
    return [DecidedCase(**row._mapping) for row in run(conn, SQL["cases_decided_by"], asked)]


def _fitting(conn: Connection, narrowed: PrecedentFilter, now: datetime, behind: Place | None) -> Iterator[Found]:
    """Page by page; whether a position lies in an area is judged here, exactly as when a case is routed."""
    position = narrowed.position
    asked: dict[str, Any] = vars(replace(narrowed, position=None)) | {"now": now, "limit": _PAGE}
    asked["patterns"] = [f"%{_plain(word)}%" for word in (narrowed.words or "").split()]
    asked["nearly"] = False
    if narrowed.words:  # only what nobody has written word for word is looked for with a slip in it
        first = asked | {"limit": 1, "since": None, "recorded": None, "last": None}
        asked["nearly"] = run(conn, SQL["precedents"], first).first() is None
    while True:
        since, recorded, number = behind or (None, None, None)
        rows = run(conn, SQL["precedents"], asked | {"since": since, "recorded": recorded, "last": number}).all()
        for row in rows:
            found = _found(row)
            if position is None or found.precedent.contains(path=position.path, lon=position.lon, lat=position.lat):
                yield found
        if len(rows) < _PAGE:
            return
        behind = read_precedent(rows[-1]).age


def _plain(word: str) -> str:
    """A word in which nothing is a wildcard."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _found(row: Row[Any]) -> Found:
    return Found(
        precedent=read_precedent(row),
        matter_name=row.matter_name,
        matter_name_zh=row.matter_name_zh,
        lead_name=row.lead_name,
        lead_ended_at=row.lead_ended_at,
        form=row.form,
        members=tuple(row.members),
        grounds=row.grounds,
        brief=row.brief,
        ruled_at=row.ruled_at,
    )
