"""Cells and their bodies by name, as of a moment.

Knows names with their spans. Refuses to know who sees a cell: a chain's names are public.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "territory.sql")

CellAt = tuple[str, datetime]


@dataclass(frozen=True)
class CellName:
    """A cell's name, its chain (widest level first, itself last) and its territorial body, as of a moment."""

    code: str
    name: str
    level: str
    body: str | None
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Title:
    """A name that a cell, or its body, had for a while: [since, until), None is open."""

    code: str
    name: str
    since: datetime | None
    until: datetime | None
    level: str = ""
    path: tuple[str, ...] = ()

    def holds(self, moment: datetime) -> bool:
        """Whether it was the name at a moment."""
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


class Titles:
    """All names that some cells and their bodies have had, oldest first."""

    def __init__(self, cells: Iterable[Title], bodies: Iterable[Title]) -> None:
        self._cells, self._bodies = _by_code(cells), _by_code(bodies)

    def named(self, asked: Iterable[CellAt]) -> dict[CellAt, CellName]:
        """Each asked cell as it was called at its moment; one that there is not is left out."""
        found = ((one, self.named_at(*one)) for one in asked)
        return {one: cell for one, cell in found if cell is not None}

    def newest(self, code: str) -> Title:
        """The newest name of a cell that there is."""
        return self._cells[code][-1]

    def named_at(self, code: str, moment: datetime) -> CellName | None:
        """A cell as it was called at a moment; None where there is none."""
        spans = self._cells.get(code)
        if spans is None:
            return None
        title = next((one for one in spans if one.holds(moment)), spans[-1])
        body = next((one for one in self._bodies.get(code, ()) if one.holds(moment)), None)
        return CellName(code, title.name, title.level, body.name if body else None, title.path)


def _by_code(titles: Iterable[Title]) -> dict[str, list[Title]]:
    spans: dict[str, list[Title]] = defaultdict(list)
    for title in titles:
        spans[title.code].append(title)
    return spans


def list_territory(conn: Connection, *, asked: Iterable[CellAt]) -> dict[CellAt, CellName]:
    """Names and bodies of cells, each as of its moment, by (code, moment).

    A cell that had no version at its moment has its newest name. The few names that a cell has had are read
    once and chosen from here: history asks for thousands of moments of the same cells.
    """
    pairs = set(asked)
    if not pairs:
        return {}
    codes = {"codes": sorted({code for code, _ in pairs})}
    titles = Titles(
        (Title(r.code, r.name, r.since, r.until, r.level, tuple(r.path)) for r in run(conn, SQL["territory"], codes)),
        (Title(r.code, r.name, r.since, r.until) for r in run(conn, SQL["bodies"], codes)),
    )
    return titles.named(pairs)
