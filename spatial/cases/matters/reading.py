"""Reading matters and their standards.

The taxonomy is read by every report and changes a few times a year: it is kept in the process under a stamp that
changes with any row, so a stale one is never answered. Refuses to write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from spatial.cases.matters.taxonomy import Matter, Standard, Taxonomy
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "reading.sql")
_kept: dict[str, tuple[str, Taxonomy]] = {}
_lock = Lock()


@dataclass(frozen=True)
class MatterFilter:
    """Which matters a list shows; None does not narrow. `words` looks in codes and both names."""

    taxonomy: str | None = None
    rank: str | None = None
    words: str | None = None


def read_taxonomy(conn: Connection) -> Taxonomy:
    """All matters that ever were, as one value; the same value until a row changes."""
    stamp: str = run(conn, SQL["stamp"]).scalar_one()
    database = str(conn.engine.url)
    with _lock:
        kept = _kept.get(database)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    taxonomy = Taxonomy(Matter(**row._mapping) for row in run(conn, SQL["matters"]))
    with _lock:
        _kept[database] = (stamp, taxonomy)
    return taxonomy


def nodes_of(conn: Connection, code: str) -> tuple[str, ...]:
    """A matter and what it falls under, most specific first: minor, major, governance category. Raises NotFound."""
    return read_taxonomy(conn).nodes(code)


def list_matters(
    conn: Connection, *, narrowed: MatterFilter, at: datetime, limit: int, behind: str | None = None
) -> list[Matter]:
    """Matters in force at a moment by code, those behind the code `behind`."""
    params = {"taxonomy": narrowed.taxonomy, "rank": narrowed.rank, "words": narrowed.words, "behind": behind}
    found = run(conn, SQL["list_matters"], params | {"at": at, "limit": limit})
    return [Matter(**row._mapping) for row in found]


def is_matter(conn: Connection, *, code: str) -> bool:
    """Whether there ever was a matter of that code."""
    return bool(run(conn, SQL["is_matter"], {"code": code}).scalar_one())


def list_standards(conn: Connection, *, matters: Sequence[str], at: datetime) -> dict[str, list[Standard]]:
    """The handling standards in force of some matters, by matter, each in its order."""
    standards: dict[str, list[Standard]] = {code: [] for code in matters}
    for row in run(conn, SQL["list_standards"], {"matters": list(matters), "at": at}):
        standards[row.matter].append(Standard(**row._mapping))
    return standards
