"""From the body of an act to the act itself, for those behind the handling; and which side somebody may score."""

from datetime import datetime

from sqlalchemy import Connection

from api.acting.lifecycle import spoken_for
from api.schemas import calling as told
from spatial.cases.disputes.acting import LockedCase, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.evaluation.answering import contact_citizen, record_call_back
from spatial.cases.evaluation.call_backs import Said
from spatial.cases.evaluation.evaluations import evaluate_case
from spatial.cases.evaluation.settling import settle_case
from spatial.cases.evaluation.standing import check_impartial, find_part
from spatial.people.accounts import Account
from spatial.people.roles import role_may


def answer_for(conn: Connection, case: LockedCase, body: told.CallingAct, asking: Account, now: datetime) -> LockedCase:
    """Do an act to a locked case, for the citizen who was asked. Raises what the act raises."""
    actor = asking.sender
    match body:
        case told.ContactCitizen():
            own = spoken_for(asking, case, "submit")
            return contact_citizen(conn, case, note=body.note, own=own, actor=actor, now=now)
        case told.CallBack():
            said = Said(body.verdict, body.outcome, body.words or "", body.score)
            own = spoken_for(asking, case, "submit")
            return record_call_back(conn, case, said=said, spoken_by="clerk", own=own, actor=actor, now=now)
        case told.SettleCallBack():
            return settle_for(conn, case, body.outcome, body.reason, asking, now)
        case told.Evaluate():
            return evaluate_case(conn, case, actor=actor, now=now)


def settle_for(
    conn: Connection, case: LockedCase, outcome: str, reason: str, asking: Account, now: datetime
) -> LockedCase:
    """Settle what of a locked case waits for the supervisor; who had a part in it does not."""
    check_act(read_transitions(conn), state=case.state, act="settle_call_back")
    own = spoken_for(asking, case, "submit")
    check_impartial(conn, case, own=own, actor=asking.sender)
    return settle_case(conn, case, outcome=outcome, reason=reason, actor=asking.sender, now=now)


def find_own_work(conn: Connection, asking: Account, case: LockedCase) -> str | None:
    """Why somebody does not score the result in its citizen's name; None where he had no part in the case."""
    return find_part(conn, case, own=spoken_for(asking, case, "submit"), actor=asking.sender)


def sides_of(conn: Connection, asking: Account, case: LockedCase) -> list[str]:
    """The sides of a case that somebody may score: nobody judges his own work.

    The grid where the case lies scores the department, the department that led it scores the report; for the citizen
    who was called back, whoever calls citizens back and had no part in the case gives his points for the result.
    """
    tags = {None, *case.current_path, *case.parties}
    here = [posting for posting in asking.postings if posting.tag in tags]
    scoring = [posting for posting in here if role_may(posting.role, "score")]
    may = {
        "result": any(role_may(posting.role, "call_back") for posting in here)
        and find_own_work(conn, asking, case) is None,
        "department": any(role_may(posting.role, "check_in") for posting in scoring),
        "report": any(_led(posting.department, case) or role_may(posting.role, "edit_rules") for posting in scoring),
    }
    return [subject for subject, is_his in may.items() if is_his]


def _led(department: str | None, case: LockedCase) -> bool:
    return department is not None and department == case.lead
