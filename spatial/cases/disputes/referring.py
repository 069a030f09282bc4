"""Demands that are not the government's: referred to a company or a social body, which calls back in time.

Such a case counts in nobody's performance (the view `government_case` leaves it out) and is with no department.
Refuses to know what the provider then does.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.fixing import due_when_filed
from spatial.cases.disputes.accepting import choose_standard
from spatial.cases.disputes.acting import (
    WITH_NOBODY,
    LockedCase,
    move_case,
    note_words,
    read_transitions,
    withdraw_dispute,
)
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.signing import check_no_doubt
from spatial.errors import Conflict, Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "referring.sql")


def refer_case(
    conn: Connection, case: LockedCase, *, nature: str, provider: str, actor: str, now: datetime
) -> LockedCase:
    """Mark a demand as the market's or society's and give it to a provider of that kind; a dispute is withdrawn.

    The contact is due at `now` and the provider's limit. Raises IllegalAct, Conflict while a look at the place waits or
    has found nothing, and Invalid for a provider that is unknown,
    has ended, or is of another kind.
    """
    check_act(read_transitions(conn), state=case.state, act="refer")
    check_no_doubt(conn, case)
    row = run(conn, SQL["provider_in_force"], {"code": provider, "at": now}).first()
    if row is None:
        raise Invalid(f"no provider in force has the code {provider}; see /api/v1/providers", field="provider")
    if row.kind != nature:
        raise Invalid(f"provider {provider} is of the kind {row.kind}, the demand is {nature}", field="provider")
    due_at = now + row.contact_limit
    changes: dict[str, Any] = {"nature": nature, "provider": provider, "contact_due_at": due_at, "contacted_at": None}
    told = {"nature": nature, "provider": provider, "contact_due_at": due_at.isoformat()}
    if case.state == "disputed":
        told["withdrawn"] = withdraw_dispute(conn, case, now=now)
    changes = WITH_NOBODY | changes
    return move_case(conn, case, act="refer", to_state="referred", changes=changes, actor=actor, now=now, payload=told)


def contact_case(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    """The provider has called back. Raises IllegalAct, and Conflict where it had done so before."""
    check_act(read_transitions(conn), state=case.state, act="contact")
    if case.contacted_at is not None:
        raise Conflict(f"the contact was made at {case.contacted_at.isoformat()} already; it is noted once")
    in_time = case.contact_due_at is None or now <= case.contact_due_at
    told = {"provider": case.provider, "in_time": in_time}
    changes = {"contacted_at": now}
    return move_case(
        conn, case, act="contact", to_state="referred", changes=changes, actor=actor, now=now, payload=told
    )


def recall_case(
    conn: Connection, case: LockedCase, *, note: str, standard: int | None, actor: str, now: datetime
) -> LockedCase:
    """Take a referred case back as the government's. Raises IllegalAct, and Invalid for a missing standard."""
    check_act(read_transitions(conn), state=case.state, act="recall")
    chosen = case.standard
    if case.category is not None and (chosen is None or standard is not None):
        chosen = choose_standard(conn, matter=case.category, standard=standard, at=now)
    note_words(conn, case, act="recall", note=note, actor=actor, now=now)
    changes: dict[str, Any] = {"nature": "government", "provider": None, "standard": chosen}
    changes |= {"contact_due_at": None, "contacted_at": None}
    if case.category is not None and not case.is_history:
        district, matter = case.district, case.category
        changes |= due_when_filed(conn, district=district, matter=matter, standard=chosen, start=now)
    told = {"provider": case.provider}
    return move_case(conn, case, act="recall", to_state="filed", changes=changes, actor=actor, now=now, payload=told)
