"""Whose is it, and why: for any position, and for a case as it was decided, with its replay."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from api.answers import told_decision
from api.dependencies import CaseReader, Conn, Now
from api.locate_forms import ASSUMED_ACCURACY_M, placed
from api.schemas.reports import AnyAccuracy, AnyLatitude, AnyLongitude, AnyMoment, Datum
from spatial.cases.case_files import CaseFile, get_case
from spatial.cases.drafts import check_attributes, check_matter
from spatial.cases.replay import replay
from spatial.cases.responsibility.decision import Question
from spatial.cases.responsibility.reading import resolve
from spatial.cases.responsibility.saying import tell, tell_stored
from spatial.cases.rules import read_rules
from spatial.errors import Invalid
from spatial.grid.datum import to_wgs84
from spatial.grid.locate import locate_points

router = APIRouter(prefix="/api/v1", tags=["responsibility"])
Attributes = Annotated[list[str], Query(description="key:value, once for each attribute that the case would have.")]


@router.get("/responsibilities/resolve")
def resolve_position(
    conn: Conn,
    account: CaseReader,
    now: Now,
    lon: Annotated[AnyLongitude, Query()],
    lat: Annotated[AnyLatitude, Query()],
    matter: Annotated[str | None, Query(description="A matter's code; see /api/v1/matters.")] = None,
    accuracy_m: Annotated[AnyAccuracy, Query()] = ASSUMED_ACCURACY_M,
    datum: Datum = "wgs84",
    at: Annotated[AnyMoment | None, Query(description="As of this moment; default now.")] = None,
    attributes: Attributes = [],  # noqa: B006
) -> dict[str, Any]:
    """Whose a matter is at a position: lead, assisting, territory, the rows that decided and those that did not."""
    rules = read_rules(conn)
    x, y = (float(degrees) for degrees in to_wgs84(lon, lat, datum))
    moment = at or now
    [placement] = locate_points(
        conn, lons=[x], lats=[y], accuracies_m=[accuracy_m], moments=[moment], rule=rules.certainty
    )
    said = read_attributes(attributes)
    if matter is not None:
        check_matter(matter, rules, at=moment, field="matter")
    question = Question(rules.categories.get(matter or ""), x, y, accuracy_m, placement, said, at=moment, known_at=now)
    decision = resolve(conn, question, rules=rules)
    text, text_zh = tell(decision)
    return {"placement": placed(placement), "decision": decision.as_json(), "text": text, "text_zh": text_zh}


@router.get("/cases/{case_no}/explanation")
def explain_case(case_no: str, conn: Conn, account: CaseReader) -> dict[str, Any]:
    """Why a case is whose it is: the decision in sentences, and whether deciding again says the same."""
    case = get_case(conn, reach=account.reach, case_no=case_no)
    text, text_zh = tell_stored(case.owner)
    return {"text": text, "text_zh": text_zh, "decision": told_decision(case.owner), "replay": _replayed(conn, case)}


def read_attributes(pairs: Sequence[str]) -> dict[str, str]:
    """Attributes from `key:value` texts. Raises Invalid."""
    said = {}
    for pair in pairs:
        name, colon, value = pair.partition(":")
        if not colon:
            raise Invalid("attributes are written key:value", field="attributes")
        said[name] = value
    check_attributes(said)
    return said


def _replayed(conn: Connection, case: CaseFile) -> dict[str, Any] | None:
    """None for a decision of an older form, which did not keep what it knew."""
    again = replay(conn, case)
    if again is None:
        return None
    return {"same": again.same, "differs": list(again.differs), "before_ruling": again.before_ruling}
