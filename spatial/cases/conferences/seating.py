"""Who sits at the table, by reference: departments in force, and bodies of cells that there are.

Unlike the lead of a case, who sits there need not answer for its place: a neighbouring street may come. `@level` is
the body of that level where the case lies. Refuses to know conferences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.units import resolve_unit
from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "seating.sql")


@dataclass(frozen=True)
class Member:
    """Who sits in a conference: a unit, a person, or a person for a unit."""

    unit: str | None = None
    person: str | None = None

    @property
    def label(self) -> str:
        """How a ruling names the member."""
        if self.person and self.unit:
            return f"{self.person} ({self.unit})"
        return self.person or self.unit or ""


def resolve_members(
    conn: Connection, members: Sequence[Member], *, path: Sequence[str], now: datetime
) -> tuple[Member, ...]:
    """Members as a conference holds them; `path` is the case's chain of cells. Raises Invalid for an unknown unit."""
    return tuple(Member(_unit(conn, one.unit, path, now), one.person) for one in members)


def _unit(conn: Connection, unit: str | None, path: Sequence[str], now: datetime) -> str | None:
    if unit is None:
        return None
    if unit.startswith("@") and run(conn, SQL["cell"], {"code": unit[1:]}).scalar_one():
        return unit
    try:
        return resolve_unit(conn, unit, path=path, now=now, field="members")
    except Invalid:
        sentence = f"members: there is no unit {unit}; take a department, or @ and the code of a cell"
        raise Invalid(sentence, field="members") from None
