"""What every move of a case keeps besides its state: the moments, and how long each tier held it.

A tier holds a case from when it came to that tier until it moves to another or is over; the spans that were let go
are rows, the one that runs stands in the case. Together they are the case's own time. Knows columns; refuses to know
what an act means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__)
CLOSED = frozenset(("closed", "called_back", "evaluated"))
OVER = CLOSED | {"void", "merged"}
_MOMENTS = {
    "accept": "filed_at", "hand_over": "filed_at", "dispatch": "dispatched_at", "receive": "taken_at",
    "submit": "submitted_at",
}  # fmt: skip


class Kept(Protocol):
    """What is asked of a case."""

    @property
    def key(self) -> dict[str, str]:
        """What rows of the case are found by."""
        ...

    @property
    def state(self) -> str:
        """Its state before the move."""
        ...

    @property
    def tier(self) -> int | None:
        """The tier that holds it; None outside the grid."""
        ...

    @property
    def tier_since(self) -> datetime | None:
        """Since when; None while it is over."""
        ...


@dataclass(frozen=True)
class Held:
    """A span for which a tier held a case; `until` None: it still does."""

    tier: int
    since: datetime
    until: datetime | None


def moments_of(act: str, *, was: str, to: str, filed_at: datetime | None, now: datetime) -> dict[str, Any]:
    """The moments that a move from one state to another writes into its case, filed at `filed_at` so far. Pure.

    A case may be filed by more acts than those that always file: sorted out of a dispute, recalled from a provider.
    """
    moments: dict[str, Any] = {_MOMENTS[act]: now} if act in _MOMENTS else {}
    if to == "filed" and filed_at is None:
        moments["filed_at"] = now
    if to in CLOSED and was not in CLOSED:
        moments["closed_at"] = now
    if to == "evaluated":
        moments["archived_at"] = now
    elif was in CLOSED and to not in CLOSED:
        moments |= {"archived_at": None, "call_back": None}  # the next closing is called back anew
    if (to in OVER - CLOSED) != (was in OVER - CLOSED):
        moments["ended_at"] = now if to in OVER else None
    return moments


def keep_tier(conn: Connection, case: Kept, *, to: str, tier: int | None, now: datetime) -> dict[str, Any]:
    """Write the span of a tier that lets a case go, and answer the columns of the one that has it then.

    Waiting for one another's locks may bring two acts out of order by microseconds: no span is shorter than nothing.
    """
    if tier is None:
        return {}
    is_over, moved = to in OVER, tier != case.tier
    if case.tier is not None and case.tier_since is not None and (is_over or moved):
        now = max(now, case.tier_since)
        span = {"tier": case.tier, "since": case.tier_since, "until": now}
        run(conn, SQL["keep_span"], {**case.key, **span})
    if is_over:
        return {"tier": tier, "tier_since": None}
    return {"tier": tier, "tier_since": now if moved or case.tier_since is None else case.tier_since}


def list_held(conn: Connection, case: Mapping[str, str], *, tier: int | None, since: datetime | None) -> list[Held]:
    """The spans for which tiers held a case, in their order; `tier` and `since` are the case's own columns."""
    spans = [Held(row.tier, row.since, row.until) for row in run(conn, SQL["spans_of"], dict(case))]
    return spans + ([Held(tier, since, None)] if tier is not None and since is not None else [])
