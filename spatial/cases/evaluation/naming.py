"""What the units, cells and matters of a list are called. Names only: who may see the list is asked before."""

from collections.abc import Iterable

from sqlalchemy import Connection

from spatial.cases.rules import read_rules
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "scores.sql")
Names = dict[str, tuple[str, str]]


def read_unit_names(conn: Connection, codes: Iterable[str | None]) -> Names:
    """The names (name, name_zh) of departments and territorial bodies, by code; what has none is left out."""
    keys = sorted({code for code in codes if code})
    return {row.key: (row.name, row.name_zh) for row in run(conn, SQL["unit_names"], {"keys": keys})}


def read_matter_names(conn: Connection) -> Names:
    """The names (name, name_zh) of all matters, by code."""
    return {code: (one.name, one.name_zh) for code, one in read_rules(conn).categories.items()}


def read_within(conn: Connection, *, cell: str | None, unit: str | None) -> tuple[str, ...]:
    """What alone was asked for, by name and code, as a paper says it."""
    wanted = (("cell_names", cell), ("unit_names", unit))
    names = [(key, run(conn, SQL[query], {"keys": [key]}).first()) for query, key in wanted if key is not None]
    return tuple(key if row is None else f"{row.name_zh or row.name}（{key}）" for key, row in names)
