"""For whom somebody speaks in a case: one unit of its units. Pure; the units that a person speaks for come in."""

from collections.abc import Set

from spatial.cases.disputes.acting import LockedCase
from spatial.errors import Conflict, Forbidden


def check_lead(case: LockedCase, own: Set[str] | None) -> str:
    """The case's lead unit, for which the person speaks; `own` None is any unit. Raises Forbidden, Conflict."""
    if case.lead is None:
        raise Conflict("this case is with no unit; hand it over first")
    if own is not None and case.lead not in own:
        raise Forbidden(f"{case.lead} leads this case, and you speak for {_told(own)}")
    return case.lead


def choose_unit(case: LockedCase, unit: str | None, own: Set[str] | None) -> str:
    """The unit that is meant: the one named, or the only one of the case's that the person speaks for.

    Raises Forbidden where he does not speak for it, Conflict for a unit without a part in the case.
    """
    units = [one for one in (case.lead, *case.assisting) if one is not None]
    spoken = [one for one in units if own is None or one in own]
    meant = unit or (spoken[0] if spoken else None)
    if meant is None or (own is not None and meant not in own):
        raise Forbidden(f"you speak for {_told(own or set())}, and {' and '.join(units) or 'nobody'} has this case")
    if meant not in units:
        raise Conflict(f"{meant} has no part in this case; {' and '.join(units)} have", field="unit")
    return meant


def _told(own: Set[str]) -> str:
    return ", ".join(sorted(own)) or "no unit of it"
