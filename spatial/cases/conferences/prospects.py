"""What stands for and against a conference on a case, before anybody opens one: for telling, nothing is held.

Knows the conditions that `opening.py` holds to when one is opened. Refuses to know who asks, and to open anything.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.conferences.opening import find_open_of, read_facts
from spatial.cases.conferences.triggers import ENOUGH_REFUSALS, Facts, standing
from spatial.cases.disputes.acting import peek_case, read_transitions
from spatial.store.reach import Reach


@dataclass(frozen=True)
class Prospect:
    """A case that is thought of: whether its state `admits` a conference, the one that is open on it, and its triggers.

    `since` says which triggers stand and since when; `facts` what that is read from; `enough` units refuse.
    """

    case_no: str
    state: str
    admits: bool
    conference: int | None
    since: dict[str, datetime]
    facts: Facts
    enough: int = ENOUGH_REFUSALS


def read_prospect(conn: Connection, *, case_no: str, reach: Reach, now: datetime) -> Prospect:
    """What stands for and against a conference on a case within reach. Raises NotFound."""
    case = peek_case(conn, reach=reach, case_no=case_no)
    admits = bool(read_transitions(conn).targets(case.state, "confer"))
    facts = read_facts(conn, case)
    return Prospect(case.case_no, case.state, admits, find_open_of(conn, case), standing(facts, now=now), facts)
