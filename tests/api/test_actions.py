"""Acts over HTTP: who may, on what, and how a refusal helps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report
from tests.api.test_lifecycle_routes import photo
from tests.worlds import SOUTH, T, inside


def report(client: TestClient, **said: Any) -> str:
    answer = client.post("/api/v1/reports", json=a_report(**said))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


def act(client: TestClient, case_no: str, name: str, **said: Any) -> Any:
    return client.post(f"/api/v1/cases/{case_no}/actions", json={"act": name} | said)


def legal(client: TestClient, case_no: str) -> list[str]:
    answer = client.get(f"/api/v1/cases/{case_no}/acts")
    assert answer.status_code == 200, answer.text
    return [one["act"] for one in answer.json()["legal"]]


def test_a_clerk_brings_a_case_to_its_department_and_the_handler_gives_it_back(
    client: TestClient, log_in: LogIn
) -> None:
    number = report(client)
    log_in("clerk")
    assert {"accept", "dispute", "refer", "sort", "void", "escalate"} <= set(legal(client, number))
    assert act(client, number, "accept").json()["state"] == "filed"
    handed = act(client, number, "dispatch").json()
    assert (handed["state"], handed["step"], handed["lead"]) == ("pending", "handed_over", "sanitation")
    log_in("handler")
    assert act(client, number, "return", reason="a", basis="b").status_code == 404
    log_in("sweeper")
    assert {"assign_task", "extend", "receive", "return", "suspend"} <= set(legal(client, number))
    back = act(client, number, "return", reason="Not ours", basis="Duty list 3")
    assert back.json()["returns"] == 1 and back.json()["lead"] is None
    assert client.get(f"/api/v1/cases/{number}").status_code == 404
    log_in("clerk")
    assert {"dispatch", "dispute", "refer", "sort"} <= set(legal(client, number))
    kinds = [link["kind"] for link in client.get(f"/api/v1/cases/{number}").json()["history"]]
    assert kinds == ["case.reported", "case.filed", "case.dispatched", "case.returned"]


def test_an_illegal_act_is_a_conflict_that_names_the_legal_ones(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    log_in("clerk")
    answer = act(client, number, "recall", note="back")
    assert answer.status_code == 409 and answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["code"] == "illegal_act" and {"accept", "dispute", "refer", "sort", "void"} <= set(told["legal"])
    assert told["state"] == "reported" and "recall" in told["detail"]
    assert told["legal"] == legal(client, number)  # his, and none that another route does
    assert "confer" not in told["detail"] and told["detail"].endswith(f"it knows {', '.join(told['legal'])}")


@pytest.mark.parametrize("login", ["officer", "planner", "handler", "panel", "supervisor", "citizen"])
def test_who_may_not_accept_is_told_who_may(client: TestClient, log_in: LogIn, login: str) -> None:
    number = report(client)
    log_in(login)
    answer = act(client, number, "accept")
    assert answer.status_code == 403 and "street_clerk" in answer.json()["detail"]
    assert log_in("clerk").get(f"/api/v1/cases/{number}").json()["state"] == "reported"


def test_the_public_does_not_act(client: TestClient) -> None:
    number = report(client)
    assert act(client, number, "accept").status_code == 401
    assert client.get(f"/api/v1/cases/{number}/acts").status_code == 401


def test_a_clerk_of_another_street_does_not_find_the_case(client: TestClient, log_in: LogIn) -> None:
    lon, lat = inside(T)
    number = report(client, lon=lon, lat=lat)
    log_in("clerk")
    assert act(client, number, "accept").status_code == 404
    assert client.get(f"/api/v1/cases/{number}/acts").status_code == 404
    assert log_in("clerk2").post(f"/api/v1/cases/{number}/actions", json={"act": "accept"}).status_code == 200


def test_wrong_bodies_are_named(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    log_in("clerk")
    for body in (
        {},
        {"act": "close"},
        {"act": "rule"},
        {"act": "accept", "standart": 3},
        {"act": "accept", "standard": "3"},
        {"act": "dispute"},
        {"act": "dispute", "note": "  "},
        {"act": "sort", "category": "litter\x00"},
        {"act": "refer", "nature": "government", "provider": "x"},
        {"act": "note_cost", "cost": -1},
        {"act": "note_cost", "cost": "NaN"},
        {"act": "contact", "note": "x"},
    ):
        answer = client.post(f"/api/v1/cases/{number}/actions", json=body)
        assert answer.status_code == 422 and answer.json()["field"], body
    assert client.get(f"/api/v1/cases/{number}").json()["state"] == "reported"


def test_the_acts_tell_the_fields_of_their_bodies(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    told = log_in("clerk").get(f"/api/v1/cases/{number}/acts").json()
    assert told["state"] == "reported"
    sort = next(one for one in told["legal"] if one["act"] == "sort")
    assert sort["fields"][0] == {"name": "category", "required": True}
    assert {"name": "attributes", "required": False} in sort["fields"]


def test_another_lead_needs_a_reason_whose_words_stay_out_of_the_log(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    log_in("operator")
    act(client, number, "accept")
    refused = act(client, number, "dispatch", lead="order")
    assert refused.status_code == 422 and refused.json()["field"] == "reason"
    words = "Wang from flat 3 said so"
    assert act(client, number, "dispatch", lead="order", assisting=["@street"], reason=words).status_code == 200
    history = client.get(f"/api/v1/cases/{number}").json()["history"]
    assert history[-1]["payload"]["other_than_decided"] and "Wang" not in str(history)
    assert history[-1]["payload"]["assisting"] == [f"@{SOUTH}"]


def test_a_demand_for_the_market_goes_out_and_comes_back(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1')")
    number = report(client)
    log_in("clerk")
    sent = act(client, number, "refer", nature="market", provider="fix").json()
    assert sent["state"] == "referred" and sent["contact_due_at"]
    assert legal(client, number) == ["contact", "recall"]
    assert act(client, number, "contact").status_code == 200
    assert legal(client, number) == ["recall"]
    assert act(client, number, "contact").status_code == 409
    back = act(client, number, "recall", note="It is a pipe of ours").json()
    assert back["state"] == "filed" and back["nature"] == "government" and back["provider"] is None


def test_an_operator_orders_a_body_to_act_first_and_a_clerk_notes_the_cost(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    log_in("clerk")
    assert act(client, number, "dispute", note="Whose is it?").json()["dispute"]
    assert "order_interim" not in legal(client, number)
    log_in("operator")
    assert act(client, number, "order_interim", unit="@street", note="Sweep").json()["lead"] is None
    log_in("clerk")
    cost = {"note_cost": {"cost": 12.5, "note": "Two hours"}}
    assert offered_and_done(client, number, cost) == {"note_cost": True}
    assert offered_and_done(client, number, cost) == {"note_cost": False}
    assert act(client, number, "order_interim", unit="@street", note="Sweep").status_code == 403


def test_every_act_wakes_the_readers_after_its_commit(
    client: TestClient, log_in: LogIn, monkeypatch: pytest.MonkeyPatch, fresh_db: Store
) -> None:
    number = report(client)
    seen: list[str] = []

    def look(engine: Any) -> None:
        with engine.connect() as conn:
            seen.append(conn.exec_driver_sql("SELECT state FROM case_file WHERE case_no = %s", (number,)).scalar_one())

    monkeypatch.setattr("api.telling.wake", look)
    log_in("clerk")
    assert act(client, number, "accept").status_code == 200
    assert seen == ["filed"]
    assert act(client, number, "recall", note="x").status_code == 409
    assert seen == ["filed"]


def test_a_wake_up_that_fails_is_no_failure_of_the_act(
    client: TestClient, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = report(client)

    def fail(_: Any) -> None:
        raise RuntimeError("nobody listens")

    monkeypatch.setattr("api.telling.wake", fail)
    assert act(log_in("clerk"), number, "accept").status_code == 200


def values(client: TestClient, case_no: str, name: str, field: str) -> list[Any]:
    """What of a field's values would go through now; nothing where the act is not offered."""
    told = client.get(f"/api/v1/cases/{case_no}/acts").json()["legal"]
    fields = [one for act in told if act["act"] == name for one in act["fields"] if one["name"] == field]
    return [value for one in fields for value in one["values"]]


