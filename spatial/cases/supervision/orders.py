"""Supervision orders as they are handed out: within a reach, with the colour that the case has now.

Refuses to know who reads: what of the words is told is left to the way in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.supervision.colours import Clock, colour_of
from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "orders.sql")


@dataclass(frozen=True)
class OrderFilter:
    """What a list is narrowed to; `unanswered` leaves orders whose reply is overdue."""

    colour: str | None = None
    unit: str | None = None
    cell: str | None = None
    state: str | None = None
    kind: str | None = None
    case_no: str | None = None
    level: int | None = None
    unanswered: bool = False


@dataclass(frozen=True)
class Reply:
    """What was answered, by whom."""

    text: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class Order:
    """An order or chase with its case. `state`: open, answered, climbed (unanswered, the next level has it), ended.

    `note` is what somebody asked who wrote it by hand; an order that climbed asks the same.
    """

    id: int
    case_no: str
    kind: str
    cause: str
    level: int
    addressee: str
    addressee_name: str
    copied: tuple[str, ...]
    state: str
    colour: str
    due_at: datetime
    written_at: datetime
    written_by: str
    reply_due_at: datetime | None
    still_red_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    climbed_from: int | None
    climbed_to: int | None
    clock_due_at: datetime | None
    case_state: str
    case_due_at: datetime | None
    missed_at: datetime | None
    missed_by: str | None
    missed_until: datetime | None
    matter: str | None
    matter_name: str | None
    lead: str | None
    cell: str | None
    path: tuple[str, ...]
    tags: tuple[str, ...]
    note: str | None = None
    replies: tuple[Reply, ...] = ()


def list_orders(
    conn: Connection,
    *,
    reach: Reach,
    narrowed: OrderFilter,
    now: datetime,
    limit: int,
    behind: tuple[datetime, int] | None = None,
) -> list[Order]:
    """Orders and chases, the newest first, behind a place in that order given as (due_at, id)."""
    return _list(conn, reach=reach, narrowed=narrowed, now=now, limit=limit, behind=behind, number=None)


def get_order(conn: Connection, *, reach: Reach, number: int, now: datetime) -> Order:
    """One order. Raises NotFound also for one outside the reach: that it exists is not told."""
    found = _list(conn, reach=reach, narrowed=OrderFilter(), now=now, limit=1, behind=None, number=number)
    if not found:
        raise NotFound(f"there is no supervision order {number} within your reach")
    return found[0]


def _list(
    conn: Connection,
    *,
    reach: Reach,
    narrowed: OrderFilter,
    now: datetime,
    limit: int,
    behind: tuple[datetime, int] | None,
    number: int | None,
) -> list[Order]:
    before, before_id = behind or (None, None)
    place = {"before": before, "before_id": before_id, "limit": limit, "id": number}
    rows = run(conn, SQL["list_orders"], {**vars(narrowed), **place, "reach": reach.bound, "now": now}).all()
    return _with_words(conn, [_order(row, now) for row in rows])


def _order(row: Row[Any], now: datetime) -> Order:
    told = dict(row._mapping)
    told["copied"] = tuple(told["copied"])
    path, parties = tuple(told.pop("current_path")), tuple(told.pop("parties"))
    clock = Clock(
        told["case_state"],
        told["case_due_at"],
        told.pop("warn_at"),
        told.pop("closed_at"),
        told.pop("is_history"),
        told["missed_at"],
    )
    return Order(**told, colour=colour_of(clock, now=now), path=path, tags=(*path, *parties))


def _with_words(conn: Connection, found: Sequence[Order]) -> list[Order]:
    """The same with what was asked and what was answered."""
    ids = {"ids": [one.id for one in found]}
    notes = {row.order_id: str(row.note) for row in run(conn, SQL["words_of"], ids)}
    replies: dict[int, list[Reply]] = {}
    for row in run(conn, SQL["replies_of"], ids):
        replies.setdefault(row.order_id, []).append(Reply(row.text, row.at, row.actor))
    return [replace(one, note=notes.get(one.id), replies=tuple(replies.get(one.id, ()))) for one in found]
