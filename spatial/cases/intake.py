"""The single port in: every report of every channel becomes a case here.

What a report says is kept as it was said; where it lies, whose it is and by when are decided by the rules in
force at the moment that counts, and stored with their reasons. A repeat of a report finds its first case.

Knows the order of filing. Refuses to commit (the way in does), to wake readers (after the commit), and to
know HTTP.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile, list_filed
from spatial.cases.drafts import ReportDraft, check_draft
from spatial.cases.fallbacks import list_fallbacks
from spatial.cases.numbers import TakeSerials, format_case_number
from spatial.cases.ownership import Reason, resolve_owner
from spatial.cases.rules import CellAt, CellName, Rules, list_territory, read_rules
from spatial.errors import DigestMismatch, GridmapsError, Invalid
from spatial.grid.datum import to_wgs84
from spatial.grid.locate import locate_points
from spatial.grid.placement import Placement
from spatial.store.db import hold_grid_shared, run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries

SQL = load_queries(__file__)
OUTSIDE_DISTRICT = "000000"
_MISMATCH = "this id was already used for another report; a new report takes a new UUID"


@dataclass(frozen=True)
class Filed:
    """What became of one report: its case, and whether it was opened now; or why not."""

    case: CaseFile | None
    created: bool
    refusal: GridmapsError | None = None


@dataclass(frozen=True)
class _Decided:
    draft: ReportDraft
    placement: Placement
    lon: float
    lat: float
    accuracy_m: float
    received_at: datetime
    in_force_at: datetime
    case_no: str
    fallback: str | None

    @property
    def district(self) -> str:
        """The home area that every key of this case begins with."""
        return self.placement.district or OUTSIDE_DISTRICT

    @property
    def path_then(self) -> list[CellAt]:
        """The chain of cells, each as of the moment that counts."""
        return [(code, self.in_force_at) for code in self.placement.path]


def file_reports(
    conn: Connection,
    *,
    drafts: Sequence[ReportDraft],
    now: datetime,
    serials: TakeSerials,
    history: bool = False,
) -> list[Filed]:
    """File reports in one transaction; the answers come in their order, one for each.

    A draft that the rules refuse is answered with its refusal and hinders no other. With `history`, the
    moment that counts is each report's own `captured_at`, and no clock starts.
    """
    hold_grid_shared(conn)  # before the revision is read: a publish in between would file under a dead unit
    rules = read_rules(conn)
    # A report that waited for a publish is received behind it: by its older moment it would be filed in a unit
    # that is no longer in force, behind the back of the redraw that moved all others.
    now = max(now, rules.switched_at or now)
    refusals = {i: refusal for i, draft in enumerate(drafts) if (refusal := _refusal(conn, draft, rules))}
    accepted = [draft for i, draft in enumerate(drafts) if i not in refusals]
    first = {draft.id: draft for draft in reversed(accepted)}
    decided = _decide(conn, list(first.values()), rules=rules, now=now, serials=serials, history=history)
    claimed = _claim(conn, decided)
    opened = _write(conn, [item for item in decided if item.draft.id in claimed], rules, history)
    return _answers(conn, drafts, refusals, opened)


def _refusal(conn: Connection, draft: ReportDraft, rules: Rules) -> GridmapsError | None:
    try:
        check_draft(draft, rules)
        _check_photos(conn, draft)
    except GridmapsError as refused:
        return refused
    return None


def _check_photos(conn: Connection, draft: ReportDraft) -> None:
    if not draft.photos:
        return
    there = set(run(conn, SQL["photos_there"], {"names": list(draft.photos)}).scalars())
    missing = [name for name in draft.photos if name not in there]
    if missing:
        raise Invalid(f"photo {missing[0]} is not here; put it to /api/v1/photos/ first", field="photos")


def _decide(
    conn: Connection,
    drafts: list[ReportDraft],
    *,
    rules: Rules,
    now: datetime,
    serials: TakeSerials,
    history: bool,
) -> list[_Decided]:
    moments = [draft.captured_at if history else now for draft in drafts]
    positions = [to_wgs84(draft.lon, draft.lat, draft.datum) for draft in drafts]
    radii = [_accuracy(draft, rules) for draft in drafts]
    placements = locate_points(
        conn,
        lons=[float(lon) for lon, _ in positions],
        lats=[float(lat) for _, lat in positions],
        accuracies_m=radii,
        moments=moments,
        rule=rules.certainty,
    )
    fallbacks = list_fallbacks(conn, lons=[float(x) for x, _ in positions], lats=[float(y) for _, y in positions])
    numbers = _number(placements, moments, rules, serials)
    return [
        _Decided(draft, _doubted(placement, fallback), float(lon), float(lat), radius, moment, moment, number, fallback)
        for draft, placement, (lon, lat), radius, moment, number, fallback in zip(
            drafts, placements, positions, radii, moments, numbers, fallbacks, strict=True
        )
    ]


def _doubted(placement: Placement, fallback: str | None) -> Placement:
    """A position that a device made up is never certain, however narrow its radius."""
    if fallback is None or placement.certainty != "certain":
        return placement
    return replace(placement, certainty="ambiguous")


def _accuracy(draft: ReportDraft, rules: Rules) -> float:
    return rules.sources[draft.source].default_accuracy_m if draft.accuracy_m is None else draft.accuracy_m


def _number(placements: list[Placement], moments: list[datetime], rules: Rules, serials: TakeSerials) -> list[str]:
    areas = [(rules.prefix(p.district), rules.city_day(m)) for p, m in zip(placements, moments, strict=True)]
    blocks = {area: iter(serials(*area, areas.count(area))) for area in sorted(set(areas))}
    return [format_case_number(*area, next(blocks[area])) for area in areas]


def _claim(conn: Connection, decided: list[_Decided]) -> set[UUID]:
    rows = [
        {
            "id": str(item.draft.id),
            "sender": item.draft.sender,
            "digest": item.draft.digest.hex(),
            "district": item.district,
            "case_no": item.case_no,
        }
        for item in decided
    ]
    return set(run(conn, SQL["insert_keys"], {"rows": json.dumps(rows)}).scalars())


def _write(conn: Connection, opened: list[_Decided], rules: Rules, history: bool) -> dict[UUID, CaseFile]:
    if not opened:
        return {}
    names = list_territory(conn, asked=(at for item in opened for at in item.path_then))
    cases = [_open_case(item, rules, names, history) for item in opened]
    versions = [{"unit_version": item.placement.unit_version} for item in opened]
    rows = [vars(case) | version for case, version in zip(cases, versions, strict=True)]
    run(conn, SQL["insert_cases"], {"rows": json.dumps(rows, ensure_ascii=False, default=_plain)})
    reports = [_report_row(item) for item in opened]
    run(conn, SQL["insert_reports"], {"rows": json.dumps(reports, ensure_ascii=False)})
    _write_photos(conn, opened)
    append(conn, [_event(item, rules) for item in opened])
    return {case.report_id: case for case in cases}


def _write_photos(conn: Connection, opened: list[_Decided]) -> None:
    photos = [
        {"district": item.district, "report_id": str(item.draft.id), "sha256": name}
        for item in opened
        for name in item.draft.photos
    ]
    if photos:
        run(conn, SQL["insert_report_photos"], {"rows": json.dumps(photos)})


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _open_case(item: _Decided, rules: Rules, names: dict[CellAt, CellName], history: bool) -> CaseFile:
    draft, placement = item.draft, item.placement
    category = rules.categories.get(draft.category or "")
    chain = {at[0]: names[at] for at in item.path_then}
    owner = resolve_owner(placement=placement, category=category, names=chain, revision=rules.revision)
    if item.fallback is not None:
        owner = replace(owner, reasons=(*owner.reasons, Reason("fallback", item.fallback)))
    limits = category or rules
    return CaseFile(
        district=item.district,
        case_no=item.case_no,
        report_id=draft.id,
        step="reported",
        state="reported",
        source=draft.source,
        category=draft.category,
        certainty=placement.certainty,
        unit=placement.unit,
        path=placement.path,
        current_unit=placement.unit,
        current_path=placement.path,
        revision=rules.revision,
        candidates=[{"code": c.code, "share": c.share} for c in placement.candidates],
        owner=owner.as_json(),
        lon=item.lon,
        lat=item.lat,
        accuracy_m=item.accuracy_m,
        accuracy_assumed=draft.accuracy_m is None,
        captured_at=draft.captured_at,
        captured_in_future=draft.captured_at > item.received_at,
        received_at=item.received_at,
        in_force_at=item.in_force_at,
        step_due_at=None if history else item.received_at + limits.step_limit,
        due_at=None if history else item.received_at + limits.due_limit,
        is_history=history,
        is_fallback=item.fallback is not None,
        text=draft.text,
        place_code=draft.place_code,
        photos=tuple(sorted(set(draft.photos))),
    )


def _report_row(item: _Decided) -> dict[str, Any]:
    draft = item.draft
    return {
        "district": item.district,
        "case_no": item.case_no,
        "id": str(draft.id),
        "lon": draft.lon,
        "lat": draft.lat,
        "datum": draft.datum,
        "accuracy_m": draft.accuracy_m,
        "place_code": draft.place_code,
        "text": draft.text,
        "reporter": draft.reporter,
    }


def _event(item: _Decided, rules: Rules) -> EventDraft:
    placement = item.placement
    payload = {
        "step": "reported",
        "state": "reported",
        "unit": placement.unit,
        "certainty": placement.certainty,
        "category": item.draft.category,
        "source": item.draft.source,
        "revision": rules.revision,
    }
    actor = item.draft.sender
    return EventDraft(
        item.district, "case", item.case_no, "case.reported", item.received_at, actor, placement.path, payload
    )


def _answers(
    conn: Connection,
    drafts: Sequence[ReportDraft],
    refusals: dict[int, GridmapsError],
    opened: dict[UUID, CaseFile],
) -> list[Filed]:
    ids = {draft.id for i, draft in enumerate(drafts) if i not in refusals}
    keys = {row.id: row for row in run(conn, SQL["keys"], {"ids": [str(i) for i in sorted(ids)]})}
    cases = opened | list_filed(conn, report_ids=sorted(ids - opened.keys()))
    fresh = set(opened)
    answers = []
    for i, draft in enumerate(drafts):
        if i in refusals:
            answers.append(Filed(None, False, refusals[i]))
        elif keys[draft.id].sender != draft.sender or bytes(keys[draft.id].digest) != draft.digest:
            answers.append(Filed(None, False, DigestMismatch(_MISMATCH, field="id")))
        else:
            answers.append(Filed(cases[draft.id], draft.id in fresh))
            fresh.discard(draft.id)  # a repeat inside the batch is a repeat
    return answers
