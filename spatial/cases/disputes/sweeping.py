"""The sweep of governance: what is due because time has passed, done once however often it is asked.

Briefs of periods that have ended, alarms for disputes over the age limit, and ruled cases whose ruling has
come into force. Each in transactions of its own and at most 1,000 rows, since an open one holds the feed back.

The one domain function that commits: a sweep is many transactions by nature. Refuses to wake readers.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from spatial.cases.disputes.alarms import raise_due_alarms
from spatial.cases.disputes.briefs import close_settled_briefs, issue_due_briefs
from spatial.cases.disputes.handing import HandedOver, dispatch_effective
from spatial.store.db import transaction

PAGE = 1000


@dataclass(frozen=True)
class Swept:
    """What a sweep did: numbers of briefs issued and closed, rows on the leader's list, cases handed over.

    `reopened` are ruled cases that are a dispute again, because the unit that they were for has ended.
    """

    briefs: tuple[str, ...]
    closed: tuple[str, ...]
    alarms: int
    dispatched: tuple[str, ...]
    reopened: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was due."""
        return not (self.briefs or self.closed or self.alarms or self.dispatched or self.reopened)


def sweep(engine: Engine, *, now: datetime, page: int = PAGE) -> Swept:
    """Do all that is due by now. Safe twice at once, and after an outage: what was missed is caught up."""
    with transaction(engine) as conn:
        briefs = issue_due_briefs(conn, now=now)
    with transaction(engine) as conn:
        closed = close_settled_briefs(conn, now=now)
    alarms, handed = _alarms(engine, now, page), _hand_over(engine, now, page)
    return Swept(tuple(briefs), tuple(closed), alarms, handed.dispatched, handed.reopened)


def _alarms(engine: Engine, now: datetime, page: int) -> int:
    total = 0
    while True:
        with transaction(engine) as conn:
            written = raise_due_alarms(conn, now=now, limit=page)
        total += written
        if written < page:
            return total


def _hand_over(engine: Engine, now: datetime, page: int) -> HandedOver:
    dispatched: list[str] = []
    reopened: list[str] = []
    while True:
        with transaction(engine) as conn:
            done = dispatch_effective(conn, now=now, limit=page)
        dispatched += done.dispatched
        reopened += done.reopened
        if len(done.dispatched) + len(done.reopened) < page:
            return HandedOver(tuple(dispatched), tuple(reopened))
