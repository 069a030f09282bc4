"""Whose the acts of a level are: of whoever is posted at the level that holds the case, or at a wider one over it.

An officer of a unit acts while his unit holds the case; behind an escalation it is the community's, and so up to the
district. Nobody passes on, takes back or solves for a level that stands above him. The centre stands above all of
them. Knows chains of cells; whose postings reach how far comes in as a value. Source: domain 1.4 (25).
"""

from datetime import UTC, datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.territory import list_territory
from spatial.errors import Forbidden
from spatial.grid.levels import list_levels
from spatial.store.reach import Reach

LEVEL_ACTS = frozenset(("handle_own", "solve_own", "hand_over", "escalate", "order_down"))
_NOWADAYS = datetime.max.replace(tzinfo=UTC)  # the newest name


def is_of_level(case: LockedCase, act: str, posted: Reach) -> bool:
    """Whether an act is theirs who are `posted` so far: any act but those of a level is."""
    return act not in LEVEL_ACTS or posted.covers(case.current_path[: case.tier])


def check_of_level(conn: Connection, case: LockedCase, act: str, posted: Reach) -> None:
    """Raise Forbidden, naming the level that holds the case, where an act is not theirs who are `posted` so far."""
    if is_of_level(case, act, posted):
        return
    holder = _holder(conn, case)
    raise Forbidden(f"{holder} holds this case; {act} is for whoever is posted there, or above it", field="act")


def _holder(conn: Connection, case: LockedCase) -> str:
    if case.tier is None or case.tier > len(case.current_path):
        return "the whole city"
    place = (case.current_path[case.tier - 1], _NOWADAYS)
    cell = list_territory(conn, asked=[place])[place]
    level = next(one.name for one in list_levels(conn) if one.key == cell.level)
    return f"the {level.lower()} ({cell.body or cell.name})"
