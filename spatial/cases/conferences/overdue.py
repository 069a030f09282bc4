"""Actions of conferences whose owner let their date pass: each is chased once, and the supervisor's board lists them.

The chase tells the moment at which the action was due, whenever somebody woke. It is heard by whoever hears of the
case, and by the owner, who need not see it. An action of a conference that ended without a decision is owed by nobody.
Refuses to end actions (`conferring.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.recording import record
from spatial.store.db import hold_grid_shared, run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "overdue.sql")


@dataclass(frozen=True)
class LateAction:
    """An action that was not done by its date; `chased_at` is when its owner was told so."""

    conference: int
    ordinal: int
    case_no: str
    owner: str
    due_at: datetime
    chased_at: datetime | None


def chase_late_actions(conn: Connection, *, now: datetime, limit: int) -> int:
    """Tell the owners of actions that are overdue, each once, at most `limit`; how many.

    Safe twice at once: a case that somebody else holds is left to him, or to the next sweep.
    """
    hold_grid_shared(conn)
    rows = run(conn, SQL["actions_to_chase"], {"now": now, "limit": limit}).all()
    if rows:
        told = {"conferences": [row.conference for row in rows], "ordinals": [row.ordinal for row in rows], "now": now}
        run(conn, SQL["note_chased"], told)
        record(conn, [_event(row, now) for row in rows])
    return len(rows)


def list_late_actions(conn: Connection, *, reach: Reach, now: datetime, limit: int) -> list[LateAction]:
    """The late actions on cases within a reach, the longest late first."""
    rows = run(conn, SQL["late_actions"], {"reach": reach.bound, "now": now, "limit": limit})
    return [LateAction(**row._mapping) for row in rows]


def _event(row: Row[Any], now: datetime) -> EventDraft:
    hearers = tuple(dict.fromkeys([*row.current_path, *row.parties, *_tags(row.owner, row.current_path)]))
    told = {"state": row.state, "step": row.step, "conference": row.conference, "action": row.ordinal,
            "owner": row.owner, "due_at": row.due_at.isoformat()}  # fmt: skip
    return EventDraft(row.district, "case", row.case_no, "case.action_chased", now, "system", hearers, told)


def _tags(owner: str, path: Sequence[str]) -> list[str]:
    """By what the owner's people hear: their cell, or their department anywhere in a place."""
    return [owner[1:]] if owner.startswith("@") else [f"{owner}@{place}" for place in ("", *path)]
