"""Cases with running clocks for tests of supervision, set as acts would leave them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from spatial.cases.lifecycle.tasks import open_tasks
from spatial.cases.supervision.warning import fill_warnings
from spatial.store.opening import Store
from tests.disputing import file_in
from tests.worlds import DISTRICT, W

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 6, 8, 9, 0, tzinfo=SHANGHAI)  # a working week without a holiday
DUE = MONDAY + timedelta(days=3)  # Thursday 09:00, of three working days


def handed_over(store: Store, unit: str = W, *, at: datetime = MONDAY, due: datetime = DUE, **changes: Any) -> str:
    """A case that roads handles since `at`, with three working days; its number."""
    case_no = file_in(store, unit, now=at, matter="pothole")
    with store.app.begin() as conn:
        put_in_hand(conn, case_no, at=at, due=due, **changes)
    return case_no


def put_in_hand(conn: Connection, case_no: str, *, at: datetime, due: datetime, lead: str = "roads") -> None:
    """Let a unit handle a case."""
    holders = [] if lead.startswith("@") else [lead]
    conn.exec_driver_sql(
        "UPDATE case_file SET state = 'handling', step = 'handed_over', lead = %s, holders = %s, filed_at = %s, "
        "dispatched_at = %s, taken_at = %s, limit_amount = 3, limit_unit = 'working_day', due_at = %s, warn_at = NULL, "
        "due_reason = 'matter' WHERE case_no = %s",
        (lead, holders, at, at, at, due, case_no),
    )
    fill_warnings(conn, now=at, limit=1)
    key = {"district": DISTRICT, "case_no": case_no}
    open_tasks(conn, key, lead=lead, assisting=[], due_at=due, now=at)


def orders_of(store: Store, case_no: str) -> list[tuple[Any, ...]]:
    """What was asked about a case, in order: kind, cause, level, addressee, due_at."""
    with store.app.begin() as conn:
        rows = conn.exec_driver_sql(
            "SELECT kind, cause, level, addressee, due_at FROM supervision_order WHERE case_no = %s ORDER BY id",
            (case_no,),
        )
        return [tuple(row) for row in rows]


def events_of(store: Store, case_no: str, kind: str) -> list[dict[str, Any]]:
    """The payloads of one kind in a case's chain."""
    with store.app.begin() as conn:
        asked = "SELECT payload FROM event WHERE subject_id = %s AND kind = %s ORDER BY seq"
        return list(conn.exec_driver_sql(asked, (case_no, kind)).scalars())


def utc(*parts: int) -> datetime:
    """A moment of the city's wall clock, in June 2026."""
    return datetime(2026, 6, *parts, tzinfo=SHANGHAI).astimezone(UTC)
