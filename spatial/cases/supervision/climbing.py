"""Orders that climb: unanswered in time, or the case red for so long, the next level is asked.

The row of the next level is due at the moment at which the one below fell through. An order whose case is over,
suspended, or has another deadline does not climb: it ends. One that a supervisor wrote by hand climbs in a suspended
case as well.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.supervision.ladder import Ladders
from spatial.cases.supervision.ordering import SQL, SYSTEM, Asked, place_of, write_orders
from spatial.cases.supervision.rules import read_ladders
from spatial.cases.supervision.stages import Paged, Place
from spatial.store.db import hold_grid_shared, run


def climb_orders(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Bring a page of orders a level up. What it writes may be due itself: call again until nothing is found."""
    hold_grid_shared(conn)
    found = run(conn, SQL["due_climbs"], {"now": now, "limit": limit}).all()
    if not found:
        return Paged(0, more=False)
    ladders = read_ladders(conn)
    ended = [(row.id, why) for row in found if (why := why_ended(row)) is not None]
    gone = {number for number, _ in ended}
    wanted = [one for row in found if row.id not in gone and (one := _above(ladders, row)) is not None]
    done = len(write_orders(conn, ladders, wanted, actor=SYSTEM, now=now))
    run(conn, SQL["leave_rungs"], {"ids": [row.id for row in found]})
    _drop(conn, ended, now)
    return Paged(done, more=True)


def why_ended(order: Row[Any]) -> str | None:
    """Why an order has nothing left to ask for, read from its case; None while it has."""
    is_clocks = order.clock_due_at is not None
    if order.state == "suspended":
        return "suspended" if is_clocks else None
    if not order.is_running or order.part_state not in (None, "open"):
        return "over"
    return "new_deadline" if is_clocks and order.clock_due_at != order.due_at else None


def _above(ladders: Ladders, order: Row[Any]) -> Asked | None:
    ladder = ladders.of(order.source, by_hand=order.clock_due_at is None)
    above = ladder.next(order.level, order.addressee, place_of(order))
    if above is None:
        return None
    rung, unit = above
    silent = order.replied_at is None and order.reply_due_at is not None and order.reply_due_at <= order.since
    return Asked(
        order, rung.kind, "unanswered" if silent else "still_red", rung, unit, due_at=order.since,
        climbed_from=order.id, clock_due_at=order.clock_due_at, task=order.task,
    )  # fmt: skip


def _drop(conn: Connection, ended: Sequence[tuple[int, str]], now: datetime) -> None:
    if ended:
        numbers, whys = zip(*ended, strict=True)
        run(conn, SQL["drop_orders"], {"ids": list(numbers), "whys": list(whys), "now": now})
