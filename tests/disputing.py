"""Disputes for tests, through the real intake and the real acts."""

import uuid
from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Any

from sqlalchemy import Connection

from spatial.cases.disputes.acting import lock_case, open_dispute
from spatial.cases.disputes.referring import refer_case
from spatial.cases.disputes.rulings import RulingDraft
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.numbers import SerialBlocks
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.racing import joined
from tests.worlds import SOUTH, inside


def file_in(store: Store, unit: str, *, now: datetime, matter: str | None = "pothole", **changes: Any) -> str:
    """File a report in a unit and commit; the case number."""
    lon, lat = inside(unit)
    fields: dict[str, Any] = {
        "id": uuid.uuid4(), "lon": lon, "lat": lat, "accuracy_m": 1.0, "captured_at": now, "source": "public",
        "text": "A hole in the road.", "sender": "public", "category": matter,
    }  # fmt: skip
    with store.app.begin() as conn:
        draft = ReportDraft(**fields | changes)
        [filed] = file_reports(conn, drafts=[draft], now=now, serials=SerialBlocks(store.app))
    assert filed.case is not None, filed.refusal
    return filed.case.case_no


def dispute_in(
    store: Store, unit: str, *, at: datetime, matter: str = "pothole", attributes: str = "{}"
) -> tuple[int, str]:
    """A case that a clerk brought before the panel; its dispute and its number."""
    case_no = file_in(store, unit, now=at, matter=matter)
    with store.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET attributes = %s WHERE case_no = %s", (attributes, case_no))
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        _, dispute = open_dispute(conn, case, entry="clerk", note="nobody can say", actor="5", now=at)
    return dispute, case_no


def note_return(store: Store, dispute: int, *, reason: str, basis: str, at: datetime) -> None:
    """Roads gave the case back before it was disputed."""
    with store.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO case_return (district, case_no, ordinal, unit, reason, basis, at, actor) "
            "SELECT district, case_no, 1, 'roads', %s, %s, %s, '7' FROM dispute WHERE id = %s",
            (reason, basis, at, dispute),
        )
        conn.exec_driver_sql(
            "UPDATE case_file SET returns = 1 WHERE case_no = (SELECT case_no FROM dispute WHERE id = %s)", (dispute,)
        )


def refer_away(store: Store, case_no: str, *, at: datetime) -> None:
    """The demand turns out to be the market's: its dispute is withdrawn."""
    with store.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO provider (code, name, kind, contact) VALUES ('plumber', 'Plumber', 'market', '1') "
            "ON CONFLICT DO NOTHING"
        )
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        refer_case(conn, case, nature="market", provider="plumber", actor="5", now=at)


def a_ruling(dispute: int, **changes: Any) -> RulingDraft:
    """A written instruction that gives potholes of South street to public order."""
    fields: dict[str, Any] = {
        "dispute": dispute, "form": "written_instruction", "members": ("Deputy mayor",), "lead": "order",
        "assisting": (), "grounds": "The hole lies before a stall 店外经营.",
        "scope": ScopeDraft(Area("cells", cells=(SOUTH,))),
    }  # fmt: skip
    return RulingDraft(**fields | changes)


def both_at_once(act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` and `act(1)` in two threads; what each answered, or the error it raised."""
    answers: list[Any] = [None, None]

    def run(i: int) -> None:
        try:
            answers[i] = act(i)
        except Exception as fault:
            answers[i] = fault

    threads = [Thread(target=run, args=(i,)) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        joined(thread)
    return answers


def scalars(conn: Connection, sql: str, *params: Any) -> list[Any]:
    """The first column of a query."""
    return list(conn.exec_driver_sql(sql, params).scalars())
