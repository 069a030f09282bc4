"""Whom to ring up: the closed cases whose citizens are to be asked, for the clerk at the telephone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.answers import told_text
from api.cursors import read_cursor, read_moments, write_cursor
from api.dependencies import Conn, Now, require
from api.schemas.calling import ToCallOut, ToCallPage
from api.work_lists import waited_of
from spatial.cases.evaluation.to_call import CallFilter, ToCall, list_to_call
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/call-backs", tags=["scores"])
Caller = Annotated[Account, Depends(require("call_back"))]


@router.get("/due")
def due(
    conn: Conn,
    asking: Caller,
    now: Now,
    ready: Annotated[bool, Query(description="Only those that may be tried now.")] = False,
    tried: Annotated[bool | None, Query(description="Only those tried before, or those not tried yet.")] = None,
    category: Annotated[str | None, Query(max_length=64)] = None,
    lead: Annotated[str | None, Query(max_length=64, description="Who handled it: a department, or `@cell`.")] = None,
    unit: Annotated[str | None, Query(max_length=32, description="A cell of any level; its whole subtree.")] = None,
    number: Annotated[str | None, Query(max_length=64, description="A part of the case's number.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ToCallPage:
    """Closed cases whose citizens you are to ask, longest closed first, with how often nobody was reached.

    Who reported it and his number are not among it: `POST /api/v1/cases/{case_no}/looks` tells them.
    """
    found = list_to_call(
        conn, waited=waited_of(asking), narrowed=CallFilter(tried, ready, category, lead, unit, number), now=now,
        limit=limit + 1, after=_after(cursor),
    )  # fmt: skip
    last = found[limit - 1] if len(found) > limit else None
    more = write_cursor(last.closed_at.isoformat(), last.case_no) if last else None
    return ToCallPage(items=[_out(one, asking) for one in found[:limit]], next=more)


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    moment, number = read_cursor(cursor, 2)
    return read_moments([moment])[0], number


def _out(one: ToCall, asking: Account) -> ToCallOut:
    own = {"text": told_text(one.text, tags=one.tags, reader=asking)}
    same = {name: getattr(one, name) for name in ToCallOut.model_fields if name not in own}
    return ToCallOut.model_validate(same | own)
