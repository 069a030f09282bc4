"""Returns: the lead unit says "not mine", why, and on which legal or duty basis.

Whoever returns a case loses it. One return too many makes it a dispute. What a ruling or its precedent has given to
a unit does not come back. Refuses to know people: the units that somebody speaks for come in.
"""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.conferences.locking import find_lock
from spatial.cases.disputes.acting import WITH_NOBODY, LockedCase, move_case, open_dispute, read_transitions
from spatial.cases.disputes.dispatching import locked
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.handling import check_own_revoked
from spatial.errors import Conflict, Forbidden, LockedByRuling
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "returning.sql")


def return_case(
    conn: Connection,
    case: LockedCase,
    *,
    unit: str | None,
    reason: str,
    basis: str,
    own: Set[str] | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """Hand a case back; the last return that the setting `returns_to_dispute` allows opens a dispute.

    `own` holds the departments that the person speaks for, None is any. Raises IllegalAct, LockedByRuling with the
    precedent's number, Forbidden for a department that is not his, Conflict for a unit that does not lead the case.
    """
    check_act(read_transitions(conn), state=case.state, act="return")
    returning = unit or _own_unit(case, own)
    if own is not None and returning not in own:
        raise Forbidden(f"you speak for {', '.join(sorted(own)) or 'no department'}, not for {returning}")
    if returning != case.lead:
        part = "assists in it" if returning in case.assisting else "does not hold it"
        raise Conflict(f"{case.lead} leads this case and alone may return it; {returning} {part}", field="unit")
    if case.ruling is not None or case.precedent is not None:
        raise locked(conn, case, f"a ruling gave this case to {case.lead}; it cannot be returned as not mine")
    check_own_revoked(conn, case)
    conference = find_lock(conn, case.key, case.lead)
    if conference is not None:
        sentence = f"joint conference {conference} gave this case to {case.lead}; it cannot be returned as not mine"
        raise LockedByRuling(sentence, extra={"conference": conference})
    return _returned(conn, case, reason=reason, basis=basis, actor=actor, now=now)


def returns_to_dispute(conn: Connection) -> int:
    """How often a case comes back before it is a dispute."""
    return int(run(conn, SQL["returns_to_dispute"]).scalar_one())


def _own_unit(case: LockedCase, own: Set[str] | None) -> str:
    lead = str(case.lead)
    return lead if own is None or lead in own else next(iter(sorted(own)), lead)


def _returned(conn: Connection, case: LockedCase, *, reason: str, basis: str, actor: str, now: datetime) -> LockedCase:
    times = case.returns + 1
    words = {"unit": case.lead, "reason": reason, "basis": basis, "actor": actor, "now": now}
    run(conn, SQL["insert_return"], {**case.key, **words, "ordinal": times})
    told = {"unit": case.lead, "ordinal": times}
    changes = WITH_NOBODY | {"returns": times}
    back = move_case(conn, case, act="return", to_state="returned", changes=changes, actor=actor, now=now, payload=told)
    if times < returns_to_dispute(conn):
        return back
    return open_dispute(conn, back, entry="returns", note="", actor=actor, now=now)[0]
