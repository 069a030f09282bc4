"""What the rows of several tables must say together, and no constraint can hold: looked through, and told.

What can be held is held by keys and checks, and needs no look. What is found here was written past the acts, or by a
fault in them: it is told, and mended by nobody unasked. Knows rows; refuses to change any.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "verifying.sql")
_BETWEEN_ROWS = {
    "disputed": "case {0}: dispute {1} of it is open, and it is not disputed",
    "returned": "case {0} counts {1} returns, and there are not so many",
    "tasked": "case {0} counts {1} mandatory tasks that are open, and there are not so many",
    "assisted": "case {0}: {1} has a task open in it and no part in it, or it is over",
    "seen": "case {0}: {1} assists in it and does not see it",
    "known": "case {0}: {1} assists in it, and is no department and no territory",
    "merged": "case {0} is merged into {1}, which is no case",
    "asked": "case {0}: request {1} waits, and its unit does not lead the case",
    "conferred": "case {0} is over, and joint conference {1} on it is open",
    "supervised": "case {0} is over, and supervision order {1} on it stands",
    "held": "case {0}: the times for which levels held it overlap, or begin before it came in (level {1})",
    "called": "whistle {0} calls {1}, and others were called to it",
    "arrived": "whistle {0}: {1} reported in there, and is not there by that",
    "scored": "whistle {0}: a score by {1} is none of a street and whom it called, or there is no result yet",
}
_AGAINST_CHAINS = {"chained": "case {0} is {1}, and the newest link of its chain says otherwise"}


def list_faults(conn: Connection) -> Iterator[str]:
    """A sentence for each place where rows of several tables do not agree."""
    yield from _told(conn, _BETWEEN_ROWS)


def list_strays(conn: Connection) -> Iterator[str]:
    """A sentence for each case whose state its chain does not know: it was written past the acts."""
    yield from _told(conn, _AGAINST_CHAINS)


def _told(conn: Connection, sentences: dict[str, str]) -> Iterator[str]:
    for name, sentence in sentences.items():
        for row in run(conn, SQL[f"fault_{name}"]):
            yield sentence.format(row.case_no, row.what)
