"""Rows, jurisdictions and the words for them, for tests of the table of responsibility."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shapely.geometry import MultiPolygon, box
from sqlalchemy import Connection

from spatial.cases.responsibility.jurisdictions import (
    JurisdictionDraft,
    add_jurisdictions,
)
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import adopt
from spatial.store.events import list_events
from tests.worlds import DISTRICT, SOUTH

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
DITCH = MultiPolygon([box(120.0005, 30.0005, 120.0055, 30.001)])


def a_row(**changes: Any) -> RowDraft:
    return RowDraft(**{"matter": "litter", "place_kind": "cell", "place": SOUTH, "lead": "order", **changes})


def put(conn: Connection, **changes: Any) -> int:
    return adopt(conn, drafts=[a_row(**changes)], now=NOW, actor="tests")[0]


def draw(conn: Connection, *, supersede: bool = False, now: datetime = NOW, **changes: Any) -> int:
    fields = {"code": "ditch", "kind": "polygon", "name": "South ditch", "geometry": DITCH, "department": "roads"}
    draft = JurisdictionDraft(**{**fields, **changes})
    return add_jurisdictions(conn, drafts=[draft], now=now, actor="tests", supersede=supersede)[0]


def kinds(conn: Connection, subject_id: object, subject: str = "responsibility") -> list[str]:
    chain = list_events(conn, district=DISTRICT, subject=subject, subject_id=str(subject_id))
    return [link.kind for link in chain]
