"""Sub-tasks: the lead unit and each assisting one has a task with a deadline of its own.

Tasks follow the units of their case: whoever is named has one, whoever is no longer named has none that is open. No
case is closed while a mandatory one is open: the case counts them, so that a constraint can hold it, and whatever
opens or ends a task here counts it in the same breath. Refuses to know acts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "tasks.sql")


@dataclass(frozen=True)
class Task:
    """A unit's part in a case; `part` is 'lead' or 'assist', `state` 'open', 'done' or 'cancelled'."""

    ordinal: int
    unit: str
    part: str
    is_mandatory: bool
    due_at: datetime | None
    state: str
    opened_at: datetime
    ended_at: datetime | None
    assigned_by: str | None


def list_tasks(conn: Connection, case: Mapping[str, str]) -> list[Task]:
    """The tasks of a case, in the order in which they were opened; found by its key."""
    return [Task(**row._mapping) for row in run(conn, SQL["tasks_of"], dict(case))]


def drop_tasks(
    conn: Connection, case: Mapping[str, str], *, keep: Sequence[str], now: datetime, mandatory_too: bool = True
) -> None:
    """Cancel the open tasks of units that have no part in the case any more."""
    dropped = run(conn, SQL["drop_tasks"], {**case, "keep": list(keep), "mandatory_too": mandatory_too, "now": now})
    _count(conn, case, -sum(dropped.scalars()))


def open_tasks(
    conn: Connection,
    case: Mapping[str, str],
    *,
    lead: str | None,
    assisting: Sequence[str],
    due_at: datetime | None,
    now: datetime,
) -> None:
    """Open a task for these units, due with the case, where they have none open; `lead` None opens none for a lead."""
    units = ([lead] if lead is not None else []) + list(assisting)
    if units:
        opened = run(conn, SQL["open_tasks"], {**case, "units": units, "lead": lead, "due_at": due_at, "now": now})
        _count(conn, case, sum(opened.scalars()))


def repeat_tasks(
    conn: Connection, case: Mapping[str, str], *, units: Sequence[str], due_at: datetime | None, now: datetime
) -> None:
    """Ask assisting units for their last task once more, due with the case, as mandatory as it was."""
    if units:
        asked = {"units": list(units), "due_at": due_at, "now": now}
        _count(conn, case, sum(run(conn, SQL["repeat_tasks"], {**case, **asked}).scalars()))


def add_task(
    conn: Connection,
    case: Mapping[str, str],
    *,
    unit: str,
    is_mandatory: bool,
    due_at: datetime | None,
    assigned_by: str,
    now: datetime,
) -> None:
    """Open a task of an assisting unit, given by the lead unit itself."""
    given = {"unit": unit, "is_mandatory": is_mandatory, "due_at": due_at, "assigned_by": assigned_by, "now": now}
    _count(conn, case, sum(run(conn, SQL["add_task"], {**case, **given}).scalars()))


def end_task(conn: Connection, case: Mapping[str, str], *, unit: str, state: str, now: datetime) -> bool:
    """End a unit's open task as 'done' or 'cancelled'; False where it has none."""
    ended = run(conn, SQL["end_task"], {**case, "unit": unit, "state": state, "now": now}).scalars().all()
    _count(conn, case, -sum(ended))
    return bool(ended)


def move_deadlines(conn: Connection, case: Mapping[str, str], *, was: datetime | None, due_at: datetime | None) -> None:
    """Open tasks that were due with their case are due with it again; those with a date of their own keep it."""
    run(conn, SQL["move_deadlines"], {**case, "was": was, "due_at": due_at})


def withdraw_requests(
    conn: Connection, case: Mapping[str, str], *, appeals_too: bool, actor: str, now: datetime
) -> None:
    """What a unit asked for waits no longer: the case is with somebody else, or over; an appeal waits while it is."""
    run(conn, SQL["withdraw_requests"], {**case, "appeals_too": appeals_too, "actor": actor, "now": now})


def _count(conn: Connection, case: Mapping[str, str], more: int) -> None:
    """Note in the case that it waits for so many tasks more. By hand: distributed tables know no triggers."""
    if more:
        run(conn, SQL["count_tasks"], {**case, "more": more})
