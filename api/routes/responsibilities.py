"""The table of responsibility: read, propose, answer, settle, end.

A department's handler answers for his department. For a territorial body answers who dispatches in all of the cells
that the row's place lies in.
"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request

from api.dependencies import Conn, KnownAccount, Now, require, store_of
from api.schemas.duties import AnswerBody, EndBody, RowBody, RowOut, RowPage, SettleBody, id_behind, refs_of
from api.schemas.reports import AnyMoment
from spatial.cases.responsibility import proposals
from spatial.cases.responsibility.bodies import name_units
from spatial.cases.responsibility.decision import TERRITORY
from spatial.cases.responsibility.rows import RowFilter, TableRow, adopt, end_row, get_row, list_rows
from spatial.errors import Forbidden
from spatial.people.accounts import Account
from spatial.store.events import wake
from spatial.store.reach import Reach

router = APIRouter(prefix="/api/v1/responsibilities", tags=["governance"])
Reader = Annotated[Account, Depends(require("read_governance"))]
Proposer = Annotated[Account, Depends(require("propose_duty"))]
Settler = Annotated[Account, Depends(require("settle_duty"))]
Adopter = Annotated[Account, Depends(require("adopt_duty"))]
RowState = Literal["proposed", "objected", "in_force", "withdrawn"]


def answerer(asking: KnownAccount) -> Account:
    """Who may answer for some unit: a department's handlers, and those who dispatch. Raises Forbidden."""
    if not (asking.may("answer_duty") or asking.may("dispatch")):
        raise Forbidden("answers are given by a department's handlers, and by those who dispatch in a territory")
    return asking


Answerer = Annotated[Account, Depends(answerer)]


@router.get("")
def list_page(
    conn: Conn,
    asking: Reader,
    now: Now,
    matter: Annotated[str | None, Query(description="A matter's own rows; not those of what it falls under.")] = None,
    unit: Annotated[str | None, Query(description="A unit that leads, assists or supervises: roads, @street.")] = None,
    cell: Annotated[str | None, Query(description="A cell of any level; rows of its whole subtree.")] = None,
    jurisdiction: str | None = None,
    state: RowState | None = None,
    at: Annotated[AnyMoment | None, Query(description="Rows that were in force at this moment.")] = None,
    overdue: Annotated[bool, Query(description="Proposals whose time to answer is over.")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> RowPage:
    """Rows by id, oldest first."""
    narrowed = RowFilter(matter, unit, cell, jurisdiction, state, at, now if overdue else None)
    found = list_rows(conn, narrowed=narrowed, limit=limit + 1, after=id_behind(cursor))
    more = str(found[limit - 1].id) if len(found) > limit else None
    shown = found[:limit]
    names = name_units(conn, refs=refs_of(shown), at=at or now)
    return RowPage(items=[RowOut.of(row, names, now=now) for row in shown], next=more)


@router.get("/{row_id:int}")
def get_one(row_id: int, conn: Conn, asking: Reader, now: Now) -> RowOut:
    """One row with the answers of the units that it names."""
    return _shown(conn, get_row(conn, row_id=row_id), now)


@router.post("", status_code=201)
def post_row(body: RowBody, conn: Conn, asking: Proposer, now: Now, request: Request, after: BackgroundTasks) -> RowOut:
    """Propose a row to the units that it names, or with `adopt` put it in force at once."""
    if body.adopt:
        if not asking.may("adopt_duty"):
            raise Forbidden("adopt needs the permission adopt_duty; leave it out to propose the row to its units")
        number = adopt(conn, drafts=[body.draft(now)], now=now, actor=asking.sender)[0]
        row = get_row(conn, row_id=number)
    else:
        row = proposals.propose(
            conn, draft=body.draft(now), answer_by=body.answer_by, now=now, actor=asking.sender
        )  # fmt: skip
    permission = "adopt_duty" if body.adopt else "propose_duty"
    _check_ground(conn, row, asking.reach_for(permission).ground)
    after.add_task(wake, store_of(request).app)
    return _shown(conn, row, now)


@router.post("/{row_id:int}/answers")
def post_answer(
    row_id: int, body: AnswerBody, conn: Conn, asking: Answerer, now: Now, request: Request, after: BackgroundTasks
) -> RowOut:
    """Agree or object for a named unit; when all have agreed the row is in force."""
    _check_speaks_for(conn, row_id, body.unit, asking)
    row = proposals.answer(
        conn, row_id=row_id, unit=body.unit, answer=body.answer, reason=body.reason, now=now, actor=asking.sender
    )  # fmt: skip
    after.add_task(wake, store_of(request).app)
    return _shown(conn, row, now)


@router.post("/{row_id:int}/settle")
def post_settlement(
    row_id: int, body: SettleBody, conn: Conn, asking: Settler, now: Now, request: Request, after: BackgroundTasks
) -> RowOut:
    """Adopt or withdraw, as a panel, what was objected to or never fully answered."""
    row = proposals.settle(
        conn, row_id=row_id, decision=body.decision, grounds=body.grounds, now=now, actor=asking.sender
    )  # fmt: skip
    _check_ground(conn, row, asking.reach_for("settle_duty"))
    after.add_task(wake, store_of(request).app)
    return _shown(conn, row, now)


@router.post("/{row_id:int}/end")
def post_end(
    row_id: int, body: EndBody, conn: Conn, asking: Adopter, now: Now, request: Request, after: BackgroundTasks
) -> RowOut:
    """End a row in force, now or later."""
    row = end_row(conn, row_id=row_id, until=body.until, now=now, actor=asking.sender)
    _check_ground(conn, row, asking.reach_for("adopt_duty"))
    after.add_task(wake, store_of(request).app)
    return _shown(conn, row, now)


def _check_ground(conn: Conn, row: TableRow, reach: Reach) -> None:
    """Raises Forbidden, which undoes what was written, unless all of the row's place lies within a reach."""
    paths = proposals.list_paths(conn, row_id=row.id) if reach.tags is not None else []
    if reach.tags is not None and not (paths and all(reach.covers(path) for path in paths)):
        raise Forbidden(f"{row.place_name} does not lie within your territory; ask somebody whose it is")


def _check_speaks_for(conn: Conn, row_id: int, unit: str, asking: Account) -> None:
    """Raises Forbidden unless somebody answers for a unit in all of the cells that the row's place lies in."""
    is_territory = unit.startswith(TERRITORY)
    reach = asking.reach_for("dispatch" if is_territory else "answer_duty")
    if reach.tags is None:
        return
    paths = proposals.list_paths(conn, row_id=row_id)
    tags = paths if is_territory else [tuple(f"{unit}@{code}" for code in ("", *path)) for path in paths or [()]]
    if not (tags and all(reach.covers(one) for one in tags)):
        whose = "who dispatches in all of that place" if is_territory else f"a handler of {unit}"
        raise Forbidden(f"for {unit} answers {whose}; you are not", field="unit")


def _shown(conn: Conn, row: TableRow, now: datetime) -> RowOut:
    return RowOut.of(row, name_units(conn, refs=refs_of([row]), at=now), now=now)
