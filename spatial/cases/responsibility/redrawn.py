"""The table of responsibility follows a redraw: a row placed on a unit goes on holding on the same ground.

A row on a unit that is split is copied to the new part from the switch on, with its basis; proposals are copied with
the answers given to them. A row on a unit that is merged away can hold nowhere any more and ends; what had decided
nothing yet is withdrawn. A row on the unit that stays holds in its new shape. All of it is told before it is done.

Knows rows on cells and who became whom. Refuses to know how a redraw is made, and to say which of two rows is right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from spatial.cases.responsibility import notices
from spatial.cases.responsibility.notices import Notice
from spatial.grid.redraw import Lineage
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "redrawn.sql")
COPIED, ENDED, WITHDRAWN, WIDENED = "copied", "ended", "withdrawn", "widened"


@dataclass(frozen=True)
class AffectedRow:
    """A row on a redrawn unit, or a proposal. `fate`: `copied` to the cells in `to`; `ended` or `withdrawn` with its
    unit, whose ground goes to `to`; `widened` to the new shape of its unit.
    """

    id: int
    matter: str
    cell: str
    lead: str
    state: str
    fate: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Disagreement:
    """A matter for which the rows in force of units that become one name different leads; `leads` by unit."""

    matter: str
    leads: dict[str, list[str]]


@dataclass(frozen=True)
class Affected:
    """What a redraw does to the table of responsibility."""

    rows: tuple[AffectedRow, ...]
    disagreements: tuple[Disagreement, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is told and kept with the redraw."""
        disagreements = [asdict(one) for one in self.disagreements]
        return {"rows": [asdict(row) for row in self.rows], "disagreements": disagreements}


def list_affected(conn: Connection, *, lineage: Sequence[Lineage], now: datetime) -> Affected:
    """What a redraw would do to the rows that hold at `now` or behind it; they stay as they are until this
    transaction ends.
    """
    cells = sorted({link.from_code for link in lineage})
    found = run(conn, SQL["rows_on_cells"], {"cells": cells, "now": now}).all()
    rows = []
    for row in found:
        fate, to = _fate(row.cell, lineage, decides=row.state == "in_force" and row.has_begun)
        rows.append(AffectedRow(row.id, row.matter, row.cell, row.lead, row.state, fate, to))
    merged = [row for row in rows if row.fate != COPIED and row.state == "in_force"]
    return Affected(tuple(rows), tuple(_disagreements(merged)))


def follow(conn: Connection, *, affected: Affected, revision: int, now: datetime, actor: str) -> None:
    """Do what `list_affected` told, from the switch at `now` on, with an event for each row. The new cells exist."""
    by_fate = {fate: [row for row in affected.rows if row.fate == fate] for fate in (COPIED, ENDED, WITHDRAWN)}
    said = _copy(conn, by_fate[COPIED], revision, now, actor)
    run(conn, SQL["end_rows_of_cells"], {"ids": [row.id for row in by_fate[ENDED]], "now": now})
    said += [_notice(row, row.id, "ended", revision, until=now.isoformat()) for row in by_fate[ENDED]]
    for row in by_fate[WITHDRAWN]:
        grounds = f"cell {row.cell} was merged into {', '.join(row.to)} in revision {revision}"
        params = {"ids": [row.id], "now": now, "actor": actor, "grounds": grounds}
        run(conn, SQL["withdraw_rows_of_cells"], params)
        said.append(_notice(row, row.id, "withdrawn", revision))
    notices.publish(conn, said, now=now, actor=actor)


def _fate(cell: str, lineage: Sequence[Lineage], *, decides: bool) -> tuple[str, tuple[str, ...]]:
    heirs = tuple(link.to_code for link in lineage if link.from_code == cell)
    others = tuple(code for code in heirs if code != cell)
    if cell not in heirs:
        return (ENDED if decides else WITHDRAWN), others
    return (COPIED, others) if others else (WIDENED, heirs)


def _disagreements(rows: Iterable[AffectedRow]) -> Iterable[Disagreement]:
    for matter, alike in groupby(sorted(rows, key=lambda row: (row.matter, row.cell)), key=lambda row: row.matter):
        leads: dict[str, set[str]] = {}
        for row in alike:
            leads.setdefault(row.cell, set()).add(row.lead)
        if len({frozenset(named) for named in leads.values()}) > 1:
            yield Disagreement(matter, {cell: sorted(named) for cell, named in leads.items()})


def _copy(conn: Connection, rows: Sequence[AffectedRow], revision: int, now: datetime, actor: str) -> list[Notice]:
    pairs = [(row, cell) for row in rows for cell in row.to]
    ids = [row.id for row, _ in pairs]
    params = {"ids": ids, "cells": [cell for _, cell in pairs], "now": now, "actor": actor}
    copies = list(run(conn, SQL["copy_rows_to_cells"], params).scalars())
    run(conn, SQL["copy_answers"], {"ids": ids, "copies": copies})
    return [
        _notice(row, copy, "adopted" if row.state == "in_force" else row.state, revision, cell=cell, carries_on=row.id)
        for (row, cell), copy in zip(pairs, copies, strict=True)
    ]


def _notice(row: AffectedRow, number: int, what: str, revision: int, *, cell: str | None = None, **more: Any) -> Notice:
    cell = cell or row.cell
    payload = {"matter": row.matter, "place": {"kind": "cell", "code": cell}, "lead": row.lead, "revision": revision}
    return Notice("responsibility", str(number), what, cell, payload | more)
