"""Publishing a new grid: it is switched, and the open cases follow.

A redraw moves the cases of its few units in the switch itself. After an import any case may have to move: they
are settled behind the switch, a thousand to a transaction, so that nobody who files waits for them.

Grid and cases do not know each other; a move that crosses both is composed here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine

from spatial.cases.moves import CaseKey, CaseMove, Territory, move_open_cases, settle_open_cases
from spatial.grid.locate import locate_points
from spatial.grid.redraw import Plan
from spatial.grid.redraw_publish import Published, publish_redraw
from spatial.store import events
from spatial.store.db import hold_grid_shared, transaction

_PAGE = 1000


@dataclass(frozen=True)
class Outcome:
    """A redraw in force, and the open cases that moved with it."""

    published: Published
    moves: tuple[CaseMove, ...]


def publish(engine: Engine, *, plan: Plan, published_by: str, note: str = "") -> Outcome:
    """Put a plan in force and wake the live feed. Raises StaleRevision when the grid has moved on."""
    with transaction(engine) as conn:
        published = publish_redraw(conn, plan=plan, published_by=published_by, note=note)
        moves = move_open_cases(
            conn,
            units=plan.closing,
            decide=plan.decide,
            revision=published.revision,
            actor=published_by,
            now=published.instant,
        )
    events.wake(engine)
    return Outcome(published, tuple(moves))


@dataclass(frozen=True)
class _Place:
    code: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """How many open cases followed a new grid, and how many of these lie outside it now."""

    moved: int
    outside: int


def settle(engine: Engine, *, revision: int, actor: str, now: datetime) -> Settled:
    """Let every open case follow the grid in force, page by page; says how many did. Harmless to repeat."""
    moved = outside = 0
    key: CaseKey | None = ("", "")
    while key is not None:
        with transaction(engine) as conn:
            hold_grid_shared(conn)
            decide = partial(_decide, conn, now)
            key, moves = settle_open_cases(
                conn, behind=key, limit=_PAGE, decide=decide, revision=revision, actor=actor, now=now
            )
        moved += len(moves)
        outside += sum(move.to_unit is None for move in moves)
    events.wake(engine)
    return Settled(moved, outside)


def _decide(
    conn: Connection, moment: datetime, cases: Iterable[tuple[str | None, float, float]]
) -> list[Territory | None]:
    places = list(cases)
    found = locate_points(
        conn,
        lons=[lon for _, lon, _ in places],
        lats=[lat for _, _, lat in places],
        accuracies_m=[0.0] * len(places),
        moments=[moment] * len(places),
    )
    return [_Place(one.unit, one.path) if one.unit else None for one in found]
