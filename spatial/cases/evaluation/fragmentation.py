"""How much is lost between the desks (碎片化): hand-overs a case, "not mine", and the time until somebody opens it.

By the unit that a case was handed to, from the log. Hours are the clock's. Knows rows and reach.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from spatial.cases.evaluation.indicators import Ratio
from spatial.cases.evaluation.narrowing import narrowed
from spatial.cases.evaluation.spans import Span
from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "fragmentation.sql")
NAMES = load_queries(__file__, "scores.sql")
HANDED = ("dispatches", "cases", "returned", "opened")


@dataclass(frozen=True)
class Fragments:
    """A unit's figures. `hand_overs`: of the cases that it was handed, on average to whomever; `opening_hours`: from
    its own dispatch until it opened the case; `acceptance_hours`: from filing until then. None: nothing was opened.
    """

    key: str
    name: str
    name_zh: str
    cases: int
    dispatches: int
    returned: int
    hand_overs: Decimal
    opening_hours: Decimal | None
    acceptance_hours: Decimal | None

    @property
    def returned_share(self) -> Decimal | None:
        """The share that it said was not its own."""
        return Ratio(Decimal(self.returned), Decimal(self.dispatches)).rate


@dataclass(frozen=True)
class Handed:
    """One dispatch to a unit. `hands`: through how many its case went; hours until it was opened, None: it was not."""

    case_no: str
    at: datetime
    unit: str
    hands: int
    is_returned: bool
    opening_hours: Decimal | None
    acceptance_hours: Decimal | None


def list_handed(
    conn: Connection,
    *,
    span: Span,
    unit: str,
    counted: str,
    reach: Reach,
    limit: int,
    after: tuple[datetime, str] | None = None,
    cell: str | None = None,
) -> list[Handed]:
    """The dispatches behind a unit's figures, oldest first: all `dispatches`, its first of each of its `cases` (whose
    `hands` make the hand-overs a case), those `returned`, those `opened`. Raises Invalid for another word.
    """
    if counted not in HANDED:
        raise Invalid(f"counted {counted!r} is none; choose {', '.join(HANDED)}", field="counted")
    moment, number = after or (None, None)
    params: dict[str, Any] = {"since": span.since, "until": span.until, "reach": reach.bound, "unit": unit}
    params |= {"counted": counted, "cell": cell} | narrowed(reach, cell=cell, unit=unit)
    rows = run(conn, SQL["dispatches_behind"], params | {"limit": limit, "after": moment, "after_no": number})
    return [Handed(**row._mapping) for row in rows]


def read_fragments(
    conn: Connection, *, span: Span, reach: Reach, cell: str | None = None, unit: str | None = None
) -> list[Fragments]:
    """The figures of a period, by unit, within a reach; a unit's own work alone where the reach is a unit's.

    `cell` and `unit`: of that subtree, of that unit alone.
    """
    params: dict[str, Any] = {"since": span.since, "until": span.until, "reach": reach.bound}
    params |= {"cell": cell, "unit": unit} | narrowed(reach, cell=cell, unit=unit)
    rows = run(conn, SQL["fragmentation"], params).all()
    names = {row.key: row for row in run(conn, NAMES["unit_names"], {"keys": [row.key for row in rows]})}
    return [
        Fragments(
            **row._mapping,
            name=names[row.key].name if row.key in names else row.key,
            name_zh=names[row.key].name_zh if row.key in names else "",
        )
        for row in rows
    ]
