"""The rules that filing reads: categories, sources, limits, names and bodies of cells.

Rules are rows that a district edits; this module reads them as they stand when asked. Refuses to decide
anything with them: `ownership.py` and `intake.py` do.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from spatial.cases.numbers import OUTSIDE_PREFIX
from spatial.grid.placement import CertaintyRule
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__)


@dataclass(frozen=True)
class Category:
    """What a report is about, a matter of any rank, and the limits it runs under.

    `nodes` are the matter itself and what it belongs to, the most specific first: a minor class, its major class,
    the governance category that they are mapped to. A row of the table may name any of them.
    """

    code: str
    name: str
    name_zh: str
    rank: str
    platform: str
    nodes: tuple[str, ...]
    step_limit: timedelta
    due_limit: timedelta
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether cases may be about it at a moment: a retired matter takes no new ones."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Source:
    """Where a report comes from. `default_accuracy_m` is assumed where a report tells none; what comes by an
    `is_citizen` one is a citizen's own, who is answered.
    """

    code: str
    name: str
    name_zh: str
    default_accuracy_m: float
    needs_account: bool
    is_citizen: bool


@dataclass(frozen=True)
class LevelName:
    """A level of the grid by its key and its names."""

    key: str
    name: str
    name_zh: str


@dataclass(frozen=True)
class Department:
    """A department, bound to matters by rows of the table of responsibility; `until` is when it ends, None is open."""

    code: str
    name: str
    name_zh: str
    until: datetime | None = None

    def has_ended(self, at: datetime) -> bool:
        """Whether it is no more at a moment, and cannot be given anything."""
        return self.until is not None and self.until <= at


@dataclass(frozen=True)
class Rules:
    """All that filing needs to know of this city."""

    time_zone: ZoneInfo
    certainty: CertaintyRule
    step_limit: timedelta
    due_limit: timedelta
    revision: int
    switched_at: datetime | None
    categories: dict[str, Category]
    sources: dict[str, Source]
    prefixes: dict[str, str]
    departments: dict[str, Department]
    levels: dict[str, int]
    level_names: dict[int, LevelName]
    database: str

    def city_day(self, moment: datetime) -> date:
        """The city's calendar day at a moment."""
        return moment.astimezone(self.time_zone).date()

    def prefix(self, district: str | None) -> str:
        """The case number prefix of a home area; a place outside, or without one, has 000000."""
        return self.prefixes.get(district or "", OUTSIDE_PREFIX)


def read_rules(conn: Connection) -> Rules:
    """The rules as they stand."""
    facts = run(conn, SQL["city_facts"]).one()
    levels = run(conn, SQL["levels"]).all()
    return Rules(
        time_zone=ZoneInfo(facts.time_zone),
        certainty=CertaintyRule(facts.certain_share, facts.worst_certain_m),
        step_limit=facts.step_limit,
        due_limit=facts.due_limit,
        revision=facts.revision,
        switched_at=facts.switched_at,
        categories={row.code: _category(row) for row in run(conn, SQL["categories"])},
        sources={row.code: Source(**row._mapping) for row in run(conn, SQL["sources"])},
        prefixes={row.district: row.prefix for row in run(conn, SQL["prefixes"])},
        departments={row.code: Department(**row._mapping) for row in run(conn, SQL["departments"])},
        levels={row.key: row.rank for row in levels},
        level_names={row.rank: LevelName(row.key, row.name, row.name_zh) for row in levels},
        database=facts.database,
    )


def _category(row: Row[Any]) -> Category:
    return Category(**{**row._mapping, "nodes": tuple(row.nodes)})


def add_category(conn: Connection, *, code: str, name: str, department: str, now: datetime) -> None:
    """Add a category under the default limits, and its department by the same code and name, unless there.

    The department leads in it everywhere and always: a row of the table for the widest level.
    """
    run(conn, SQL["add_department"], {"code": department, "name": department})
    added = run(conn, SQL["add_category"], {"code": code, "name": name})
    if added.rowcount:
        run(conn, SQL["add_everywhere"], {"matter": code, "lead": department, "now": now})
