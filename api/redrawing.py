"""Publishing a redraw: the grid is switched and the open cases follow, in one transaction.

Grid and cases do not know each other; a move that crosses both is composed here.
"""

from dataclasses import dataclass

from sqlalchemy import Engine

from spatial.cases.moves import CaseMove, move_open_cases
from spatial.grid.redraw import Plan
from spatial.grid.redraw_publish import Published, publish_redraw
from spatial.store import events
from spatial.store.db import transaction


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
