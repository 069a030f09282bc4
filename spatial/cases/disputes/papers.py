"""Numbers of papers: briefs `2026-001`, precedents `P2026-0001`, counted by the city's year.

Knows serials. Refuses to know what a paper says. The row of a year's serial is held until the transaction
ends, so numbers have no gaps and two papers of one kind are written one behind the other.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "papers.sql")


def take_brief_number(conn: Connection, *, at: datetime) -> str:
    """The next number of a brief issued at a moment."""
    year, serial = _take(conn, "brief", at)
    return f"{year}-{serial:03d}"


def take_precedent_number(conn: Connection, *, at: datetime) -> str:
    """The next number of a precedent recorded at a moment."""
    year, serial = _take(conn, "precedent", at)
    return f"P{year}-{serial:04d}"


def _take(conn: Connection, kind: str, at: datetime) -> tuple[int, int]:
    row = run(conn, SQL["take_paper_serial"], {"kind": kind, "at": at}).one()
    return row.year, row.serial
