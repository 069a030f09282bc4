"""What was said of a case's result from every side, on one page; and call-backs that wait for the supervisor."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import Connection

from api.acting.calling import find_own_work, settle_for, sides_of
from api.answers import told_text
from api.cursors import read_cursor, read_moments, write_cursor
from api.dependencies import CaseReader, Conn, KnownAccount, Now, require, store_of
from api.schemas.scores import (
    CallBackOut,
    CallBackPage,
    EvaluationOut,
    EvaluationsOut,
    MarkBody,
    ScoreBody,
    SettleBody,
    SpokenOut,
)
from api.telling import told_transaction
from spatial.cases.disputes.acting import LockedCase, lock_case, peek_case
from spatial.cases.evaluation.call_backs import CallBack, list_call_backs, list_waiting, mark_unreasonable
from spatial.cases.evaluation.evaluations import (
    OVER,
    check_over,
    give_score,
    list_evaluations,
    list_missing,
    list_notes,
    list_open_sides,
)
from spatial.errors import Forbidden
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1", tags=["scores"])
Supervisor = Annotated[Account, Depends(require("supervise"))]


@router.get("/cases/{case_no}/evaluations")
def get_evaluations(case_no: str, conn: Conn, asking: CaseReader) -> EvaluationsOut:
    """Call-backs, points and words of every side, and what the evaluation still needs."""
    return _out(conn, peek_case(conn, reach=asking.reach, case_no=case_no), asking)


@router.post("/cases/{case_no}/evaluations", status_code=201)
def post_evaluation(case_no: str, body: ScoreBody, request: Request, asking: KnownAccount, now: Now) -> EvaluationsOut:
    """Score a side of a closed case: the department from the grid, the report from the department that led it, the
    result for the citizen who was called back. The last score that is needed evaluates the case.
    """
    if not asking.may("score") and not asking.may("call_back"):
        raise Forbidden("scores are given by the grid, by departments, and by whoever calls citizens back")
    with told_transaction(store_of(request)) as conn:
        case = lock_case(conn, reach=asking.reach, case_no=case_no)
        check_over(case)
        _check_side(conn, case, body.subject, asking)
        case = give_score(
            conn, case, subject=body.subject, score=body.score, words=body.words or "", actor=asking.sender, now=now
        )
        return _out(conn, case, asking)


@router.post("/cases/{case_no}/call-backs/{ordinal}/mark")
def post_mark(
    case_no: str,
    ordinal: Annotated[int, Path(ge=1, le=32767)],
    body: MarkBody,
    request: Request,
    asking: Supervisor,
    now: Now,
) -> EvaluationsOut:
    """Mark a demand as unreasonable, or take the mark off: it counts for nobody's satisfaction, and stays listed."""
    with told_transaction(store_of(request)) as conn:
        case = lock_case(conn, reach=asking.reach_for("supervise"), case_no=case_no)
        mark_unreasonable(
            conn, case, ordinal=ordinal, is_unreasonable=body.is_unreasonable, reason=body.reason,
            actor=asking.sender, now=now,
        )  # fmt: skip
        return _out(conn, case, asking)


@router.post("/cases/{case_no}/call-backs/settle")
def post_settled(case_no: str, body: SettleBody, request: Request, asking: Supervisor, now: Now) -> EvaluationsOut:
    """Settle what of a case waits for the supervisor: it is reopened or stays closed; the reason is told.

    409 where nothing waits.
    """
    with told_transaction(store_of(request)) as conn:
        case = lock_case(conn, reach=asking.reach_for("supervise"), case_no=case_no)
        return _out(conn, settle_for(conn, case, body.outcome, body.reason, asking, now), asking)


@router.get("/call-backs")
def waiting(
    conn: Conn,
    asking: Supervisor,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> CallBackPage:
    """Dissatisfied call-backs that wait for the supervisor, longest waiting first."""
    found = list_waiting(conn, reach=asking.reach_for("supervise"), limit=limit + 1, after=_after(cursor))
    more = write_cursor(found[limit - 1].at.isoformat(), found[limit - 1].case_no) if len(found) > limit else None
    return CallBackPage(items=[_call_back(one) for one in found[:limit]], next=more)


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    moment, number = read_cursor(cursor, 2)
    return read_moments([moment])[0], number


def _out(conn: Connection, case: LockedCase, asking: Account) -> EvaluationsOut:
    tags = (*case.current_path, *case.parties)
    words = [
        SpokenOut(act=one.act, text=told_text(one.note, tags=tags, reader=asking), at=one.at)
        for one in list_notes(conn, case.key)
    ]
    is_over = case.state in OVER
    return EvaluationsOut(
        case_no=case.case_no,
        state=case.state,
        cycle=case.reopens,
        call_backs=[_call_back(one) for one in list_call_backs(conn, case.key)],
        scores=[
            EvaluationOut(**{name: getattr(one, name) for name in EvaluationOut.model_fields})
            for one in list_evaluations(conn, case.key)
        ],
        words=words,
        missing=list_missing(conn, case) if is_over else [],
        may_score=_takes_points(conn, case, asking),
    )


def _takes_points(conn: Connection, case: LockedCase, asking: Account) -> list[str]:
    """The sides that somebody may score and that take points now."""
    may = sides_of(conn, asking, case)
    return [side for side in list_open_sides(conn, case) if side in may]


def _check_side(conn: Connection, case: LockedCase, subject: str, asking: Account) -> None:
    if subject in sides_of(conn, asking, case):
        return
    own_work = find_own_work(conn, asking, case) if subject == "result" else None
    if own_work is not None and asking.may("call_back"):
        raise Forbidden(own_work, field="subject")
    left = _listed(_takes_points(conn, case, asking))
    raise Forbidden(f"the {subject} of this case is not yours to score; you may score {left}")


def _call_back(one: CallBack) -> CallBackOut:
    return CallBackOut(**{name: getattr(one, name) for name in CallBackOut.model_fields})


def _listed(may: list[str]) -> str:
    return " and ".join(may) or "nothing of it"
