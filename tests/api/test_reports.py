"""The single port in, over HTTP: what is filed, what is repeated, what is refused and how."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report
from tests.worlds import DISTRICT, SOUTH, WILLOW, E, V, W, inside


def test_a_report_is_answered_with_its_case_its_unit_its_owner_and_two_deadlines(client: TestClient) -> None:
    answer = client.post("/api/v1/reports", json=a_report())
    assert answer.status_code == 201
    said = answer.json()
    assert len(said["case_no"]) == 19 and said["case_no"].startswith(DISTRICT)
    assert said["step"] == "reported" and said["certainty"] == "certain"
    assert [cell["code"] for cell in said["cell"]["path"]] == [DISTRICT, SOUTH, WILLOW, W]
    assert said["owner"]["lead"]["code"] and said["owner"]["reasons"]
    assert [body["cell"] for body in said["owner"]["territorial"]] == [W, WILLOW, SOUTH, DISTRICT]
    assert said["step_due_at"] < said["due_at"] and said["due_reason"] == "provisional"


def test_a_deadline_in_a_year_that_nobody_knows_is_answered_with_its_mark_before_the_dispatch_too(
    fresh_db: Store, client: TestClient, log_in: LogIn
) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit) "
            "VALUES ('pothole', 1, 'broken', 'whole', 3, 'working_day')"
        )
    said = client.post("/api/v1/reports", json=a_report(category="pothole")).json()
    assert said["due_reason"].startswith("provisional, by weekends from 20")
    told = log_in("clerk").get(f"/api/v1/cases/{said['case_no']}").json()
    assert (told["due_reason"], told["limit_amount"], told["limit_unit"]) == (said["due_reason"], 3, "working_day")


def test_the_same_report_again_gets_the_first_answer(client: TestClient) -> None:
    body = a_report()
    first = client.post("/api/v1/reports", json=body)
    again = client.post("/api/v1/reports", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    links = [answer.json()["status_url"] for answer in (first, again)]
    assert again.json() | {"status_url": links[0]} == first.json()
    assert links[0] != links[1]  # nothing is left of the first by which it could be given again; both open the page
    assert [client.get(f"/api/v1{link}").status_code for link in links] == [200, 200]


def test_the_same_id_with_other_words_is_a_conflict(client: TestClient) -> None:
    body = a_report()
    client.post("/api/v1/reports", json=body)
    answer = client.post("/api/v1/reports", json=body | {"text": "Something else."})
    assert answer.status_code == 409
    assert answer.json()["code"] == "digest_mismatch" and answer.json()["field"] == "id"


def test_another_sender_does_not_get_the_first_answer(client: TestClient, log_in: LogIn) -> None:
    body = a_report()
    client.post("/api/v1/reports", json=body)
    assert log_in("operator").post("/api/v1/reports", json=body).status_code == 409


def test_a_report_on_the_border_belongs_to_the_eastern_unit_and_is_ambiguous(client: TestClient) -> None:
    said = client.post("/api/v1/reports", json=a_report(lon=120.003, lat=30.0015)).json()
    assert said["cell"]["code"] == V and said["certainty"] == "ambiguous"
    assert {item["code"] for item in said["candidates"]} == {W, V}


def test_a_report_in_the_enclave_belongs_to_the_enclave(client: TestClient) -> None:
    lon, lat = inside(E)
    assert client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat)).json()["cell"]["code"] == E


def test_a_position_outside_the_city_is_kept_and_listed_by_itself(client: TestClient, log_in: LogIn) -> None:
    said = client.post("/api/v1/reports", json=a_report(lon=121.5)).json()
    assert said["certainty"] == "outside" and said["cell"] is None and said["case_no"].startswith("000000")
    client.post("/api/v1/reports", json=a_report())
    listed = log_in("operator").get("/api/v1/cases", params={"certainty": "outside"}).json()["items"]
    assert [item["case_no"] for item in listed] == [said["case_no"]]


def test_an_accuracy_that_is_not_told_is_assumed_and_the_answer_says_so(client: TestClient) -> None:
    said = client.post("/api/v1/reports", json=a_report(accuracy_m=None)).json()
    assert said["accuracy_assumed"] is True and said["accuracy_m"] == 50


def test_a_report_in_gcj02_lands_where_its_reporter_stands(client: TestClient) -> None:
    from spatial.grid.datum import from_wgs84

    lon, lat = from_wgs84(*inside(W), "gcj02")
    said = client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat, datum="gcj02")).json()
    assert said["cell"]["code"] == W


def test_a_phone_whose_clock_runs_ahead_is_believed_and_marked(client: TestClient, log_in: LogIn) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    number = client.post("/api/v1/reports", json=a_report(captured_at=ahead)).json()["case_no"]
    case = log_in("operator").get(f"/api/v1/cases/{number}").json()
    assert case["captured_in_future"] is True


REFUSED = [
    ({"lon": 400}, "lon"),
    ({"lat": "north"}, "lat"),
    ({"accuracy_m": -1}, "accuracy_m"),
    ({"datum": "mars"}, "datum"),
    ({"id": "not-a-uuid"}, "id"),
    ({"text": "x" * 4001}, "text"),
    ({"text": "a\x00b"}, "text"),
    ({"reporter": {"name": "a\x00b"}}, "reporter"),
    ({"captured_at": "2026-01-31T08:00:00"}, "captured_at"),
    ({"category": "unheard-of"}, "category"),
    ({"photos": ["0" * 64]}, "photos"),
    ({"nonsense": 1}, "nonsense"),
    ({"lon": True}, "lon"),
    ({"lat": "30.1"}, "lat"),
    ({"captured_at": 1700000000}, "captured_at"),
    ({"captured_at": "9999-12-31T23:59:59-12:00"}, "captured_at"),
    ({"captured_at": "0001-01-01T00:00:00+14:00"}, "captured_at"),
    ({"reporter": {"name": "x" * 3000}}, "reporter"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED, ids=[field for _, field in REFUSED])
def test_what_is_wrong_is_refused_and_named(client: TestClient, change: dict[str, object], field: str) -> None:
    answer = client.post("/api/v1/reports", json=a_report(**change))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["field"] == field and document["status"] == 422 and document["detail"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"lon": ' + b"9" * 6000 + b"}"])
def test_a_body_that_cannot_be_read_is_refused_as_a_whole(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/reports", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and answer.json()["field"] == "body"


def test_a_reporter_with_a_number_that_is_not_finite_is_refused(client: TestClient) -> None:
    text = json.dumps(a_report(reporter={"age": 77777})).replace("77777", "NaN")
    answer = client.post("/api/v1/reports", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and answer.json()["field"] == "reporter"


@pytest.mark.parametrize("path", ["/api/v1/cells/%00", "/api/v1/cells?cursor=%00", "/api/v1/reports/%00"])
def test_a_nul_in_an_address_is_refused(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 422


@pytest.mark.parametrize("missing", ["id", "lon", "lat", "captured_at", "source", "text"])
def test_a_missing_field_is_named(client: TestClient, missing: str) -> None:
    body = a_report()
    del body[missing]
    answer = client.post("/api/v1/reports", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == missing


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_position_that_is_not_finite_is_refused(client: TestClient, number: str) -> None:
    text = json.dumps(a_report(lon=77777)).replace("77777", number)
    answer = client.post("/api/v1/reports", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and answer.json()["field"] == "lon"


def test_half_of_a_surrogate_pair_is_refused_and_harms_no_other_row(client: TestClient) -> None:
    rows = json.dumps({"reports": [a_report(reporter={"name": "halves"}), a_report()]}).replace("halves", "\\ud800")
    answer = client.post("/api/v1/reports/batch", content=rows, headers={"content-type": "application/json"})
    assert [row["status"] for row in answer.json()["rows"]] == [422, 201]


def test_what_is_not_json_is_refused_with_a_sentence(client: TestClient) -> None:
    answer = client.post("/api/v1/reports", content="{", headers={"content-type": "application/json"})
    assert answer.status_code == 422 and "JSON" in answer.json()["detail"]


def test_a_body_over_its_limit_is_refused_told_or_not(client: TestClient) -> None:
    big = b" " * (Settings().body_limit_bytes + 1)
    for content in (big, iter([big])):
        answer = client.post("/api/v1/reports", content=content)
        assert answer.status_code == 422 and answer.json()["field"] == "body"


def test_the_public_may_post_only_as_the_public(client: TestClient, log_in: LogIn) -> None:
    refused = client.post("/api/v1/reports", json=a_report(source="grid"))
    assert refused.status_code == 403 and refused.json()["field"] == "source"
    assert log_in("officer").post("/api/v1/reports", json=a_report(source="grid")).status_code == 201


def test_whoever_holds_the_id_of_his_report_sees_his_case_and_nobody_else_does(client: TestClient) -> None:
    body = a_report()
    number = client.post("/api/v1/reports", json=body).json()["case_no"]
    assert client.get(f"/api/v1/reports/{body['id']}").json()["case_no"] == number
    assert client.get(f"/api/v1/reports/{uuid4()}").status_code == 404
    assert client.get("/api/v1/cases").status_code == 401
    assert client.get(f"/api/v1/cases/{number}").status_code == 401


def test_a_batch_answers_each_row_by_itself(client: TestClient) -> None:
    known, fresh = a_report(), a_report()
    client.post("/api/v1/reports", json=known)
    rows = [known, fresh, fresh, fresh | {"text": "other"}, a_report(lat=99), a_report(source="grid")]
    answer = client.post("/api/v1/reports/batch", json={"reports": rows})
    assert answer.status_code == 200
    said = answer.json()
    assert [row["status"] for row in said["rows"]] == [200, 201, 200, 409, 422, 403]
    assert (said["created"], said["repeated"], said["refused"]) == (1, 2, 3)
    assert said["rows"][4]["problem"]["field"] == "lat"


def test_a_row_of_a_wrong_kind_hinders_no_other(client: TestClient) -> None:
    rows = json.dumps({"reports": [a_report(), "x", None, 7, [], a_report(id="halves"), a_report()]})
    sent = rows.replace('"halves"', '"\\ud800"')
    answer = client.post("/api/v1/reports/batch", content=sent, headers={"content-type": "application/json"})
    assert [row["status"] for row in answer.json()["rows"]] == [201, 422, 422, 422, 422, 422, 201]


def test_a_batch_over_its_limit_is_refused_whole(client: TestClient) -> None:
    answer = client.post("/api/v1/reports/batch", json={"reports": [a_report()] * 1001})
    assert answer.status_code == 422 and answer.json()["field"] == "reports"


def test_history_needs_an_administrator_and_starts_no_clock(client: TestClient, log_in: LogIn) -> None:
    old = a_report(captured_at="2019-05-01T08:00:00+08:00")
    path = "/api/v1/reports/batch?history=true"
    assert client.post(path, json={"reports": [old]}).status_code == 403
    [row] = log_in("administrator").post(path, json={"reports": [old]}).json()["rows"]
    assert row["status"] == 201
    assert row["answer"]["due_at"] is None and row["answer"]["step_due_at"] is None
    assert row["answer"]["case_no"][6:14] == "20190501"
