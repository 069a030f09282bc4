"""Dispatch: a case is handed to exactly one lead unit, and to those who assist.

The lead is the one that was decided, or the one that a ruling named. A clerk who knows better says why, and it is
marked; where the decision is open he must name somebody. Refuses to decide whose a case is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.disputes.acting import (
    LockedCase,
    holders_among,
    matter_of,
    move_case,
    note_words,
    read_transitions,
)
from spatial.cases.disputes.handing import dispatch_ruled
from spatial.cases.disputes.timing import due_of_hand_over
from spatial.cases.disputes.transitions import check_act
from spatial.cases.disputes.units import list_ended, resolve_unit, resolve_units
from spatial.cases.lifecycle.signing import check_no_doubt
from spatial.errors import Conflict, Invalid, LockedByRuling
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "dispatching.sql")
_WHOLE = 0.999  # all that the position may be: no part of it lies outside the grid
_PLACE_IN_DOUBT = ("fallback", "outside")  # rules of a decision's reasons


@dataclass(frozen=True)
class Decided:
    """Whom the decision names; `is_certain` False: somebody must say that it is so, or another."""

    lead: str | None
    assisting: tuple[str, ...]
    precedent: str | None
    is_certain: bool


def dispatch_case(
    conn: Connection,
    case: LockedCase,
    *,
    lead: str | None,
    assisting: Sequence[str] | None,
    reason: str | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """Hand a case over; without `lead` and `assisting` to whom it was decided.

    Raises IllegalAct, Conflict for a case that nobody has sorted and while a look at the place waits or has found
    nothing, LockedByRuling for another lead than the ruled one,
    Invalid for an unknown or ended unit, an open decision without a lead, or another lead without a reason.
    """
    check_act(read_transitions(conn), state=case.state, act="dispatch")
    check_no_doubt(conn, case)
    matter_of(case)
    if case.state == "ruled":
        return _dispatch_ruled(conn, case, lead, assisting, actor, now)
    decided = decided_for(case)
    chosen = _lead(conn, case, decided, lead, now)
    differs = decided.is_certain and chosen != decided.lead
    if differs:
        _keep_reason(conn, case, decided, reason, actor, now)
    helping = _assisting(conn, case, decided, chosen, assisting, now)
    precedent = decided.precedent if chosen == decided.lead else None
    changes: dict[str, Any] = {"lead": chosen, "assisting": helping, "holders": holders_among(chosen, helping)}
    changes |= due_of_hand_over(conn, case, now=now)
    told = {"lead": chosen, "assisting": helping, "precedent": precedent, "other_than_decided": differs}
    return move_case(
        conn,
        case,
        act="dispatch",
        to_state="pending",
        changes=changes | {"precedent": precedent, "ruling": _ruling_behind(conn, precedent)},
        actor=actor,
        now=now,
        payload=told | ({"decided": decided.lead} if differs else {}),
    )


def decided_for(case: LockedCase) -> Decided:
    """Whom the decision that is stored with a case names."""
    lead = case.owner.get("lead")
    helping = tuple(unit["ref"] for unit in case.owner.get("assisting", []))
    is_certain = lead is not None and (case.owner.get("certainty") == "certain" or _was_only_place_open(case))
    return Decided(lead["ref"] if lead else None, helping, case.owner.get("precedent"), is_certain)


def _was_only_place_open(case: LockedCase) -> bool:
    """Whether a decision of the older form was open only in the unit, and its lead the same in each (块 differ).

    Since decisions keep a doubt, their certainty is of the lead alone.
    """
    if "doubt" in case.owner or case.owner.get("alternatives") or _open_because(case):
        return False
    return sum(float(one["share"]) for one in case.candidates) >= _WHOLE


def _open_because(case: LockedCase) -> list[str]:
    """Why it is not certain whose a case is though one lead alone is named: its place is made up, or partly outside."""
    return [reason["says"] for reason in case.owner.get("reasons", []) if reason["rule"] in _PLACE_IN_DOUBT]


def is_ruled_itself(conn: Connection, case: LockedCase) -> bool:
    """Whether a ruling was given on this very case, and not only on one like it."""
    if case.ruling is None:
        return False
    return bool(run(conn, SQL["lock_of"], {"ruling": case.ruling}).one().ruled_case == case.case_no)


def locked(conn: Connection, case: LockedCase, sentence: str) -> LockedByRuling:
    """The refusal of an act that a ruling forbids, with the number of its precedent."""
    number = case.precedent
    if case.ruling is not None:
        number = run(conn, SQL["lock_of"], {"ruling": case.ruling}).one().number
    extra = {"precedent": number, "ruling": case.ruling}
    return LockedByRuling(f"{sentence} (precedent {number})" if number else sentence, extra=extra)


def _dispatch_ruled(
    conn: Connection, case: LockedCase, lead: str | None, assisting: Sequence[str] | None, actor: str, now: datetime
) -> LockedCase:
    ruling = run(conn, SQL["lock_of"], {"ruling": case.ruling}).one()
    if lead not in (None, ruling.lead) or assisting:
        raise locked(conn, case, f"a ruling gave this case to {ruling.lead}; it goes to whom it names, and nobody else")
    hindrance = find_ruled_hindrance(conn, case, now=now)
    if hindrance is not None:
        raise Conflict(hindrance)
    return dispatch_ruled(conn, case, actor=actor, now=now)


def find_ruled_hindrance(conn: Connection, case: LockedCase, *, now: datetime) -> str | None:
    """Why a ruled case does not go to whom its ruling names yet, or ever; None where nothing hinders it."""
    ruling = run(conn, SQL["lock_of"], {"ruling": case.ruling}).one()
    if now < ruling.effective_from:
        return f"the ruling on this case takes effect at {ruling.effective_from.isoformat()}"
    if list_ended(conn, [ruling.lead], at=now):
        return f"the ruling names {ruling.lead}, which has ended; dispute the case, so that it is ruled anew"
    return None


def _ruling_behind(conn: Connection, precedent: str | None) -> int | None:
    found: int | None = run(conn, SQL["ruling_of_precedent"], {"number": precedent}).scalar_one_or_none()
    return found


def _lead(conn: Connection, case: LockedCase, decided: Decided, named: str | None, now: datetime) -> str:
    wanted = named or (decided.lead if decided.is_certain else None)
    if wanted is None:
        units = [decided.lead, *(one["lead"]["ref"] for one in case.owner.get("alternatives", []))]
        told = " or ".join(dict.fromkeys(unit for unit in units if unit))
        told = f"; it may be {told}" if told else ""
        why = "".join(f"; {says}" for says in _open_because(case))
        raise Invalid(f"lead must be named: it is not certain whose this case is{told}{why}", field="lead")
    return resolve_unit(conn, wanted, path=case.current_path, now=now, field="lead")


def _keep_reason(
    conn: Connection, case: LockedCase, decided: Decided, reason: str | None, actor: str, now: datetime
) -> None:
    if not reason:
        raise Invalid(f"reason is missing: the case was decided to be {decided.lead}'s; say why not", field="reason")
    note_words(conn, case, act="dispatch", note=reason, actor=actor, now=now)


def _assisting(
    conn: Connection, case: LockedCase, decided: Decided, lead: str, named: Sequence[str] | None, now: datetime
) -> list[str]:
    wanted = [unit for unit in decided.assisting if unit != lead] if named is None else list(named)
    units = list(dict.fromkeys(resolve_units(conn, wanted, path=case.current_path, now=now, field="assisting")))
    if lead in units:
        raise Invalid(f"assisting: {lead} leads this case and does not assist in it as well", field="assisting")
    return units
