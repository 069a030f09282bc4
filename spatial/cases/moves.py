"""Open cases follow a redraw: their current unit is decided anew, their history stays.

What was decided at filing (`unit`, `path`, the revision) is never touched; `current_unit` and `current_path`
follow the grid, and each move is an event of the case. Closed cases stay where they were closed; one that begins again
follows the grid then, by its kept position and accuracy.

Knows case rows. Refuses to know how a redraw is made: the decision comes in as a function.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from spatial.cases.recording import record
from spatial.cases.rules import read_rules
from spatial.grid.locate import locate_points
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


class Lain(Protocol):
    """What is asked of a locked case that is to follow the grid. Position in WGS 84 degrees."""

    @property
    def key(self) -> dict[str, str]:
        """What its rows are found by."""
        ...

    @property
    def step(self) -> str:
        """Its step."""
        ...

    @property
    def state(self) -> str:
        """Its state."""
        ...

    @property
    def current_unit(self) -> str | None:
        """The unit in which it lies so far."""
        ...

    @property
    def current_path(self) -> tuple[str, ...]:
        """The chain of that unit."""
        ...

    @property
    def lon(self) -> float:
        """Its longitude."""
        ...

    @property
    def lat(self) -> float:
        """Its latitude."""
        ...

    @property
    def accuracy_m(self) -> float:
        """The radius of its position."""
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
    certainty: str | None = None  # of the new place, where it was asked for


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


def follow_grid(conn: Connection, case: Lain, *, actor: str, now: datetime) -> CaseMove | None:
    """Move a locked case that begins again to where it lies in the grid in force; None where it lies there already.

    While it was over no redraw moved it, so that its unit may be no more. The caller holds the grid, and reads the
    case anew behind a move. The grid is the one of the last switch, also where that came behind `now`: whoever waited
    for a publish would ask for a grid that is no longer in force.
    """
    rules = read_rules(conn)
    [found] = locate_points(
        conn, lons=[case.lon], lats=[case.lat], accuracies_m=[case.accuracy_m],
        moments=[max(now, rules.switched_at or now)], rule=rules.certainty,
    )  # fmt: skip
    if (found.unit, found.path) == (case.current_unit, case.current_path):
        return None
    move = CaseMove(
        **case.key, step=case.step, state=case.state, from_unit=case.current_unit, to_unit=found.unit,
        to_path=found.path, certainty=found.certainty,
    )  # fmt: skip
    return _move(conn, [move], revision=rules.revision, actor=actor, now=now)[0]


def _move(conn: Connection, moves: list[CaseMove], *, revision: int, actor: str, now: datetime) -> list[CaseMove]:
    columns = {
        "districts": [move.district for move in moves],
        "case_nos": [move.case_no for move in moves],
        "units": [move.to_unit for move in moves],
        "paths": ["/".join(move.to_path) for move in moves],
        "now": now,
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
    told = {} if move.certainty is None else {"certainty": move.certainty}
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
            **told,
        },
    )
