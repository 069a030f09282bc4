"""A conference ends with its case: in the transaction that ends the case, whoever ends it, and however many at once.

What calls for it stands in the events, as for the library. A dispute that is ruled elsewhere leaves its case open; the
sweep finds that (`opening.py`). Refuses to append: who records the events does.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "overtaking.sql")
# Where a case is still somebody's to settle. One that is sorted anew is nobody's conference either.
CONFERRED_IN = ("filed", "returned", "disputed", "pending", "handling", "suspended", "submitted")
# A ruling may be the conference's own decision, which is written behind it.
_STANDING = frozenset((*CONFERRED_IN, "ruled"))


def end_with_cases(conn: Connection, events: Sequence[EventDraft]) -> list[EventDraft]:
    """End the open conferences on cases that leave those states with these events; what is to be told of it.

    The caller holds the cases.
    """
    last = {(event.district, event.subject_id): event for event in events if event.subject == "case"}
    left = {key: event for key, event in last.items() if _leaves(event)}
    if not left:
        return []
    said = {
        "districts": [key[0] for key in left], "case_nos": [key[1] for key in left],
        "moments": [event.at for event in left.values()],
    }  # fmt: skip
    return [_told(left[row.district, row.case_no], int(row.id)) for row in run(conn, SQL["end_of_cases"], said)]


def _leaves(event: EventDraft) -> bool:
    told = event.payload
    return told.get("from") in _STANDING and "state" in told and told["state"] not in _STANDING


def _told(event: EventDraft, conference: int) -> EventDraft:
    told = {"state": event.payload["state"], "step": event.payload.get("step"), "conference": conference}
    return EventDraft(
        event.district, "case", event.subject_id, "case.conference_ended", event.at, "system", event.path, told
    )