def offered_and_done(client: TestClient, case_no: str, bodies: dict[str, dict[str, Any]]) -> dict[str, bool]:
    """Of these acts, whether each is offered and, if so, that it is not refused; the case is left as it goes."""
    told = {}
    for name, said in bodies.items():
        told[name] = name in legal(client, case_no)
        answer = act(client, case_no, name, **said)
        assert (answer.status_code == 200) is told[name], (name, answer.text)
    return told


def test_what_is_offered_can_be_done_and_what_would_be_refused_is_not_offered(
    client: TestClient, log_in: LogIn
) -> None:
    number = report(client)
    log_in("clerk")
    assert offered_and_done(client, number, {"accept": {}, "dispatch": {}}) == {"accept": True, "dispatch": True}
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    asked = {
        "extend": {"phase": "ask", "reason": "Rain"},
        "suspend": {"phase": "ask", "reason": "Rain", "until": later},
    }
    decided = {name: {"phase": "refuse", "reason": "No"} for name in asked}
    log_in("operator")
    assert set(offered_and_done(client, number, decided).values()) == {False}  # nothing waits
    log_in("sweeper")
    assert set(offered_and_done(client, number, asked | {"ask_help": {"note": "A crane"}}).values()) == {True}
    assert set(offered_and_done(client, number, asked | {"ask_help": {"note": "A crane"}}).values()) == {False}
    log_in("operator")
    assert set(offered_and_done(client, number, decided).values()) == {True}
    words = {"supervise": {"note": "What hinders it?"}}
    log_in("supervisor")
    levels = values(client, number, "supervise", "level")
    assert levels[0] == 1 and len(levels) > 1
    for level in levels:  # each is offered until its order waits; the rest stay open meanwhile
        assert level in values(client, number, "supervise", "level")
        assert offered_and_done(client, number, {"supervise": {"note": "What hinders it?", "level": level}})[
            "supervise"
        ]
        assert level not in values(client, number, "supervise", "level")
    assert offered_and_done(client, number, words) == {"supervise": False}
    for login in ("operator", "supervisor"):  # a second extension is a leader's
        log_in("sweeper")
        assert act(client, number, "extend", **asked["extend"]).status_code == 200
        log_in("operator")
        may = ["refuse"] if login == "supervisor" else ["approve", "refuse"]
        assert values(client, number, "extend", "phase") == may
        log_in(login)
        assert values(client, number, "extend", "phase") == ["approve", "refuse"]
        assert act(client, number, "extend", phase="approve", reason="Rain").status_code == 200
    log_in("sweeper")
    assert offered_and_done(client, number, {"extend": asked["extend"]}) == {"extend": False}
    assert act(client, number, "receive").status_code == 200
    assert act(client, number, "submit", photos_after=[photo(client)]).status_code == 200
    log_in("officer")
    assert act(client, number, "verify_result", passed=True).status_code == 200
    log_in("sweeper")
    assert offered_and_done(client, number, {"appeal": {"phase": "ask", "reason": "Rain"}}) == {"appeal": False}


