"""Opening cases: from reports that were placed to rows, owners and the first links of their chains.

What the table of responsibility settles waits for a clerk, who accepts it. What nobody is named for is a dispute from
its first second; what a precedent settles is handed over at once, with no human step.

Knows the order of writing. Refuses to place positions and to recognise repeats: `intake.py` has done both.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile
from spatial.cases.clocks.opening_due import OpeningClocks, read_opening_clocks
from spatial.cases.drafts import ReportDraft
from spatial.cases.lifecycle.self_solved import close_self_solved
from spatial.cases.ownership import resolve_owners
from spatial.cases.recording import record
from spatial.cases.responsibility.decision import Decision, Question
from spatial.cases.routing import Routed, route_opened
from spatial.cases.rules import Rules
from spatial.cases.sorting import Sorted, sort_many
from spatial.grid.placement import Placement
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__)
OUTSIDE_DISTRICT = "000000"


@dataclass(frozen=True)
class PlacedReport:
    """A report with its place and number. Position in WGS 84 degrees; `in_force_at` is the moment that counts."""

    draft: ReportDraft
    placement: Placement
    lon: float
    lat: float
    accuracy_m: float
    in_force_at: datetime
    now: datetime
    case_no: str
    fallback: str | None

    @property
    def district(self) -> str:
        """The home area that every key of this case begins with."""
        return self.placement.district or OUTSIDE_DISTRICT


@dataclass(frozen=True)
class _Owned:
    """A placed report with its matter and owner. `sorted` is what sorting said where the report named no matter."""

    report: PlacedReport
    category: str | None
    sorted: Sorted | None
    decision: Decision


def open_cases(
    conn: Connection, reports: Sequence[PlacedReport], *, rules: Rules, history: bool
) -> dict[UUID, CaseFile]:
    """Open a case for each report, which nobody had before; answers them by the report's id.

    History is filed as it was: it starts no clock, is no dispute and is handed to nobody.
    """
    if not reports:
        return {}
    owned = _own(conn, reports, rules)
    clocks = _clocks(conn, owned, rules)
    cases = [_case(item, rules, None if history else clocks) for item in owned]
    rows = [_row(case, item) for case, item in zip(cases, owned, strict=True)]
    run(conn, SQL["insert_cases"], {"rows": json.dumps(rows, ensure_ascii=False, default=_plain)})
    _write_said(conn, owned)
    record(conn, [_event(item, rules) for item in owned])
    pairs = [(case, item.decision) for case, item in zip(cases, owned, strict=True)]
    waiting = [pair for pair, item in zip(pairs, owned, strict=True) if item.report.draft.self_solved is None]
    routed = {} if history else route_opened(conn, waiting, clocks=clocks, categories=rules.categories)
    drafts = [item.report.draft for item in owned]
    closed = close_self_solved(conn, list(zip(cases, drafts, strict=True)))
    now = [closed.get(case.case_no, case) for case in cases]
    return {case.report_id: _after(case, routed.get(case.case_no)) for case in now}


def _after(case: CaseFile, routed: Routed | None) -> CaseFile:
    return case if routed is None else replace(case, **routed.changes)


def _own(conn: Connection, reports: Sequence[PlacedReport], rules: Rules) -> list[_Owned]:
    said = _sort(conn, reports)
    matters = [_matter(report, one) for report, one in zip(reports, said, strict=True)]
    questions = [
        Question(
            matter=rules.categories.get(matter or ""), lon=report.lon, lat=report.lat, accuracy_m=report.accuracy_m,
            placement=report.placement, attributes=report.draft.attributes, at=report.in_force_at, known_at=report.now,
        )
        for report, matter in zip(reports, matters, strict=True)
    ]  # fmt: skip
    doubts = [report.fallback for report in reports]
    decisions = resolve_owners(conn, questions=questions, doubts=doubts, rules=rules)
    return [_Owned(*item) for item in zip(reports, matters, said, decisions, strict=True)]


def _sort(conn: Connection, reports: Sequence[PlacedReport]) -> list[Sorted | None]:
    """What sorting says of the reports that name no matter; None for the others, and where it says nothing."""
    asked = [i for i, report in enumerate(reports) if report.draft.category is None and report.draft.text.strip()]
    said: list[Sorted | None] = [None] * len(reports)
    if not asked:
        return said
    texts, districts = [reports[i].draft.text for i in asked], [reports[i].district for i in asked]
    for i, one in zip(asked, sort_many(conn, texts, districts, at=reports[asked[0]].now), strict=True):
        said[i] = one if one.category is not None else None
    return said


def _matter(report: PlacedReport, said: Sorted | None) -> str | None:
    if report.draft.category is not None or said is None:
        return report.draft.category
    return said.category if said.is_sure else None


def _clocks(conn: Connection, owned: list[_Owned], rules: Rules) -> OpeningClocks:
    matters = [item.category for item in owned if item.category is not None]
    return read_opening_clocks(conn, matters=matters, default_due=rules.due_limit, at=owned[0].report.now)


def _case(item: _Owned, rules: Rules, clocks: OpeningClocks | None) -> CaseFile:
    """The case of a report; without `clocks` it is history, and has no deadlines."""
    report, draft, placement = item.report, item.report.draft, item.report.placement
    category = rules.categories.get(item.category or "")
    received_at = report.in_force_at
    path = placement.path
    dues = clocks and clocks.columns(district=report.district, category=category, start=received_at, path=path)
    return CaseFile(
        district=report.district,
        case_no=report.case_no,
        report_id=draft.id,
        step="reported",
        state="reported",
        source=draft.source,
        is_citizens=rules.sources[draft.source].is_citizen,
        category=item.category,
        certainty=placement.certainty,
        unit=placement.unit,
        path=placement.path,
        current_unit=placement.unit,
        current_path=placement.path,
        revision=rules.revision,
        candidates=[{"code": c.code, "share": c.share} for c in placement.candidates],
        owner=item.decision.as_json(),
        lon=report.lon,
        lat=report.lat,
        accuracy_m=report.accuracy_m,
        accuracy_assumed=draft.accuracy_m is None,
        captured_at=draft.captured_at,
        captured_in_future=draft.captured_at > received_at,
        received_at=received_at,
        in_force_at=report.in_force_at,
        **(_timed(dues) if dues else {"step_due_at": None, "due_at": None}),
        is_history=clocks is None,
        is_fallback=report.fallback is not None,
        attributes=dict(draft.attributes),
        sorted=item.sorted.as_json(took=item.category) if item.sorted else None,
        platform=category.platform if category else "governance",
        tier=len(placement.path) or None,
        tier_since=received_at if placement.path else None,
        text=draft.text,
        place_code=draft.place_code,
        photos=tuple(sorted(set(draft.photos))),
    )


def _timed(dues: dict[str, Any]) -> dict[str, Any]:
    """Deadlines, and from when the case is yellow, so that colours are right before anybody sweeps."""
    return dues | {"limit_amount": Decimal(dues["limit_amount"])}


def _row(case: CaseFile, item: _Owned) -> dict[str, Any]:
    return vars(case) | {"unit_version": item.report.placement.unit_version}


def _write_said(conn: Connection, owned: list[_Owned]) -> None:
    reports = [report_row(item.report) for item in owned]
    run(conn, SQL["insert_reports"], {"rows": json.dumps(reports, ensure_ascii=False)})
    photos = [row for item in owned for row in photo_rows(item.report.draft, district=item.report.district)]
    if photos:
        run(conn, SQL["insert_report_photos"], {"rows": json.dumps(photos, default=_plain)})


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def report_row(report: PlacedReport) -> dict[str, Any]:
    """What was said, as a row of `report`."""
    draft = report.draft
    return {
        "district": report.district,
        "case_no": report.case_no,
        "id": str(draft.id),
        "lon": draft.lon,
        "lat": draft.lat,
        "datum": draft.datum,
        "accuracy_m": draft.accuracy_m,
        "place_code": draft.place_code,
        "text": draft.text,
        "reporter": draft.reporter,
    }


def photo_rows(draft: ReportDraft, *, district: str) -> list[dict[str, Any]]:
    """The photos of a report as rows of `report_photo`; `district` is that of its case."""
    told = {picture.sha256: vars(picture) for picture in draft.pictures}
    key = {"district": district, "report_id": str(draft.id)}
    return [key | told.get(name, {"sha256": name}) for name in sorted(set(draft.photos))]


def _event(item: _Owned, rules: Rules) -> EventDraft:
    report = item.report
    payload = {
        "step": "reported",
        "state": "reported",
        "unit": report.placement.unit,
        "certainty": report.placement.certainty,
        "category": item.category,
        "source": report.draft.source,
        "revision": rules.revision,
    }
    return EventDraft(
        report.district, "case", report.case_no, "case.reported", report.in_force_at, report.draft.sender,
        report.placement.path, payload,
    )  # fmt: skip
