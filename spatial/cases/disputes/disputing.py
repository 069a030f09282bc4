"""A clerk's dispute: nobody can say whose a case is, so a panel shall.

Refuses to settle anything: a ruling does, or another matter, or a provider outside the government.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, matter_of, open_dispute, read_transitions
from spatial.cases.disputes.dispatching import is_ruled_itself, locked
from spatial.cases.disputes.transitions import check_act


def dispute_case(conn: Connection, case: LockedCase, *, note: str, actor: str, now: datetime) -> LockedCase:
    """Bring a case before the panel; it is with nobody until then.

    A case that a precedent routed may be disputed, and a newer ruling would decide. Raises IllegalAct, Conflict for a
    case that nobody has sorted, LockedByRuling for one that was ruled on itself.
    """
    check_act(read_transitions(conn), state=case.state, act="dispute")
    matter_of(case)
    if is_ruled_itself(conn, case):
        raise locked(conn, case, "a ruling has been given on this case itself; it cannot be disputed again")
    return open_dispute(conn, case, entry="clerk", note=note, actor=actor, now=now)[0]
