"""Precedents follow a redraw: the scope of a ruling goes on holding the ground that it was given for.

A precedent that names a unit that is split names its parts from then on. One that names some of the units that
become one, and not all, keeps their old outline as a polygon: with the cell it would lose ground, or win some that
nobody ruled on. The ruling itself keeps what it said.

Knows scopes of cells. Refuses to know rows of the table of responsibility: they follow on their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.superseding import SQL as SUPERSEDING
from spatial.grid.redraw import Lineage
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "redrawn_scopes.sql")
EXTENDED, OUTLINED = "extended", "outlined"


@dataclass(frozen=True)
class AffectedScope:
    """A precedent whose scope names a redrawn unit. `fate`: `extended` by the cells in `to`, or `outlined` as the
    polygon of its old ground.
    """

    number: str
    lead: str
    fate: str
    to: tuple[str, ...]


def list_affected_scopes(
    conn: Connection, *, lineage: Sequence[Lineage], above: Sequence[str], now: datetime
) -> list[AffectedScope]:
    """The precedents that a redraw touches; `above` are the cells above the redrawn units, which it leaves alone."""
    cells = sorted({link.from_code for link in lineage})
    rows = run(conn, SQL["scopes_on_cells"], {"cells": cells, "above": list(above), "now": now}).all()
    added = tuple(sorted({link.to_code for link in lineage} - set(cells)))
    if added:
        return [AffectedScope(row.number, row.lead, EXTENDED, added) for row in rows]
    return [AffectedScope(row.number, row.lead, OUTLINED, ()) for row in rows if not row.names_all]


def hold_scopes(conn: Connection) -> None:
    """Let nobody rule or supersede until this transaction ends."""
    run(conn, SUPERSEDING["hold_precedents"])


def follow_scopes(conn: Connection, *, affected: Sequence[AffectedScope], now: datetime) -> None:
    """Do what `list_affected_scopes` told, behind the switch at `now`."""
    for one in affected:
        if one.fate == EXTENDED:
            run(conn, SQL["extend_scopes"], {"numbers": [one.number], "added": list(one.to)})
        else:
            run(conn, SQL["outline_scopes"], {"numbers": [one.number], "now": now})
