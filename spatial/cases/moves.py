"""Open cases follow a redraw: their current unit is decided anew, their history stays.

What was decided at filing (`unit`, `path`, the revision) is never touched; `current_unit` and `current_path`
follow the grid, and each move is an event of the case. Closed cases stay where they were closed.

Knows case rows. Refuses to know how a redraw is made: the decision comes in as a function.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from spatial.cases.recording import record
from spatial.store.db import run
from spatial.store.events import EventDraft
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


Decide = Callable[[Iterable[tuple[str | None, float, float]]], Sequence[Territory | None]]
CaseKey = tuple[str, str]


@dataclass(frozen=True)
class CaseMove:
    """An open case that changes its unit."""

    district: str
    case_no: str
    step: str
    state: str
    from_unit: str | None
    to_unit: str | None
    to_path: tuple[str, ...]


def list_moves(conn: Connection, *, units: Sequence[str], decide: Decide, reach: Reach) -> list[CaseMove]:
    """The open cases within `reach` that would leave their unit if the territory were as `decide` says.

    `decide` takes (current unit, lon, lat) and answers the unit of each place.
    """
    rows = run(conn, SQL["open_cases_in"], {"units": list(units), "reach": reach.bound}).all()
    return _moves(rows, decide)


def move_open_cases(
    conn: Connection, *, units: Sequence[str], decide: Decide, revision: int, actor: str, now: datetime
) -> list[CaseMove]:
    """Move the open cases of `units` to where they lie now, whoever may see them, with an event each."""
    rows = run(conn, SQL["lock_open_cases_in"], {"units": list(units), "reach": WHOLE_CITY.bound}).all()
    return _move(conn, _moves(rows, decide), revision=revision, actor=actor, now=now)


def settle_open_cases(
    conn: Connection,
    *,
    behind: CaseKey,
    limit: int,
    decide: Decide,
    revision: int,
    actor: str,
    now: datetime,
) -> tuple[CaseKey | None, list[CaseMove]]:
    """Move the next open cases behind a key to where they lie now; also into the grid, and out of it.

    After an import any case may have to move, and there may be a million: they are settled in pages, each in a
    transaction of its own. Doing it again moves nothing twice. Returns the last key, None when none was left.
    """
    asked = {"district": behind[0], "case_no": behind[1], "limit": limit, "reach": WHOLE_CITY.bound}
    rows = run(conn, SQL["lock_open_cases_behind"], asked).all()
    moves = _move(conn, _moves(rows, decide), revision=revision, actor=actor, now=now)
    return ((rows[-1].district, rows[-1].case_no) if rows else None), moves


def _move(conn: Connection, moves: list[CaseMove], *, revision: int, actor: str, now: datetime) -> list[CaseMove]:
    columns = {
        "districts": [move.district for move in moves],
        "case_nos": [move.case_no for move in moves],
        "units": [move.to_unit for move in moves],
        "paths": ["/".join(move.to_path) for move in moves],
    }
    run(conn, SQL["move_cases"], columns)
    record(conn, [_event(move, revision, actor, now) for move in moves])
    return moves


def _moves(rows: Sequence[Row[Any]], decide: Decide) -> list[CaseMove]:
    found = decide((row.current_unit, row.lon, row.lat) for row in rows)
    moves = []
    for row, unit in zip(rows, found, strict=True):
        code, path = (unit.code, unit.path) if unit else (None, ())
        if code != row.current_unit or path != tuple(row.current_path):
            moves.append(CaseMove(row.district, row.case_no, row.step, row.state, row.current_unit, code, path))
    return moves


def _event(move: CaseMove, revision: int, actor: str, now: datetime) -> EventDraft:
    # Who watched the old unit hears that the case has left it.
    return EventDraft(
        district=move.district,
        subject="case",
        subject_id=move.case_no,
        kind="case.moved",
        at=now,
        actor=actor,
        path=(*move.to_path, *((move.from_unit,) if move.from_unit else ())),
        payload={
            "from": move.from_unit,
            "to": move.to_unit,
            "revision": revision,
            "step": move.step,
            "state": move.state,
        },
    )
