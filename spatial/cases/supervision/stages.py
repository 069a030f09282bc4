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


class Stage(Protocol):
    """Do at most `limit` things that are due by now. Safe twice at once; never commits."""

    def __call__(self, conn: Connection, *, now: datetime, limit: int, behind: Place | None) -> Paged:
        """One page."""
        ...
