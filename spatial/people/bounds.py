"""Whose reach hangs on a cell by name, and would change when that cell is redrawn.

Tells; refuses to change anybody's reach: what somebody may see is decided by people, never by a line on a map.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "bounds.sql")


def list_bound_logins(conn: Connection, *, codes: Sequence[str]) -> list[str]:
    """Log-ins whose reach names one of these cells itself."""
    return [row.login for row in run(conn, SQL["bound_to"], {"codes": list(codes)})]
