"""Facts of this city that rules read: one row each in `setting`."""

from typing import Any

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "facts.sql")


def read_facts(conn: Connection) -> dict[str, Any]:
    """All facts by key."""
    return {row.key: row.value for row in run(conn, SQL["facts"])}
