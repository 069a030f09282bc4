"""Filing a report in a test, through the real intake."""

import uuid
from datetime import UTC, datetime

from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.numbers import SerialBlocks
from spatial.store.opening import Store


def file_at(
    store: Store, lon: float, lat: float, *, report_id: uuid.UUID | None = None, now: datetime | None = None
) -> str:
    """File a public report at a WGS 84 position and commit; returns the case number."""
    moment = now or datetime.now(UTC)
    draft = ReportDraft(
        id=report_id or uuid.uuid4(), lon=lon, lat=lat, accuracy_m=1.0, captured_at=moment, source="public",
        text="litter", sender="public",
    )  # fmt: skip
    with store.app.begin() as conn:
        [filed] = file_reports(conn, drafts=[draft], now=moment, serials=SerialBlocks(store.app))
    assert filed.case is not None, filed.refusal
    return filed.case.case_no
