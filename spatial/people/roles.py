"""Roles, and what each may do: the one table that says so.

Knows names. How far a permission reaches is a posting's word (`spatial/people/accounts.py`), and which route asks
for which permission is the way in's.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_CLERK = frozenset(
    ("read_cases", "read_text", "read_identity", "sort", "accept", "dispatch", "dispute", "note_cost", "refer",
     "propose_duty", "read_governance", "void", "verify", "reopen", "escalate", "merge", "call_back", "read_scores")
)  # fmt: skip
_HANDLING = frozenset(("receive", "submit", "finish_task", "ask_extension", "answer_order"))  # as a lead unit
_FIELD = frozenset(("read_cases", "read_text", "check_in", "verify", "solve_own", "score"))
# These nobody but an administrator has.
_ADMINISTRATION = frozenset(
    ("load_history", "adopt_duty", "edit_rules", "manage_people")
)  # fmt: skip
_BY_ROLE: dict[str, frozenset[str]] = {
    "citizen": frozenset(),
    "grid_officer": _FIELD | {"report_in"},
    "grid_leader": _FIELD | {"accept", "sort", "escalate", "answer_order", "read_scores", "read_governance"},
    "department_handler": _HANDLING
    | {"read_cases", "read_text", "return", "report_in", "score", "answer_duty", "propose_duty", "read_scores",
       "read_governance"},
    "street_clerk": _CLERK | _HANDLING | {"solve_own", "whistle"},
    "planner": frozenset(("read_cases", "read_governance", "redraw", "propose_duty")),
    "panel_member": frozenset(
        ("read_cases", "read_text", "rule", "settle_duty", "order_interim", "note_cost", "confer", "read_scores",
         "read_governance")
    ),
    "centre_operator": _CLERK
    | {"order_interim", "train_sorting", "approve_clock", "supervise", "answer_order", "confer"},
    "supervisor": frozenset(
        ("read_cases", "read_text", "read_identity", "read_looks", "read_scores", "read_governance", "approve_clock",
         "approve_again", "supervise", "reopen")
    ),
}  # fmt: skip
PERMISSIONS = frozenset.union(_ADMINISTRATION, *_BY_ROLE.values())
# Narrowest first: the last of somebody's roles is the one that is shown.
BY_ROLE: Mapping[str, frozenset[str]] = MappingProxyType(_BY_ROLE | {"administrator": PERMISSIONS})
ROLES = tuple(BY_ROLE)


def role_may(role: str, permission: str) -> bool:
    """Whether a role has a permission. Raises KeyError for a permission that is none: a misspelt one shuts nobody out
    in a way that anybody would notice.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return permission in BY_ROLE[role]


def roles_with(permission: str) -> tuple[str, ...]:
    """The roles that have a permission, narrowest first."""
    return tuple(role for role in ROLES if role_may(role, permission))


def widest(roles: Iterable[str]) -> str:
    """The role by which somebody is shown; `citizen` where there is none."""
    return max(roles, key=ROLES.index, default="citizen")
