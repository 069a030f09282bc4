"""The queue of disputes: what each is about, how long it waits, who would not have it, and who acts meanwhile.

Handed out within a reach, longest waiting first. Refuses to know who reads: what of a citizen's words is told, and
what of them is looked through, comes in as reaches or is left to the way in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import NOTHING, Reach

SQL = load_queries(__file__, "dispute_list.sql")


@dataclass(frozen=True)
class DisputeFilter:
    """What a list is narrowed to. `day` leaves the leader's list of that city day, `overdue` what is too old.

    `words` is looked for in numbers and names; in texts and notes within `text_reach`, as they are masked.
    """

    state: str | None = None
    entry: str | None = None
    matter: str | None = None
    cell: str | None = None
    brief: str | None = None
    overdue: bool = False
    day: date | None = None
    words: str | None = None
    text_reach: Reach = NOTHING


@dataclass(frozen=True)
class Refusal:
    """A unit that said "not mine", why, and what that rests on."""

    unit: str
    name: str
    reason: str
    basis: str
    at: datetime


@dataclass(frozen=True)
class InterimOrder:
    """A territorial body that was ordered to act first, and what it cost once that is known."""

    id: int
    unit: str
    name: str
    note: str
    ordered_at: datetime
    cost: Decimal | None
    cost_note: str
    cost_at: datetime | None


@dataclass(frozen=True)
class Dispute:
    """A dispute with its case; position in WGS 84 degrees. `age_days` counts until it was settled, or now."""

    id: int
    case_no: str
    matter: str | None
    matter_name: str | None
    matter_name_zh: str | None
    entry: str
    entered_at: datetime
    note: str
    state: str
    settled_at: datetime | None
    brief: str | None
    lon: float
    lat: float
    accuracy_m: float
    attributes: dict[str, str]
    cell: str | None
    cell_name: str | None
    tags: tuple[str, ...]
    text: str | None
    age_days: float
    is_over_age: bool
    returns: tuple[Refusal, ...] = ()
    interim: tuple[InterimOrder, ...] = ()


def list_disputes(
    conn: Connection,
    *,
    reach: Reach,
    narrowed: DisputeFilter,
    now: datetime,
    limit: int,
    behind: tuple[datetime, int] | None = None,
) -> list[Dispute]:
    """Disputes longest waiting first, behind a place in that order given as (entered_at, id)."""
    return _list(conn, reach=reach, narrowed=narrowed, now=now, limit=limit, behind=behind, number=None)


def get_dispute(conn: Connection, *, reach: Reach, number: int, now: datetime) -> Dispute:
    """One dispute. Raises NotFound also for one outside the reach: that it exists is not told."""
    found = _list(conn, reach=reach, narrowed=DisputeFilter(), now=now, limit=1, behind=None, number=number)
    if not found:
        raise NotFound(f"there is no dispute {number} within your reach")
    return found[0]


def _list(
    conn: Connection,
    *,
    reach: Reach,
    narrowed: DisputeFilter,
    now: datetime,
    limit: int,
    behind: tuple[datetime, int] | None,
    number: int | None,
) -> list[Dispute]:
    after, after_id = behind or (None, None)
    asked = vars(narrowed) | {"text_reach": narrowed.text_reach.bound}
    place = {"after": after, "after_id": after_id, "limit": limit, "id": number}
    rows = run(conn, SQL["list_disputes"], {**asked, **place, "reach": reach.bound, "now": now}).all()
    return _with_rows(conn, [_dispute(row) for row in rows])


def _dispute(row: Row[Any]) -> Dispute:
    told = dict(row._mapping)
    tags = (*told.pop("current_path"), *told.pop("parties"))
    return Dispute(**told, tags=tags)


def _with_rows(conn: Connection, found: Sequence[Dispute]) -> list[Dispute]:
    numbers = {"disputes": [one.id for one in found]}
    returns: dict[int, list[Refusal]] = {}
    for row in run(conn, SQL["returns_of"], numbers):
        told: dict[str, Any] = dict(row._mapping)
        returns.setdefault(told.pop("dispute"), []).append(Refusal(**told))
    orders: dict[int, list[InterimOrder]] = {}
    for row in run(conn, SQL["orders_of"], numbers):
        told = dict(row._mapping)
        orders.setdefault(told.pop("dispute"), []).append(InterimOrder(**told))
    return [
        replace(one, returns=tuple(returns.get(one.id, ())), interim=tuple(orders.get(one.id, ()))) for one in found
    ]
