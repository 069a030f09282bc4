"""Sub-tasks: the lead unit and each assisting one has a task with a deadline of its own.

Tasks follow the units of their case: whoever is named has one, whoever is no longer named has none that is open. No
case is closed while a mandatory one is open: the case counts them, so that a constraint can hold it, and whatever
opens, moves or ends a task here counts it in the same breath, and by when the next helper is to be done. Refuses to
know acts.
"""

from collections.abc import Callable, Mapping, Sequence
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

    @property
    def is_open_part(self) -> bool:
        """Whether it is a helper's, and open."""
        return self.state == "open" and self.part == "assist"


@dataclass(frozen=True)
class OpenPart:
    """An open part of a helper: by when it is to be done, and from when it is yellow."""

    case_no: str
    unit: str
    due_at: datetime | None
    warn_at: datetime | None


def list_tasks(conn: Connection, case: Mapping[str, str]) -> list[Task]:
    """The tasks of a case, in the order in which they were opened; found by its key."""
    return [Task(**row._mapping) for row in run(conn, SQL["tasks_of"], dict(case))]


def list_open_parts(conn: Connection, cases: Sequence[tuple[str, str]]) -> list[OpenPart]:
    """The open parts of helpers in cases that were read within a reach, given by (district, case_no)."""
    asked = {"districts": [key[0] for key in cases], "case_nos": [key[1] for key in cases]}
    return [OpenPart(**row._mapping) for row in run(conn, SQL["open_parts"], asked)]


def drop_tasks(
    conn: Connection, case: Mapping[str, str], *, keep: Sequence[str], now: datetime, mandatory_too: bool = True
) -> None:
    """Cancel the open tasks of units that have no part in the case any more."""
    dropped = run(conn, SQL["drop_tasks"], {**case, "keep": list(keep), "mandatory_too": mandatory_too, "now": now})
    _count(conn, case, dropped.scalars().all(), by=-1)


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
        _count(conn, case, opened.scalars().all())


def repeat_tasks(
    conn: Connection, case: Mapping[str, str], *, units: Sequence[str], due_at: datetime | None, now: datetime
) -> None:
    """Ask assisting units for their last task once more, due with the case, as mandatory as it was."""
    if units:
        asked = {"units": list(units), "due_at": due_at, "now": now}
        _count(conn, case, run(conn, SQL["repeat_tasks"], {**case, **asked}).scalars().all())


def add_task(
    conn: Connection,
    case: Mapping[str, str],
    *,
    unit: str,
    is_mandatory: bool,
    due_at: datetime | None,
    warn_at: datetime | None,
    assigned_by: str,
    now: datetime,
) -> None:
    """Open a task of an assisting unit, given by the lead unit itself; `warn_at` None is yellow with the case."""
    given = {"unit": unit, "is_mandatory": is_mandatory, "due_at": due_at, "warn_at": warn_at}
    said = {**case, **given, "assigned_by": assigned_by, "now": now}
    _count(conn, case, run(conn, SQL["add_task"], said).scalars().all())


def end_task(conn: Connection, case: Mapping[str, str], *, unit: str, state: str, now: datetime) -> bool:
    """End a unit's open task as 'done' or 'cancelled'; False where it has none."""
    ended = run(conn, SQL["end_task"], {**case, "unit": unit, "state": state, "now": now}).scalars().all()
    _count(conn, case, ended, by=-1)
    return bool(ended)


def move_deadlines(conn: Connection, case: Mapping[str, str], *, was: datetime | None, due_at: datetime | None) -> None:
    """Open tasks that were due with their case are due with it again; those with a date of their own keep it, unless it
    would lie behind the case's.
    """
    if "assist" in run(conn, SQL["move_deadlines"], {**case, "was": was, "due_at": due_at}).scalars().all():
        _count(conn, case, [False])


def move_own_parts(
    conn: Connection, case: Mapping[str, str], *, case_due_at: datetime | None, moved: Callable[[datetime], datetime]
) -> None:
    """Move the dates of helpers' open parts that are not `case_due_at`, and their warnings with them."""
    parts = run(conn, SQL["own_parts"], {**case, "due_at": case_due_at}).all()
    for one in parts:
        dates = {"due_at": moved(one.due_at), "warn_at": one.warn_at and moved(one.warn_at)}
        run(conn, SQL["move_part"], {**case, "ordinal": one.ordinal, **dates})
    if parts:
        _count(conn, case, [False])


def own_dates(conn: Connection, case: Mapping[str, str], *, case_due_at: datetime | None) -> list[datetime]:
    """The dates and warnings of helpers' open parts that are not `case_due_at`: what `move_own_parts` will move."""
    parts = run(conn, SQL["own_parts"], {**case, "due_at": case_due_at}).all()
    return [date for one in parts for date in (one.due_at, one.warn_at) if date is not None]


def withdraw_requests(
    conn: Connection, case: Mapping[str, str], *, appeals_too: bool, actor: str, now: datetime
) -> None:
    """What a unit asked for waits no longer: the case is with somebody else, or over; an appeal waits while it is."""
    run(conn, SQL["withdraw_requests"], {**case, "appeals_too": appeals_too, "actor": actor, "now": now})


def _count(conn: Connection, case: Mapping[str, str], mandatory: Sequence[bool], *, by: int = 1) -> None:
    """Note in the case for how many tasks more it waits, of those that changed, and by when the next helper is to be
    done. By hand: distributed tables know no triggers.
    """
    if mandatory:
        run(conn, SQL["count_tasks"], {**case, "more": by * sum(mandatory)})
