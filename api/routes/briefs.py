"""The numbered internal briefs (内部专报): as data, and one of them as paper."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from api.answers import told_text
from api.cursors import read_cursor, read_moments, write_cursor
from api.dependencies import Conn, Now, require
from gridmaps.brief_paper import brief_paper
from spatial.cases.disputes.briefs import Brief, Entry, get_brief, list_briefs, list_entries
from spatial.grid.cells import get_setting
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/briefs", tags=["governance"])
Reader = Annotated[Account, Depends(require("read_governance"))]
_PAPER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


class BriefOut(BaseModel):
    """A brief; `disputes` and `open` count those within the reader's reach."""

    number: str
    period_from: datetime
    period_until: datetime
    issued_at: datetime
    closed_at: datetime | None
    disputes: int
    open: int


class BriefPage(BaseModel):
    """Some briefs; `next` goes into `cursor`."""

    items: list[BriefOut]
    next: str | None


class Named(BaseModel):
    """A code with its name."""

    code: str
    name: str


class RefusalOut(BaseModel):
    """A unit that said "not mine"; words only for who may read words there."""

    unit: str
    name: str
    name_zh: str
    reason: str | None
    basis: str | None
    at: datetime


class EntryOut(BaseModel):
    """A dispute of a brief: `place` is its chain of cells by name, `lead` and `precedent` what it was ruled.

    `lead` and `lead_zh` are names.
    """

    id: int
    case_no: str
    matter: str | None
    matter_name: str | None
    matter_name_zh: str | None
    entry: str
    note: str | None
    entered_at: datetime
    settled_at: datetime | None
    age_days: int
    is_over_age: bool
    state: str
    position: tuple[float, float]
    cell: Named | None
    place: list[str]
    returns: list[RefusalOut]
    lead: str | None
    lead_zh: str | None
    precedent: str | None


class WholeBrief(BaseModel):
    """A brief with its disputes within the reader's reach, oldest first."""

    number: str
    period_from: datetime
    period_until: datetime
    issued_at: datetime
    closed_at: datetime | None
    open: int
    disputes: list[EntryOut]


@router.get("")
def list_page(
    conn: Conn,
    asking: Reader,
    is_open: Annotated[bool | None, Query(alias="open", description="Those not closed yet, or those closed.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> BriefPage:
    """Briefs, newest first; those that tell of a dispute within reach."""
    before = read_moments(read_cursor(cursor, 1))[0] if cursor else None
    reach = asking.reach_for("read_governance")
    found = list_briefs(conn, reach=reach, is_open=is_open, limit=limit + 1, before=before)
    more = write_cursor(found[limit - 1].period_until.isoformat()) if len(found) > limit else None
    return BriefPage(items=[BriefOut(**vars(one)) for one in found[:limit]], next=more)


@router.get("/{number}", response_model=WholeBrief)
def get_one(
    number: str,
    conn: Conn,
    asking: Reader,
    now: Now,
    form: Annotated[Literal["json", "html"], Query(alias="format", description="html: a paper to print.")] = "json",
) -> WholeBrief | Response:
    """One brief with its disputes: category, place, and who refused, why and on which basis."""
    reach = asking.reach_for("read_governance")
    brief = get_brief(conn, reach=reach, number=number)
    entries = [_read_by(asking, entry) for entry in list_entries(conn, reach=reach, number=number, now=now)]
    if form == "json":
        return _whole(brief, entries, now)
    zone, city = (get_setting(conn, key=key) for key in ("time_zone", "city_name"))
    page = brief_paper(brief, entries, city=city, time_zone=zone, now=now)
    return HTMLResponse(page, headers={"Content-Security-Policy": _PAPER_POLICY, "Cache-Control": "no-store"})


def _read_by(asking: Account, entry: Entry) -> Entry:
    """The entry as this account may read it: a clerk's note and a handler's reasons quote what citizens wrote."""
    return entry.with_words(lambda text: told_text(text, tags=entry.tags, reader=asking) or "")


def _whole(brief: Brief, entries: list[Entry], now: datetime) -> WholeBrief:
    head = {name: getattr(brief, name) for name in WholeBrief.model_fields if name != "disputes"}
    return WholeBrief(**head, disputes=[_entry(entry, now) for entry in entries])


def _entry(one: Entry, now: datetime) -> EntryOut:
    same = {name: getattr(one, name) for name in EntryOut.model_fields if hasattr(one, name)}
    return EntryOut(
        **same
        | {
            "id": one.dispute,
            "age_days": one.age_days(now),
            "position": (one.lon, one.lat),
            "cell": Named(code=one.cell, name=one.place[-1] if one.place else one.cell) if one.cell else None,
            "place": list(one.place),
            "returns": [RefusalOut(**vars(refusal)) for refusal in one.refusals],
        }
    )
