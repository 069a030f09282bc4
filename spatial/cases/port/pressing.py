"""How often somebody may say something: a contact within an hour, and the unnamed of one case.

Whoever writes down a contact has the mail of whoever it belongs to filled, and one thing said a thousand times is a
thousand rows; both cost nothing to send. What was taken is counted from the askers themselves. Refuses to know
addresses of machines: those are the way in's (`api/pacing.py`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.port.askers import SQL, Who
from spatial.errors import TooMany
from spatial.store.db import run

_HOUR = timedelta(hours=1)
_OFTEN = "so much was sent under this contact within an hour that no more is taken; try again later"


def refuse_pressing(conn: Connection, asking: Mapping[UUID, Who], *, now: datetime) -> dict[UUID, TooMany]:
    """Those of these senders without a log-in who have sent too much under a contact lately, by report id.

    What comes together is counted together.
    """
    digests = sorted({key for who in asking.values() for key in who.keys})
    if not digests:
        return {}
    most = int(run(conn, SQL["contact_most"]).scalar_one())
    rows = run(conn, SQL["asked_lately"], {"digests": digests, "since": now - _HOUR}).all()
    sent, first = Counter({row.digest: row.many for row in rows}), {row.digest: row.first_at for row in rows}
    refused: dict[UUID, TooMany] = {}
    for report_id, who in asking.items():
        if full := [key for key in who.keys if sent[key] >= most]:
            refused[report_id] = TooMany(_OFTEN, seconds=_wait([first.get(key, now) for key in full], now))
        else:
            sent.update(who.keys)
    return refused


def check_unnamed(conn: Connection, *, district: str, case_no: str, most: int, now: datetime) -> None:
    """Raise TooMany where so many of whom nothing is certain have joined a case within an hour; 0 is no limit."""
    if most == 0:
        return
    lately = {"district": district, "case_no": case_no, "since": now - _HOUR}
    row = run(conn, SQL["unnamed_lately"], lately).one()
    if row.many >= most:
        told = f"{row.many} others joined case {case_no} within an hour without a name; it is known, try again later"
        raise TooMany(told, seconds=_wait([row.first_at], now))


def _wait(firsts: Sequence[datetime], now: datetime) -> float:
    return (max(firsts) + _HOUR - now).total_seconds()
