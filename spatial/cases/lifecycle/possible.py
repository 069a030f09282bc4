"""Whether an act would go through now: it is offered only where it would not be refused.

Knows requests, clocks, tasks, looks and what a ruling or an interim order waits for. Refuses to know who may: whom
somebody speaks for, and whether he asks or decides, comes in.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.clocks import read_calendar
from spatial.cases.clocks.allowing import read_allowed
from spatial.cases.clocks.granting import MOST_SUSPENSIONS, check_appeal, check_suspension, extend
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import find_ruled_hindrance
from spatial.cases.disputes.interim import is_cost_open
from spatial.cases.lifecycle.flexible import limit_of
from spatial.cases.lifecycle.handling import find_open_task, list_given, list_revocable
from spatial.cases.lifecycle.requests import Asked, find_asked
from spatial.cases.lifecycle.signing import is_check_asked
from spatial.cases.lifecycle.tasks import list_tasks
from spatial.errors import Conflict, Invalid

KINDS = {"extend": "extension", "suspend": "suspension", "appeal": "appeal"}


@dataclass(frozen=True)
class Part:
    """What somebody is to a request: whether he asks for the lead, decides, and decides a second extension."""

    actor: str
    asks: bool
    decides: bool
    decides_again: bool


def list_phases(conn: Connection, case: LockedCase, act: str, *, part: Part, now: datetime) -> list[str]:
    """What of asking and deciding would go through: `ask`, or `approve` and `refuse`; nothing for other acts."""
    if act not in KINDS:
        return []
    waiting = find_asked(conn, case, kind=KINDS[act])
    if waiting is None:
        asks = part.asks and case.lead is not None and _goes(lambda: _check_ask(conn, case, act, now))
        return ["ask"] if asks else []
    if not part.decides or waiting.asked_by == part.actor:
        return []
    approves = _may_approve(case, act, waiting, part) and _goes(lambda: _check_approval(conn, case, act, waiting, now))
    return ["approve", "refuse"] if approves else ["refuse"]


def can_go_through(
    conn: Connection, case: LockedCase, act: str, *, own: Set[str] | None, now: datetime, dispatches: bool = False
) -> bool:
    """Whether what an act needs of the case is there, for whoever speaks for these units, None is any, and may dispatch
    it.
    """
    match act:
        case "dispatch":
            return case.state != "ruled" or find_ruled_hindrance(conn, case, now=now) is None
        case "ask_check":
            return not is_check_asked(conn, case)
        case "note_cost":
            return is_cost_open(conn, case)
        case "return":
            return not list_given(conn, case)
        case "revoke_task":
            return bool(list_revocable(conn, case, dispatches=dispatches, own=own))
        case "finish_task":
            return find_open_task(conn, case, own) is not None
        case _:
            return True


def list_verdicts(conn: Connection, case: LockedCase) -> list[bool]:
    """The words of a check that would go through: none passes while a mandatory task is open."""
    waits = any(task.state == "open" and task.is_mandatory for task in list_tasks(conn, case.key))
    return [False] if waits else [True, False]


def _may_approve(case: LockedCase, act: str, waiting: Asked, part: Part) -> bool:
    if act == "appeal":
        return waiting.reviewed_by != part.actor
    return act != "extend" or not case.extensions or part.decides_again


def _check_ask(conn: Connection, case: LockedCase, act: str, now: datetime) -> None:
    if act == "suspend":
        if case.suspensions >= MOST_SUSPENSIONS:
            raise Conflict("the case was suspended before, and no case is suspended twice")
    elif act == "appeal":
        missed = case.missed_at is not None
        check_appeal(appeals=case.appeals, closed_at=case.closed_at, due_at=case.due_at, missed=missed)
    else:
        _check_extension(conn, case, now)


def _check_approval(conn: Connection, case: LockedCase, act: str, waiting: Asked, now: datetime) -> None:
    if act == "suspend" and waiting.until is not None:
        longest = read_allowed(conn).longest_suspension
        check_suspension(suspensions=case.suspensions, until=waiting.until, now=now, longest=longest)
    elif act == "extend":
        _check_extension(conn, case, waiting.asked_at)


def _check_extension(conn: Connection, case: LockedCase, at: datetime) -> None:
    if case.due_at is None:
        raise Conflict("this case has no deadline that could be extended")
    extend(
        read_calendar(conn, case.district), due_at=case.due_at, limit=limit_of(case), extensions=case.extensions,
        paused=case.paused_since is not None, now=at, most=read_allowed(conn).most_extensions,
    )  # fmt: skip


def _goes(check: Callable[[], None]) -> bool:
    try:
        check()
    except (Conflict, Invalid):
        return False
    return True
