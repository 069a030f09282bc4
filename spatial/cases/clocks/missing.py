"""The record of a deadline that was missed: a case that leaves it for another one, or for another unit, keeps it.

Without it a return and a new dispatch, or a reopening, would wipe the delay. Pure. Knows moments; refuses to know
tables, and why a deadline is another.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from spatial.cases.clocks.deadlines import PROVISIONAL
from spatial.cases.clocks.horizon import plain_reason

_IN_TIME = frozenset(("extend", "recall"))
_CLOSED = frozenset(("closed", "called_back", "evaluated"))


class Timed(Protocol):
    """A case as it stood before a move."""

    @property
    def state(self) -> str:
        """Where it stood."""
        ...

    @property
    def lead(self) -> str | None:
        """Who had it."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """Its deadline."""
        ...

    @property
    def due_reason(self) -> str:
        """What its deadline comes from."""
        ...

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed the last time."""
        ...

    @property
    def paused_since(self) -> datetime | None:
        """Since when its clock stands."""
        ...

    @property
    def missed_at(self) -> datetime | None:
        """The last deadline that it has missed and left."""
        ...


def missed_by_move(case: Timed, *, act: str, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The columns of a case that leaves a passed deadline, or the unit that let it pass; nothing where it does not.

    `missed_until` is when its clock stood still behind that deadline: closed, paused, or left by this move.

    An extension was asked for in time, whenever it is granted. A provisional deadline is missed by closing late, or by
    a referral behind it: a recall from there begins a clock anew, and nothing else tells then what was late before.
    While a case is with a provider it misses nothing, so its recall is late for nobody.
    """
    leaves = changes.get("due_at", case.due_at) != case.due_at or changes.get("lead", case.lead) != case.lead
    is_referred = act == "refer"
    if not (leaves or is_referred) or act in _IN_TIME or case.due_at is None or case.due_at == case.missed_at:
        return {}
    is_closed = case.state in _CLOSED
    if not (is_closed or is_referred) and plain_reason(case.due_reason) == PROVISIONAL:
        return {}
    until = (case.closed_at if is_closed else case.paused_since) or now
    return {"missed_at": case.due_at, "missed_by": case.lead, "missed_until": until} if until > case.due_at else {}
