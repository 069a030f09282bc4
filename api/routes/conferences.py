"""Joint conferences: opened on cases within reach, minuted, decided; their boards and triggers as rows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection

from api.acting.refusing import naming_own_acts
from api.cursors import read_cursor, read_moments, read_number, write_cursor
from api.dependencies import Conn, KnownAccount, Now, require, store_of
from api.routes.bodies import editor
from api.schemas.conferences import (
    ActionBody,
    ActionEndBody,
    BoardBody,
    BoardOut,
    ConferenceOut,
    DecidedOut,
    DecisionBody,
    EndBody,
    MembersBody,
    MinutesBody,
    OpeningBody,
    ProspectOut,
    TriggerBody,
    TriggerOut,
    WholeConference,
    actors_in,
)
from api.speaking import seats_of, units_of
from api.telling import told_transaction
from spatial.cases.conferences import boards, conference_list, conferring, deciding, opening
from spatial.cases.conferences.prospects import read_prospect
from spatial.errors import Forbidden
from spatial.people.accounts import Account
from spatial.people.officials import list_officials

router = APIRouter(prefix="/api/v1/conferences", tags=["governance"])
Reader = Annotated[Account, Depends(require("read_governance"))]
Convener = Annotated[Account, Depends(require("confer"))]
RuleEditor = Annotated[Account, Depends(editor)]
Number = Annotated[int, Path(alias="conference", ge=1, lt=2**63)]
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class ConferencePage(BaseModel):
    """Some conferences; `next` goes into `cursor`."""

    items: list[ConferenceOut]
    next: str | None


class DueOut(BaseModel):
    """A case that calls for a conference and has none open."""

    case_no: str
    trigger: str
    since: str
    state: str
    category: str | None


class DuePage(BaseModel):
    """The cases that call for one, the longest waiting first; `next` goes into `cursor`."""

    items: list[DueOut]
    next: str | None


class BoardList(BaseModel):
    """The boards, and what opens a conference."""

    items: list[BoardOut]
    triggers: list[TriggerOut]


@router.get("/boards")
def get_boards(conn: Conn, asking: Reader) -> BoardList:
    """The boards in their order, those out of use too, and what opens a conference."""
    items = [BoardOut(**vars(one) | {"platforms": list(one.platforms)}) for one in boards.list_boards(conn)]
    return BoardList(items=items, triggers=[TriggerOut(**vars(one)) for one in boards.list_triggers(conn)])


@router.put("/boards/{board}")
def put_board(board: Key, body: BoardBody, conn: Conn, asking: RuleEditor) -> BoardOut:
    """Add a board or change it."""
    wanted = boards.Board(code=board, **body.model_dump() | {"platforms": tuple(body.platforms)})
    return BoardOut(**vars(boards.put_board(conn, wanted)) | {"platforms": body.platforms})


@router.put("/triggers/{trigger}")
def put_trigger(trigger: str, body: TriggerBody, conn: Conn, asking: RuleEditor) -> TriggerOut:
    """Let a trigger open conferences by itself, or leave it to the centre."""
    return TriggerOut(**vars(boards.set_trigger(conn, code=trigger, opens_itself=body.opens_itself)))


@router.get("/due")
def get_due(
    conn: Conn,
    asking: Reader,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> DuePage:
    """Cases within reach on which a trigger stands and no conference is open."""
    reach, behind = asking.reach_for("read_governance"), None
    if cursor is not None:
        since, case_no = read_cursor(cursor, 2)
        behind = (read_moments([since])[0], case_no)
    found = conference_list.list_due(conn, reach=reach, now=now, limit=limit + 1, behind=behind)
    items = [DueOut(**vars(one) | {"since": one.since.isoformat()}) for one in found[:limit]]
    more = write_cursor(items[-1].since, items[-1].case_no) if len(found) > limit else None
    return DuePage(items=items, next=more)


@router.get("")
def list_page(
    conn: Conn,
    asking: Reader,
    now: Now,
    state: Annotated[str | None, Query(max_length=16, description="open, decided or ended.")] = None,
    board: Annotated[str | None, Query(max_length=32)] = None,
    trigger: Annotated[str | None, Query(max_length=16)] = None,
    case_no: Annotated[str | None, Query(max_length=32)] = None,
    cell: Annotated[str | None, Query(max_length=32, description="On cases anywhere in this cell.")] = None,
    late: Annotated[bool, Query(description="Only those with an open action that is late.")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ConferencePage:
    """Conferences on cases within reach, and those in which your units sit, newest first."""
    narrowed = conference_list.ConferenceFilter(state, board, trigger, case_no, cell, now if late else None)
    found = conference_list.list_conferences(
        conn, reach=asking.reach_for("read_governance"), text_reach=asking.reach_for("read_text"), narrowed=narrowed,
        now=now, limit=limit + 1, before=read_number(cursor), own=seats_of(asking),
    )  # fmt: skip
    more = write_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    names = list_officials(conn, actors=(actor for one in found[:limit] for actor in actors_in(one)))
    return ConferencePage(items=[ConferenceOut.of(one, names) for one in found[:limit]], next=more)


@router.post("", status_code=201)
def post_conference(body: OpeningBody, request: Request, asking: Convener, now: Now) -> WholeConference:
    """Open a conference on a case; 409 with the open `conference` where there is one."""
    with told_transaction(store_of(request)) as conn:
        reach = asking.reach_for("confer")
        with naming_own_acts(conn, case_no=body.case_no, asking=asking, now=now):
            number = opening.open_conference(conn, draft=body.draft(), reach=reach, actor=asking.sender, now=now)
        return _whole(conn, number, asking, now)


@router.get("/cases/{case_no}")
def get_prospect(case_no: str, conn: Conn, asking: Convener, now: Now) -> ProspectOut:
    """What stands for and against a conference on a case: asked before one is opened."""
    return ProspectOut.of(read_prospect(conn, case_no=case_no, reach=asking.reach_for("confer"), now=now))


@router.get("/{conference}")
def get_one(number: Number, conn: Conn, asking: Reader, now: Now) -> WholeConference:
    """One conference with its members, minutes and actions."""
    return _whole(conn, number, asking, now, permission="read_governance")


@router.post("/{conference}/members")
def post_members(number: Number, body: MembersBody, request: Request, asking: Convener, now: Now) -> WholeConference:
    """Add members to an open conference."""
    with told_transaction(store_of(request)) as conn:
        members = [one.member() for one in body.members]
        conferring.join(conn, number, members=members, reach=asking.reach_for("confer"), now=now)
        return _whole(conn, number, asking, now)


@router.post("/{conference}/minutes", status_code=201)
def post_minutes(number: Number, body: MinutesBody, request: Request, asking: Convener, now: Now) -> WholeConference:
    """Add a sheet of minutes; sheets are never rewritten: a later one corrects, also behind the decision."""
    with told_transaction(store_of(request)) as conn:
        conferring.minute(
            conn, number, text=body.text, held_at=body.held_at, corrects=body.corrects,
            reach=asking.reach_for("confer"), actor=asking.sender, now=now,
        )  # fmt: skip
        return _whole(conn, number, asking, now)


@router.post("/{conference}/decision", status_code=201)
def post_decision(number: Number, body: DecisionBody, request: Request, asking: Convener, now: Now) -> DecidedOut:
    """Decide; the case goes to the decided lead at once. On a disputed case this is a ruling."""
    draft = body.draft()
    with told_transaction(store_of(request)) as conn:
        case_no = _whole(conn, number, asking, now).case_no
        with naming_own_acts(conn, case_no=case_no, asking=asking, now=now):
            done = deciding.decide(
                conn, number, draft=draft, reach=asking.reach_for("confer"), ruling_reach=asking.reach_for("rule"),
                actor=asking.sender, now=now,
            )  # fmt: skip
    return DecidedOut(**vars(done) | {"assisting": list(done.assisting)})


@router.post("/{conference}/end")
def post_end(number: Number, body: EndBody, request: Request, asking: Convener, now: Now) -> WholeConference:
    """End a conference without a decision."""
    with told_transaction(store_of(request)) as conn:
        reach = asking.reach_for("confer")
        conferring.end_conference(conn, number, why=body.reason, reach=reach, actor=asking.sender, now=now)
        return _whole(conn, number, asking, now)


@router.post("/{conference}/actions", status_code=201)
def post_action(number: Number, body: ActionBody, request: Request, asking: Convener, now: Now) -> WholeConference:
    """Give somebody something to do."""
    with told_transaction(store_of(request)) as conn:
        reach = asking.reach_for("confer")
        conferring.assign(conn, number, drafts=[body.draft()], reach=reach, actor=asking.sender, now=now)
        return _whole(conn, number, asking, now)


@router.post("/{conference}/actions/{ordinal}")
def post_action_end(
    number: Number,
    ordinal: Annotated[int, Path(ge=1, lt=2**15)],
    body: ActionEndBody,
    request: Request,
    asking: KnownAccount,
    now: Now,
) -> WholeConference:
    """End an action: its owner's people, or who may confer."""
    permission = "confer" if asking.may("confer") else "submit"
    if not asking.may(permission):
        raise Forbidden("an action is ended by its owner, or by who may confer")
    own = None if permission == "confer" else units_of(asking, permission)
    with told_transaction(store_of(request)) as conn:
        conferring.finish_action(
            conn, number, ordinal, state=body.state, note=body.note, own=own, reach=asking.reach_for(permission),
            actor=asking.sender, now=now,
        )  # fmt: skip
        return _whole(conn, number, asking, now, permission=permission)


def _whole(conn: Connection, number: int, asking: Account, now: Now, permission: str = "confer") -> WholeConference:
    reach, text_reach = asking.reach_for(permission), asking.reach_for("read_text")
    found = conference_list.get_conference(
        conn, number, reach=reach, text_reach=text_reach, now=now, own=seats_of(asking)
    )
    return WholeConference.whole(found, asking, list_officials(conn, actors=actors_in(found)))
