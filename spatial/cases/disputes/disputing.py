"""A clerk's dispute: nobody can say whose a case is, so a panel shall.

What lies with a department that has ended may be disputed however it came there: nobody else could move it on.

Refuses to settle anything: a ruling does, or another matter, or a provider outside the government.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, matter_of, open_dispute, read_transitions
from spatial.cases.disputes.dispatching import decided_for, is_ruled_itself, locked
from spatial.cases.disputes.transitions import check_act
from spatial.cases.disputes.units import list_ended
from spatial.cases.lifecycle.signing import check_no_doubt
from spatial.errors import Conflict


def dispute_case(conn: Connection, case: LockedCase, *, note: str, actor: str, now: datetime) -> LockedCase:
    """Bring a case before the panel; it is with nobody until then.

    A case that a precedent routed may be disputed, and a newer ruling would decide. Raises IllegalAct, and Conflict for
    a case that nobody has sorted and while a look at the place waits or has found nothing; unless its lead has ended,
    LockedByRuling for one that was ruled on itself and Conflict for one that is being handled.
    """
    check_act(read_transitions(conn), state=case.state, act="dispute")
    matter_of(case)
    check_no_doubt(conn, case)
    if not has_ended_lead(conn, case, now=now):
        _check_free(conn, case)
    return open_dispute(conn, case, entry="clerk", note=note, actor=actor, now=now)[0]


def has_ended_lead(conn: Connection, case: LockedCase, *, now: datetime) -> bool:
    """Whether the department that has a case, or that it was decided to be for, has ended."""
    lead = case.lead or decided_for(case).lead
    return lead is not None and bool(list_ended(conn, [lead], at=now))


def _check_free(conn: Connection, case: LockedCase) -> None:
    if is_ruled_itself(conn, case):
        raise locked(conn, case, "a ruling has been given on this case itself; it cannot be disputed again")
    if case.state == "handling":
        raise Conflict(f"{case.lead} is handling this case; it may be disputed only if that department has ended")
