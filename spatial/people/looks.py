"""Looks: who asked who a citizen is, when, about which case, and what for. Written once, never changed.

Knows the log. Refuses to know what was seen: the log holds no name and no number.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "looks.sql")
_LONGEST_PURPOSE = 500


@dataclass(frozen=True)
class Look:
    """One look."""

    id: int
    at: datetime
    login: str
    case_no: str
    purpose: str


@dataclass(frozen=True)
class LookFilter:
    """What a list of looks is narrowed to; [since, until)."""

    case_no: str | None = None
    login: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def log_look(conn: Connection, *, account: int, district: str, case_no: str, purpose: str, now: datetime) -> int:
    """Write a look down, in the transaction that answers it; its id. Raises Invalid without a purpose."""
    said = purpose.strip()
    if not said:
        raise Invalid("purpose is empty; say what the identity is needed for", field="purpose")
    if len(said) > _LONGEST_PURPOSE:
        raise Invalid(f"purpose has {len(said)} characters; at most {_LONGEST_PURPOSE}", field="purpose")
    asked = {"account": account, "district": district, "case_no": case_no, "purpose": said, "now": now}
    return int(run(conn, SQL["insert_look"], asked).scalar_one())


def list_looks(
    conn: Connection, *, reach: Reach, narrowed: LookFilter, limit: int, before: int | None = None
) -> list[Look]:
    """Looks at cases within a reach, newest first; `before` continues behind a look."""
    span = {"since": narrowed.since, "until": narrowed.until}
    asked = {"reach": reach.bound, "case_no": narrowed.case_no, "login": narrowed.login, "limit": limit}
    rows = run(conn, SQL["list_looks"], asked | span | {"before": before})
    return [Look(row.id, row.at, row.login, row.case_no, row.purpose) for row in rows]
