"""The same complaint twice: suggested before it is sent, joined instead of opened, shown to whoever may merge."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api.batches import sender_of
from api.dependencies import Conn, Now, Viewer, require
from api.routes.bodies import Editor
from api.schemas.duties import ListPage
from api.schemas.port import EvidenceList, EvidenceOut, RuleBody, SuggestionList, SuggestionOut, SupportBody, SupportOut
from api.schemas.reports import AnyAccuracy, AnyLatitude, AnyLongitude, Datum
from spatial.cases.drafts import REPORTER_LIMIT, check_storable
from spatial.cases.port.duplicates import (
    DuplicateRule,
    get_complaint,
    list_duplicates,
    list_rules,
    put_rule,
    read_bounds,
)
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.supporting import Support, support_case
from spatial.cases.rules import Rules, read_rules
from spatial.errors import Invalid
from spatial.grid.datum import to_wgs84
from spatial.people.accounts import Account
from spatial.store.reach import WHOLE_CITY

router = APIRouter(prefix="/api/v1", tags=["reports"])
Merger = Annotated[Account, Depends(require("merge"))]
_SUGGESTED = 5


@router.get("/duplicates")
def suggest(
    conn: Conn,
    now: Now,
    lon: AnyLongitude,
    lat: AnyLatitude,
    category: Annotated[str, Query(max_length=64)],
    accuracy_m: AnyAccuracy | None = None,
    datum: Datum = "wgs84",
) -> SuggestionList:
    """Open cases that may be what somebody is about to report. Public: tells of no citizen, and nothing he wrote."""
    rules = read_rules(conn)
    nodes = _nodes(rules, category)
    east, north = to_wgs84(lon, lat, datum)
    complaint = Complaint(float(east), float(north), _accuracy(rules, accuracy_m), now, category)
    bounds = read_bounds(conn).of(nodes)
    # The whole city: what is told of a case here is told to everybody.
    found = list_duplicates(conn, complaint=complaint, bounds=bounds, reach=WHOLE_CITY, limit=_SUGGESTED)
    return SuggestionList(items=[SuggestionOut.of(one, now) for one in found])


@router.post("/duplicates/{case_no}/support", status_code=201, responses={200: {"description": "Counted before."}})
def support(case_no: str, body: SupportBody, conn: Conn, now: Now, viewer: Viewer, response: Response) -> SupportOut:
    """Say the same about a case that stands already, and be answered with it. Refused where no such case is near."""
    rules = read_rules(conn)
    said = _support(body, sender_of(viewer), rules, now)
    nodes = {code: category.nodes for code, category in rules.categories.items()}
    done = support_case(conn, case_no=case_no, support=said, nodes_of=nodes, now=now)
    response.status_code = 201 if done.counted else 200
    link = None if done.token is None else f"/status/{done.token}"
    return SupportOut(case_no=done.case_no, supporters=done.supporters, counted=done.counted, status_url=link)


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


def _nodes(rules: Rules, category: str) -> tuple[str, ...]:
    if category not in rules.categories:
        raise Invalid(f"category {category} is unknown; see /api/v1/matters", field="category")
    return rules.categories[category].nodes


def _accuracy(rules: Rules, told: float | None) -> float:
    return rules.sources["public"].default_accuracy_m if told is None else told


def _support(body: SupportBody, sender: str, rules: Rules, now: datetime) -> Support:
    for name in ("text", "reporter"):
        check_storable(name, getattr(body, name))
    if len(str(body.reporter)) > REPORTER_LIMIT:
        raise Invalid(f"reporter is too long; at most {REPORTER_LIMIT} characters as JSON", field="reporter")
    if body.category is not None:
        _nodes(rules, body.category)
    lon, lat = to_wgs84(body.lon, body.lat, body.datum)
    complaint = Complaint(float(lon), float(lat), _accuracy(rules, body.accuracy_m), now, body.category, body.text)
    said = {"lon": body.lon, "lat": body.lat, "datum": body.datum, "accuracy_m": body.accuracy_m}
    return Support(body.id, sender, complaint, said, body.text, body.reporter)
