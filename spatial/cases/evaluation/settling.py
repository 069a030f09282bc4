"""The supervisor's word on a result of which its citizen was dissatisfied again: reopened, or it stays closed.

Until then the case is not evaluated. His reason is kept, the chain tells that it was settled and how, and the citizens
hear it by the port. Whoever reopens such a case by the act of reopening has settled it. Knows rows and acts; refuses to
know people.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.evaluation.call_backs import SQL, is_waiting
from spatial.cases.evaluation.evaluations import evaluate_when_said
from spatial.cases.lifecycle.ending import reopen_case
from spatial.errors import Conflict, Invalid
from spatial.store.db import run

SETTLED_AS = ("reopen", "stays_closed")


def settle_case(
    conn: Connection, case: LockedCase, *, outcome: str, reason: str, actor: str, now: datetime
) -> LockedCase:
    """Settle what of a case waits for the supervisor: 'reopen' or 'stays_closed', with the reason that citizens read.

    What stays closed is evaluated where nothing else is missing. Raises IllegalAct, Conflict where nothing waits,
    Invalid for an outcome that is none.
    """
    check_act(read_transitions(conn), state=case.state, act="settle_call_back")
    if outcome not in SETTLED_AS:
        raise Invalid(f"outcome {outcome!r} is none; choose {' or '.join(SETTLED_AS)}", field="outcome")
    settled = {**case.key, "outcome": outcome, "actor": actor, "now": now}
    if not run(conn, SQL["settle_call_backs"], settled).rowcount:
        raise Conflict("nothing of this case waits for the supervisor")
    note_words(conn, case, act="settle_call_back", note=reason, actor=actor, now=now)
    told = {"outcome": outcome}
    case = move_case(
        conn, case, act="settle_call_back", to_state=case.state, changes={}, actor=actor, now=now, payload=told
    )
    if outcome == "reopen":
        return reopen_case(conn, case, reason=reason, actor=actor, now=now)
    return evaluate_when_said(conn, case, actor=actor, now=now)


def reopen_said(conn: Connection, case: LockedCase, *, reason: str, actor: str, now: datetime) -> LockedCase:
    """Reopen a case by the act of reopening; what waited for the supervisor is settled by it. Raises IllegalAct."""
    if is_waiting(conn, case):
        return settle_case(conn, case, outcome="reopen", reason=reason, actor=actor, now=now)
    return reopen_case(conn, case, reason=reason, actor=actor, now=now)
