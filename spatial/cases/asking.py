"""Between a report and its asker: whose repeat it is, who is to be answered, and with which secret link.

Knows reports that were placed and claimed, and hands them to the port as the values that it knows. Refuses to decide
what is alike (`port/likeness.py`) and to write cases (`opening.py`).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.drafts import ReportDraft
from spatial.cases.opening import PlacedReport, photo_rows, report_row
from spatial.cases.port.askers import NOBODY, PUBLIC, Asker, Who, add_askers, read_pepper, target_of, who_asks
from spatial.cases.port.duplicates import read_bounds
from spatial.cases.port.likeness import Bounds, Complaint
from spatial.cases.port.pressing import refuse_pressing
from spatial.cases.port.repeats import Said, find_repeats, rebind_keys, tell_repeats
from spatial.cases.rules import Rules
from spatial.errors import TooMany
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__)
Joined = dict[UUID, tuple[str, str]]


def join_repeats(conn: Connection, reports: Sequence[PlacedReport], rules: Rules) -> Joined:
    """The reports whose citizen said the same lately, with the key (district, case_no) of his first case.

    Where nobody's citizen is known, nothing is read.
    """
    asking = _who(conn, reports)
    said = [
        Said(item.draft.id, asking[item.draft.id].keys, item.district, item.case_no, _complaint(item))
        for item in reports
        if item.draft.id in asking
    ]
    if not said:
        return {}
    table = read_bounds(conn)

    def bounds_of(category: str | None) -> Bounds:
        known = rules.categories.get(category or "")
        return table.of(known.nodes if known else ())

    joined = find_repeats(conn, said, bounds_of=bounds_of)
    rebind_keys(conn, joined)
    return joined


def refuse_often(conn: Connection, drafts: Sequence[ReportDraft], *, now: datetime) -> dict[UUID, TooMany]:
    """Those of these reports, sent without a log-in, whose contact has sent too much within an hour, by id.

    One that is here already is answered again however often it comes.
    """
    said = [draft for draft in drafts if draft.sender == PUBLIC and draft.reporter]
    if not said:
        return {}
    asked = {"ids": [str(draft.id) for draft in said]}
    here = {row.id for row in run(conn, SQL["keys"], asked)}
    asking = _known(conn, [draft for draft in said if draft.id not in here])
    return refuse_pressing(conn, asking, now=now)


def note_askers(conn: Connection, reports: Sequence[PlacedReport], joined: Joined, *, now: datetime) -> None:
    """Note who asks, before any case is opened: what its opening tells is told to them."""
    asking = _who(conn, reports)
    add_askers(conn, [_asker(item, joined, asking.get(item.draft.id, NOBODY), now) for item in reports])


def keep_repeats(conn: Connection, reports: Sequence[PlacedReport], joined: Joined, *, now: datetime) -> None:
    """Keep what repeats said beside their first cases, which are open by now, and tell it in their chains."""
    _keep_said(conn, [item for item in reports if item.draft.id in joined], joined)
    actors = {item.draft.id: item.draft.sender for item in reports}
    tell_repeats(conn, joined, actors=actors, part="repeat", now=now)


def _who(conn: Connection, reports: Sequence[PlacedReport]) -> dict[UUID, Who]:
    """Who reports, for those of whom anything is known; nothing is read where that is nobody."""
    drafts = [item.draft for item in reports]
    return _known(conn, drafts) if any(draft.reporter or draft.sender != PUBLIC for draft in drafts) else {}


def _known(conn: Connection, drafts: Sequence[ReportDraft]) -> dict[UUID, Who]:
    pepper = read_pepper(conn)
    asking = {
        draft.id: who_asks(
            pepper, sender=draft.sender, source=draft.source, by_citizen=draft.by_citizen, reporter=draft.reporter
        )
        for draft in drafts
    }
    return {report_id: who for report_id, who in asking.items() if who.citizen is not None}


def _complaint(item: PlacedReport) -> Complaint:
    draft = item.draft
    seen_at = min(draft.captured_at, item.now)  # a clock that runs ahead saw it when it came
    return Complaint(item.lon, item.lat, item.accuracy_m, seen_at, draft.category, draft.text)


def _asker(item: PlacedReport, joined: Joined, who: Who, now: datetime) -> Asker:
    draft = item.draft
    district, case_no = joined.get(draft.id, (item.district, item.case_no))
    part = "repeat" if draft.id in joined else "reporter"
    target = target_of(draft.reporter, sender=draft.sender)
    return Asker(district, case_no, draft.id, part, who, target, now, draft.source)


def _keep_said(conn: Connection, reports: Sequence[PlacedReport], joined: Joined) -> None:
    if not reports:
        return
    keys = {item.draft.id: dict(zip(("district", "case_no"), joined[item.draft.id], strict=True)) for item in reports}
    rows = [report_row(item) | keys[item.draft.id] for item in reports]
    run(conn, SQL["insert_reports"], {"rows": json.dumps(rows, ensure_ascii=False)})
    shown = [row for item in reports for row in photo_rows(item.draft, district=keys[item.draft.id]["district"])]
    if shown:
        run(conn, SQL["insert_report_photos"], {"rows": json.dumps(shown, default=datetime.isoformat)})
