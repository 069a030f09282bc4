"""Whole lives of cases in the tiny town, driven act by act with the time in hand, for tests of figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from sqlalchemy import Connection

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase, lock_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import void_case
from spatial.cases.lifecycle.handling import receive_case, submit_case
from spatial.store.reach import WHOLE_CITY
from tests.acting import add_rows, new_photo
from tests.worlds import W, inside

CLERK, OFFICER, HANDLER, OPERATOR, SUPERVISOR = "5", "3", "7", "2", "11"
PHOTO = "a" * 64
_serials = count(1)


@dataclass(frozen=True)
class Life:
    """What becomes of one report, and when: hours behind `received`; None: it does not come to that."""

    category: str
    received: datetime
    source: str = "grid"
    is_void: bool = False
    filed_h: float | None = 0.25
    is_opened: bool = True
    closed_h: float | None = None
    reworks: int = 0
    outcome: str = "fixed"
    at: str = W


def with_photo(conn: Connection) -> None:
    """A photo of how it looks now, which every result may name."""
    add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '{HANDLER}', now())")


def utc(text: str) -> datetime:
    """A moment in the city's time (UTC+8) such as 2026-10-12T09:00, as UTC."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def live(conn: Connection, life: Life) -> LockedCase:
    """Drive one report through its life; the case as it stands then."""
    case = _reported(conn, life)
    steps = _steps(life)
    if life.is_void:
        return void_case(conn, case, reason="nothing was there", actor=CLERK, now=next(steps))
    if life.filed_h is None:
        return case
    case = accept_case(conn, case, standard=None, actor=CLERK, now=next(steps))
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor=CLERK, now=next(steps))
    if not life.is_opened:
        return case
    case = receive_case(conn, case, own=None, actor=HANDLER, now=next(steps))
    return case if life.closed_h is None else close(conn, case, life, life.received + timedelta(hours=life.closed_h))


def close(conn: Connection, case: LockedCase, life: Life, at: datetime) -> LockedCase:
    """Submit and check a case in hand, with the failed checks that its life wants, so that it is closed at a moment."""
    for round_ in range(life.reworks, -1, -1):
        moment = at - timedelta(minutes=10 * round_)
        case = submit_case(
            conn, case, outcome=life.outcome, photos_after=[new_photo(conn)], note="as the picture shows", own=None,
            actor=HANDLER, now=moment - timedelta(minutes=5),
        )  # fmt: skip
        reason = "half of it is still there" if round_ else None
        case = verify_result(conn, case, passed=not round_, reason=reason, actor=OFFICER, now=moment)
    return case


def _steps(life: Life) -> Iterator[datetime]:
    start = life.received + timedelta(hours=life.filed_h or 0.25)
    return (start + timedelta(minutes=minute) for minute in count(0, 10))


def _reported(conn: Connection, life: Life) -> LockedCase:
    lon, lat = inside(life.at)
    draft = ReportDraft(
        id=uuid4(), lon=lon, lat=lat, accuracy_m=1.0, captured_at=life.received, source=life.source,
        text="A bag at the gate.", sender=OFFICER if life.source == "grid" else "public", category=life.category,
    )  # fmt: skip
    [filed] = file_reports(conn, drafts=[draft], now=life.received, serials=_take)
    assert filed.case is not None, filed.refusal
    return lock_case(conn, reach=WHOLE_CITY, case_no=filed.case.case_no)


def _take(_prefix: str, _day: object, many: int) -> list[int]:
    return [next(_serials) for _ in range(many)]
