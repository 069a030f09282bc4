"""What a unit asks for and somebody else decides: more time, a pause, an appeal. One of each kind open at a time.

Knows rows. Refuses to know what follows from a decision: `flexible.py` does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.errors import Conflict
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "requests.sql")


@dataclass(frozen=True)
class Asked:
    """A request that waits; `until` is a suspension's end, `reviewed_by` the first of an appeal's two reviewers."""

    id: int
    kind: str
    unit: str
    until: datetime | None
    asked_at: datetime
    asked_by: str
    reviewed_by: str | None


def ask(
    conn: Connection, case: LockedCase, *, kind: str, unit: str, until: datetime | None, actor: str, now: datetime
) -> int:
    """Write a request down; its id. Raises Conflict where one of its kind waits already."""
    if find_asked(conn, case, kind=kind) is not None:
        raise Conflict(f"an {kind} of this case was asked for already, and waits for a decision")
    said = {"kind": kind, "unit": unit, "until": until, "actor": actor, "now": now}
    return int(run(conn, SQL["insert_request"], {**case.key, **said}).scalar_one())


def find_asked(conn: Connection, case: LockedCase, *, kind: str) -> Asked | None:
    """The request of a kind that waits."""
    row = run(conn, SQL["open_request"], {**case.key, "kind": kind}).first()
    return None if row is None else Asked(**row._mapping)


def get_asked(conn: Connection, case: LockedCase, *, kind: str) -> Asked:
    """The same. Raises Conflict where nothing waits."""
    found = find_asked(conn, case, kind=kind)
    if found is None:
        raise Conflict(f"no {kind} of this case waits for a decision; ask for one first", field="phase")
    return found


def settle(conn: Connection, asked: Asked, *, state: str, actor: str, now: datetime) -> None:
    """Decide a request: 'approved', 'refused' or 'withdrawn'."""
    run(conn, SQL["settle_request"], {"id": asked.id, "state": state, "actor": actor, "now": now})


def review(conn: Connection, asked: Asked, *, actor: str, now: datetime) -> None:
    """Note the first of two reviews of an appeal."""
    run(conn, SQL["review_request"], {"id": asked.id, "actor": actor, "now": now})
