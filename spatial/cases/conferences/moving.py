"""Whistles that stand follow a redraw: the unit of their place is decided anew, and with it who hears of them.

One that has ended stays where it ended. One whose place lies outside the new grid keeps its unit and its territory:
who called must be able to end it. Knows whistles; refuses to know how a redraw is made: the decision comes in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.moves import Decide
from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "moving.sql")


@dataclass(frozen=True)
class WhistleMove:
    """A whistle that changes its unit, or the chain above it."""

    number: int
    district: str
    from_unit: str
    to_unit: str
    to_path: tuple[str, ...]


def move_whistles(
    conn: Connection, *, units: Sequence[str] | None, decide: Decide, revision: int, actor: str, now: datetime
) -> list[WhistleMove]:
    """Move the standing whistles of `units`, None is all, to where they lie now, each with an event.

    The grid is held by the caller; cases are moved before. Doing it again moves nothing twice.
    """
    rows = run(conn, SQL["standing_whistles"], {"units": None if units is None else list(units)}).all()
    found = decide((row.unit, row.lon, row.lat) for row in rows)
    moves = [
        WhistleMove(row.id, row.district, row.unit, unit.code, unit.path)
        for row, unit in zip(rows, found, strict=True)
        if unit is not None and (unit.code, unit.path) != (row.unit, tuple(row.current_path))
    ]
    for move in moves:
        asked = {"id": move.number, "unit": move.to_unit, "path": list(move.to_path)}
        tags = run(conn, SQL["move_whistle"], asked).one().tags
        append(conn, [_event(move, tuple(tags), revision, actor, now)])
    return moves


def _event(move: WhistleMove, tags: tuple[str, ...], revision: int, actor: str, now: datetime) -> EventDraft:
    # Who watched the old unit hears that the whistle has left it.
    told = {"from": move.from_unit, "to": move.to_unit, "revision": revision}
    path = (*tags, move.from_unit)
    return EventDraft(move.district, "whistle", str(move.number), "whistle.moved", now, actor, path, told)
