"""What the log hears of the table of responsibility: one chain for each row and each jurisdiction.

Payloads hold codes and states, never what somebody wrote. A row of one cell is heard by those who see the cell; what
holds for a level or a jurisdiction is heard by all who follow the feed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.store import events
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "rows.sql")
NO_HOME = "000000"


@dataclass(frozen=True)
class Notice:
    """What happened to a row or a jurisdiction; `cell` is the cell that a row holds for, None for any other place."""

    subject: str
    subject_id: str
    what: str
    cell: str | None
    payload: Mapping[str, Any]


def of_row(row_id: int, what: str, draft: RowDraft, **more: str) -> Notice:
    """A row was `adopted`, `proposed`, `answered`, `objected`, `withdrawn` or `ended`."""
    place = {"kind": draft.place_kind, "code": draft.place}
    payload = {"matter": draft.matter, "place": place, "lead": draft.lead, **more}
    cell = draft.place if draft.place_kind == "cell" else None
    return Notice("responsibility", str(row_id), what, cell, payload)


def publish(conn: Connection, notices: Sequence[Notice], *, now: datetime, actor: str) -> None:
    """Append a link to the chain of each. The caller holds the row of each, or has just written it."""
    if not notices:
        return
    cells = sorted({notice.cell for notice in notices if notice.cell})
    homes = {row.code: (row.district, tuple(row.path)) for row in run(conn, SQL["homes"], {"codes": cells})}
    everywhere = (run(conn, SQL["only_home"]).scalar() or NO_HOME, ())
    drafts = []
    for notice in notices:
        district, path = homes.get(notice.cell or "", everywhere)
        kind = f"{notice.subject}.{notice.what}"
        payload = dict(notice.payload)
        drafts.append(EventDraft(district, notice.subject, notice.subject_id, kind, now, actor, path, payload))
    events.append(conn, drafts)
