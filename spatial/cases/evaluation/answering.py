"""What a citizen answers, all at once: his verdict, his points for the result, and what follows from both.

For a clerk who called him and for himself behind his status link alike. Refuses to know who may ask.
"""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.evaluation.call_backs import Said, is_answered, is_open_to_word, is_waiting, keep_call_back
from spatial.cases.evaluation.evaluations import evaluate_when_said, keep_score, list_missing
from spatial.cases.evaluation.standing import check_impartial, find_part
from spatial.cases.lifecycle.speaking import check_lead
from spatial.errors import Conflict


def record_call_back(
    conn: Connection,
    case: LockedCase,
    *,
    said: Said,
    spoken_by: str,
    actor: str,
    now: datetime,
    own: Set[str] | None = frozenset(),
) -> LockedCase:
    """Record a call-back by a clerk (`spoken_by` 'clerk') or by the citizen himself ('citizen'), and do what follows.

    Satisfied, or dissatisfied for good: called back, and evaluated where nothing else is missing. Dissatisfied the
    first time: reopened, with a clock that starts anew. Not reached: tried again. `own` holds the units that the clerk
    speaks for, None is any. Raises IllegalAct for a case that is not closed, Forbidden for a clerk who had a part in
    it, Conflict where this closing has its answer, Invalid for an answer that says nothing.
    """
    check_act(read_transitions(conn), state=case.state, act="call_back")
    if spoken_by == "clerk":
        check_impartial(conn, case, own=own, actor=actor)
    if said.score is not None and said.verdict != "not_reached" and not is_answered(conn, case):
        keep_score(conn, case, subject="result", score=said.score, words="", actor=actor, now=now)
    called = keep_call_back(conn, case, said=said, spoken_by=spoken_by, actor=actor, now=now)
    return evaluate_when_said(conn, called, actor=actor, now=now)


def contact_citizen(
    conn: Connection, case: LockedCase, *, note: str | None, own: Set[str] | None, actor: str, now: datetime
) -> LockedCase:
    """The lead unit has spoken with the citizen; how soon behind the dispatch is its response rate.

    `own` holds the units that the person speaks for, None is any. Raises IllegalAct, Forbidden for another unit's case,
    Conflict for a case that is no citizen's, or one that was contacted.
    """
    check_act(read_transitions(conn), state=case.state, act="contact_citizen")
    unit = check_lead(case, own)
    if not case.has_citizens:
        raise Conflict("no citizen reported this case; there is nobody to contact")
    if case.contacted_at is not None:
        raise Conflict("the citizen was contacted already")
    if note:
        note_words(conn, case, act="contact_citizen", note=note, actor=actor, now=now)
    told = {"unit": unit}
    return move_case(
        conn, case, act="contact_citizen", to_state=case.state, changes={"contacted_at": now}, actor=actor, now=now,
        payload=told,
    )  # fmt: skip


def can_be_said(conn: Connection, case: LockedCase, act: str, *, own: Set[str] | None, actor: str) -> bool:
    """Whether an act of this room can succeed now, done by `actor` who speaks for the units `own` (None is any).

    Other acts are none of its business.
    """
    if act in ("call_back", "settle_call_back"):
        waits = is_open_to_word(conn, case) if act == "call_back" else is_waiting(conn, case)
        return waits and find_part(conn, case, own=own, actor=actor) is None
    if act == "evaluate":
        return not list_missing(conn, case)
    return act != "contact_citizen" or case.contacted_at is None and case.has_citizens
