"""Which acts somebody may do to a case now: what the table knows, narrowed to what he may and what can succeed.

Pure. Knows the permission that each act asks for; refuses to know who has it.
"""

from collections.abc import Set

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.transitions import Transitions

# An act that is missing here is nobody's to do by itself: `rule` belongs to a ruling, others to a filing or an order.
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
    "note_cost": "note_cost",
    "void": "void",
    "ask_check": "accept",
    "verify_report": "verify",
    "handle_own": "solve_own",
    "solve_own": "solve_own",
    "hand_over": "solve_own",
    "escalate": "escalate",
    "order_down": "escalate",
    "receive": "receive",
    "submit": "submit",
    "finish_task": "finish_task",
    "assign_task": "receive",
    "revoke_task": "receive",
    "verify_result": "verify",
    "extend": "ask_extension",
    "suspend": "ask_extension",
    "appeal": "ask_extension",
    "ask_help": "ask_extension",
    "resume": "approve_clock",
    "reopen": "reopen",
    "merge": "merge",
    "split": "merge",
    "supervise": "supervise",
    "contact_citizen": "submit",
    "call_back": "call_back",
    "settle_call_back": "supervise",
    "evaluate": "call_back",
}
# What a unit asks for, another decides.
DECIDED_BY = {"extend": "approve_clock", "suspend": "approve_clock", "appeal": "approve_clock"}
# What the lead unit may do to its own, and whoever has this permission to any: no case waits for ever for a helper.
ALSO_BY = {"revoke_task": "dispatch"}
_BY_LEAD = frozenset(
    ("receive", "submit", "assign_task", "revoke_task", "extend", "suspend", "appeal", "ask_help", "contact_citizen")
)


def permission_for(act: str, phase: str | None = None) -> str:
    """The permission that an act asks for; deciding (`phase`) is another's than asking. Raises KeyError."""
    return DECIDED_BY[act] if phase in ("approve", "refuse") else PERMISSIONS[act]


def permissions_for(act: str, phase: str | None = None) -> tuple[str, ...]:
    """The permissions of which any lets somebody do an act. Raises KeyError."""
    also = (ALSO_BY[act],) if act in ALSO_BY else ()
    return (permission_for(act, phase), *also)


def list_legal(
    case: LockedCase,
    permissions: Set[str],
    *,
    transitions: Transitions,
    own: Set[str] | None = None,
    spoken: Set[str] | None = None,
    lead_ended: bool = False,
) -> list[str]:
    """The acts that a viewer with these permissions on this case may do now.

    `own` holds the departments that he speaks for when he returns, `spoken` the units for which he handles; None is
    any. `lead_ended` says that the department which has the case has ended: then it may be disputed whatever locked it.
    """
    known = [act for act in transitions.legal(case.state) if _asked_of(act) & permissions]
    if not lead_ended and case.state in ("ruled", "handling"):
        known = [act for act in known if act != "dispute"]
    decides = {act for act in known if not permissions.isdisjoint((DECIDED_BY.get(act), ALSO_BY.get(act)))}
    return [act for act in known if act in decides or _is_his(case, act, spoken) and _can_succeed(case, act, own)]


def _asked_of(act: str) -> set[str]:
    return {table[act] for table in (PERMISSIONS, DECIDED_BY, ALSO_BY) if act in table}


def _is_his(case: LockedCase, act: str, spoken: Set[str] | None) -> bool:
    if spoken is None:
        return True
    if act == "finish_task":
        return not spoken.isdisjoint(case.assisting)
    return act not in _BY_LEAD or case.lead in spoken


def _can_succeed(case: LockedCase, act: str, own: Set[str] | None) -> bool:
    if act == "return":
        is_locked = case.ruling is not None or case.precedent is not None
        return not is_locked and (own is None or case.lead in own)
    if act == "contact":
        return case.contacted_at is None
    if act in ("escalate", "order_down"):
        if act == "escalate" and case.state == "own_handling" and case.category is None:
            return False  # what the own level lets go of is filed under its matter
        return case.tier is not None and (1 < case.tier if act == "escalate" else case.tier < len(case.current_path))
    return case.category is not None if act in ("accept", "dispatch", "dispute", "hand_over") else True
