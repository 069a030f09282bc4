"""Acts on a case, and which of them somebody may do now.

Each act asks for its own permission, and reaches as far as those postings that have it.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import Connection

from api.acting.calling import answer_for
from api.acting.lifecycle import choices_of, departments_of, list_acts, needed_of, perform
from api.acting.refusing import naming_own_acts
from api.dependencies import CaseReader, Conn, KnownAccount, Now, require, store_of
from api.schemas import acts as said
from api.schemas import calling
from api.schemas.acts import ActBody, LegalAct, LegalActs, fields_of
from api.telling import told_transaction
from spatial.cases.disputes.accepting import accept_case, list_open_standards
from spatial.cases.disputes.acting import LockedCase, find_open_dispute, lock_case, peek_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.interim import note_cost, order_interim
from spatial.cases.disputes.permitted import permissions_for
from spatial.cases.disputes.referring import contact_case, recall_case, refer_case
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.supervision.supervising import supervise_case
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


class ActedOut(BaseModel):
    """The case as it stands behind the act."""

    case_no: str
    act: str
    state: str
    step: str
    category: str | None
    standard: int | None
    lead: str | None
    assisting: list[str]
    returns: int
    nature: str
    provider: str | None
    contact_due_at: datetime | None
    dispute: int | None
    precedent: str | None
    ruling: int | None


@router.post("/{case_no}/actions")
def post_act(case_no: str, body: ActBody, request: Request, asking: KnownAccount, now: Now) -> ActedOut:
    """Act on a case. An act that its state does not know is 409, with those that you may do now as `legal`."""
    asked = permissions_for(body.act, getattr(body, "phase", None))
    permission = next((one for one in asked if asking.may(one)), asked[0])
    require(permission)(asking)
    with told_transaction(store_of(request)) as conn:
        case = lock_case(conn, reach=asking.reach_for(*asked), case_no=case_no)
        with naming_own_acts(conn, case_no=case_no, asking=asking, now=now):
            return _acted(conn, _act(conn, case, body, asking, now), body.act)


@router.get("/{case_no}/acts", response_model_exclude_none=True)
def get_acts(case_no: str, conn: Conn, asking: CaseReader, now: Now) -> LegalActs:
    """The acts that the viewer may do to a case now, with the fields that each takes."""
    case = peek_case(conn, reach=asking.reach, case_no=case_no)
    needed = {act: {"standard"} for act in list_open_standards(conn, case, at=now)} | needed_of(case, asking)
    fields = {
        act: fields_of(act, choices=choices_of(conn, case, act, asking, now=now), needed=needed.get(act, set()))
        for act in list_acts(conn, case, asking, now=now)
    }
    legal = [LegalAct(act=act, fields=told) for act, told in fields.items()]
    return LegalActs(case_no=case.case_no, state=case.state, legal=legal)


def _act(conn: Connection, case: LockedCase, body: ActBody, asking: Account, now: datetime) -> LockedCase:
    actor = asking.sender
    words = body.model_dump(exclude={"act"})
    match body:
        case said.Sort():
            return sort_case(conn, case, **words, actor=actor, now=now)
        case said.Accept():
            return accept_case(conn, case, **words, actor=actor, now=now)
        case said.Dispatch():
            return dispatch_case(conn, case, **words, actor=actor, now=now)
        case said.Return():
            return return_case(conn, case, **words, own=departments_of(asking, case), actor=actor, now=now)
        case said.Dispute():
            return dispute_case(conn, case, **words, actor=actor, now=now)
        case said.Refer():
            return refer_case(conn, case, **words, actor=actor, now=now)
        case said.Contact():
            return contact_case(conn, case, actor=actor, now=now)
        case said.Recall():
            return recall_case(conn, case, **words, actor=actor, now=now)
        case said.OrderInterim():
            return order_interim(conn, case, **words, actor=actor, now=now)
        case said.NoteCost():
            return note_cost(conn, case, **words, actor=actor, now=now)
        case said.Supervise():
            return supervise_case(conn, case, **words, actor=actor, now=now)
        case calling.ContactCitizen() | calling.CallBack() | calling.Evaluate() | calling.SettleCallBack():
            return answer_for(conn, case, body, asking, now)
        case _:
            return perform(conn, case, body, asking, now)


def _acted(conn: Connection, case: LockedCase, act: str) -> ActedOut:
    shown = {name: getattr(case, name) for name in ActedOut.model_fields if name not in ("act", "dispute", "assisting")}
    return ActedOut(**shown, act=act, assisting=list(case.assisting), dispute=find_open_dispute(conn, case))
