"""Two checks in the field: of a report before it is filed, and of a result before its case is closed.

Sources name the two the opposite way round (核实, 核查); here they are `verify_report` and `verify_result`. Closing is
an act of its own by whoever checked. Rework keeps the unit and all that there is.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.tasks import list_tasks, open_tasks
from spatial.errors import Conflict, Invalid


def verify_report(
    conn: Connection, case: LockedCase, *, is_true: bool, note: str, actor: str, now: datetime
) -> LockedCase:
    """Somebody has looked whether the report is so. Raises IllegalAct."""
    check_act(read_transitions(conn), state=case.state, act="verify_report")
    note_words(conn, case, act="verify_report", note=note, actor=actor, now=now)
    told = {"is_true": is_true}
    return move_case(
        conn, case, act="verify_report", to_state=case.state, changes={}, actor=actor, now=now, payload=told
    )


def verify_result(
    conn: Connection, case: LockedCase, *, passed: bool, reason: str | None, actor: str, now: datetime
) -> LockedCase:
    """Close a case whose closing condition is met, or send it back to the same unit, saying why.

    Raises IllegalAct, Invalid for a failed check without a reason, Conflict while a mandatory task is open.
    """
    check_act(read_transitions(conn), state=case.state, act="verify_result")
    if not passed and not reason:
        raise Invalid("reason must say what the result is wanting", field="reason")
    waiting = [t.unit for t in list_tasks(conn, case.key) if t.state == "open" and t.is_mandatory]
    if passed and waiting:
        raise Conflict(f"{', '.join(waiting)} has not finished its task in this case; it cannot be closed before")
    if reason:
        note_words(conn, case, act="verify_result", note=reason, actor=actor, now=now)
    return _close(conn, case, actor=actor, now=now) if passed else _rework(conn, case, actor=actor, now=now)


def _close(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    in_time = case.due_at is None or now <= case.due_at
    told = {"passed": True, "outcome": case.outcome, "standard": case.standard, "in_time": in_time}
    return move_case(conn, case, act="verify_result", to_state="closed", changes={}, actor=actor, now=now, payload=told)


def _rework(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    told = {"passed": False, "unit": case.lead, "reworks": case.reworks + 1}
    changes = {"reworks": case.reworks + 1, "outcome": None, "step_due_at": case.due_at}
    back = move_case(
        conn, case, act="verify_result", to_state="handling", changes=changes, actor=actor, now=now, payload=told
    )
    open_tasks(conn, case.key, lead=str(case.lead), assisting=[], due_at=back.due_at, now=now)
    return back
