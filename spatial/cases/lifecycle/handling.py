"""Handling: the lead unit opens what it was handed, works on it, and submits a result with a picture.

Assisting units finish their own tasks; the lead may give tasks of its own, and revokes them before it says "not
mine". Whoever dispatches may take back any part, so that no case waits for ever for a helper who never comes. Refuses
to judge a result: `checking.py` does.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks import read_clocks
from spatial.cases.disputes.acting import LockedCase, holders_among, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.disputes.units import resolve_unit
from spatial.cases.lifecycle.pictures import keep_after
from spatial.cases.lifecycle.signing import check_is_another
from spatial.cases.lifecycle.speaking import check_lead, choose_unit
from spatial.cases.lifecycle.tasks import add_task, end_task, list_tasks
from spatial.cases.supervision.warning import warning_of_part
from spatial.errors import Conflict, Invalid

OUTCOMES = ("fixed", "not_fixed", "no_action_needed", "not_possible", "not_found")


def receive_case(conn: Connection, case: LockedCase, *, own: Set[str] | None, actor: str, now: datetime) -> LockedCase:
    """The lead unit opens the case. `own` holds the units that the person speaks for, None is any.

    Raises IllegalAct, Forbidden for another unit's case, and for whoever has sent a returned case on again: he may
    correct it and send it, and the next step forward is its unit's.
    """
    check_act(read_transitions(conn), state=case.state, act="receive")
    unit = check_lead(case, own)
    check_is_another(conn, case, "receive", own=own, actor=actor)
    told = {"unit": unit, "in_time": case.step_due_at is None or now <= case.step_due_at}
    return move_case(conn, case, act="receive", to_state="handling", changes={}, actor=actor, now=now, payload=told)


def submit_case(
    conn: Connection,
    case: LockedCase,
    *,
    outcome: str,
    photos_after: Sequence[str],
    note: str | None,
    own: Set[str] | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """The lead unit says what became of the case and shows it; its own task is done then.

    `outcome` is one of OUTCOMES. What is not fixed is told as not fixed, and why. Raises IllegalAct, Forbidden,
    Invalid.
    """
    check_act(read_transitions(conn), state=case.state, act="submit")
    unit = check_lead(case, own)
    if outcome != "fixed" and not note:
        raise Invalid(f"note must say why the outcome is {outcome}", field="note")
    keep_after(conn, case.key, photos_after, act="submit", actor=actor, now=now)
    if note:
        note_words(conn, case, act="submit", note=note, actor=actor, now=now)
    end_task(conn, case.key, unit=unit, state="done", now=now)
    told = {"unit": unit, "outcome": outcome, "photos": sorted(set(photos_after))}
    changes = {"outcome": outcome}
    return move_case(
        conn, case, act="submit", to_state="submitted", changes=changes, actor=actor, now=now, payload=told
    )


def finish_task(
    conn: Connection,
    case: LockedCase,
    *,
    unit: str | None,
    note: str | None,
    own: Set[str] | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """An assisting unit has done its part. The lead's own task is done when it submits. Raises IllegalAct, Forbidden,
    Conflict where the unit has no task that is open.
    """
    check_act(read_transitions(conn), state=case.state, act="finish_task")
    meant = choose_unit(case, unit or find_open_task(conn, case, own) or _own_assisting(case, own), own)
    if meant == case.lead:
        raise Conflict(f"{meant} leads this case: its own task is done when it submits the result", field="unit")
    if not end_task(conn, case.key, unit=meant, state="done", now=now):
        raise Conflict(f"{meant} has no task open in this case", field="unit")
    return _tell(conn, case, "finish_task", meant, note, actor=actor, now=now, changes=_checked_anew(conn, case, now))


def assign_task(
    conn: Connection,
    case: LockedCase,
    *,
    unit: str,
    due_at: datetime | None,
    is_mandatory: bool,
    note: str | None,
    own: Set[str] | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """The lead unit gives another one a part in the case, due with it or earlier. Raises IllegalAct, Forbidden,
    Invalid, Conflict where that unit has a task that is open.
    """
    check_act(read_transitions(conn), state=case.state, act="assign_task")
    lead = check_lead(case, own)
    helper = resolve_unit(conn, unit, path=case.current_path, now=now, field="unit")
    if helper == lead:
        raise Invalid(f"{lead} leads this case and does not assist in it as well", field="unit")
    if any(task.unit == helper and task.state == "open" for task in list_tasks(conn, case.key)):
        raise Conflict(f"{helper} has a task open in this case already", field="unit")
    if due_at is not None and (due_at <= now or case.due_at is not None and due_at > case.due_at):
        raise Invalid("due_at must lie ahead, and not behind the deadline of the case", field="due_at")
    own_date = due_at if due_at != case.due_at else None
    warn_at = own_date and warning_of_part(conn, district=case.district, opened_at=now, due_at=own_date)
    add_task(
        conn, case.key, unit=helper, is_mandatory=is_mandatory, due_at=due_at or case.due_at, warn_at=warn_at,
        assigned_by=lead, now=now,
    )  # fmt: skip
    changes = _helped_by(case, list(dict.fromkeys([*case.assisting, helper])))
    return _tell(conn, case, "assign_task", helper, note, actor=actor, now=now, changes=changes)


def revoke_task(
    conn: Connection,
    case: LockedCase,
    *,
    unit: str,
    note: str | None,
    own: Set[str] | None,
    actor: str,
    now: datetime,
    dispatches: bool = False,
) -> LockedCase:
    """A task is taken back: by the lead unit that gave it, or, with a reason, by whoever `dispatches` the case.

    Raises IllegalAct, Forbidden, Invalid without a reason, Conflict for a task that is not open, or not the lead's.
    """
    check_act(read_transitions(conn), state=case.state, act="revoke_task")
    helper = resolve_unit(conn, unit, path=case.current_path, now=now, field="unit")
    is_leads = own is None or case.lead in own
    lead = str(case.lead) if dispatches else check_lead(case, own)
    found = next((t for t in list_tasks(conn, case.key) if t.unit == helper and t.is_open_part), None)
    is_its_own = found is not None and is_leads and found.assigned_by == lead
    if found is None or not (is_its_own or dispatches):
        raise Conflict(f"{lead} gave {helper} no task in this case that is open", field="unit")
    if not is_its_own and not note:
        raise Invalid("note must say why a part is taken back that the lead unit did not give", field="note")
    end_task(conn, case.key, unit=helper, state="cancelled", now=now)
    left = _helped_by(case, [one for one in case.assisting if one != helper])
    changes = left | _checked_anew(conn, case, now)
    return _tell(conn, case, "revoke_task", helper, note, actor=actor, now=now, changes=changes)


def check_own_revoked(conn: Connection, case: LockedCase) -> None:
    """Raise Conflict where the lead unit says "not mine" while tasks that it gave itself are open."""
    given = list_given(conn, case)
    if given:
        raise Conflict(f"{case.lead} gave {', '.join(given)} a task in this case; revoke_task before returning it")


def list_given(conn: Connection, case: LockedCase) -> list[str]:
    """The units whose open task the lead unit gave them itself, and may take back."""
    return [t.unit for t in list_tasks(conn, case.key) if t.state == "open" and t.assigned_by == case.lead]


def list_revocable(conn: Connection, case: LockedCase, *, dispatches: bool, own: Set[str] | None) -> list[str]:
    """The units whose open task somebody may take back: any for whoever dispatches, else what his unit gave as lead."""
    if dispatches:
        return [t.unit for t in list_tasks(conn, case.key) if t.is_open_part]
    return list_given(conn, case) if own is None or case.lead in own else []


def find_open_task(conn: Connection, case: LockedCase, own: Set[str] | None) -> str | None:
    """The first assisting unit with a task open for which somebody speaks; `own` None is any unit."""
    waiting = {task.unit for task in list_tasks(conn, case.key) if task.state == "open"}
    return next((unit for unit in case.assisting if unit in waiting and (own is None or unit in own)), None)


def _own_assisting(case: LockedCase, own: Set[str] | None) -> str | None:
    return next((unit for unit in case.assisting if own is None or unit in own), None)


def _helped_by(case: LockedCase, assisting: list[str]) -> dict[str, Any]:
    return {"assisting": assisting, "holders": holders_among(str(case.lead), assisting)}


def _checked_anew(conn: Connection, case: LockedCase, now: datetime) -> dict[str, Any]:
    """The column of a submitted case whose last mandatory part has ended: until now nobody could have checked it."""
    if case.state != "submitted" or any(t.is_open_part and t.is_mandatory for t in list_tasks(conn, case.key)):
        return {}
    clocks = read_clocks(conn)
    return {"step_due_at": clocks.of(case.district).add(now, clocks.result_check)}


def _tell(
    conn: Connection,
    case: LockedCase,
    act: str,
    unit: str,
    note: str | None,
    *,
    actor: str,
    now: datetime,
    changes: Mapping[str, Any],
) -> LockedCase:
    if note:
        note_words(conn, case, act=act, note=note, actor=actor, now=now)
    told = {"unit": unit}
    return move_case(conn, case, act=act, to_state=case.state, changes=changes, actor=actor, now=now, payload=told)
