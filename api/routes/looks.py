"""Looks at who reported a case and at his unmasked words: each is told once it is written down."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Conn, Now, require
from api.schemas.reports import AnyMoment
from spatial.cases.reporters import get_reporter
from spatial.errors import Invalid
from spatial.people.accounts import Account
from spatial.people.looks import LookFilter, list_looks, log_look

router = APIRouter(prefix="/api/v1", tags=["people"])
IdentityReader = Annotated[Account, Depends(require("read_identity"))]
LookReader = Annotated[Account, Depends(require("read_looks"))]


class LookBody(BaseModel):
    """Why somebody needs to know who reported a case."""

    model_config = ConfigDict(extra="forbid")

    purpose: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")


class ReporterOut(BaseModel):
    """What the citizen said of himself, his words in clear, and the number of the look that was logged."""

    case_no: str
    reporter: dict[str, Any] | None
    text: str | None
    look: int


class LookOut(BaseModel):
    """A look."""

    id: int
    at: datetime
    login: str
    case_no: str
    purpose: str


class LookPage(BaseModel):
    """A page of looks, newest first; `next` goes into `cursor`."""

    items: list[LookOut]
    next: str | None


@router.post("/cases/{case_no}/looks", status_code=201)
def post_look(case_no: str, body: LookBody, conn: Conn, asking: IdentityReader, now: Now) -> ReporterOut:
    """Who reported a case, and his words unmasked. The look is logged in the same transaction as it is answered."""
    found = get_reporter(conn, reach=asking.reach_for("read_identity"), case_no=case_no)
    look = log_look(
        conn, account=asking.id, district=found.district, case_no=found.case_no, purpose=body.purpose, now=now
    )
    return ReporterOut(case_no=found.case_no, reporter=found.said, text=found.text, look=look)


@router.get("/looks")
def looks(
    conn: Conn,
    asking: LookReader,
    case_no: str | None = None,
    login: str | None = None,
    since: Annotated[AnyMoment | None, Query(alias="from", description="At or behind this moment.")] = None,
    until: Annotated[AnyMoment | None, Query(description="Before this moment.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> LookPage:
    """Who looked at whom, within the reach of who asks."""
    narrowed = LookFilter(case_no, login, since, until)
    reach = asking.reach_for("read_looks")
    found = list_looks(conn, reach=reach, narrowed=narrowed, limit=limit + 1, before=_behind(cursor))
    items = [LookOut(**vars(look)) for look in found[:limit]]
    return LookPage(items=items, next=str(items[-1].id) if len(found) > limit else None)


def _behind(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid("cursor is not one that this list gave out; leave it away to begin anew", field="cursor")
    return int(cursor)
