"""The same complaint twice: suggested before it is sent, joined instead of opened, shown to whoever may merge."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from api.answers import told_text
from api.batches import is_citizen, sender_of
from api.dependencies import Conn, Now, TextReader, Viewer, require, settings_of
from api.pacing import check_pace
from api.routes.bodies import Editor
from api.schemas.duties import ListPage, id_behind
from api.schemas.port import (
    AlsoSaidOut,
    AlsoSaidPage,
    EvidenceList,
    EvidenceOut,
    RuleBody,
    SuggestBody,
    SuggestionList,
    SuggestionOut,
    SupportBody,
    SupportOut,
)
from api.schemas.reports import AnyAccuracy, AnyLatitude, AnyLongitude, Datum
from spatial.cases.case_files import get_case
from spatial.cases.drafts import REPORTER_LIMIT, check_storable
from spatial.cases.port.also_said import list_also_said
from spatial.cases.port.duplicates import (
    DuplicateRule,
    get_complaint,
    list_duplicates,
    list_rules,
    put_rule,
    read_bounds,
)
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.suggesting import suggest_same
from spatial.cases.port.supporting import Support, support_case
from spatial.cases.rules import Rules, read_rules
from spatial.errors import Invalid
from spatial.grid.datum import to_wgs84
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1", tags=["reports"])
Merger = Annotated[Account, Depends(require("merge"))]
_SUGGESTED = 5
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Counted before."},
    429: {"description": "Too many from this address or contact, or for this case; `Retry-After` says when."},
}


@router.get("/duplicates")
def suggest(
    conn: Conn,
    now: Now,
    lon: AnyLongitude,
    lat: AnyLatitude,
    category: Annotated[str | None, Query(max_length=64)] = None,
    accuracy_m: AnyAccuracy | None = None,
    datum: Datum = "wgs84",
) -> SuggestionList:
    """Open cases that may be what somebody is about to report. Public: tells of no citizen, and nothing he wrote."""
    return _suggested(conn, SuggestBody(lon=lon, lat=lat, accuracy_m=accuracy_m, datum=datum, category=category), now)


@router.post("/duplicates")
def suggest_by_words(body: SuggestBody, conn: Conn, now: Now) -> SuggestionList:
    """The same for somebody who names no class: his words are sorted, and stand in no address that is kept in logs.

    Where sorting is not sure of a class, cases of any are told that are near in place and time, each `by` place.
    """
    return _suggested(conn, body, now)


@router.post("/duplicates/{case_no}/support", status_code=201, responses=_ANSWERS)
def support(
    case_no: str, body: SupportBody, conn: Conn, now: Now, viewer: Viewer, request: Request, response: Response
) -> SupportOut:
    """Say the same about a case that stands already, and be answered with it. Refused where no such case is near."""
    check_pace(request, viewer)
    rules = read_rules(conn)
    said = _support(body, viewer, rules, now)
    nodes = {code: category.nodes for code, category in rules.categories.items()}
    most = settings_of(request).unnamed_limit
    done = support_case(conn, case_no=case_no, support=said, nodes_of=nodes, now=now, unnamed_an_hour=most)
    response.status_code = 201 if done.counted else 200
    link = None if done.token is None else f"/status/{done.token}"
    return SupportOut(case_no=done.case_no, **vars(done.counts), counted=done.counted, status_url=link)


@router.get("/cases/{case_no}/duplicates")
def duplicates_of(case_no: str, conn: Conn, asking: Merger) -> EvidenceList:
    """Open cases that may be the same as this one, with the evidence, for merging; within the reach of merging."""
    reach = asking.reach_for("merge")
    complaint = get_complaint(conn, reach=reach, case_no=case_no)
    rules = read_rules(conn)
    known = rules.categories.get(complaint.category or "")
    bounds = read_bounds(conn).of(known.nodes if known else ())
    found = list_duplicates(conn, complaint=complaint, bounds=bounds, reach=reach, limit=50, but=case_no)
    return EvidenceList(items=[EvidenceOut.of(one) for one in found])


@router.get("/cases/{case_no}/also-said")
def also_said(
    case_no: str,
    conn: Conn,
    asking: TextReader,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")] = None,
) -> AlsoSaidPage:
    """What others said about a case: repeats, supporters, and the reporters of cases merged into it; words masked."""
    reach = asking.reach_for("read_text")
    case = get_case(conn, reach=reach, case_no=case_no)
    found = list_also_said(conn, reach=reach, case_no=case_no, limit=limit + 1, behind=id_behind(cursor))
    items = [
        AlsoSaidOut(
            case_no=one.case_no, part=one.part, at=one.at, is_known=one.is_known, photos=list(one.photos),
            text=told_text(one.text, tags=case.tags, reader=asking),
        )
        for one in found[:limit]
    ]  # fmt: skip
    return AlsoSaidPage(items=items, next=str(found[limit - 1].id) if len(found) > limit else None)


@router.get("/duplicate-rules")
def rules_of_classes(conn: Conn, asking: Editor) -> ListPage:
    """The classes that have bounds of their own; the settings hold for all others."""
    table = read_bounds(conn)
    items = [_rule(rule) for rule in list_rules(conn)]
    default = DuplicateRule("", table.settings.within, table.settings.floor_m, table.settings.least_fit)
    return ListPage(items=[_rule(default), *items], next=None)


@router.put("/duplicate-rules/{matter}")
def put_rule_of_class(matter: str, body: RuleBody, conn: Conn, asking: Editor) -> dict[str, Any]:
    """Give a class bounds of its own, or other ones."""
    _nodes(read_rules(conn), matter)
    rule = DuplicateRule(matter, timedelta(seconds=body.within_seconds), body.floor_m, body.least_fit)
    put_rule(conn, rule)
    return _rule(rule)


def _rule(rule: DuplicateRule) -> dict[str, Any]:
    seconds = int(rule.within.total_seconds())
    return {"matter": rule.matter or None, "within_seconds": seconds, "floor_m": rule.floor_m,
            "least_fit": rule.least_fit}  # fmt: skip


def _suggested(conn: Connection, asked: SuggestBody, now: datetime) -> SuggestionList:
    rules = read_rules(conn)
    check_storable("text", asked.text)
    if asked.category is not None:
        _nodes(rules, asked.category)
    east, north = to_wgs84(asked.lon, asked.lat, asked.datum)
    complaint = Complaint(
        float(east), float(north), _accuracy(rules, asked.accuracy_m), now, asked.category, asked.text
    )
    # The whole city: what is told of a case here is told to everybody.
    found = suggest_same(conn, complaint=complaint, rules=rules, limit=_SUGGESTED)
    items = [SuggestionOut.of(one, now, by=found.reason(one)) for one in found.candidates]
    return SuggestionList(category=found.category, by=found.by, items=items)


def _nodes(rules: Rules, category: str) -> tuple[str, ...]:
    if category not in rules.categories:
        raise Invalid(f"category {category} is unknown; see /api/v1/matters", field="category")
    return rules.categories[category].nodes


def _accuracy(rules: Rules, told: float | None) -> float:
    return rules.sources["public"].default_accuracy_m if told is None else told


def _support(body: SupportBody, viewer: Account | None, rules: Rules, now: datetime) -> Support:
    for name in ("text", "reporter"):
        check_storable(name, getattr(body, name))
    if len(str(body.reporter)) > REPORTER_LIMIT:
        raise Invalid(f"reporter is too long; at most {REPORTER_LIMIT} characters as JSON", field="reporter")
    if body.category is not None:
        _nodes(rules, body.category)
    lon, lat = to_wgs84(body.lon, body.lat, body.datum)
    pictures = tuple(one.picture() for one in body.photos)
    complaint = Complaint(
        float(lon), float(lat), _accuracy(rules, body.accuracy_m), now, body.category, body.text,
        frozenset(one.sha256 for one in pictures),
    )  # fmt: skip
    said = {"lon": body.lon, "lat": body.lat, "datum": body.datum, "accuracy_m": body.accuracy_m}
    own = is_citizen(viewer) or body.reporter is None  # who names nobody else speaks for himself
    return Support(body.id, sender_of(viewer), complaint, said, body.text, body.reporter, own, pictures)
