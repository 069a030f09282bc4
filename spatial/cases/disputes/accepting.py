"""Accepting: a case is taken on, under one of the handling standards of what it is about.

Knows standards as rows. Refuses to know the clocks that they set (`spatial/cases/clocks/`).
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.clocks.fixing import due_when_filed
from spatial.cases.disputes.acting import LockedCase, matter_of, move_case, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.signing import check_no_doubt
from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "accepting.sql")


def accept_case(conn: Connection, case: LockedCase, *, standard: int | None, actor: str, now: datetime) -> LockedCase:
    """Take a case on, under one of its matter's handling standards; a single one is chosen by itself.

    Raises IllegalAct, Conflict for a case without a matter and while a look at the place waits or has found nothing,
    Invalid for a standard that is missing or another matter's.
    """
    check_act(read_transitions(conn), state=case.state, act="accept")
    check_no_doubt(conn, case)
    chosen = choose_standard(conn, matter=matter_of(case), standard=standard, at=now)
    told = {"category": case.category, "standard": chosen}
    due = due_when_filed(conn, district=case.district, matter=matter_of(case), standard=chosen, start=now)
    changes = {"standard": chosen} | ({} if case.is_history else due)
    return move_case(conn, case, act="accept", to_state="filed", changes=changes, actor=actor, now=now, payload=told)


def choose_standard(conn: Connection, *, matter: str, standard: int | None, at: datetime) -> int | None:
    """The standard that a case runs under: the one named, or the only one; None where the matter has none.

    Raises Invalid where one must be named, or the one named is not the matter's.
    """
    known = list_standards(conn, matter=matter, at=at)
    told = "; ".join(f"{number}: {condition}" for number, condition in known.items())
    if standard is not None and standard not in known:
        raise Invalid(f"standard {standard} is none of the matter {matter}; {told or 'it has none'}", field="standard")
    if standard is None and len(known) > 1:
        raise Invalid(f"standard must be chosen, the matter {matter} has several; {told}", field="standard")
    return standard if standard is not None else next(iter(known), None)


def list_open_standards(conn: Connection, case: LockedCase, *, at: datetime) -> list[str]:
    """The acts that file a case only with its standard named: its matter has several, and none was chosen before."""
    if case.category is None or len(list_standards(conn, matter=case.category, at=at)) < 2:
        return []
    files_on = ["hand_over", "recall"] + (["escalate"] if case.state == "own_handling" else [])
    return ["accept"] + (files_on if case.standard is None else [])


def list_standards(conn: Connection, *, matter: str, at: datetime) -> dict[int, str]:
    """The handling standards of a matter at a moment: the filing condition of each, in their order."""
    rows = run(conn, SQL["standards_of"], {"matter": matter, "at": at})
    return {row.id: row.filing_condition for row in rows}
