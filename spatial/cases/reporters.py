"""Who reported a case, and his words in clear: the one place that tells them.

Handed out one case at a time, within the reach of those who may know citizens. Whoever calls this logs the look in
the same transaction (`spatial/people/looks.py`); it knows rows and refuses to know who is asking.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "reporters.sql")


@dataclass(frozen=True)
class Reporter:
    """A case's home area and what its citizen said of himself and what he wrote, unmasked.

    `said` is None where he said nothing of himself or is erased."""

    district: str
    case_no: str
    said: dict[str, Any] | None
    text: str | None


def get_reporter(conn: Connection, *, reach: Reach, case_no: str) -> Reporter:
    """Who reported a case. Raises NotFound also for one outside the reach: that it exists is not told."""
    row = run(conn, SQL["reporter_of"], {"case_no": case_no, "reach": reach.bound}).first()
    if row is None:
        raise NotFound(f"there is no case {case_no} within your reach")
    return Reporter(row.district, row.case_no, row.reporter, row.text)
