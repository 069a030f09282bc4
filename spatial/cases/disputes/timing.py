"""The deadline of a case that is handed over: where an act on a locked case meets the clocks.

Refuses to count: `spatial/cases/clocks/` does.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.fixing import due_when_dispatched
from spatial.cases.disputes.acting import LockedCase


def due_of_hand_over(conn: Connection, case: LockedCase, *, now: datetime) -> dict[str, Any]:
    """The columns of a locked case that is handed over now: its deadline, fixed with the reason. History has none."""
    if case.is_history:
        return {}
    return due_when_dispatched(conn, district=case.district, matter=case.category, standard=case.standard, now=now)
