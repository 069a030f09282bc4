"""Handing a ruled case over to the unit that the ruling names, with the ruling among its reasons.

Done at once when the ruling is in force, else by the sweep on the day. Refuses to decide anything: the ruling
did. What was decided about the owner before is kept beside. A ruling that names a department which has ended since
hands nothing over: its case is a dispute again.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.disputes.acting import LockedCase, holders_among, lock_case, move_case, open_dispute
from spatial.cases.disputes.timing import due_of_hand_over
from spatial.cases.disputes.units import list_ended
from spatial.errors import Conflict
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY

SQL = load_queries(__file__, "handing.sql")
_FORMS = {"written_instruction": ("written instruction", "批示"), "joint_conference": ("joint conference", "联席会议")}


@dataclass(frozen=True)
class HandedOver:
    """What became of ruled cases whose day had come: those handed over, and those that are a dispute again."""

    dispatched: tuple[str, ...]
    reopened: tuple[str, ...]


def take_ruling(conn: Connection, case: LockedCase, *, ruling: int, now: datetime) -> dict[str, Any]:
    """What a ruling changes in its case before anybody has it: the lock, the number, and whose it was decided to be."""
    row = run(conn, SQL["ruling_of_case"], {"ruling": ruling}).one()
    lead, *assisting = _units(conn, row, case)
    run(conn, SQL["keep_decision"], {**case.key, "now": now, "owner": json.dumps(case.owner, ensure_ascii=False)})
    owner = _owner(case.owner, lead, assisting, row)
    return {"ruling": ruling, "precedent": row.precedent, "owner": owner}


def dispatch_ruled(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    """Hand a locked case in state `ruled` to the ruling's lead; `@level` becomes the body where the case lies.

    Who was to assist and has ended is left out. Raises Conflict where the lead has ended.
    """
    row = run(conn, SQL["ruling_of_case"], {"ruling": case.ruling}).one()
    ended = list_ended(conn, [row.lead, *row.assisting], at=now)
    if row.lead in ended:
        raise Conflict(f"the ruling names {row.lead}, which has ended; dispute the case, so that it is ruled anew")
    lead, *helping = (unit["ref"] for unit in _units(conn, row, case))
    assisting = [unit for unit in helping if unit not in ended]
    changes = {"lead": lead, "assisting": assisting, "holders": holders_among(lead, assisting)}
    changes |= due_of_hand_over(conn, case, now=now)
    told = {"lead": lead, "assisting": assisting, "ruling": row.id, "precedent": row.precedent}
    return move_case(
        conn, case, act="dispatch", to_state="pending", changes=changes, actor=actor, now=now, payload=told
    )


def dispatch_effective(conn: Connection, *, now: datetime, limit: int) -> HandedOver:
    """Hand over the ruled cases whose ruling has come into force, at most `limit`.

    Where the lead has ended meanwhile the case is disputed anew. Twice at once is once: the second waits for each case
    and finds that it is ruled no more.
    """
    due = run(conn, SQL["effective_cases"], {"now": now, "limit": limit, "reach": WHOLE_CITY.bound}).scalars().all()
    done: dict[str, list[str]] = {"pending": [], "disputed": []}
    for case_no in due:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        if case.state == "ruled":
            done[_hand_over(conn, case, now).state].append(case_no)
    return HandedOver(tuple(done["pending"]), tuple(done["disputed"]))


def _hand_over(conn: Connection, case: LockedCase, now: datetime) -> LockedCase:
    lead = run(conn, SQL["ruling_of_case"], {"ruling": case.ruling}).one().lead
    if not list_ended(conn, [lead], at=now):
        return dispatch_ruled(conn, case, actor="system", now=now)
    note = f"{lead} ended before the ruling that gives it this case came into force."
    return open_dispute(conn, case, entry="no_rule", note=note, actor="system", now=now)[0]


def _units(conn: Connection, ruling: Row[Any], case: LockedCase) -> list[dict[str, Any]]:
    rows = run(conn, SQL["units"], {"refs": [ruling.lead, *ruling.assisting], "path": list(case.current_path)})
    return [dict(row._mapping) for row in rows]


def _owner(
    before: dict[str, Any], lead: dict[str, Any], assisting: list[dict[str, Any]], ruling: Row[Any]
) -> dict[str, Any]:
    form, form_zh = _FORMS[ruling.form]
    says = f"{form} on dispute {ruling.dispute} gives the case to {lead['name']}, as precedent {ruling.precedent}"
    says_zh = f"经{form_zh}裁定由{lead['name_zh'] or lead['name']}主办，先例编号{ruling.precedent}"
    said = {"rule": "ruling", "says": says, "says_zh": says_zh}
    decided = {
        "lead": lead, "assisting": assisting, "certainty": "certain", "decided_by": "precedent",
        "precedent": ruling.precedent, "alternatives": [], "interim": None,
    }  # fmt: skip
    return before | decided | {"reasons": [*before.get("reasons", []), said]}
