"""Publishing a new grid: it is switched, and open cases, whistles, the table of responsibility and precedents follow.

A redraw moves the cases of its few units in the switch itself. After an import any case may have to move: they
are settled behind the switch, a thousand to a transaction, so that nobody who files waits for them.

Grid and cases do not know each other; a move that crosses both is composed here.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from spatial.cases.conferences.moving import WhistleMove, move_whistles
from spatial.cases.disputes.redrawn_scopes import (
    AffectedScope,
    follow_scopes,
    hold_scopes,
    list_affected_scopes,
)
from spatial.cases.moves import CaseKey, CaseMove, Territory, move_open_cases, settle_open_cases
from spatial.cases.responsibility.redrawn import Affected, follow, list_affected
from spatial.grid.locate import locate_points
from spatial.grid.redraw import Plan
from spatial.grid.redraw_publish import Published, keep_told, publish_redraw
from spatial.store import events
from spatial.store.db import hold_grid_shared, transaction

_PAGE = 1000


@dataclass(frozen=True)
class TouchedRules:
    """The rules that a redraw touches: rows of the table of responsibility, and precedents that name its cells."""

    table: Affected
    precedents: tuple[AffectedScope, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is told before, and kept with the redraw."""
        return {"responsibility": self.table.as_json(), "precedents": [asdict(one) for one in self.precedents]}


@dataclass(frozen=True)
class Outcome:
    """A redraw in force, the open cases and whistles that moved with it and the rules that followed."""

    published: Published
    moves: tuple[CaseMove, ...]
    whistles: tuple[WhistleMove, ...]
    rules: TouchedRules


def list_touched_rules(conn: Connection, *, plan: Plan, now: datetime) -> TouchedRules:
    """The rules that a plan would touch if it were published at `now`; nothing is changed."""
    above = plan.put[0].path[:-1]
    scopes = list_affected_scopes(conn, lineage=plan.lineage, above=above, now=now)
    return TouchedRules(list_affected(conn, lineage=plan.lineage, now=now), tuple(scopes))


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
        whistles = move_whistles(
            conn, units=plan.closing, decide=plan.decide, revision=published.revision, actor=published_by,
            now=published.instant,
        )  # fmt: skip
        rules = _let_rules_follow(conn, plan, published, published_by)
    events.wake(engine)
    return Outcome(published, tuple(moves), tuple(whistles), rules)


def _let_rules_follow(conn: Connection, plan: Plan, published: Published, actor: str) -> TouchedRules:
    now = published.instant
    table = list_affected(conn, lineage=plan.lineage, now=now)
    hold_scopes(conn)  # behind the rows: whoever adopts one locks it first, too
    scopes = list_affected_scopes(conn, lineage=plan.lineage, above=plan.put[0].path[:-1], now=now)
    follow(conn, affected=table, revision=published.revision, now=now, actor=actor)
    follow_scopes(conn, affected=scopes, now=now)
    rules = TouchedRules(table, tuple(scopes))
    keep_told(conn, revision=published.revision, told=rules.as_json())
    return rules


@dataclass(frozen=True)
class _Place:
    code: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """How many open cases followed a new grid, how many of these lie outside it now, and how many whistles followed."""

    moved: int
    outside: int
    whistles: int = 0


def settle(engine: Engine, *, revision: int, actor: str, now: datetime) -> Settled:
    """Let every open case follow the grid in force, page by page, and the few whistles at once; says how many did.

    Harmless to repeat.
    """
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
    with transaction(engine) as conn:
        hold_grid_shared(conn)
        decide = partial(_decide, conn, now)
        whistles = move_whistles(conn, units=None, decide=decide, revision=revision, actor=actor, now=now)
    events.wake(engine)
    return Settled(moved, outside, len(whistles))


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
