"""The single port in: every report of every channel becomes a case here.

What a report says is kept as it was said; where it lies, whose it is and by when are decided by the rules in
force at the moment that counts, and stored with their reasons. A repeat of a report finds its first case.

Knows the order of filing. Refuses to commit (the way in does), to wake readers (after the commit), and to
know HTTP.
"""

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.asking import join_repeats, keep_repeats, note_askers, refuse_often
from spatial.cases.case_files import CaseFile, list_filed
from spatial.cases.drafts import ReportDraft, check_draft
from spatial.cases.fallbacks import list_fallbacks
from spatial.cases.lifecycle.self_solved import refuse_self_solved
from spatial.cases.numbers import TakeSerials, format_case_number
from spatial.cases.opening import PlacedReport, open_cases
from spatial.cases.port.addresses import check_address
from spatial.cases.port.askers import check_target, drop_old_links, find_targets, give_links
from spatial.cases.port.repeats import Standing, find_standing
from spatial.cases.rules import Rules, read_rules
from spatial.errors import DigestMismatch, GridmapsError, Invalid
from spatial.grid.datum import to_wgs84
from spatial.grid.locate import locate_points
from spatial.grid.placement import Placement
from spatial.store.db import hold_grid_shared, run
from spatial.store.queries import load_queries

SQL = load_queries(__file__)
_MISMATCH = "this id was already used for another report; a new report takes a new UUID"


@dataclass(frozen=True)
class Filed:
    """What became of one report: its case, and whether it was opened now; or why not."""

    case: CaseFile | None
    created: bool
    refusal: GridmapsError | None = None
    standing: Standing | None = None  # of the case that stands for it, where he said again what he had said before
    token: str | None = None  # of the status link, given with each answer and kept nowhere


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
    moments = [draft.captured_at if history else now for draft in drafts]
    hooks = None if history else find_targets(conn, [draft.reporter for draft in drafts])
    refused = [_refusal(conn, draft, rules, at, hooks) for draft, at in zip(drafts, moments, strict=True)]
    refusals = {i: refusal for i, refusal in enumerate(refused) if refusal}
    accepted = [draft for i, draft in enumerate(drafts) if i not in refusals]
    pressing = {} if history else refuse_often(conn, accepted, now=now)
    refusals |= {i: pressing[draft.id] for i, draft in enumerate(drafts) if draft.id in pressing and i not in refusals}
    accepted = [draft for draft in accepted if draft.id not in pressing]
    first = {draft.id: draft for draft in reversed(accepted)}
    placed = _place(conn, list(first.values()), rules=rules, now=now, serials=serials, history=history)
    paths = {item.draft.id: item.placement.path for item in placed}
    unsolved = refuse_self_solved(conn, accepted, paths, history=history)
    refusals |= {i: unsolved[draft.id] for i, draft in enumerate(drafts) if draft.id in unsolved and i not in refusals}
    placed = [item for item in placed if item.draft.id not in unsolved]
    claimed = _claim(conn, placed)
    fresh = [item for item in reversed(placed) if item.draft.id in claimed]  # in the order in which they were sent
    joined = {} if history else join_repeats(conn, fresh, rules)
    if not history:
        note_askers(conn, fresh, joined, now=now)
    opened = open_cases(conn, [item for item in fresh if item.draft.id not in joined], rules=rules, history=history)
    keep_repeats(conn, fresh, joined, now=now)
    return _linked(conn, drafts, _answers(conn, drafts, refusals, opened), fresh=claimed, now=now)


def _refusal(
    conn: Connection, draft: ReportDraft, rules: Rules, at: datetime, hooks: Set[str] | None
) -> GridmapsError | None:
    try:
        check_draft(draft, rules, at=at)
        if hooks is not None:  # of history nobody is told
            check_address(draft.reporter)
            check_target(draft.reporter, sender=draft.sender, there=hooks)
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


def _place(
    conn: Connection,
    drafts: list[ReportDraft],
    *,
    rules: Rules,
    now: datetime,
    serials: TakeSerials,
    history: bool,
) -> list[PlacedReport]:
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
        PlacedReport(
            draft, _doubted(placement, fallback), float(lon), float(lat), radius, moment, now, number, fallback
        )
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


def _claim(conn: Connection, placed: list[PlacedReport]) -> set[UUID]:
    rows = [
        {
            "id": str(item.draft.id),
            "sender": item.draft.sender,
            "digest": item.draft.digest.hex(),
            "district": item.district,
            "case_no": item.case_no,
        }
        for item in placed
    ]
    return set(run(conn, SQL["insert_keys"], {"rows": json.dumps(rows)}).scalars())


def _answers(
    conn: Connection,
    drafts: Sequence[ReportDraft],
    refusals: dict[int, GridmapsError],
    opened: dict[UUID, CaseFile],
) -> list[Filed]:
    ids = {draft.id for i, draft in enumerate(drafts) if i not in refusals}
    keys = {row.id: row for row in run(conn, SQL["keys"], {"ids": [str(i) for i in sorted(ids)]})}
    cases = opened | list_filed(conn, report_ids=sorted(ids - opened.keys()))
    again = {one.case_no for report_id, one in cases.items() if one.report_id != report_id}
    standing, fresh = find_standing(conn, again), set(opened)
    answers = []
    for i, draft in enumerate(drafts):
        if i in refusals:
            answers.append(Filed(None, False, refusals[i]))
        elif keys[draft.id].sender != draft.sender or bytes(keys[draft.id].digest) != draft.digest:
            answers.append(Filed(None, False, DigestMismatch(_MISMATCH, field="id")))
        else:
            case = cases[draft.id]
            is_own = case.report_id == draft.id
            answers.append(Filed(case, draft.id in fresh, standing=None if is_own else standing.get(case.case_no)))
            fresh.discard(draft.id)  # a repeat inside the batch is a repeat
    return answers


def _linked(
    conn: Connection, drafts: Sequence[ReportDraft], filed: list[Filed], *, fresh: set[UUID], now: datetime
) -> list[Filed]:
    """The answers, each with a link of its own: of an earlier one nothing is left that could be given again."""
    asking = {draft.id for draft, answer in zip(drafts, filed, strict=True) if answer.case is not None}
    if repeated := asking - fresh:
        drop_old_links(conn, repeated)
    tokens = give_links(conn, sorted(asking), now=now)
    return [
        replace(answer, token=tokens.get(draft.id) if answer.case else None)
        for draft, answer in zip(drafts, filed, strict=True)
    ]
