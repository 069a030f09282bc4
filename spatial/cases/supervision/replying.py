"""Written replies to supervision orders.

An answered order no longer climbs for silence; it still does when the case stays red. Knows orders; refuses to know
people: whether somebody speaks for the unit that is asked comes in as a question that the way in answers.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, lock_case
from spatial.cases.recording import record
from spatial.cases.supervision.orders import SQL, Order, get_order
from spatial.errors import Conflict
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.reach import Reach


def reply_to(conn: Connection, order: Order, *, reach: Reach, text: str, actor: str, now: datetime) -> Order:
    """Keep an answer to an order, which may have several; the first counts as in time or late.

    Raises NotFound outside the reach, Conflict for an order that has ended.
    """
    case = lock_case(conn, reach=reach, case_no=order.case_no)
    held = run(conn, SQL["lock_order"], {"id": order.id}).one()
    if held.ended_at is not None:
        raise Conflict(f"supervision order {order.id} has ended; there is nothing left to answer")
    params = {"id": order.id, "text": text, "actor": actor, "now": now}
    run(conn, SQL["insert_reply"], params)
    run(conn, SQL["note_answered"], params)
    record(conn, [_event(case, order, actor, now)])
    return get_order(conn, reach=reach, number=order.id, now=now)


def _event(case: LockedCase, order: Order, actor: str, now: datetime) -> EventDraft:
    told = {"order": order.id, "kind": order.kind, "level": order.level, "unit": order.addressee}
    hearers = tuple(dict.fromkeys([*case.current_path, *case.parties]))
    return EventDraft(case.district, "case", case.case_no, "case.answered", now, actor, hearers, told)
