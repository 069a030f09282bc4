"""What a conference's decision locks: the unit that it gave a case to cannot hand it back as not mine.

Knows decided conferences. Refuses to know acts; `returning.py` asks.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "locking.sql")


def find_lock(conn: Connection, key: Mapping[str, str], lead: str | None) -> int | None:
    """The conference whose decision gave the case with this key (district, case_no) to its present lead."""
    found: int | None = run(conn, SQL["lock_of_conference"], {**key, "lead": lead}).scalar_one_or_none()
    return found
