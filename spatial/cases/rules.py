"""The rules that filing reads: categories, sources, limits, names and bodies of cells.

Rules are rows that a district edits; this module reads them as they stand when asked. Refuses to decide
anything with them: `ownership.py` and `intake.py` do.
"""

from collections import defaultdict
from collections.abc import Iterable
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

CellAt = tuple[str, datetime]


@dataclass(frozen=True)
class Category:
    """What a report is about, whose department's matter that is, and the limits it runs under."""

    code: str
    name: str
    name_zh: str
    department: str
    department_name: str
    department_name_zh: str
    step_limit: timedelta
    due_limit: timedelta


@dataclass(frozen=True)
class Source:
    """Where a report comes from. `default_accuracy_m` is assumed where a report tells none."""

    code: str
    name: str
    name_zh: str
    default_accuracy_m: float
    needs_account: bool


@dataclass(frozen=True)
class CellName:
    """A cell's name and its territorial body, as of a moment."""

    code: str
    name: str
    level: str
    body: str | None


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

    def city_day(self, moment: datetime) -> date:
        """The city's calendar day at a moment."""
        return moment.astimezone(self.time_zone).date()

    def prefix(self, district: str | None) -> str:
        """The case number prefix of a home area; a place outside, or without one, has 000000."""
        return self.prefixes.get(district or "", OUTSIDE_PREFIX)


def read_rules(conn: Connection) -> Rules:
    """The rules as they stand."""
    facts = run(conn, SQL["city_facts"]).one()
    return Rules(
        time_zone=ZoneInfo(facts.time_zone),
        certainty=CertaintyRule(facts.certain_share, facts.worst_certain_m),
        step_limit=facts.step_limit,
        due_limit=facts.due_limit,
        revision=facts.revision,
        switched_at=facts.switched_at,
        categories={row.code: Category(**row._mapping) for row in run(conn, SQL["categories"])},
        sources={row.code: Source(**row._mapping) for row in run(conn, SQL["sources"])},
        prefixes={row.district: row.prefix for row in run(conn, SQL["prefixes"])},
    )


def list_territory(conn: Connection, *, asked: Iterable[CellAt]) -> dict[CellAt, CellName]:
    """Names and bodies of cells, each as of its moment, by (code, moment).

    A cell that had no version at its moment has its newest name. The few names that a cell has had are read
    once and chosen from here: history asks for thousands of moments of the same cells.
    """
    pairs = set(asked)
    if not pairs:
        return {}
    spans: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in run(conn, SQL["territory"], {"codes": sorted({code for code, _ in pairs})}):
        spans[row.code].append(row)
    return {(code, moment): _named(spans[code], moment) for code, moment in pairs if code in spans}


def _named(spans: list[Row[Any]], moment: datetime) -> CellName:
    holding = (s for s in spans if (s.since is None or s.since <= moment) and (s.until is None or moment < s.until))
    span = next(holding, spans[-1])
    return CellName(span.code, span.name, span.level, span.body)


def add_category(conn: Connection, *, code: str, name: str, department: str) -> None:
    """Add a category under the default limits, and its department by the same code and name, unless there."""
    run(conn, SQL["add_department"], {"code": department, "name": department})
    run(conn, SQL["add_category"], {"code": code, "name": name, "department": department})
