"""The citizen says what he thinks of the result himself, by the secret link that he was given.

Only who reported the case is asked; who said the same reads along. Who reported one that was merged is asked about the
one that it went into. He answers once a closing: what he said is not said otherwise by a second click, a second link of
his, or a clerk who calls him later; and where the clerk could not reach him, his first word counts whenever it comes.
Knows links and call-backs; refuses to know pages.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, lock_case, peek_case
from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.call_backs import Said, is_open_to_word, leads_to
from spatial.cases.port.askers import Asked, get_asked
from spatial.errors import Conflict, Forbidden, Invalid
from spatial.store.reach import WHOLE_CITY

ASKED_FOR = ("closed", "called_back", "evaluated")
_MOST_MERGES = 20
_SENDER = "public"


def answer_by_link(conn: Connection, *, token: str, said: Said, now: datetime) -> LockedCase:
    """Record what the holder of a link says of the result of his case, and do what follows from it.

    Raises NotFound for a token that opens nothing, Forbidden for who only said the same, Conflict for a case that is
    not closed or has its answer, Invalid for an answer that says nothing.
    """
    asked = get_asked(conn, token=token)
    if not asked.is_reporter:
        raise Forbidden("who reported this case is asked what he thinks of the result; you read along")
    if said.verdict == "not_reached":
        raise Invalid("verdict is yours: satisfied or dissatisfied", field="verdict")
    case = lock_case(conn, reach=WHOLE_CITY, case_no=_handled_with(conn, asked).case_no)
    if case.state not in ASKED_FOR or case.is_history:
        raise Conflict("this case is not closed; you are asked what you think of the result when it is")
    return record_call_back(conn, case, said=said, spoken_by="citizen", actor=_SENDER, now=now)


def is_asked(conn: Connection, asked: Asked) -> bool:
    """Whether the holder of a link is asked for his opinion now."""
    return find_promise(conn, asked) is not None


def find_promise(conn: Connection, asked: Asked) -> str | None:
    """What becomes of his case if the holder of a link is dissatisfied: 'reopened' or 'supervisor'; None: not asked."""
    if not asked.is_reporter:
        return None
    case = _handled_with(conn, asked)
    if case.state not in ASKED_FOR or case.is_history or not is_open_to_word(conn, case):
        return None
    return leads_to(conn, case)


def _handled_with(conn: Connection, asked: Asked) -> LockedCase:
    """The case that somebody asked about, through any number of merges."""
    case = peek_case(conn, reach=WHOLE_CITY, case_no=asked.case_no)
    for _ in range(_MOST_MERGES):
        if case.merged_into is None:
            break
        case = peek_case(conn, reach=WHOLE_CITY, case_no=case.merged_into)
    return case
