"""Flexible space (弹性空间): extension, suspension, resuming, appeal: asked for by the unit, decided by another.

The arithmetic and the refusals are the clocks'; here they are acts. A refusal does not count. An appeal takes two
reviews by two people; what it changes is what is counted, never what happened.
"""

from collections.abc import Callable, Mapping, Set
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks import Limit, read_calendar, read_clocks
from spatial.cases.clocks.allowing import read_allowed
from spatial.cases.clocks.deadlines import PROVISIONAL, clock_limit
from spatial.cases.clocks.granting import (
    Extended,
    check_appeal,
    check_suspension,
    due_after_resuming,
    extend,
    left_when_stopped,
)
from spatial.cases.clocks.horizon import marked, plain_reason
from spatial.cases.clocks.limits import URGENT_HOUR
from spatial.cases.disputes.acting import LockedCase, lock_case, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.requests import SQL, Asked, ask, get_asked, review, settle
from spatial.cases.lifecycle.speaking import check_lead
from spatial.cases.lifecycle.tasks import move_own_parts, own_dates
from spatial.errors import Conflict, Forbidden, Invalid
from spatial.store.db import run
from spatial.store.reach import WHOLE_CITY

PHASES = ("ask", "approve", "refuse")


def own_limit(case: LockedCase) -> Limit | None:
    """The limit that was fixed for a case; None where none was yet: a provisional one gives way to its matter's."""
    return None if plain_reason(case.due_reason) == PROVISIONAL else _stored_limit(case)


def limit_of(case: LockedCase) -> Limit:
    """The limit that a case runs under, be it provisional; without any, the time from its intake to its deadline."""
    if known := _stored_limit(case):
        return known
    if case.due_at is None or case.due_at <= case.received_at:
        raise Conflict("this case has no limit that could be added to it")
    return clock_limit(case.due_at - case.received_at)


def _stored_limit(case: LockedCase) -> Limit | None:
    if case.limit_amount is None or case.limit_unit is None:
        return None
    return Limit(Decimal(case.limit_amount), case.limit_unit)


