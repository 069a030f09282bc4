"""Computed gap lists, kept in the process so that a page costs no second computation.

A list is known by what it depends on (`gap_list.ListKey`), so nothing is ever out of date: a row that is adopted or
ended, a redrawn grid or another moment asks for another list. Few are kept, and each is a few numbers for every row of
the table. Knows nothing of what a list says.
"""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from spatial.cases.responsibility.gap_list import ListKey, compute_gaps, read_key
from spatial.cases.responsibility.gap_table import GapTable

MOST_KEPT = 3


class GapCache:
    """The lists that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[ListKey, GapTable] = OrderedDict()
        # One computation at a time: a hundred readers behind a change must not compute a hundred lists.
        self._computing = Lock()

    def table(self, conn: Connection, *, at: datetime, now: datetime) -> GapTable:
        """The list as of `at`, by what is known `now`; computed unless it is kept."""
        with self._computing:
            key = read_key(conn, at=at)
            if key not in self._kept:
                self._kept[key] = compute_gaps(conn, at=at, known_at=now)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]
