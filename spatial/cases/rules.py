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
    """A cell's name, its chain (widest level first, itself last) and its territorial body, as of a moment."""

    code: str
    name: str
    level: str
    body: str | None
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Department:
    """A department, bound to matters by rows of the table of responsibility."""

    code: str
    name: str
    name_zh: str


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
        categories={row.code: _category(row) for row in run(conn, SQL["categories"])},
        sources={row.code: Source(**row._mapping) for row in run(conn, SQL["sources"])},
        prefixes={row.district: row.prefix for row in run(conn, SQL["prefixes"])},
        departments={row.code: Department(**row._mapping) for row in run(conn, SQL["departments"])},
        levels={row.key: row.rank for row in run(conn, SQL["levels"])},
    )


def _category(row: Row[Any]) -> Category:
    return Category(**{**row._mapping, "nodes": tuple(row.nodes)})


def list_territory(conn: Connection, *, asked: Iterable[CellAt]) -> dict[CellAt, CellName]:
    """Names and bodies of cells, each as of its moment, by (code, moment).

    A cell that had no version at its moment has its newest name. The few names that a cell has had are read
    once and chosen from here: history asks for thousands of moments of the same cells.
    """
    pairs = set(asked)
    if not pairs:
        return {}
    codes = {"codes": sorted({code for code, _ in pairs})}
    spans = _spans(run(conn, SQL["territory"], codes))
    bodies = _spans(run(conn, SQL["bodies"], codes))
    return {
        (code, moment): _named(spans[code], bodies.get(code, []), moment) for code, moment in pairs if code in spans
    }


def _spans(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    spans: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        spans[row.code].append(row)
    return spans


def _named(spans: list[Row[Any]], bodies: list[Row[Any]], moment: datetime) -> CellName:
    span = _holding(spans, moment) or spans[-1]
    body = _holding(bodies, moment)
    return CellName(span.code, span.name, span.level, body.name if body else None, tuple(span.path))


def _holding(spans: list[Row[Any]], moment: datetime) -> Row[Any] | None:
    holding = (s for s in spans if (s.since is None or s.since <= moment) and (s.until is None or moment < s.until))
    return next(holding, None)


def add_category(conn: Connection, *, code: str, name: str, department: str, now: datetime) -> None:
    """Add a category under the default limits, and its department by the same code and name, unless there.

    The department leads in it everywhere and always: a row of the table for the widest level.
    """
    run(conn, SQL["add_department"], {"code": department, "name": department})
    added = run(conn, SQL["add_category"], {"code": code, "name": name})
    if added.rowcount:
        run(conn, SQL["add_everywhere"], {"matter": code, "lead": department, "now": now})
