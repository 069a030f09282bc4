"""What people thought of sorting: each time somebody chose another matter is logged, each case is counted once.

Counts are by what was suggested and what the case says now, so that a district sees which two matters its words
confuse; a case that was sorted back to what sorting said is none.
Refuses to change a case: the act of sorting does, and logs here in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "sorting.sql")


@dataclass(frozen=True)
class Override:
    """A person's choice against the machine's. `suggested` is None where sorting had nothing to say."""

    district: str
    case_no: str
    at: datetime
    actor: str
    suggested: str | None
    confidence: float | None
    by: str
    chosen: str


@dataclass(frozen=True)
class OverrideCount:
    """How many cases say one matter now where sorting said another."""

    suggested: str | None
    chosen: str
    by: str
    times: int


@dataclass(frozen=True)
class Period:
    """A half-open span of time; None is open."""

    since: datetime | None = None
    until: datetime | None = None


def log_override(conn: Connection, *, override: Override) -> None:
    """Keep a choice. The caller holds the case's row and writes the case's event."""
    run(conn, SQL["insert_override"], vars(override))


def list_overrides(
    conn: Connection,
    *,
    reach: Reach,
    matter: str | None,
    period: Period,
    limit: int,
    behind: tuple[datetime, str] | None = None,
) -> list[Override]:
    """Overrides of cases within reach, newest first; `matter` narrows to those that suggested or chose it."""
    at, case_no = behind or (None, None)
    params = {"matter": matter, "limit": limit, "behind_at": at, "behind_no": case_no} | vars(period)
    return [Override(**row._mapping) for row in run(conn, SQL["list_overrides"], params | {"reach": reach.bound})]


def count_overrides(conn: Connection, *, reach: Reach, period: Period) -> list[OverrideCount]:
    """Cases within reach, sorted by people in a period, that say otherwise than sorting; the most frequent first."""
    params = vars(period) | {"reach": reach.bound}
    return [OverrideCount(**row._mapping) for row in run(conn, SQL["count_overrides"], params)]