def test_a_look_that_waits_is_not_asked_for_again(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    log_in("clerk")
    words = {"ask_check": {"note": "Is it so?"}}
    assert offered_and_done(client, number, words) == {"ask_check": True}
    assert offered_and_done(client, number, words) == {"ask_check": False}


def test_tasks_are_revoked_finished_and_waited_for_only_where_there_are_any(client: TestClient, log_in: LogIn) -> None:
    number = report(client)
    log_in("clerk")
    assert act(client, number, "accept").status_code == 200 and act(client, number, "dispatch").status_code == 200
    log_in("sweeper")
    revoked = {"revoke_task": {"unit": "roads"}}
    given = {"assign_task": {"unit": "roads"}}
    assert offered_and_done(client, number, revoked) == {"revoke_task": False}
    back = {"return": {"reason": "No", "basis": "List"}}
    assert offered_and_done(client, number, given | back) == {"assign_task": True, "return": False}
    assert offered_and_done(client, number, revoked) == {"revoke_task": True}
    assert offered_and_done(client, number, given) == {"assign_task": True}
    assert act(client, number, "receive").status_code == 200
    assert act(client, number, "submit", photos_after=[photo(client)]).status_code == 200
    log_in("officer")
    assert values(client, number, "verify_result", "passed") == [False]
    assert act(client, number, "verify_result", passed=True).status_code == 409
    log_in("handler")
    assert offered_and_done(client, number, {"finish_task": {}}) == {"finish_task": True}
    assert offered_and_done(client, number, {"finish_task": {}}) == {"finish_task": False}
    log_in("officer")
    assert values(client, number, "verify_result", "passed") == [True, False]


def test_a_standard_is_required_where_a_matter_has_several_and_none_was_chosen(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    number = report(client)
    log_in("clerk")

    def is_needed(name: str) -> bool:
        told = client.get(f"/api/v1/cases/{number}/acts").json()["legal"]
        fields = next(one["fields"] for one in told if one["act"] == name)
        return any(one["required"] for one in fields if one["name"] == "standard")

    assert not is_needed("accept") and not is_needed("escalate")
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit) "
            "VALUES ('litter', 8, 'a bag', 'gone', 1, 'calendar_day'), ('litter', 9, 'more', 'gone', 2, 'calendar_day')"
        )
    assert is_needed("accept") and not is_needed("escalate")  # nobody has begun: what is passed up is filed later
    assert act(client, number, "accept").status_code == 422


def test_a_late_helper_sees_his_part_as_late_and_the_centre_may_let_him_go(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    number = report(client)
    log_in("clerk")
    assert act(client, number, "accept").status_code == 200
    assert act(client, number, "dispatch", assisting=["roads"], reason="Both").status_code == 200
    log_in("sweeper")
    assert act(client, number, "receive").status_code == 200
    assert act(client, number, "submit", photos_after=[photo(client)]).status_code == 200
    with fresh_db.app.begin() as conn:
        late = (datetime.now(UTC) - timedelta(hours=1), number)
        conn.exec_driver_sql("UPDATE case_task SET due_at = %s WHERE case_no = %s AND part = 'assist'", late)
        conn.exec_driver_sql("UPDATE case_file SET part_due_at = %s WHERE case_no = %s", late)
    log_in("handler")
    [shown] = client.get("/api/v1/cases", params={"waiting": True, "overdue": True}).json()["items"]
    assert (shown["case_no"], shown["colour"], shown["waits_for"]) == (number, "red", ["finish_task"])
    log_in("operator")
    told = client.get(f"/api/v1/cases/{number}/acts").json()["legal"]
    [fields] = [one["fields"] for one in told if one["act"] == "revoke_task"]
    assert {one["name"]: one["required"] for one in fields} == {"unit": True, "note": True}
    assert act(client, number, "revoke_task", unit="roads").status_code == 422
    assert act(client, number, "revoke_task", unit="roads", note="They never came").json()["assisting"] == []
    assert values(client, number, "verify_result", "passed") == [True, False]
