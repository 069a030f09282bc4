"""What one person does not do alone: who handled a case does not check it, who sent it on again does not open it.

Both are read from the case's own chain: who signed what. What the own level solved itself is the one result that
nobody else checks (自处归档). Knows links; refuses to know roles.
"""

from collections.abc import Set

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.errors import Forbidden
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "signing.sql")
_HANDLED = ["case.received", "case.submitted", "case.task_finished"]
_CHECKS = ["case.check_asked", "case.report_verified"]


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
    if act == "receive" and case.returns and _newest(conn, case, ["case.dispatched"]) == ("case.dispatched", actor):
        return "whoever sends a returned case on again does not open it for its unit; the unit does"
    return None


def is_check_asked(conn: Connection, case: LockedCase) -> bool:
    """Whether somebody is asked to look whether the report is so, and has not told yet."""
    found = _newest(conn, case, _CHECKS)
    return found is not None and found[0] == "case.check_asked"


def _why_not_check(conn: Connection, case: LockedCase, own: Set[str] | None, actor: str) -> str | None:
    if own is not None and case.lead in own:
        return f"you speak for {case.lead}, which handled this case; somebody else checks its result"
    asked = {**case.key, "actor": actor, "kinds": _HANDLED, "since": "case.dispatched"}
    if run(conn, SQL["signed_since"], asked).scalar_one():
        return "you handled this case yourself; somebody else checks its result"
    return None


def _newest(conn: Connection, case: LockedCase, kinds: list[str]) -> tuple[str, str] | None:
    row = run(conn, SQL["newest_of"], {**case.key, "kinds": kinds}).first()
    return None if row is None else (row.kind, row.actor)
