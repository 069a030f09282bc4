"""Ends and new beginnings: void, joined to another case, taken apart again, reopened.

What is a duplicate of what is not decided here: `merge_case` is told. A reopened case goes back to the unit that had
it, and its clock runs anew; where nobody had it, it waits to be handed over. What was written before stays.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.fixing import due_when_reopened
from spatial.cases.disputes.acting import LockedCase, holders_among, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.flexible import own_limit
from spatial.cases.lifecycle.keeping import OVER
from spatial.cases.lifecycle.tasks import open_tasks, repeat_tasks
from spatial.errors import Conflict
from spatial.store.db import run
from spatial.store.queries import load_queries

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

    Where the lead has ended meanwhile it waits to be handed over. Its deadlines ran on. Raises IllegalAct.
    """
    check_act(read_transitions(conn), state=case.state, act="split")
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
    known = {row.unit for row in run(conn, SQL["still_there"], {"units": [before.lead, *before.assisting], "now": now})}
    if before.lead not in known:
        return "returned", {"ruling": None, "precedent": None}
    helping = [unit for unit in before.assisting if unit in known]
    return before.state, {"lead": before.lead, "assisting": helping, "holders": holders_among(before.lead, helping)}


def reopen_case(conn: Connection, case: LockedCase, *, reason: str, actor: str, now: datetime) -> LockedCase:
    """A case that was closed is not done: back to the same unit, or to be handed over where it was with none.

    Its clock runs anew by the same limit, and so do the tasks of its assisting units. What it was until now is kept for
    the periods in which that counts. Raises IllegalAct.
    """
    check_act(read_transitions(conn), state=case.state, act="reopen")
    note_words(conn, case, act="reopen", note=reason, actor=actor, now=now)
    run(conn, SQL["keep_cycle"], {**case.key, "now": now})
    times = case.reopens + 1
    due = due_when_reopened(
        conn, district=case.district, matter=case.category, standard=case.standard, own=own_limit(case), times=times,
        now=now,
    )  # fmt: skip
    due_at: datetime = due["due_at"]
    changes = {"reopens": times, "outcome": None, "is_self_solved": False} | due
    to_state = "returned" if case.lead is None else "handling"
    told = {"reopens": times, "lead": case.lead, "due_at": due_at.isoformat()}
    back = move_case(conn, case, act="reopen", to_state=to_state, changes=changes, actor=actor, now=now, payload=told)
    if case.lead is not None:
        open_tasks(conn, case.key, lead=case.lead, assisting=[], due_at=due_at, now=now)
        repeat_tasks(conn, case.key, units=case.assisting, due_at=due_at, now=now)
    return back
