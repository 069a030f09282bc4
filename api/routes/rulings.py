"""Rulings on disputes: made once, and listed within the reach of who asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.cursors import foreign_cursor, read_number, write_cursor
from api.dependencies import Conn, Now, require, store_of
from api.schemas.rulings import RuledOut, RulingBody, RulingOut
from api.telling import told_transaction
from spatial.cases.disputes.rulings import list_rulings, rule
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/rulings", tags=["governance"])


class RulingPage(BaseModel):
    """Some rulings; `next` goes into `cursor`."""

    items: list[RulingOut]
    next: str | None


@router.post("", status_code=201)
def post_ruling(
    body: RulingBody, request: Request, asking: Annotated[Account, Depends(require("rule"))], now: Now
) -> RuledOut:
    """Rule on an open dispute of a case within reach. Who comes second gets 409 with the winner's `ruling`."""
    draft = body.draft()
    with told_transaction(store_of(request)) as conn:
        return RuledOut.of(rule(conn, draft=draft, reach=asking.reach_for("rule"), actor=asking.sender, now=now))


@router.get("")
def list_page(
    conn: Conn,
    asking: Annotated[Account, Depends(require("read_governance"))],
    brief: Annotated[str | None, Query(max_length=32, description="A brief's number.")] = None,
    matter: Annotated[str | None, Query(max_length=64, description="The matter that was ruled on.")] = None,
    dispute: Annotated[int | None, Query(ge=1, lt=2**63, description="The dispute that was ruled on.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> RulingPage:
    """Rulings on cases within reach, newest first."""
    reach = asking.reach_for("read_governance")
    last = read_number(cursor)
    # From the last one of the page before, which must be there: a number that it is not was given out by no list.
    found = list_rulings(
        conn, reach=reach, brief=brief, matter=matter, dispute=dispute, limit=limit + 2,
        before=None if last is None else last + 1,
    )  # fmt: skip
    if last is not None:
        if not found or found[0].id != last:
            raise foreign_cursor()
        found = found[1:]
    more = write_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return RulingPage(items=[RulingOut.of(one) for one in found[:limit]], next=more)
