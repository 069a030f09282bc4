"""What one person does not do alone, and what nobody does before the place was looked at.

Who handled a case does not check it, who sent it on again does not open it; and nothing is accepted, handed over,
referred or brought before a panel, whose ruling hands it over, while a look waits or has found nothing: who knows
better looks again, or the report is void. All are read from the case's own chain: who signed what. What the own level
solved itself is the one result that nobody else checks (自处归档). Knows links; refuses to know roles.
"""

from collections.abc import Set
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.disputes.acting import LockedCase
from spatial.errors import Conflict, Forbidden
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "signing.sql")
_HANDLED = ["case.received", "case.submitted", "case.task_finished"]
_CHECKS = ["case.check_asked", "case.report_verified"]
_BEHIND_A_LOOK = ("accept", "dispatch", "dispute", "refer")
_LOOKED_AT = ("reported", "filed")  # where a look may still be asked for and told


def check_is_another(conn: Connection, case: LockedCase, act: str, *, own: Set[str] | None, actor: str) -> None:
    """Raise Forbidden where somebody would do an act that must be another's than his who did the one before.

    `own` holds the units that he speaks for; None is any, and then only what he signed himself counts.
    """
    why = find_hindrance(conn, case, act, own=own, actor=actor)
    if why is not None:
        raise Forbidden(why, field="act")


def find_hindrance(conn: Connection, case: LockedCase, act: str, *, own: Set[str] | None, actor: str) -> str | None:
    """Why somebody does not do this act to this case; None where nothing hinders him."""
    if act == "verify_result":
        return _why_not_check(conn, case, own, actor)
    if act in _BEHIND_A_LOOK:
        return find_doubt(conn, case)
    if act == "handle_own":
        return find_doubt(conn, case, waits=False)
    if act == "receive" and case.returns and _sender(conn, case) == actor:
        return "whoever sends a returned case on again does not open it for its unit; the unit does"
    return None


def is_check_asked(conn: Connection, case: LockedCase) -> bool:
    """Whether somebody is asked to look whether the report is so, and has not told yet."""
    found = _newest(conn, case, _CHECKS)
    return found is not None and found.kind == "case.check_asked"


def find_doubt(conn: Connection, case: LockedCase, *, waits: bool = True) -> str | None:
    """Why a case is neither accepted nor handed over yet: a look waits, or the last one found nothing.

    The own level may set about it while a look waits (`waits` False): it is there.
    """
    found = _newest(conn, case, _CHECKS) if case.state in _LOOKED_AT else None
    if found is None or found.is_true:
        return None
    if found.kind == "case.check_asked":
        told = "a look at the place was asked for and is not answered; verify_report tells what it has shown"
        return told if waits else None
    return "the last look at the place found that the report is not so; void it, or look again (verify_report)"


def check_no_doubt(conn: Connection, case: LockedCase, *, waits: bool = True) -> None:
    """Raise Conflict where a case is neither accepted nor handed over yet, as `find_doubt` says."""
    why = find_doubt(conn, case, waits=waits)
    if why is not None:
        raise Conflict(why, field="act")


def _why_not_check(conn: Connection, case: LockedCase, own: Set[str] | None, actor: str) -> str | None:
    if own is not None and case.lead in own:
        return f"you speak for {case.lead}, which handled this case; somebody else checks its result"
    asked = {**case.key, "actor": actor, "kinds": _HANDLED, "since": "case.dispatched"}
    if run(conn, SQL["signed_since"], asked).scalar_one():
        return "you handled this case yourself; somebody else checks its result"
    return None


def _sender(conn: Connection, case: LockedCase) -> str | None:
    sent = _newest(conn, case, ["case.dispatched"])
    return None if sent is None else str(sent.actor)


def _newest(conn: Connection, case: LockedCase, kinds: list[str]) -> Row[Any] | None:
    return run(conn, SQL["newest_of"], {**case.key, "kinds": kinds}).first()