def extend_case(
    conn: Connection,
    case: LockedCase,
    *,
    phase: str,
    reason: str,
    own: Set[str] | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """Ask for more time, or decide what was asked; in time is what was asked before the deadline.

    Raises IllegalAct, Forbidden, and Conflict for a third extension or one asked too late.
    """
    check_act(read_transitions(conn), state=case.state, act="extend")

    def approve(asked: Asked) -> dict[str, Any]:
        longer = _extended(conn, case, asked.asked_at)
        return {"due_at": longer.due_at, "due_reason": longer.reason, "extensions": longer.number}

    if phase == "ask":
        _extended(conn, case, now)
    return _decide(
        conn, case, act="extend", kind="extension", phase=phase, reason=reason, until=None, own=own, approve=approve,
        to_state=case.state, actor=actor, now=now,
    )  # fmt: skip


def suspend_case(
    conn: Connection,
    case: LockedCase,
    *,
    phase: str,
    reason: str,
    until: datetime | None,
    own: Set[str] | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """Ask that the clock stands until a moment, or decide it; once, for a year at most.

    Raises IllegalAct, Forbidden, Conflict for a second one, Invalid for an end that is missing, past or too far.
    """
    check_act(read_transitions(conn), state=case.state, act="suspend")
    if phase == "ask":
        if until is None:
            raise Invalid("until must say when the case goes on by itself", field="until")
        _check_suspension(conn, case, until, now)

    def approve(asked: Asked) -> dict[str, Any]:
        if asked.until is None:
            raise Conflict("this request names no end")
        _check_suspension(conn, case, asked.until, now)
        return {"paused_since": now, "suspensions": case.suspensions + 1, "clock_left": _left(conn, case, now)}

    return _decide(
        conn, case, act="suspend", kind="suspension", phase=phase, reason=reason, until=until, own=own,
        approve=approve, to_state="suspended" if phase == "approve" else case.state, actor=actor, now=now,
    )  # fmt: skip


def resume_case(conn: Connection, case: LockedCase, *, reason: str | None, actor: str, now: datetime) -> LockedCase:
    """Let the clock run on: what was left of each limit is left again. Raises IllegalAct."""
    check_act(read_transitions(conn), state=case.state, act="resume")
    if reason:
        note_words(conn, case, act="resume", note=reason, actor=actor, now=now)
    paused = case.paused_since or now
    clocks = read_clocks(conn)
    calendar = clocks.of(case.district)

    def moved(due: datetime | None, unit: str) -> datetime | None:
        kept = case.clock_left
        return due and due_after_resuming(calendar, due_at=due, unit=unit, paused=paused, resumed=now, left=kept)

    unit = case.limit_unit or URGENT_HOUR
    due_at = moved(case.due_at, unit)
    changes: dict[str, Any] = {"paused_since": None, "clock_left": None, "due_at": due_at}
    if due_at is not None:  # what runs on into a year that nobody knows says so
        changes["due_reason"] = marked(case.due_reason, calendar.unknown_year(now, due_at, unit))
    taken = case.taken_at is not None and (case.dispatched_at is None or case.taken_at >= case.dispatched_at)
    if not taken:  # what was left of the first look is left again, on the clock of its own limit
        changes["step_due_at"] = moved(case.step_due_at, clocks.receive.unit)
    told = {"paused_since": paused.isoformat(), "due_at": _iso(changes["due_at"])}

    def moved_part(due: datetime) -> datetime:
        kept = case.clock_left
        date = due_after_resuming(calendar, due_at=due, unit=unit, paused=paused, resumed=now, left=kept)
        return date if due_at is None else min(date, due_at)

    back = move_case(
        conn, case, act="resume", to_state="handling" if taken else "pending", changes=changes, actor=actor,
        now=now, payload=told,
    )  # fmt: skip
    # Behind the case, with which the parts that are due with it have moved: the others have dates of their own.
    move_own_parts(conn, case.key, case_due_at=due_at, moved=moved_part)
    return back


def resume_due(conn: Connection, *, now: datetime, limit: int) -> int:
    """Resume the cases whose suspension is over, at most `limit`, each at the moment at which it was; how many.

    Twice at once is once: the second waits for each case and finds it resumed.
    """
    done = 0
    for row in run(conn, SQL["due_resumes"], {"now": now, "limit": limit, "reach": WHOLE_CITY.bound}).all():
        case = lock_case(conn, reach=WHOLE_CITY, case_no=row.case_no)
        if case.state == "suspended":
            resume_case(conn, case, reason=None, actor="system", now=row.due_at)
            done += 1
    return done


def appeal_case(
    conn: Connection, case: LockedCase, *, phase: str, reason: str, own: Set[str] | None, actor: str, now: datetime
) -> LockedCase:
    """The unit says that it was not to blame for a delay; two people review it, one after the other.

    Raises IllegalAct, Forbidden, Conflict for a second appeal, or one on a case that was closed in time.
    """
    check_act(read_transitions(conn), state=case.state, act="appeal")
    if phase == "ask":
        missed = case.missed_at is not None
        check_appeal(appeals=case.appeals, closed_at=case.closed_at, due_at=case.due_at, missed=missed)
        return _asked(conn, case, "appeal", "appeal", reason, None, own, {"appeals": 1}, actor=actor, now=now)
    asked = get_asked(conn, case, kind="appeal")
    if phase == "approve" and asked.reviewed_by is None:
        note_words(conn, case, act="appeal", note=reason, actor=actor, now=now)
        review(conn, asked, actor=actor, now=now)
        told = {"phase": "review", "request": asked.id}
        return move_case(conn, case, act="appeal", to_state=case.state, changes={}, actor=actor, now=now, payload=told)
    if phase == "approve" and asked.reviewed_by == actor:
        raise Forbidden("the second review of an appeal is somebody else's than the first")
    return _settled(conn, case, "appeal", phase, reason, asked, changes={}, to_state=case.state, actor=actor, now=now)


def _check_suspension(conn: Connection, case: LockedCase, until: datetime, now: datetime) -> None:
    longest = read_allowed(conn).longest_suspension
    check_suspension(suspensions=case.suspensions, until=until, now=now, longest=longest)


def _left(conn: Connection, case: LockedCase, now: datetime) -> dict[str, str]:
    clocks, unit = read_clocks(conn), case.limit_unit or URGENT_HOUR
    parts = ((date, unit) for date in own_dates(conn, case.key, case_due_at=case.due_at))
    dues = ((case.due_at, unit), (case.step_due_at, clocks.receive.unit), *parts)
    return left_when_stopped(clocks.of(case.district), dues, paused=now)


def _extended(conn: Connection, case: LockedCase, at: datetime) -> Extended:
    if case.due_at is None:
        raise Conflict("this case has no deadline that could be extended")
    calendar = read_calendar(conn, case.district)
    return extend(
        calendar, due_at=case.due_at, limit=limit_of(case), extensions=case.extensions,
        paused=case.paused_since is not None, now=at, most=read_allowed(conn).most_extensions,
    )  # fmt: skip


def _decide(
    conn: Connection,
    case: LockedCase,
    *,
    act: str,
    kind: str,
    phase: str,
    reason: str,
    until: datetime | None,
    own: Set[str] | None,
    approve: Callable[[Asked], dict[str, Any]],
    to_state: str,
    actor: str,
    now: datetime,
) -> LockedCase:
    if phase == "ask":
        return _asked(conn, case, act, kind, reason, until, own, {}, actor=actor, now=now)
    asked = get_asked(conn, case, kind=kind)
    changes = approve(asked) if phase == "approve" else {}
    return _settled(conn, case, act, phase, reason, asked, changes=changes, to_state=to_state, actor=actor, now=now)


def _asked(
    conn: Connection,
    case: LockedCase,
    act: str,
    kind: str,
    reason: str,
    until: datetime | None,
    own: Set[str] | None,
    changes: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> LockedCase:
    unit = check_lead(case, own)
    request = ask(conn, case, kind=kind, unit=unit, until=until, actor=actor, now=now)
    note_words(conn, case, act=act, note=reason, actor=actor, now=now)
    told = {"phase": "ask", "request": request, "unit": unit, "until": _iso(until)}
    return move_case(conn, case, act=act, to_state=case.state, changes=changes, actor=actor, now=now, payload=told)


def _settled(
    conn: Connection,
    case: LockedCase,
    act: str,
    phase: str,
    reason: str,
    asked: Asked,
    *,
    changes: Mapping[str, Any],
    to_state: str,
    actor: str,
    now: datetime,
) -> LockedCase:
    if actor == asked.asked_by:
        raise Forbidden("who asked does not decide; somebody else does", field="phase")
    settle(conn, asked, state="approved" if phase == "approve" else "refused", actor=actor, now=now)
    note_words(conn, case, act=act, note=reason, actor=actor, now=now)
    told = {"phase": phase, "request": asked.id, "unit": asked.unit, "due_at": _iso(changes.get("due_at", case.due_at))}
    return move_case(conn, case, act=act, to_state=to_state, changes=changes, actor=actor, now=now, payload=told)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
