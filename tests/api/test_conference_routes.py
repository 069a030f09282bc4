"""Conferences, whistles and the library over HTTP: one walk through each, by the people who do it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.app import create_app
from spatial.cases.lifecycle.handling import receive_case, submit_case
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.acting import held, later, new_photo
from tests.api.conftest import LogIn, a_report
from tests.db.test_conferences import handed, refused
from tests.worlds import SOUTH, B, W, inside

CONFERENCES, WHISTLES, LIBRARY = "/api/v1/conferences", "/api/v1/whistles", "/api/v1/library"
LON, LAT = inside(W)


def soon(hours: float = 2) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@pytest.fixture
def stuck(fresh_db: Store) -> str:
    """A case that two departments refused."""
    with fresh_db.app.begin() as conn:
        return refused(conn, "roads", "order").case_no


def test_a_conference_from_its_call_to_its_decision(fresh_db: Store, log_in: LogIn, stuck: str) -> None:
    panel = log_in("panel")
    [due] = panel.get(f"{CONFERENCES}/due").json()["items"]
    assert (due["case_no"], due["trigger"]) == (stuck, "refusals")
    members = [{"unit": "order", "person": "Petra"}, {"person": "Hanna"}]
    opened = panel.post(CONFERENCES, json={"case_no": stuck, "trigger": "refusals", "members": members})
    assert opened.status_code == 201, opened.text
    number = opened.json()["id"]
    again = panel.post(CONFERENCES, json={"case_no": stuck, "reason": "again"})
    assert (again.status_code, again.json()["conference"]) == (409, number)
    minutes = panel.post(f"{CONFERENCES}/{number}/minutes", json={"text": "各单位会商，电话13811112222"})
    assert minutes.status_code == 201
    assert minutes.json()["minutes"][0]["text"] == "各单位会商，电话***"
    scope = {"area": {"kind": "radius", "radius_m": 50}}
    body = {"lead": "order", "grounds": "门前三包", "scope": scope,
            "actions": [{"owner": "roads", "what": "Fence it", "due_at": soon()}]}  # fmt: skip
    done = panel.post(f"{CONFERENCES}/{number}/decision", json=body)
    assert done.status_code == 201, done.text
    assert (done.json()["state"], done.json()["lead"]) == ("pending", "order")
    assert done.json()["precedent"]

    ended = log_in("sweeper").post(f"{CONFERENCES}/{number}/actions/1", json={"state": "done"})
    assert ended.status_code == 404, "sanitation has nothing to do with it"
    seen = log_in("handler").get(f"{CONFERENCES}/{number}").json()
    assert (seen["actions"][0]["may_end"], seen["may_confer"], seen["may_rule"]) == (True, False, False)
    ended = log_in("handler").post(f"{CONFERENCES}/{number}/actions/1", json={"state": "done", "note": "Fenced"})
    assert ended.json()["actions"][0]["state"] == "done"
    [listed] = log_in("clerk").get(CONFERENCES, params={"state": "decided", "cell": SOUTH}).json()["items"]
    assert listed["id"] == number
    assert log_in("clerk2").get(CONFERENCES).json()["items"] == []
    assert log_in("clerk2").get(f"{CONFERENCES}/{number}").status_code == 404
    assert log_in("planner").get(f"{CONFERENCES}/{number}").json()["grounds"] == ""
    found = log_in("clerk").get(LIBRARY, params={"q": "会商"}).json()["items"]
    assert [one["kind"] for one in found] == ["minutes"]
    piece, [hit] = found[0]["piece"], found[0]["hits"]
    assert piece[hit[0] : hit[1]] == "会商"


def test_a_conference_that_is_refused_names_the_acts_of_who_asked(fresh_db: Store, log_in: LogIn) -> None:
    panel = log_in("panel")
    numbers = []
    with fresh_db.app.begin() as conn:
        for _ in range(2):
            numbers.append(handed(conn).case_no)
    opening = {"case_no": numbers[0], "reason": "Three of them", "members": [{"person": "Otto"}]}
    opened = panel.post(CONFERENCES, json=opening)
    assert opened.status_code == 201, opened.text
    said = panel.post(f"{CONFERENCES}/{opened.json()['id']}/minutes", json={"text": "Said"})
    assert said.status_code == 201, said.text
    with fresh_db.app.begin() as conn:
        for number in numbers:
            case = receive_case(conn, held(conn, number), own=None, actor="8", now=later(0.3))
            shown: dict[str, Any] = {"photos_after": [new_photo(conn)], "note": None, "own": None}
            submit_case(conn, case, outcome="fixed", **shown, actor="8", now=later(1))
    body = {"lead": "order", "grounds": "List"}
    refusals = [
        (numbers[0], panel.post(f"{CONFERENCES}/{opened.json()['id']}/decision", json=body)),
        (numbers[1], panel.post(CONFERENCES, json=opening | {"case_no": numbers[1]})),
    ]
    for number, answer in refusals:
        own = [one["act"] for one in panel.get(f"/api/v1/cases/{number}/acts").json()["legal"]]
        assert (answer.status_code, answer.json().get("legal")) == (409, own), answer.text
        assert "verify_result" not in own  # which the state knows, and a panel does not do


def test_who_may_not_rule_cannot_decide_a_dispute(fresh_db: Store, log_in: LogIn, stuck: str) -> None:
    operator = log_in("operator")
    body = {"case_no": stuck, "trigger": "refusals", "members": [{"person": "Otto"}]}
    number = operator.post(CONFERENCES, json=body).json()["id"]
    operator.post(f"{CONFERENCES}/{number}/minutes", json={"text": "said"})
    scope = {"area": {"kind": "radius", "radius_m": 50}}
    answer = operator.post(f"{CONFERENCES}/{number}/decision", json={"lead": "order", "grounds": "x", "scope": scope})
    assert answer.status_code == 403
    assert operator.post(f"{CONFERENCES}/{number}/end", json={"reason": "settled"}).json()["state"] == "ended"


def test_the_holder_asks_for_help_through_the_acts_of_the_case(fresh_db: Store, log_in: LogIn) -> None:
    with fresh_db.app.begin() as conn:
        case_no = handed(conn, "roads").case_no
    legal = log_in("handler").get(f"/api/v1/cases/{case_no}/acts").json()["legal"]
    assert "ask_help" in [one["act"] for one in legal]
    act = {"act": "ask_help", "note": "It needs a crane"}
    assert log_in("sweeper").post(f"/api/v1/cases/{case_no}/actions", json=act).status_code == 404
    answer = log_in("handler").post(f"/api/v1/cases/{case_no}/actions", json=act)
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")


def test_boards_and_triggers_are_edited_by_the_citys_administrator(fresh_db: Store, log_in: LogIn) -> None:
    admin = log_in("administrator")
    board = {"ordinal": 10, "name": "Water", "name_zh": "五水共治"}
    assert admin.put(f"{CONFERENCES}/boards/water", json=board).status_code == 200
    answer = admin.put(f"{CONFERENCES}/triggers/refusals", json={"opens_itself": False})
    assert answer.json()["opens_itself"] is False
    listed = log_in("clerk").get(f"{CONFERENCES}/boards").json()
    assert len(listed["items"]) == 10
    assert log_in("clerk").put(f"{CONFERENCES}/boards/water", json=board).status_code == 403
    assert log_in("administrator").put(f"{CONFERENCES}/boards/Water", json=board).status_code == 422


def test_what_stands_for_and_against_a_conference_is_told_before_one_is_opened(
    fresh_db: Store, log_in: LogIn, stuck: str
) -> None:
    panel = log_in("panel")
    before = panel.get(f"{CONFERENCES}/cases/{stuck}").json()
    assert (before["admits"], before["conference"]) == (True, None)
    assert [one["trigger"] for one in before["standing"]] == ["refusals"]
    assert (before["refusing"], before["enough"], before["help_at"]) == (2, 2, None)
    number = panel.post(CONFERENCES, json={"case_no": stuck, "trigger": "refusals"}).json()["id"]
    assert panel.get(f"{CONFERENCES}/cases/{stuck}").json()["conference"] == number
    with fresh_db.app.begin() as conn:
        waiting = handed(conn).case_no
    held = panel.get(f"{CONFERENCES}/cases/{waiting}").json()
    assert (held["state"], held["admits"], held["standing"]) == ("pending", True, [])
    reported = str(log_in("clerk").post("/api/v1/reports", json=a_report()).json()["case_no"])
    told = log_in("panel").get(f"{CONFERENCES}/cases/{reported}").json()
    assert (told["state"], told["admits"]) == ("reported", False)
    opening = {"case_no": reported, "reason": "stuck"}
    assert log_in("panel").post(CONFERENCES, json=opening).status_code == 409, "as was told"
    assert log_in("panel").get(f"{CONFERENCES}/cases/none").status_code == 404
    assert log_in("clerk").get(f"{CONFERENCES}/cases/{stuck}").status_code == 403


def call(**changes: Any) -> dict[str, Any]:
    return {"type": "emergency", "units": ["roads", "sanitation"], "what": "A burst main", "lon": LON, "lat": LAT,
            "radius_m": 100} | changes  # fmt: skip


def at(unit: str, **changes: Any) -> dict[str, Any]:
    return {"unit": unit, "lon": LON, "lat": LAT, "accuracy_m": 10, "captured_at": soon(0)} | changes


def test_a_whistle_from_its_call_to_both_scores(fresh_db: Store, log_in: LogIn) -> None:
    raised = log_in("clerk").post(WHISTLES, json=call())
    assert raised.status_code == 201, raised.text
    whistle = raised.json()
    assert (whistle["street"], whistle["unit"]) == (f"@{SOUTH}", W)
    assert whistle["may"] == {"report_in": [], "end": True, "score": []}
    [mine] = log_in("handler").get(WHISTLES, params={"mine": "true", "state": "raised"}).json()["items"]
    assert (mine["id"], mine["may"]) == (whistle["id"], {"report_in": ["roads"], "end": False, "score": []})
    assert log_in("officer").get(WHISTLES, params={"mine": "true"}).json()["items"] == []
    address = f"{WHISTLES}/{whistle['id']}"
    handler, far = log_in("handler"), inside(B)
    away = handler.post(f"{address}/report-ins", json=at("roads", lon=far[0], lat=far[1])).json()
    assert (away["counts"], away["why"]) == (False, "too_far")
    old = handler.post(f"{address}/report-ins", json=at("roads", captured_at=soon(-504), accuracy_m=0)).json()
    assert (old["counts"], old["why"]) == (False, "captured_before")
    assert "before the whistle was raised" in old["says"]
    assert handler.post(f"{address}/report-ins", json=at("sanitation")).status_code == 403
    assert handler.post(f"{address}/report-ins", json=at("roads")).json()["counts"] is True
    assert handler.post(f"{address}/report-ins", json=at("roads")).status_code == 409
    assert handler.post(f"{address}/result", json={"outcome": "solved", "result": "Shut"}).status_code == 403
    clerk = log_in("clerk")
    assert clerk.post(f"{address}/scores", json={"by": f"@{SOUTH}", "about": "roads", "score": 5}).status_code == 409
    done = clerk.post(f"{address}/result", json={"outcome": "solved", "result": "Shut the valve"}).json()
    assert {one["unit"]: one["colour"] for one in done["calls"]} == {"roads": "green", "sanitation": "grey"}
    assert [one["was_due"] for one in done["calls"]] == [True, False]
    assert done["may"]["score"] == [{"by": f"@{SOUTH}", "about": "roads"}]
    [waits] = log_in("sweeper").get(WHISTLES, params={"mine": "true", "expected": "true"}).json()["items"]
    assert waits["may"]["report_in"] == ["sanitation"], "its limit runs on, and nobody released it"
    assert log_in("handler").get(WHISTLES, params={"mine": "true", "expected": "true"}).json()["items"] == []
    clerk = log_in("clerk")
    scored = clerk.post(f"{address}/scores", json={"by": f"@{SOUTH}", "about": "roads", "score": 5})
    assert scored.status_code == 201, scored.text
    back = log_in("handler").post(f"{address}/scores", json={"by": "roads", "about": f"@{SOUTH}", "score": 4})
    assert {(one["by_unit"], one["score"]) for one in back.json()["scores"]} == {(f"@{SOUTH}", 5), ("roads", 4)}
    assert log_in("clerk2").get(address).status_code == 404
    assert [one["id"] for one in log_in("sweeper").get(WHISTLES).json()["items"]] == [whistle["id"]]


def test_the_wanted_moment_lies_ahead_and_the_answer_says_when_the_limit_decides(log_in: LogIn) -> None:
    clerk = log_in("clerk")
    past = clerk.post(WHISTLES, json=call(wanted_at="2020-01-01T00:00:00Z"))
    assert (past.status_code, past.json()["field"]) == (422, "wanted_at")
    early = clerk.post(WHISTLES, json=call(wanted_at=soon(0.1))).json()
    assert early["is_due_by_limit"] is True and early["due_at"] > early["wanted_at"]
    late = clerk.post(WHISTLES, json=call(wanted_at=soon(3))).json()
    assert late["is_due_by_limit"] is False and late["due_at"] == late["wanted_at"]


def test_what_the_street_releases_is_not_needed(log_in: LogIn) -> None:
    clerk = log_in("clerk")
    address = f"{WHISTLES}/{clerk.post(WHISTLES, json=call()).json()['id']}"
    result = {"outcome": "solved", "result": "Shut", "released": ["roads"]}
    wrong = clerk.post(f"{address}/result", json=result | {"released": ["order"]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "released")
    done = clerk.post(f"{address}/result", json=result).json()
    assert [bool(one["released_at"]) for one in done["calls"]] == [True, False]
    refused = clerk.post(f"{address}/scores", json={"by": f"@{SOUTH}", "about": "roads", "score": 1})
    assert refused.status_code == 409


def test_a_street_calls_within_its_own_territory_alone(fresh_db: Store, log_in: LogIn) -> None:
    assert log_in("clerk2").post(WHISTLES, json=call()).status_code == 422
    assert log_in("clerk").post(WHISTLES, json=call(street="@330199002")).status_code == 403
    assert log_in("administrator").post(WHISTLES, json=call()).json()["field"] == "street"
    assert log_in("handler").post(WHISTLES, json=call()).status_code == 403


@pytest.mark.parametrize(
    "address",
    [f"{LIBRARY}?cursor=zzz", f"{LIBRARY}?kind=novel", f"{LIBRARY}?bbox=1,2", f"{LIBRARY}?since=yesterday",
     f"{LIBRARY}?colour=red", f"{CONFERENCES}?cursor=zzz", f"{CONFERENCES}/due?cursor=zzz", f"{WHISTLES}?cursor=zzz",
     f"{WHISTLES}?limit=0"],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused(fresh_db: Store, log_in: LogIn, address: str) -> None:
    assert log_in("operator").get(address).status_code == 422


def test_the_routes_are_served(fresh_db: Store) -> None:
    paths = create_app(Settings(), fresh_db).openapi()["paths"]
    assert {CONFERENCES, WHISTLES, LIBRARY} <= set(paths)
