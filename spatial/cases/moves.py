"""Open cases follow a redraw: their current unit is decided anew, their history stays.

What was decided at filing (`unit`, `path`, the revision) is never touched; `current_unit` and `current_path`
follow the grid, and each move is an event of the case. Closed cases stay where they were closed.

Knows case rows. Refuses to know how a redraw is made: the decision comes in as a function.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY, Reach

SQL = load_queries(__file__, "moves.sql")


class Territory(Protocol):
    """A unit with its chain, widest first."""

    @property
    def code(self) -> str:
        """The unit's code."""
        ...

    @property
    def path(self) -> tuple[str, ...]:
        """The unit's chain, itself last."""
        ...


Decide = Callable[[Iterable[tuple[str, float, float]]], Sequence[Territory]]


@dataclass(frozen=True)
class CaseMove:
    """An open case that changes its unit."""

    district: str
    case_no: str
    step: str
    state: str
    from_unit: str
    to_unit: str
    to_path: tuple[str, ...]


def list_moves(conn: Connection, *, units: Sequence[str], decide: Decide, reach: Reach) -> list[CaseMove]:
    """The open cases within `reach` that would leave their unit if the territory were as `decide` says.

    `decide` takes (current unit, lon, lat) and answers the unit of each place.
    """
    return _moves(conn, SQL["open_cases_in"], units, decide, reach)


def move_open_cases(
    conn: Connection, *, units: Sequence[str], decide: Decide, revision: int, actor: str, now: datetime
) -> list[CaseMove]:
    """Move the open cases of `units` to where they lie now, whoever may see them, with an event each."""
    moves = _moves(conn, SQL["lock_open_cases_in"], units, decide, WHOLE_CITY)
    columns = {
        "districts": [move.district for move in moves],
        "case_nos": [move.case_no for move in moves],
        "units": [move.to_unit for move in moves],
        "paths": ["/".join(move.to_path) for move in moves],
    }
    run(conn, SQL["move_cases"], columns)
    append(conn, [_event(move, revision, actor, now) for move in moves])
    return moves


def _moves(conn: Connection, sql: str, units: Sequence[str], decide: Decide, reach: Reach) -> list[CaseMove]:
    rows = run(conn, sql, {"units": list(units), "reach": reach.bound}).all()
    found = decide((row.current_unit, row.lon, row.lat) for row in rows)
    return [
        CaseMove(row.district, row.case_no, row.step, row.state, row.current_unit, unit.code, unit.path)
        for row, unit in zip(rows, found, strict=True)
        if unit.code != row.current_unit
    ]


def _event(move: CaseMove, revision: int, actor: str, now: datetime) -> EventDraft:
    # Who watched the old unit hears that the case has left it.
    return EventDraft(
        district=move.district,
        subject="case",
        subject_id=move.case_no,
        kind="case.moved",
        at=now,
        actor=actor,
        path=(*move.to_path, move.from_unit),
        payload={
            "from": move.from_unit,
            "to": move.to_unit,
            "revision": revision,
            "step": move.step,
            "state": move.state,
        },
    )
