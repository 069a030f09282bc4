"""What a move of a case means for its supervision, in the same transaction: orders that end, a warning anew.

Orders end when the case is over or suspended, and those that were about a deadline when it is another. Refuses to
know acts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from spatial.cases.clocks import read_calendar
from spatial.cases.supervision.rules import read_colour_rules
from spatial.cases.supervision.warning import Limited, warn_moment
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "following.sql")
_OVER = frozenset(("closed", "called_back", "evaluated", "void", "merged", "referred"))


class MovedCase(Limited, Protocol):
    """A held case as it stands behind a move."""

    @property
    def district(self) -> str:
        """Its home."""
        ...

    @property
    def case_no(self) -> str:
        """Its number."""
        ...

    @property
    def state(self) -> str:
        """What it has become."""
        ...


def follow_move(conn: Connection, case: MovedCase, *, before: MovedCase, now: datetime) -> None:
    """Bring orders and warning in line with a case that has just moved."""
    key = {"district": case.district, "case_no": case.case_no}
    is_new_clock = _clock(case) != _clock(before)
    why = "over" if case.state in _OVER else "suspended" if case.state == "suspended" else "new_deadline"
    if is_new_clock or why != "new_deadline" and case.state != before.state:
        run(conn, SQL["end_orders"], {**key, "why": why, "due_at": case.due_at, "now": now})
    # What stood still was passed over when a rule of colours was edited.
    if is_new_clock or _stands(before) and not _stands(case):
        _warn(conn, key, case)


def _stands(case: MovedCase) -> bool:
    return case.state == "suspended" or case.state in _OVER


def _clock(case: MovedCase) -> tuple[object, ...]:
    return case.due_at, case.limit_amount, case.limit_unit, case.extensions


def _warn(conn: Connection, key: Mapping[str, str], case: MovedCase) -> None:
    warn_at = warn_moment(read_colour_rules(conn), read_calendar(conn, case.district), case)
    run(conn, SQL["write_warning"], {**key, "warn_at": warn_at})
