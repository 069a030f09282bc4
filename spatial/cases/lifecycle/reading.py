"""What a case tells of its way: the levels that held it, its tasks, the words of its acts, what waits for a decision.

Found by the key of a case that was read within a reach. Refuses to know who may read words: the way in masks them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile
from spatial.cases.lifecycle.keeping import Held, list_held
from spatial.cases.lifecycle.tasks import Task, list_tasks
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "reading.sql")


@dataclass(frozen=True)
class Note:
    """The words of an act."""

    act: str
    note: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class Request:
    """What a unit asked for, and what became of it."""

    id: int
    kind: str
    unit: str
    until: datetime | None
    state: str
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True)
class Shown:
    """A photo of the report that opened a case, and what was told of it; WGS 84 degrees."""

    sha256: str
    kind: str | None
    taken_at: datetime | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class ActPhoto(Shown):
    """A photo of an act: what was found at a look, or what a result looks like; who acted, and when (aware)."""

    act: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class Way:
    """The way of a case; `photos` are those of its acts, `shown` those of its report."""

    held: list[Held]
    tasks: list[Task]
    notes: list[Note]
    requests: list[Request]
    photos: list[ActPhoto]
    shown: list[Shown]


def read_way(conn: Connection, case: CaseFile) -> Way:
    """The way of a case that somebody has read within his reach."""
    key = {"district": case.district, "case_no": case.case_no}
    return Way(
        list_held(conn, key, tier=case.tier, since=case.tier_since),
        list_tasks(conn, key),
        [Note(**row._mapping) for row in run(conn, SQL["notes_of"], key)],
        [Request(**row._mapping) for row in run(conn, SQL["requests_of"], key)],
        [ActPhoto(**row._mapping) for row in run(conn, SQL["photos_of"], key)],
        [Shown(**row._mapping) for row in run(conn, SQL["photos_of_report"], key | {"report": case.report_id})],
    )
