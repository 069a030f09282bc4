"""Shelving: what is over comes into the library in the transaction that ends it, and leaves it with a reopening.

Set-wise, however many cases end at once; rebuilt from the rows behind it whenever words were erased or masked anew.
Refuses to decide what is over: the case's state says so.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from spatial.store.db import run, transaction
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "shelving.sql")
_ENDED = frozenset(("closed", "called_back", "evaluated"))
_PAGE = 1000
CaseKey = tuple[str, str]  # district, case number


def shelve_events(conn: Connection, events: Sequence[EventDraft]) -> None:
    """Bring the library behind events of cases that end, or begin again; of all others nothing is read."""
    turned = {(event.district, event.subject_id) for event in events if _turns(event)}
    if turned:
        shelve_cases(conn, sorted(turned))


def shelve_cases(conn: Connection, keys: Sequence[CaseKey]) -> None:
    """Shelve those of these cases that are over, as they stand now; the others are not in the library behind it."""
    params = {"districts": [key[0] for key in keys], "case_nos": [key[1] for key in keys]}
    run(conn, SQL["unshelve_cases"], params)
    run(conn, SQL["shelve_cases"], params)


def shelve_ruling(conn: Connection, *, ruling: int) -> None:
    """Shelve a ruling with the words of the precedent that it leaves."""
    run(conn, SQL["shelve_rulings"], {"from": ruling, "to": ruling})


def shelve_minutes(conn: Connection, *, conference: int, ordinal: int) -> None:
    """Shelve a sheet of minutes, in the place of the one that it corrects."""
    run(conn, SQL["unshelve_corrected"], {"from": conference, "ordinal": ordinal})
    run(conn, SQL["shelve_minutes"], {"from": conference, "to": conference, "ordinal": ordinal})


def rebuild_library(engine: Engine, *, page: int = _PAGE) -> int:
    """Write the whole library anew from cases, rulings and minutes, in commits of a page; returns how many entries.

    For words that were erased or changed in the rows by hand. Nothing is missing in between: each entry is replaced.
    """
    with transaction(engine) as conn:
        run(conn, SQL["drop_strays"])
    behind: CaseKey | None = ("", "")
    while behind is not None:
        with transaction(engine) as conn:
            behind = _rebuild_page(conn, behind, page)
    with transaction(engine) as conn:
        everything = {"from": None, "to": None}
        run(conn, SQL["shelve_rulings"], everything)
        run(conn, SQL["shelve_minutes"], everything | {"ordinal": None})
        return int(run(conn, SQL["count_entries"]).scalar_one())


def _rebuild_page(conn: Connection, behind: CaseKey, page: int) -> CaseKey | None:
    params = {"district": behind[0], "case_no": behind[1], "limit": page}
    keys = [(row.district, row.case_no) for row in run(conn, SQL["ended_behind"], params)]
    if keys:
        shelve_cases(conn, keys)
    return keys[-1] if len(keys) == page else None


def _turns(event: EventDraft) -> bool:
    """Whether a case ends with an event, or begins again."""
    if event.subject != "case" or not {"act", "from", "state"} <= event.payload.keys():
        return False
    return (event.payload["from"] in _ENDED) != (event.payload["state"] in _ENDED)
