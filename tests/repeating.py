"""Saying the same again in a test: reports beside one another at one gate, and who joins a case that stands."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import Filed, file_reports
from spatial.cases.port.counting import Counted
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.supporting import Support, Supported, support_case
from tests.worlds import W, inside

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
LI = {"name": "Li", "phone": "138 1111 2222"}
_numbers = iter(range(50_000, 99_000))


def report_at(east_m: float = 0.0, **said: Any) -> ReportDraft:
    """Li says that there is litter at the gate, so many metres east of it."""
    lon, lat = inside(W)
    report = ReportDraft(
        id=uuid4(), lon=lon + east_m / 96_486, lat=lat, accuracy_m=5.0, captured_at=NOW, source="public",
        text="A bag at the gate.", sender="public", category="litter", reporter=LI,
    )  # fmt: skip
    return replace(report, **said)


def file_all(conn: Connection, *drafts: ReportDraft, now: datetime = NOW) -> list[Filed]:
    """File them in one transaction, seen when they are filed where they tell nothing else."""
    seen = [replace(draft, captured_at=now) if draft.captured_at == NOW else draft for draft in drafts]
    return file_reports(conn, drafts=seen, now=now, serials=lambda _p, _d, many: [next(_numbers) for _ in range(many)])


def number_of(filed: Filed) -> str:
    """The number that a report was given."""
    assert filed.case is not None, filed.refusal
    return filed.case.case_no


def counts_of(conn: Connection, filed: Filed) -> Counted:
    """Who else said the same, as it stands in the case."""
    row = conn.exec_driver_sql(
        "SELECT supporters, unnamed_supporters FROM case_file WHERE case_no = %s", (number_of(filed),)
    ).one()
    return Counted(*row)


def supporting(
    case: Filed, *, id: UUID | None = None, east_m: float = 0.0, reporter: Any = None, text: str = "", **said: Any
) -> Support:
    """Somebody says the same of a case, from beside it."""
    assert case.case is not None
    lon, lat = case.case.lon + east_m / 96_486, case.case.lat
    told = {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 5.0}
    support = Support(id or uuid4(), "public", Complaint(lon, lat, 5.0, NOW, None, text), told, text, reporter)
    return replace(support, **said)


def join(conn: Connection, case: Filed, support: Support, *, now: datetime = NOW, most: int = 0) -> Supported:
    """Let him join it; `most` of whom nothing is certain within an hour."""
    return support_case(
        conn, case_no=number_of(case), support=support, nodes_of={}, now=now, unnamed_an_hour=most
    )  # fmt: skip
