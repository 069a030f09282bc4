"""Two checks in the field: of a report before it is filed, and of a result before its case is closed.

Sources name the two the opposite way round (核实, 核查); here they are `verify_report` and `verify_result`. The centre
asks for the one, and has its own time anew when it is told; the other is an act of its own by whoever checked, and
never by who handled the case. Rework keeps the unit and all that there is.
"""

from collections.abc import Sequence, Set
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.clocks.steps import step_when_asked, step_when_looked_at
from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.drafts import Picture
from spatial.cases.lifecycle.pictures import keep_found
from spatial.cases.lifecycle.signing import check_is_another, is_check_asked
from spatial.cases.lifecycle.tasks import list_tasks, open_tasks
from spatial.errors import Conflict, Invalid


def ask_check(conn: Connection, case: LockedCase, *, note: str, actor: str, now: datetime) -> LockedCase:
    """Ask whoever is near to look whether the report is so; the limit for that runs from now.

    Raises IllegalAct, Conflict where it was asked for and nobody has told yet.
    """
    check_act(read_transitions(conn), state=case.state, act="ask_check")
    if is_check_asked(conn, case):
        raise Conflict("a look at the place was asked for already; verify_report tells what it has shown")
    note_words(conn, case, act="ask_check", note=note, actor=actor, now=now)
    changes = step_when_asked(conn, case, now=now)
    told = {"unit": case.current_unit}
    return move_case(
        conn, case, act="ask_check", to_state=case.state, changes=changes, actor=actor, now=now, payload=told
    )


def verify_report(
    conn: Connection,
    case: LockedCase,
    *,
    is_true: bool,
    note: str,
    actor: str,
    now: datetime,
    photos: Sequence[Picture] = (),
) -> LockedCase:
    """Somebody has looked whether the report is so, and shows what he saw. Raises IllegalAct, Invalid."""
    check_act(read_transitions(conn), state=case.state, act="verify_report")
    keep_found(conn, case.key, photos, act="verify_report", actor=actor, now=now)
    note_words(conn, case, act="verify_report", note=note, actor=actor, now=now)
    asked = is_check_asked(conn, case)
    told = {"is_true": is_true, "asked": asked, "in_time": case.step_due_at is None or now <= case.step_due_at}
    changes = step_when_looked_at(conn, case, now=now) if asked else {}
    return move_case(
        conn, case, act="verify_report", to_state=case.state, changes=changes, actor=actor, now=now, payload=told
    )


def verify_result(
    conn: Connection,
    case: LockedCase,
    *,
    passed: bool,
    reason: str | None,
    actor: str,
    now: datetime,
    own: Set[str] | None = None,
) -> LockedCase:
    """Close a case whose closing condition is met, or send it back to the same unit, saying why.

    `own` holds the units that the person speaks for; None is any. Raises IllegalAct, Forbidden for whoever handled the
    case or speaks for its lead, Invalid for a failed check without a reason, Conflict while a mandatory task is open.
    """
    check_act(read_transitions(conn), state=case.state, act="verify_result")
    check_is_another(conn, case, "verify_result", own=own, actor=actor)
    if not passed and not reason:
        raise Invalid("reason must say what the result is wanting", field="reason")
    waiting = [t.unit for t in list_tasks(conn, case.key) if t.state == "open" and t.is_mandatory]
    if passed and waiting:
        raise Conflict(f"{', '.join(waiting)} has not finished its task in this case; it cannot be closed before")
    if reason:
        note_words(conn, case, act="verify_result", note=reason, actor=actor, now=now)
    return _close(conn, case, actor=actor, now=now) if passed else _rework(conn, case, actor=actor, now=now)


def _close(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    told = {"passed": True, "outcome": case.outcome, "standard": case.standard}
    told |= {
        "in_time": case.due_at is None or now <= case.due_at,
        "checked_in_time": case.step_due_at is None or now <= case.step_due_at,
    }
    return move_case(conn, case, act="verify_result", to_state="closed", changes={}, actor=actor, now=now, payload=told)


def _rework(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    told = {"passed": False, "unit": case.lead, "reworks": case.reworks + 1}
    changes = {"reworks": case.reworks + 1, "outcome": None}
    back = move_case(
        conn, case, act="verify_result", to_state="handling", changes=changes, actor=actor, now=now, payload=told
    )
    open_tasks(conn, case.key, lead=str(case.lead), assisting=[], due_at=back.due_at, now=now)
    return back
