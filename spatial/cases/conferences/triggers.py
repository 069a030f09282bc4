"""What calls for a conference: two units refused, or the deadline passed and the lead unit asks for help.

Pure: facts of a case in, the triggers that stand out, each with the moment since when. Refuses to know the database.
"""

from dataclasses import dataclass
from datetime import datetime

ENOUGH_REFUSALS = 2


@dataclass(frozen=True)
class Facts:
    """What a case tells. `refusing` counts different units; `disputed_at` is when its returns made it a dispute."""

    lead: str | None
    due_at: datetime | None
    refusing: int
    last_return_at: datetime | None
    disputed_at: datetime | None
    help_by: str | None
    help_at: datetime | None


def standing(facts: Facts, *, now: datetime) -> dict[str, datetime]:
    """The triggers that stand now, by code, with the moment since when they do.

    Refusals count while nobody holds the case: a third unit that took it has ended them. Help counts when it is the
    present lead that asks, and only once the deadline has passed.
    """
    found: dict[str, datetime] = {}
    refused_at = _refused_at(facts)
    if refused_at is not None:
        found["refusals"] = refused_at
    if facts.help_at is not None and facts.help_by == facts.lead and facts.due_at is not None and facts.due_at < now:
        found["help"] = max(facts.help_at, facts.due_at)
    return found


def _refused_at(facts: Facts) -> datetime | None:
    # One unit that refuses the same case again is still one: a dispute by many returns is no conference of two.
    if facts.lead is not None or facts.refusing < ENOUGH_REFUSALS:
        return None
    return facts.disputed_at or facts.last_return_at
