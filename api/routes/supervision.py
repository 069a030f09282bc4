"""Timed supervision: orders, their written replies, and the supervisor's board; within the reach of who asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import Connection

from api.acting.answering_orders import Answering
from api.answers import told_text
from api.cursors import foreign_cursor, read_cursor, read_moments, write_cursor
from api.dependencies import Conn, Now, require, store_of
from api.roster_days import city_today
from api.routes.bodies import editor
from api.schemas.supervision import (
    BoardOut,
    ColourBody,
    ColourOut,
    LadderBody,
    LadderOut,
    OrderOut,
    OrderPage,
    ReplyBody,
    ReplyOut,
    RulesOut,
)
from api.telling import told_transaction
from spatial.cases.supervision.board import read_board
from spatial.cases.supervision.editing import pending_units, put_colour, put_ladder
from spatial.cases.supervision.ladder import EVERY_SOURCE
from spatial.cases.supervision.orders import Order, OrderFilter, Reply, get_order, list_orders
from spatial.cases.supervision.replying import reply_to
from spatial.cases.supervision.rules import read_colour_rules, read_ladders
from spatial.errors import Forbidden
from spatial.people.accounts import Account
from spatial.people.officials import list_officials
from spatial.people.roster import list_uncovered

router = APIRouter(prefix="/api/v1/supervision", tags=["supervision"])
Reader = Annotated[Account, Depends(require("read_governance"))]
Answerer = Annotated[Account, Depends(require("answer_order"))]
RuleEditor = Annotated[Account, Depends(editor)]
DEFAULT = "default"  # what the ladder of all sources is called on the wire
Code = Annotated[str | None, Query(max_length=64)]
Id = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/orders")
def list_page(
    conn: Conn,
    asking: Reader,
    now: Now,
    colour: Annotated[
        Literal["green", "yellow", "red", "grey"] | None, Query(description="The colour that the case has now.")
    ] = None,
    unit: Annotated[Code, Query(description="Who is asked, or has a copy: a department, or `@cell`.")] = None,
    cell: Annotated[Code, Query(description="A cell of any level; its whole subtree.")] = None,
    state: Literal["open", "answered", "climbed", "ended"] | None = None,
    kind: Literal["chase", "order", "written_chase", "criticism"] | None = None,
    case_no: Code = None,
    level: Annotated[int | None, Query(ge=1, le=99)] = None,
    unanswered: Annotated[bool, Query(description="Only orders whose reply is overdue.")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="The `next` of the page before.")] = None,
) -> OrderPage:
    """Chases and orders, the newest first. `next` of a page goes into `cursor` for the page behind it."""
    narrowed = OrderFilter(colour, unit, cell, state, kind, case_no, level, unanswered)
    reach, behind = asking.reach_for("read_governance"), _read_cursor(cursor)
    found = list_orders(conn, reach=reach, narrowed=narrowed, now=now, limit=limit + 1, behind=behind)
    last = found[limit - 1] if len(found) > limit else None
    more = write_cursor(last.due_at.isoformat(), str(last.id)) if last else None
    return OrderPage(items=_told(conn, found[:limit], asking, now), next=more)


@router.get("/orders/{order}")
def get_one(order: Id, conn: Conn, asking: Reader, now: Now) -> OrderOut:
    """One order with its replies."""
    found = get_order(conn, reach=asking.reach_for("read_governance"), number=order, now=now)
    return _told(conn, [found], asking, now)[0]


@router.post("/orders/{order}/replies", status_code=201)
def post_reply(order: Id, body: ReplyBody, request: Request, asking: Answerer, now: Now) -> OrderOut:
    """Answer an order in writing, for the unit that is asked. One that has ended is 409.

    Who supervises or wrote the order does not answer it. For a district's body an operator of the centre answers while
    nobody is posted there.
    """
    reach = asking.reach_for("answer_order")
    with told_transaction(store_of(request)) as conn:
        asked = get_order(conn, reach=reach, number=order, now=now)
        answering = Answering(conn, asking, now)
        if not answering.may(asked):
            raise Forbidden(f"order {order} asks {asked.addressee_name}, and you do not speak for it")
        done = reply_to(conn, asked, reach=reach, text=body.text, actor=asking.sender, now=now)
        return _told(conn, [done], asking, now)[0]


@router.get("/board")
def board(
    conn: Conn, asking: Reader, now: Now, limit: Annotated[int, Query(ge=1, le=200, description="Of each list.")] = 20
) -> BoardOut:
    """Cases by colour, unit and street; the oldest red ones; the orders that nobody has answered in time,
    and the late actions of conferences.

    And the days of the next two weeks that nobody is on duty at the command centre.
    """
    found = read_board(conn, reach=asking.reach_for("read_governance"), now=now, limit=limit)
    uncovered = list_uncovered(conn, today=city_today(conn, now))
    return BoardOut.model_validate(found).model_copy(update={"uncovered": uncovered})


@router.get("/rules")
def get_rules(conn: Conn, asking: Reader) -> RulesOut:
    """What makes a case yellow, by unit of time, and the ladders: that of all sources, and those of their own."""
    pending = pending_units(conn)
    colours = [ColourOut.of(rule, pending) for _, rule in sorted(read_colour_rules(conn).items())]
    ladders = sorted(read_ladders(conn).by_source.items())
    return RulesOut(colours=colours, ladders=[LadderOut.of(source or DEFAULT, ladder) for source, ladder in ladders])


@router.put("/rules/colours/{unit}")
def put_colour_rule(unit: str, body: ColourBody, conn: Conn, asking: RuleEditor) -> ColourOut:
    """Edit when limits in a unit of time turn yellow. Running cases are reckoned anew by the next sweep."""
    rule = put_colour(conn, unit=unit, used_share=body.used_share, units_left=body.units_left)
    return ColourOut.of(rule, pending_units(conn))


@router.put("/rules/ladders/{source}")
def put_ladder_rule(source: str, body: LadderBody, conn: Conn, asking: RuleEditor) -> LadderOut:
    """Replace the ladder of a source, `default` for that of all without one; without rungs a source has none any more.

    It holds for what is written from now on. The answer is the ladder that its cases climb.
    """
    code = EVERY_SOURCE if source == DEFAULT else source
    ladder = put_ladder(conn, source=code, rungs=[one.rung for one in body.rungs])
    return LadderOut.of(source, ladder, is_own=bool(body.rungs))


def _told(conn: Connection, found: Sequence[Order], asking: Account, now: datetime) -> list[OrderOut]:
    """Orders as one account reads them, with the names of the officials who wrote, answered and ended them."""
    answering = Answering(conn, asking, now)
    actors = ((one.written_by, one.ended_by, *(reply.actor for reply in one.replies)) for one in found)
    names = list_officials(conn, actors=chain.from_iterable(actors))
    return [_out(one, asking, answering, names) for one in found]


def _out(one: Order, asking: Account, answering: Answering, names: Mapping[str, str]) -> OrderOut:
    own = {
        "written_by_name": names.get(one.written_by),
        "ended_by_name": names.get(one.ended_by or ""),
        "note": told_text(one.note, tags=one.tags, reader=asking),
        "replies": [_reply(reply, one, asking, names) for reply in one.replies],
        "may_answer": one.ended_at is None and answering.may(one),
    }
    same = {name: getattr(one, name) for name in OrderOut.model_fields if name not in own}
    return OrderOut.model_validate(same | own)


def _reply(reply: Reply, order: Order, asking: Account, names: Mapping[str, str]) -> ReplyOut:
    # An answer quotes what citizens wrote: it is told as their words are.
    text = told_text(reply.text, tags=order.tags, reader=asking)
    return ReplyOut(text=text, at=reply.at, actor=reply.actor, actor_name=names.get(reply.actor))


def _read_cursor(text: str | None) -> tuple[datetime, int] | None:
    if text is None:
        return None
    moment, number = read_cursor(text, 2)
    if not number.isascii() or not number.isdigit():
        raise foreign_cursor()
    return read_moments([moment])[0], int(number)
