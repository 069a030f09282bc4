"""Who does not speak in a citizen's name: whose unit led or assisted his case, who handled it, and who closed it.

Nobody judges his own work, by telephone neither. What somebody signed is read from the case's own chain, since the case
was last handed over. Knows links; refuses to know roles.
"""

from collections.abc import Set

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.lifecycle.signing import SQL
from spatial.errors import Forbidden
from spatial.store.db import run

OWN_WORK = ["case.received", "case.submitted", "case.task_finished", "case.own_solved", "case.result_verified"]


def check_impartial(conn: Connection, case: LockedCase, *, own: Set[str] | None, actor: str) -> None:
    """Raise Forbidden for somebody who had a part in this case: he neither asks its citizen nor speaks for him.

    `own` holds the units that he speaks for; None is any, and then only what he signed himself counts.
    """
    why = find_part(conn, case, own=own, actor=actor)
    if why is not None:
        raise Forbidden(why)


def find_part(conn: Connection, case: LockedCase, *, own: Set[str] | None, actor: str) -> str | None:
    """Which part somebody had in this case, so that its citizen is another's to ask; None where he had none."""
    units = [unit for unit in (case.lead, *case.assisting) if unit is not None and own is not None and unit in own]
    if units:
        return f"you speak for {units[0]}, which had a part in this case; somebody else hears its citizen"
    signed = {**case.key, "actor": actor, "kinds": OWN_WORK, "since": "case.dispatched"}
    if run(conn, SQL["signed_since"], signed).scalar_one():
        return "you handled or closed this case yourself; somebody else hears its citizen"
    return None
