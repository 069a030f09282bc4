"""A case in the tiny town, and the acts that bring it somewhere, for tests."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, lock_case
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.store.reach import WHOLE_CITY
from tests.worlds import W, inside

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
_serials = count(1)


def file_case(
    conn: Connection,
    category: str | None = "litter",
    *,
    at: str = W,
    position: tuple[float, float] | None = None,
    now: datetime = NOW,
    **said: Any,
) -> LockedCase:
    """Open a case well inside a unit, or at a position (lon, lat), and hold it."""
    lon, lat = position or inside(at)
    draft = ReportDraft(
        id=uuid4(), lon=lon, lat=lat, accuracy_m=1.0, captured_at=now, text="A bag at the gate.", sender="public",
        category=category, **({"source": "public"} | said),
    )  # fmt: skip
    [filed] = file_reports(conn, drafts=[draft], now=now, serials=_take)
    assert filed.case is not None, filed.refusal
    return held(conn, filed.case.case_no)


def held(conn: Connection, case_no: str) -> LockedCase:
    """The case as it stands, held."""
    return lock_case(conn, reach=WHOLE_CITY, case_no=case_no)


def new_photo(conn: Connection) -> str:
    """A photo that was put and shows nothing else yet; its name."""
    name = uuid4().hex * 2
    add_rows(conn, f"INSERT INTO photo VALUES ('{name}', 'image/jpeg', 1, 1, '\\x00', '8', now())")
    return name


def later(hours: float) -> datetime:
    """A moment behind the one at which cases are filed here."""
    return NOW + timedelta(hours=hours)


def add_rows(conn: Connection, sql: str) -> None:
    """Run a statement that gives the town what one test needs."""
    conn.exec_driver_sql(sql, execution_options={"no_parameters": True})


def _take(_prefix: str, _day: object, many: int) -> list[int]:
    return [next(_serials) for _ in range(many)]
