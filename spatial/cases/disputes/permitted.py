"""Which acts somebody may do to a case now: what the table knows, narrowed to what he may and what can succeed.

Pure. Knows the permission that each act asks for; refuses to know who has it.
"""

from collections.abc import Set

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.transitions import Transitions

# An act that is missing here is nobody's to do by itself: `rule` belongs to a ruling.
PERMISSIONS = {
    "sort": "sort",
    "accept": "accept",
    "dispatch": "dispatch",
    "return": "return",
    "dispute": "dispute",
    "refer": "refer",
    "contact": "refer",
    "recall": "refer",
    "order_interim": "order_interim",
    "note_cost": "dispute",
}


def list_legal(
    case: LockedCase, permissions: Set[str], *, transitions: Transitions, own: Set[str] | None = None
) -> list[str]:
    """The acts that a viewer with these permissions on this case may do now.

    `own` holds the departments that he speaks for when he returns, None is any.
    """
    known = [act for act in transitions.legal(case.state) if PERMISSIONS.get(act) in permissions]
    return [act for act in known if _can_succeed(case, act, own)]


def _can_succeed(case: LockedCase, act: str, own: Set[str] | None) -> bool:
    if act == "return":
        is_locked = case.ruling is not None or case.precedent is not None
        return not is_locked and (own is None or case.lead in own)
    if act == "contact":
        return case.contacted_at is None
    return case.category is not None if act in ("accept", "dispatch", "dispute") else True
