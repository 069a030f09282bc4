"""What a refusal names instead of an act: the acts of who asked, never those of the state.

What the state knows is more than one person may do, and what he may not do helps him no further.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from api.acting.lifecycle import list_acts
from spatial.cases.disputes.acting import peek_case
from spatial.errors import IllegalAct
from spatial.people.accounts import Account


@contextmanager
def naming_own_acts(conn: Connection, *, case_no: str, asking: Account, now: datetime) -> Iterator[None]:
    """Let an IllegalAct on a case leave with what this account may do to it now as `legal`."""
    try:
        yield
    except IllegalAct as refusal:
        case = peek_case(conn, reach=asking.reach, case_no=case_no)
        raise refusal.naming(list_acts(conn, case, asking, now=now)) from refusal
