"""What a sweep is made of: stages, each done page by page, each page a transaction.

Knows the shape only. A stage answers how many it did, and from where to go on: None when nothing is left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

Place = tuple[datetime, str]


@dataclass(frozen=True)
class Paged:
    """What one page did. `more` is whether another may find something, `behind` the place behind which it looks."""

    done: int
    more: bool
    behind: Place | None = None


class DueAct(Protocol):
    """Do at most `limit` things that are due by now; how many were done."""

    def __call__(self, conn: Connection, *, now: datetime, limit: int) -> int:
        """One page."""
        ...


class Stage(Protocol):
    """Do at most `limit` things that are due by now. Safe twice at once; never commits."""

    def __call__(self, conn: Connection, *, now: datetime, limit: int, behind: Place | None) -> Paged:
        """One page."""
        ...


def counted(act: DueAct) -> Stage:
    """A stage of what only counts: it is asked again until a page does nothing, since two at once share the pages."""

    def page(conn: Connection, *, now: datetime, limit: int, behind: Place | None) -> Paged:
        done = act(conn, now=now, limit=limit)
        return Paged(done, more=done > 0)

    return page
