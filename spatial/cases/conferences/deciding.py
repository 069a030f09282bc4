"""The decision of a conference: who leads, who assists, on which grounds; it moves the case at once.

Whoever holds the case loses it to the decided lead, who cannot hand it back as not mine. Where the case is disputed
the decision is a ruling in the form of a joint conference; where a scope is stated it becomes one, and leaves a
precedent. Knows the order of deciding. Refuses to commit and to wake readers.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.conferences.conferring import SQL, ActionDraft, add_actions, check_open, lock_conference
from spatial.cases.conferences.seating import Member
from spatial.cases.disputes.acting import (
    WITH_NOBODY,
    LockedCase,
    find_open_dispute,
    lock_case,
    matter_of,
    move_case,
    open_dispute,
    read_transitions,
)
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.rulings import Ruled, RulingDraft, rule
from spatial.cases.disputes.scopes import ScopeDraft
from spatial.cases.disputes.transitions import check_act
from spatial.cases.disputes.units import resolve_unit, resolve_units
from spatial.cases.lifecycle.signing import check_no_doubt
from spatial.errors import Conflict, Forbidden, Invalid
from spatial.store.db import run
from spatial.store.reach import Reach

_MOVES = {"pending": "returned", "handling": "returned"}  # all else stays until it is dispatched or ruled


@dataclass(frozen=True)
class DecisionDraft:
    """What a conference decided. `scope` None: about this case alone, and no precedent."""

    lead: str
    assisting: tuple[str, ...]
    grounds: str
    scope: ScopeDraft | None = None
    actions: tuple[ActionDraft, ...] = ()


@dataclass(frozen=True)
class Decided:
    """What became of a case: where it stands, and the ruling and precedent if there is one."""

    conference: int
    case_no: str
    state: str
    lead: str
    assisting: tuple[str, ...]
    ruling: int | None
    precedent: str | None


def decide(
    conn: Connection,
    conference: int,
    *,
    draft: DecisionDraft,
    reach: Reach,
    ruling_reach: Reach,
    actor: str,
    now: datetime,
) -> Decided:
    """Decide an open conference on a case within reach; `ruling_reach` is where the person may rule.

    Raises NotFound, Conflict for one that is over and while a look at the place waits or has found nothing, Invalid
    naming the field, Forbidden where the decision is a ruling and the person may not rule there, IllegalAct where the
    case cannot be moved from where it stands.
    """
    case, row = lock_conference(conn, conference, reach=reach)
    check_open(row)
    check_act(read_transitions(conn), state=case.state, act="decide")
    check_no_doubt(conn, case)
    members = _check(conn, conference, case, draft, now)
    is_ruling = case.state == "disputed" or draft.scope is not None
    if is_ruling and not ruling_reach.covers((*case.current_path, *case.parties)):
        raise Forbidden("this decision is a ruling: it needs somebody who may rule where the case lies")
    case = _take_away(conn, case, conference, actor=actor, now=now)
    ruled = _rule(conn, case, draft, members, ruling_reach, actor=actor, now=now) if is_ruling else None
    if ruled is None:
        case = dispatch_case(
            conn, case, lead=draft.lead, assisting=draft.assisting, reason=draft.grounds.strip(), actor=actor, now=now
        )
    else:
        case = lock_case(conn, reach=ruling_reach, case_no=case.case_no)
    decided = _close(conn, conference, case, draft, ruled, actor=actor, now=now)
    add_actions(conn, case, conference, draft.actions, actor=actor, now=now)
    return decided


def _check(conn: Connection, conference: int, case: LockedCase, draft: DecisionDraft, now: datetime) -> tuple[str, ...]:
    """The members' names. Raises Invalid for what is missing, before anything moves."""
    matter_of(case)
    members = [Member(row.unit, row.person).label for row in run(conn, SQL["labels"], {"id": conference})]
    if len(set(members)) < 2:
        raise Invalid("a joint conference has at least two members; add them first", field="members")
    if not run(conn, SQL["has_minutes"], {"id": conference}).scalar_one():
        raise Invalid("minutes are missing; write down what was said before it is decided", field="minutes")
    if not draft.grounds.strip():
        raise Invalid("grounds must say what the decision rests on", field="grounds")
    if case.state == "disputed" and draft.scope is None:
        sentence = "scope is missing: the case is disputed, so the decision is a ruling and leaves a precedent"
        raise Invalid(f"{sentence}; say what it holds for, at least a radius around the case", field="scope")
    lead = resolve_unit(conn, draft.lead, path=case.current_path, now=now, field="lead")
    if lead in resolve_units(conn, draft.assisting, path=case.current_path, now=now, field="assisting"):
        raise Invalid("assisting names the lead", field="assisting")
    return tuple(members)


def _take_away(conn: Connection, case: LockedCase, conference: int, *, actor: str, now: datetime) -> LockedCase:
    to_state = _MOVES.get(case.state, case.state)
    told = {"conference": conference, "unit": case.lead}
    return move_case(
        conn, case, act="decide", to_state=to_state, changes=WITH_NOBODY, actor=actor, now=now, payload=told
    )


def _rule(
    conn: Connection,
    case: LockedCase,
    draft: DecisionDraft,
    members: tuple[str, ...],
    reach: Reach,
    *,
    actor: str,
    now: datetime,
) -> Ruled:
    dispute = find_open_dispute(conn, case)
    if dispute is None:
        _, dispute = open_dispute(conn, case, entry="clerk", note="", actor=actor, now=now)
    if draft.scope is None:
        raise Conflict("a ruling states what it holds for", field="scope")
    said = RulingDraft(
        dispute=dispute, form="joint_conference", members=members, lead=draft.lead, assisting=draft.assisting,
        grounds=draft.grounds, scope=draft.scope,
    )  # fmt: skip
    return rule(conn, draft=said, reach=reach, actor=actor, now=now)


def _close(
    conn: Connection,
    conference: int,
    case: LockedCase,
    draft: DecisionDraft,
    ruled: Ruled | None,
    *,
    actor: str,
    now: datetime,
) -> Decided:
    ruling = ruled.ruling.id if ruled else None
    written = {
        "id": conference, "lead": case.lead, "assisting": list(case.assisting), "grounds": draft.grounds.strip(),
        "ruling": ruling, "actor": actor, "now": now,
    }  # fmt: skip
    run(conn, SQL["decide_conference"], written)
    number = ruled.precedent.number if ruled else None
    return Decided(conference, case.case_no, case.state, str(case.lead), case.assisting, ruling, number)
