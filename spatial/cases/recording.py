"""The one way in which an event of a case is written, with what follows from it: answers, library, conferences.

Whoever changes cases, one by an act or many at intake and in a sweep, records the events here in his own transaction;
nothing else in cases appends to a case's chain. So nobody can change a case and forget whom that concerns.
Refuses to decide: what a citizen is told is the port's (`port/answers.py`), what is over the library's, which
conferences end with their case `conferences/overtaking.py`'s.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from spatial.cases.conferences.overtaking import end_with_cases
from spatial.cases.library.shelving import shelve_events
from spatial.cases.port.telling import tell_events
from spatial.store.events import EventDraft, append


def record(conn: Connection, events: Sequence[EventDraft]) -> None:
    """Append events of cases that stand as they say, and let follow what follows. The caller holds the cases."""
    append(conn, events)
    if ended := end_with_cases(conn, events):
        append(conn, ended)
    tell_events(conn, events)
    shelve_events(conn, events)
