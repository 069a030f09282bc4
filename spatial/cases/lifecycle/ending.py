"""Ends and new beginnings: void, joined to another case, taken apart again, reopened.

What is a duplicate of what is not decided here: `merge_case` is told. A reopened case goes back to the unit that had
it, and its clock runs anew; where nobody had it, or who had it is no more, it waits to be handed over. A case that was
over has followed no redraw: it lies in the grid in force when it begins again. What was written before stays.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.fixing import due_when_reopened
from spatial.cases.disputes.acting import (
    WITH_NOBODY,
    LockedCase,
    holders_among,
    lock_case,
    move_case,
    note_words,
    read_transitions,
)
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.flexible import own_limit
from spatial.cases.lifecycle.keeping import OVER
from spatial.cases.lifecycle.tasks import open_tasks, repeat_tasks
from spatial.cases.moves import follow_grid
from spatial.errors import Conflict
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY

SQL = load_queries(__file__, "ending.sql")


def void_case(conn: Connection, case: LockedCase, *, reason: str, actor: str, now: datetime) -> LockedCase:
    """A report that is none of a case: it ends, with the reason (作废). Raises IllegalAct."""
    check_act(read_transitions(conn), state=case.state, act="void")
    note_words(conn, case, act="void", note=reason, actor=actor, now=now)
    return move_case(conn, case, act="void", to_state="void", changes={}, actor=actor, now=now, payload={})


def merge_case(
    conn: Connection, case: LockedCase, *, into: LockedCase, reason: str, actor: str, now: datetime
) -> LockedCase:
    """Join a case to another that is still open; returns the one that ended. Both come locked.

    Whoever supports the other case is not counted here. Raises IllegalAct, Conflict for a case that would be joined to
    itself, or to one that is over.
    """
    check_act(read_transitions(conn), state=case.state, act="merge")
    if into.case_no == case.case_no:
        raise Conflict("a case is not joined to itself", field="into")
    if into.state in OVER:
        raise Conflict(f"case {into.case_no} is {into.state}; nothing can be joined to it", field="into")
    note_words(conn, case, act="merge", note=reason, actor=actor, now=now)
    changes: dict[str, Any] = {"merged_into": into.case_no, "lead": None, "assisting": [], "holders": []}
    told = {"into": into.case_no, "lead": case.lead, "assisting": list(case.assisting)}
    return move_case(
        conn, case, act="merge", to_state="merged", changes=changes, actor=actor, now=now, payload=told,
        extra_path=(*into.current_path, *into.parties),
    )  # fmt: skip


def split_case(conn: Connection, case: LockedCase, *, reason: str, actor: str, now: datetime) -> LockedCase:
    """Take a joined case apart again: it is where it was and with whom it was, by the ruling that it had.

    Where the lead has ended meanwhile it waits to be handed over. Where the grid was redrawn it lies in its unit of
    today. Its deadlines ran on. Raises IllegalAct.
    """
    check_act(read_transitions(conn), state=case.state, act="split")
    case = _placed_anew(conn, case, actor=actor, now=now)
    note_words(conn, case, act="split", note=reason, actor=actor, now=now)
    to_state, units = _as_before(conn, case, now)
    told = {"from_case": case.merged_into, "lead": units.get("lead")}
    changes: dict[str, Any] = {"merged_into": None, **units}
    return move_case(conn, case, act="split", to_state=to_state, changes=changes, actor=actor, now=now, payload=told)


def _as_before(conn: Connection, case: LockedCase, now: datetime) -> tuple[str, dict[str, Any]]:
    """Where a joined case was before, and the columns of those who had it."""
    before = run(conn, SQL["before_merge"], case.key).one()
    if before.lead is None:
        return before.state, {}
    units = _still_there(conn, before.lead, before.assisting, now)
    return (before.state, units) if units else ("returned", {"ruling": None, "precedent": None})


def _still_there(conn: Connection, lead: str, assisting: Sequence[str], now: datetime) -> dict[str, Any]:
    """The columns of those who had a case and can have it again; none where its lead cannot."""
    known = {row.unit for row in run(conn, SQL["still_there"], {"units": [lead, *assisting], "now": now})}
    if lead not in known:
        return {}
    helping = [unit for unit in assisting if unit in known]
    return {"lead": lead, "assisting": helping, "holders": holders_among(lead, helping)}


def _placed_anew(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    """The case in the grid in force, which it has not followed while it was over; its chain tells from where."""
    if follow_grid(conn, case, actor=actor, now=now) is None:
        return case
    return lock_case(conn, reach=WHOLE_CITY, case_no=case.case_no)


def reopen_case(conn: Connection, case: LockedCase, *, reason: str, actor: str, now: datetime) -> LockedCase:
    """A case that was closed is not done: back to the same unit, or to be handed over where there is none any more.

    It lies in the grid in force now. Its clock runs anew by the same limit, and so do the tasks of its assisting units.
    What it was until now is kept for the periods in which that counts. Raises IllegalAct.
    """
    check_act(read_transitions(conn), state=case.state, act="reopen")
    case = _placed_anew(conn, case, actor=actor, now=now)
    note_words(conn, case, act="reopen", note=reason, actor=actor, now=now)
    run(conn, SQL["keep_cycle"], {**case.key, "now": now})
    times = case.reopens + 1
    due = due_when_reopened(
        conn, district=case.district, matter=case.category, standard=case.standard, own=own_limit(case), times=times,
        now=now,
    )  # fmt: skip
    due_at: datetime = due["due_at"]
    units = {} if case.lead is None else _still_there(conn, case.lead, case.assisting, now)
    changes = {"reopens": times, "outcome": None, "is_self_solved": False} | (units or WITH_NOBODY) | due
    lead = changes["lead"]
    to_state = "returned" if lead is None else "handling"
    told = {"reopens": times, "lead": lead, "due_at": due_at.isoformat()}
    back = move_case(conn, case, act="reopen", to_state=to_state, changes=changes, actor=actor, now=now, payload=told)
    if lead is not None:
        open_tasks(conn, case.key, lead=lead, assisting=[], due_at=due_at, now=now)
        repeat_tasks(conn, case.key, units=back.assisting, due_at=due_at, now=now)
    return back
