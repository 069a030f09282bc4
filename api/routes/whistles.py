"""Whistle and report-in: a street calls, the called units report in at the place, both sides score."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection

from api.cursors import read_number, write_cursor
from api.dependencies import CaseReader, Conn, KnownAccount, Now, require, store_of
from api.routes.bodies import editor
from api.schemas.whistles import (
    ArrivalOut,
    ReportInBody,
    ResultBody,
    ScoreBody,
    TypeBody,
    TypeOut,
    WhistleBody,
    WhistleOut,
    WithdrawBody,
    scoring_permission,
)
from api.speaking import units_of
from api.telling import told_transaction
from spatial.cases.conferences import whistles
from spatial.cases.conferences.whistle_list import WhistleFilter, get_whistle, list_whistles
from spatial.errors import Forbidden, Invalid
from spatial.people.accounts import Account
from spatial.people.officials import list_officials

router = APIRouter(prefix="/api/v1/whistles", tags=["governance"])
Caller = Annotated[Account, Depends(require("whistle"))]
Called = Annotated[Account, Depends(require("report_in"))]
RuleEditor = Annotated[Account, Depends(editor)]
Number = Annotated[int, Path(alias="whistle", ge=1, lt=2**63)]
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class WhistlePage(BaseModel):
    """Some whistles; `next` goes into `cursor`."""

    items: list[WhistleOut]
    next: str | None


class TypeList(BaseModel):
    """What may be whistled for."""

    items: list[TypeOut]


@router.get("/types")
def get_types(conn: Conn, asking: CaseReader) -> TypeList:
    """What may be whistled for, and how soon the called must be there."""
    return TypeList(items=[TypeOut(**vars(one)) for one in whistles.list_types(conn)])


@router.put("/types/{code}")
def put_type(code: Key, body: TypeBody, conn: Conn, asking: RuleEditor) -> TypeOut:
    """Add a type or change it; whistles keep the limit that they were raised under."""
    return TypeOut(**vars(whistles.put_type(conn, whistles.WhistleType(code=code, **body.model_dump()))))


@router.get("")
def list_page(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    state: Annotated[str | None, Query(max_length=16, description="raised, resolved or withdrawn.")] = None,
    kind: Annotated[str | None, Query(alias="type", max_length=32)] = None,
    unit: Annotated[str | None, Query(max_length=64, description="Who was called.")] = None,
    case_no: Annotated[str | None, Query(max_length=32)] = None,
    cell: Annotated[str | None, Query(max_length=32, description="Anywhere in this cell.")] = None,
    late: Annotated[bool | None, Query(description="Where a unit came late or not at all, or the others.")] = None,
    mine: Annotated[bool, Query(description="Only those that call a unit for which you report in.")] = False,
    expected: Annotated[
        bool | None, Query(description="Not over, or over but in time for who is called and not there.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> WhistlePage:
    """Whistles within reach, newest first."""
    units = _called(asking) if mine else None
    narrowed = WhistleFilter(state, kind, unit, case_no, cell, late, units=units, expected=expected)
    found = list_whistles(
        conn, reach=asking.reach, text_reach=asking.reach_for("read_text"), now=now, limit=limit + 1,
        narrowed=narrowed, before=read_number(cursor),
    )  # fmt: skip
    more = write_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    names = list_officials(conn, actors=(one.raised_by for one in found[:limit]))
    return WhistlePage(items=[WhistleOut.of(one, asking, names) for one in found[:limit]], next=more)


@router.post("", status_code=201)
def post_whistle(body: WhistleBody, request: Request, asking: Caller, now: Now) -> WhistleOut:
    """Call units to a place in the caller's territory."""
    with told_transaction(store_of(request)) as conn:
        draft = body.draft(_street(asking, body.street))
        number = whistles.raise_whistle(
            conn, draft=draft, reach=asking.reach_for("whistle"), actor=asking.sender, now=now
        )
        return _whole(conn, number, asking, now)


@router.get("/{whistle}")
def get_one(number: Number, conn: Conn, asking: CaseReader, now: Now) -> WhistleOut:
    """One whistle with its calls, report-ins and scores."""
    return _whole(conn, number, asking, now)


@router.post("/{whistle}/report-ins", status_code=201)
def post_report_in(number: Number, body: ReportInBody, request: Request, asking: Called, now: Now) -> ArrivalOut:
    """Report in for a called unit. One that does not count is kept, and says why."""
    with told_transaction(store_of(request)) as conn:
        arrival = whistles.report_in(
            conn, number, said=body.said(), own=units_of(asking, "report_in"), reach=asking.reach_for("report_in"),
            actor=asking.sender, now=now,
        )  # fmt: skip
    return ArrivalOut(**vars(arrival))


@router.post("/{whistle}/result")
def post_result(number: Number, body: ResultBody, request: Request, asking: Caller, now: Now) -> WhistleOut:
    """Record the joint result; who is neither there nor released stays expected until its limit, and is absent then."""
    with told_transaction(store_of(request)) as conn:
        reach = asking.reach_for("whistle")
        whistles.resolve(conn, number, **body.model_dump(), reach=reach, actor=asking.sender, now=now)
        return _whole(conn, number, asking, now)


@router.post("/{whistle}/withdrawal")
def post_withdrawal(number: Number, body: WithdrawBody, request: Request, asking: Caller, now: Now) -> WhistleOut:
    """Call off a whistle."""
    with told_transaction(store_of(request)) as conn:
        reach = asking.reach_for("whistle")
        whistles.withdraw(conn, number, reason=body.reason, reach=reach, actor=asking.sender, now=now)
        return _whole(conn, number, asking, now)


@router.post("/{whistle}/scores", status_code=201)
def post_score(number: Number, body: ScoreBody, request: Request, asking: KnownAccount, now: Now) -> WhistleOut:
    """Score the other side, once: the street each unit, each unit the street."""
    if not (asking.may("whistle") or asking.may("report_in")):
        raise Forbidden("both sides of a whistle score each other: the street, and those it called")
    permission = scoring_permission(asking, body.by) or ("whistle" if asking.may("whistle") else "report_in")
    own = units_of(asking, permission)
    with told_transaction(store_of(request)) as conn:
        whistles.score(
            conn, number, by=body.by, about=body.about, points=body.score, note=body.note, own=own,
            reach=asking.reach_for(permission), actor=asking.sender, now=now,
        )  # fmt: skip
        return _whole(conn, number, asking, now)


def _called(asking: Account) -> tuple[str, ...] | None:
    """The units for which somebody reports in; None is any."""
    own = units_of(asking, "report_in") if asking.may("report_in") else frozenset()
    return None if own is None else tuple(sorted(own))


def _street(asking: Account, named: str | None) -> str:
    own = units_of(asking, "whistle")
    if named is not None:
        if own is not None and named not in own:
            raise Forbidden(f"you do not speak for {named}")
        return named
    if own is None or len(own) != 1:
        raise Invalid("street is missing: name the body that calls, as @cell", field="street")
    return next(iter(own))


def _whole(conn: Connection, number: int, asking: Account, now: Now) -> WhistleOut:
    text_reach = asking.reach_for("read_text")
    found = get_whistle(conn, number, reach=asking.reach, text_reach=text_reach, now=now)
    return WhistleOut.of(found, asking, list_officials(conn, actors=[found.raised_by]))
