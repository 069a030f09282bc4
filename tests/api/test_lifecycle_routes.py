"""The seven steps by HTTP: a case's whole way, its levels and tasks as they are told, filing what was solved."""

import hashlib
import io
from typing import Any

from fastapi.testclient import TestClient
from PIL import Image

from tests.api.conftest import LogIn, a_report


def photo(client: TestClient) -> str:
    sent = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(sent, "JPEG")
    name = hashlib.sha256(sent.getvalue()).hexdigest()
    assert client.put(f"/api/v1/photos/{name}", content=sent.getvalue()).status_code in (200, 201)
    return name


def act(client: TestClient, case_no: str, name: str, **said: Any) -> Any:
    return client.post(f"/api/v1/cases/{case_no}/actions", json={"act": name} | said)


def test_a_case_goes_through_its_steps_and_tells_its_way(client: TestClient, log_in: LogIn) -> None:
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("clerk")
    assert act(client, number, "escalate", reason="Call 13800001111").json()["state"] == "reported"
    assert act(client, number, "accept").status_code == 200
    assert act(client, number, "dispatch").status_code == 200
    log_in("sweeper")
    assert act(client, number, "receive").json()["state"] == "handling"
    name = photo(client)
    assert act(client, number, "submit", photos_after=[]).status_code == 422
    assert act(client, number, "submit", photos_after=[name]).json()["step"] == "done"
    assert act(client, number, "verify_result", passed=True).status_code == 403
    log_in("officer")
    assert act(client, number, "verify_result", passed=True).json()["state"] == "closed"
    told = client.get(f"/api/v1/cases/{number}").json()
    assert [one["tier"] for one in told["tiers"]] == [4, 3]
    assert [(one["unit"], one["state"]) for one in told["tasks"]] == [("sanitation", "done")]
    assert told["notes"][0]["note"] == "Call ***" and told["act_photos"][0]["sha256"] == name
    assert client.get(f"/api/v1/photos/{name}").status_code == 200
    log_in("planner")
    seen = client.get(f"/api/v1/cases/{number}").json()
    assert seen["notes"] == [] and seen["act_photos"] == [] and seen["legal"] == []


def test_who_asks_for_time_does_not_decide_it(client: TestClient, log_in: LogIn) -> None:
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("clerk")
    act(client, number, "accept")
    act(client, number, "dispatch")
    log_in("sweeper")
    assert act(client, number, "extend", phase="ask", reason="Rain").status_code == 200
    assert act(client, number, "extend", phase="approve", reason="Rain").status_code == 403
    log_in("operator")
    assert act(client, number, "extend", phase="approve", reason="Rain").status_code == 200
    assert client.get(f"/api/v1/cases/{number}").json()["extensions"] == 1


def test_a_second_extension_is_a_leaders_to_approve(client: TestClient, log_in: LogIn) -> None:
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("clerk")
    act(client, number, "accept")
    act(client, number, "dispatch")
    for nth, granted in enumerate((200, 403)):
        log_in("sweeper")
        assert act(client, number, "extend", phase="ask", reason="Rain").status_code == 200
        log_in("operator")
        assert act(client, number, "extend", phase="approve", reason="Rain").status_code == granted, nth
    log_in("supervisor")
    assert act(client, number, "extend", phase="approve", reason="Rain").status_code == 200
    assert client.get(f"/api/v1/cases/{number}").json()["extensions"] == 2


def test_an_officer_files_what_he_solved_and_others_may_not(client: TestClient, log_in: LogIn) -> None:
    log_in("officer")
    solved = {"how": "Swept it up", "photos_after": [photo(client)]}
    body = a_report(source="grid", self_solved=solved)
    answer = client.post("/api/v1/reports", json=body)
    assert answer.status_code == 201 and answer.json()["step"] == "done"
    again = client.post("/api/v1/reports", json=body)
    assert again.status_code == 200 and again.json()["step"] == "done"
    log_in("operator")
    assert act(client, answer.json()["case_no"], "reopen", reason="It is back").json()["state"] == "returned"
    assert client.post("/api/v1/reports", json=a_report(source="grid", self_solved=solved)).status_code == 403


def test_a_street_that_handled_a_case_does_not_check_it(client: TestClient, log_in: LogIn) -> None:
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("clerk")
    act(client, number, "accept")
    assert act(client, number, "dispatch", lead="@street", reason="Ours").json()["state"] == "pending"
    assert act(client, number, "receive").status_code == 200
    assert act(client, number, "submit", photos_after=[photo(client)]).json()["state"] == "submitted"
    refused = act(client, number, "verify_result", passed=True)
    assert refused.status_code == 403 and "somebody else checks its result" in refused.json()["detail"]
    offered = client.get(f"/api/v1/cases/{number}/acts").json()["legal"]
    assert "verify_result" not in {one["act"] for one in offered}
    log_in("operator")
    assert act(client, number, "verify_result", passed=True).json()["state"] == "closed"


def test_a_look_is_asked_for_and_told_and_a_second_one_waits(client: TestClient, log_in: LogIn) -> None:
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("clerk")
    before = client.get(f"/api/v1/cases/{number}").json()["step_due_at"]
    assert act(client, number, "ask_check", note="Is it so?").json()["state"] == "reported"
    assert client.get(f"/api/v1/cases/{number}").json()["step_due_at"] > before
    assert act(client, number, "ask_check", note="Is it so?").status_code == 409
    log_in("officer")
    assert act(client, number, "ask_check", note="Is it so?").status_code == 403
    assert act(client, number, "verify_report", is_true=True, note="A bag").status_code == 200


def test_a_self_solved_filing_without_what_how_or_a_picture_is_refused(client: TestClient, log_in: LogIn) -> None:
    log_in("officer")
    shown = photo(client)
    whole = {"how": "Swept it up", "photos_after": [shown]}
    for said, changes in (
        (whole, {"category": None, "text": " "}), ({"how": " ", "photos_after": [shown]}, {}),
        ({"how": "Swept it up", "photos_after": []}, {}), ({"photos_after": [shown]}, {}),
        (whole, {"lon": None}),
    ):  # fmt: skip
        answer = client.post("/api/v1/reports", json=a_report(source="grid", self_solved=said, **changes))
        assert answer.status_code == 422, answer.text
