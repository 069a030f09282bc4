"""Levels of the grid and the systems that codes are written in, as rows.

Rank 1 is the widest level, the deepest rank is the unit; one level is home and its codes begin every key. While the
grid is empty a city may declare its own levels (two to five) and code rules; afterwards they stand.

Knows rows. Refuses to judge a code: that is `spatial/grid/codes.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from spatial.errors import Conflict, Invalid, NotFound
from spatial.grid.codes import CodeRule
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "levels.sql")
MOST_LEVELS = 5


@dataclass(frozen=True)
class Level:
    """One level: `rank` 1 is the widest; exactly one is home."""

    rank: int
    key: str
    name: str
    name_zh: str = ""
    is_home: bool = False


def list_levels(conn: Connection) -> list[Level]:
    """All levels, widest first."""
    return [Level(**row._mapping) for row in run(conn, SQL["list_levels"])]


def get_level(conn: Connection, *, key: str) -> Level:
    """One level by its key. Raises Invalid where there is none, naming those that there are."""
    levels = list_levels(conn)
    found = next((level for level in levels if level.key == key), None)
    if found is None:
        known = ", ".join(level.key for level in levels)
        raise Invalid(f"the grid has no level {key!r}; choose {known}", field="tier")
    return found


def list_rules(conn: Connection, *, system: str) -> dict[int, CodeRule]:
    """The code rules of one system by rank. Raises NotFound when there is no such system."""
    rules = {row.rank: CodeRule(**row._mapping) for row in run(conn, SQL["list_rules"], {"system": system})}
    if not rules:
        raise NotFound(f"There is no code system {system!r}; name one that exists or declare it.", field="system")
    return rules


def replace_levels(conn: Connection, *, levels: Sequence[Level], rules: Sequence[CodeRule], description: str) -> None:
    """Declare the levels of a city and the rules of its code system, while the grid is empty.

    With cells in the store the same levels are accepted silently and others raise Conflict. Raises Invalid when the
    levels are not numbered 1 to n, or not exactly one is home.
    """
    check_levels(conn, levels=levels)
    if list_levels(conn) != list(levels):
        run(conn, SQL["drop_rules"])
        run(conn, SQL["drop_levels"])
        for level in levels:
            run(conn, SQL["insert_level"], vars(level))
    for rule in rules:
        run(conn, SQL["declare_system"], {"system": rule.system, "description": description})
        run(conn, SQL["declare_rule"], vars(rule))


def check_levels(conn: Connection, *, levels: Sequence[Level]) -> None:
    """Raises Invalid when these levels are none, Conflict when the grid has cells of other levels."""
    _check_levels(levels)
    there = list_levels(conn)
    if there != list(levels) and run(conn, SQL["any_cell"]).scalar():
        raise Conflict(
            f"The grid already has levels and cells ({', '.join(level.key for level in there)}); import with the same "
            "levels, or into an empty store.",
            field="level",
        )


def home_rank(levels: Sequence[Level]) -> int:
    """The rank of the home level; the widest when none is marked."""
    return next((level.rank for level in levels if level.is_home), min(level.rank for level in levels))


def _check_levels(levels: Sequence[Level]) -> None:
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise Invalid(f"A grid has two to five levels, not {len(levels)}.", field="level")
    if [level.rank for level in levels] != list(range(1, len(levels) + 1)):
        raise Invalid("Levels are numbered from 1, the widest, without a gap.", field="level")
    if sum(level.is_home for level in levels) != 1:
        raise Invalid("Exactly one level is home: its codes begin the keys of cases.", field="home")
