"""What a move of a case means for its supervision, in the same transaction: orders that end, a warning anew.

Orders end when the case is over or suspended, and those that were about a deadline when it is another, or when the
part of a helper that they asked about has ended. What a supervisor asked by hand ends with the case alone. Refuses to
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

    @property
    def assisting(self) -> tuple[str, ...]:
        """Who helps."""
        ...

    @property
    def submitted_at(self) -> datetime | None:
        """When its result came in the last time."""
        ...


def follow_move(conn: Connection, case: MovedCase, *, before: MovedCase, now: datetime) -> None:
    """Bring orders and warning in line with a case that has just moved."""
    key = {"district": case.district, "case_no": case.case_no}
    is_new_clock = _clock(case) != _clock(before)
    if (ending := _ending(case, before, is_new_clock)) is not None:
        run(conn, SQL["end_orders"], {**key, **ending, "due_at": case.due_at, "now": now})
    if case.assisting or before.assisting:
        run(conn, SQL["end_part_orders"], {**key, "now": now})
    # What stood still was passed over when a rule of colours was edited.
    if is_new_clock or _stands(before) and not _stands(case):
        _warn(conn, key, case)


def _ending(case: MovedCase, before: MovedCase, is_new_clock: bool) -> dict[str, object] | None:
    """Which orders end, and why; None: none does."""
    if case.state != before.state and case.state in _OVER:
        return {"why": "over", "by_hand_too": True, "parts_too": True}
    if case.state != before.state and case.state == "suspended":
        return {"why": "suspended", "by_hand_too": False, "parts_too": True}
    if is_new_clock:
        return {"why": "new_deadline", "by_hand_too": False, "parts_too": False}
    # A check that sends back what came in time was what the centre had to do: its unit is asked from now on.
    is_back = before.state == "submitted" and case.state == "handling" and _came_in_time(before)
    return {"why": "over", "by_hand_too": False, "parts_too": False} if is_back else None


def _came_in_time(case: MovedCase) -> bool:
    return case.submitted_at is not None and (case.due_at is None or case.submitted_at <= case.due_at)


def _stands(case: MovedCase) -> bool:
    return case.state == "suspended" or case.state in _OVER


def _clock(case: MovedCase) -> tuple[object, ...]:
    return case.due_at, case.limit_amount, case.limit_unit, case.extensions


def _warn(conn: Connection, key: Mapping[str, str], case: MovedCase) -> None:
    warn_at = warn_moment(read_colour_rules(conn), read_calendar(conn, case.district), case)
    run(conn, SQL["write_warning"], {**key, "warn_at": warn_at, "due_at": case.due_at})
