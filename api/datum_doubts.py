"""Reporters whose device speaks another datum than it declares.

The known places are the cells of a reporter's reach: an officer of two communities does not report from the next
district every day. Composes people, cases and the grid; decides by `spatial/grid/datum_suspicion.py`.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from api.dependencies import now
from spatial.cases.case_files import Said, list_said
from spatial.grid.datum_suspicion import judge_datum
from spatial.grid.locate import locate_points
from spatial.people.accounts import Account, list_bounded
from spatial.store.db import transaction
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY

_NEWEST = 500  # positions of a reporter that are looked at


def doubted_reporters(store: Store) -> list[tuple[str, str]]:
    """Logins with the sentence that says what is doubtful, by login."""
    with transaction(store.app) as conn:
        found = [(account.login, _doubt(conn, account)) for account in list_bounded(conn)]
    return [(login, doubt) for login, doubt in found if doubt is not None]


def _doubt(conn: Connection, account: Account) -> str | None:
    by_datum: dict[str, list[Said]] = defaultdict(list)
    for said in list_said(conn, sender=account.sender, reach=WHOLE_CITY, limit=_NEWEST):
        by_datum[said.datum].append(said)
    for datum, sayings in by_datum.items():
        lons, lats = [said.lon for said in sayings], [said.lat for said in sayings]
        verdict = judge_datum(lons, lats, declared=datum, fits=lambda x, y: _fits(conn, account, x, y))
        if verdict.sentence is not None:
            return verdict.sentence
    return None


def _fits(conn: Connection, account: Account, lons: Sequence[float], lats: Sequence[float]) -> list[bool]:
    exact, moments = [0.0] * len(lons), [now()] * len(lons)
    placed = locate_points(conn, lons=lons, lats=lats, accuracies_m=exact, moments=moments)
    return [account.reach.covers(place.path) for place in placed]
