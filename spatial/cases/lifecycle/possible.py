"""Whether what a unit asks for can be asked, or decided, now: an act is offered only where it would not be refused.

Knows requests and clocks. Refuses to know who may: whether somebody asks or decides comes in.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.clocks import read_calendar
from spatial.cases.clocks.allowing import read_allowed
from spatial.cases.clocks.granting import MOST_SUSPENSIONS, check_appeal, extend
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.lifecycle.flexible import limit_of
from spatial.cases.lifecycle.requests import find_asked
from spatial.errors import Conflict

KINDS = {"extend": "extension", "suspend": "suspension", "appeal": "appeal"}


def is_possible(
    conn: Connection, case: LockedCase, act: str, *, asks: bool, decides: bool, actor: str, now: datetime
) -> bool:
    """Whether who asks for the lead, or decides, can do so; other acts than those of flexible space always can."""
    if act not in KINDS:
        return True
    waiting = find_asked(conn, case, kind=KINDS[act])
    if waiting is not None:
        return decides and waiting.asked_by != actor
    return asks and case.lead is not None and _can_be_asked(conn, case, act, now)


def _can_be_asked(conn: Connection, case: LockedCase, act: str, now: datetime) -> bool:
    if act == "suspend":
        return case.suspensions < MOST_SUSPENSIONS
    try:
        if act == "appeal":
            missed = case.missed_at is not None
            check_appeal(appeals=case.appeals, closed_at=case.closed_at, due_at=case.due_at, missed=missed)
        else:
            _check_extension(conn, case, now)
    except Conflict:
        return False
    return True


def _check_extension(conn: Connection, case: LockedCase, now: datetime) -> None:
    if case.due_at is None:
        raise Conflict("this case has no deadline that could be extended")
    extend(
        read_calendar(conn, case.district), due_at=case.due_at, limit=limit_of(case), extensions=case.extensions,
        paused=case.paused_since is not None, now=now, most=read_allowed(conn).most_extensions,
    )  # fmt: skip
