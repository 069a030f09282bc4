"""Matters and sorting over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.cases.matters.class_files import read_starter
from spatial.cases.matters.loading import load_matters, retire_matter
from spatial.cases.sorting.keywords import load_starter_keywords
from spatial.cases.sorting.overrides import Override, log_override
from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
RETIRED = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def starter(fresh_db: Store) -> Store:
    """The town with the starter set; illegal parking was retired."""
    with fresh_db.app.begin() as conn:
        load_matters(conn, drafts=read_starter(), now=BEGUN, actor="system")
        load_starter_keywords(conn)
        retire_matter(conn, code="E0499", until=RETIRED, now=BEGUN, actor="system")
    return fresh_db


def codes(client: TestClient, **params: Any) -> list[str]:
    answer = client.get("/api/v1/matters", params=params)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


def test_anybody_reads_the_taxonomies(starter: Store, client: TestClient) -> None:
    assert len(codes(client)) == 8 + 47 + 3  # less what was retired, with the town's own three
    assert codes(client, taxonomy="event", rank="major") == ["E01", "E02", "E03", "E04", "E05", "E06"]
    assert codes(client, q="井盖", rank="minor") == ["C0101", "C0102", "C0103", "C0106", "C0110", "C0111", "C0123"]
    assert codes(client, q="MANHOLE", rank="major") == []


def test_a_list_is_as_of_a_moment(starter: Store, client: TestClient) -> None:
    assert "E0499" in codes(client, at="2026-01-31T23:59:59Z")
    assert "E0499" not in codes(client, at="2026-02-01T00:00:00Z")


def test_pages_join_without_a_seam(starter: Store, client: TestClient) -> None:
    whole, seen, cursor = codes(client, taxonomy="component"), [], None
    while True:
        params = {"taxonomy": "component", "limit": 4} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/matters", params=params).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    assert len(whole) > 8


def test_a_matter_tells_its_place_and_its_standards(starter: Store, client: TestClient) -> None:
    shown = client.get("/api/v1/matters/E0110").json()
    assert (shown["name_zh"], shown["parent"], shown["category"]) == ("暴露生活垃圾", "E01", "service")
    assert (shown["nodes"], shown["children"]) == (["E0110", "E01", "service"], [])
    assert [(one["ordinal"], one["amount"], one["unit"]) for one in shown["standards"]] == [
        (1, 4.0, "working_hour"), (2, 1.0, "working_day"),
    ]  # fmt: skip
    assert "E0110" in client.get("/api/v1/matters/service").json()["children"]
    assert client.get("/api/v1/matters/E0499").json()["until"] == "2026-02-01T00:00:00Z"


NO_FILTERS = ({"taxonomy": "art"}, {"rank": "high"}, {"at": "2026-02-01"}, {"limit": 0}, {"x": 1})
NO_BODIES = ({}, {"text": "a", "other": 1}, {"text": "a" * 100_000}, {"text": "a", "district": "x y"})


@pytest.mark.parametrize("params", NO_FILTERS)
def test_a_filter_that_is_none_is_refused(starter: Store, client: TestClient, params: dict[str, Any]) -> None:
    assert client.get("/api/v1/matters", params=params).status_code == 422


def test_an_unknown_matter_is_not_found(client: TestClient) -> None:
    assert client.get("/api/v1/matters/E9999").status_code == 404


def test_a_clerk_asks_what_a_text_is_about(starter: Store, log_in: LogIn) -> None:
    answer = log_in("clerk").post("/api/v1/sorting", json={"text": "清波门12号雨水井盖缺失"})
    assert answer.status_code == 200
    assert answer.json() == {
        "category": "C0103", "confidence": 0.9375, "by": "keywords", "is_sure": True, "second": None
    }  # fmt: skip
    nothing = log_in("clerk").post("/api/v1/sorting", json={"text": "早上好"}).json()
    assert (nothing["category"], nothing["by"], nothing["is_sure"]) == (None, "nobody", False)


@pytest.mark.parametrize("body", NO_BODIES)
def test_a_body_that_is_none_is_refused(client: TestClient, log_in: LogIn, body: dict[str, Any]) -> None:
    assert log_in("clerk").post("/api/v1/sorting", json=body).status_code == 422


ASKED = (
    ("POST", "/api/v1/sorting", {"clerk", "operator", "leader", "administrator"}),
    ("POST", "/api/v1/sorting/model", {"operator", "administrator"}),
    ("GET", "/api/v1/sorting/model", {"clerk", "handler", "panel", "planner", "operator", "supervisor"}),
    ("GET", "/api/v1/sorting/overrides", {"clerk", "planner", "handler", "leader", "operator", "administrator"}),
)


@pytest.mark.parametrize(("method", "path", "may"), ASKED, ids=[f"{one[0]} {one[1]}" for one in ASKED])
def test_sorting_is_for_those_who_sort_and_those_who_govern(
    client: TestClient, log_in: LogIn, method: str, path: str, may: set[str]
) -> None:
    body = {"json": {"text": "a"} if path.endswith("sorting") else {}} if method == "POST" else {}
    assert client.request(method, path, **body).status_code == 401
    for login in may:
        assert log_in(login).request(method, path, **body).status_code not in (401, 403), login
    for login in {"officer", "citizen"}:
        assert log_in(login).request(method, path, **body).status_code == 403, login


def test_overrides_are_shown_within_reach_and_counted(starter: Store, client: TestClient, log_in: LogIn) -> None:
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    with starter.app.begin() as conn:
        district = conn.exec_driver_sql("SELECT district FROM case_file").scalar_one()
        conn.exec_driver_sql("UPDATE case_file SET category = 'stall'")
        for minute in range(3):
            at = datetime(2026, 3, 2, 8, minute, tzinfo=UTC)
            log_override(conn, override=Override(district, case_no, at, "9", "litter", 0.5, "model", "stall"))
    page = log_in("clerk").get("/api/v1/sorting/overrides", params={"limit": 2}).json()
    rest = client.get("/api/v1/sorting/overrides", params={"limit": 2, "cursor": page["next"]}).json()
    assert [item["at"][14:16] for item in page["items"] + rest["items"]] == ["02", "01", "00"]
    assert rest["next"] is None
    counts = client.get("/api/v1/sorting/overrides/counts", params={"since": "2026-03-02T08:01:00Z"}).json()
    assert counts == {
        "items": [{"suggested": "litter", "chosen": "stall", "by": "model", "times": 1}],
        "next": None,
        "total": 1,
    }
    assert log_in("clerk2").get("/api/v1/sorting/overrides").json()["items"] == []
    assert client.get("/api/v1/sorting/overrides/counts").json()["total"] == 0
    assert client.get("/api/v1/sorting/overrides", params={"cursor": "x"}).status_code == 422


def test_counts_of_overrides_page_with_the_total_of_all(starter: Store, client: TestClient, log_in: LogIn) -> None:
    suggested = ("litter", None, "pothole", "pothole")
    for i, said in enumerate(suggested):
        case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
        with starter.app.begin() as conn:
            conn.exec_driver_sql("UPDATE case_file SET category = 'stall' WHERE case_no = %s", (case_no,))
            district = conn.exec_driver_sql("SELECT district FROM case_file").scalars().first() or ""
            at = datetime(2026, 3, 2, 8, i, tzinfo=UTC)
            log_override(conn, override=Override(district, case_no, at, "9", said, 0.5, "model", "stall"))
    address, seen, asked = "/api/v1/sorting/overrides/counts", [], {"limit": "1"}
    log_in("operator")
    while True:
        page = client.get(address, params=asked).json()
        assert page["total"] == 4
        seen += [(one["suggested"], one["times"]) for one in page["items"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert seen == [("pothole", 2), (None, 1), ("litter", 1)]


def test_platforms_page_in_their_order(client: TestClient, log_in: LogIn) -> None:
    whole = log_in("operator").get("/api/v1/platforms").json()["items"]
    first = client.get("/api/v1/platforms", params={"limit": 1}).json()
    rest = client.get("/api/v1/platforms", params={"limit": 500, "cursor": first["next"]}).json()
    assert len(whole) > 1 and first["items"] + rest["items"] == whole and rest["next"] is None


@pytest.mark.parametrize("path", ["matters", "accounts", "platforms", "sorting/overrides/counts"])
def test_a_cursor_that_a_list_never_gave_out_is_refused(client: TestClient, log_in: LogIn, path: str) -> None:
    log_in("administrator")
    for forged in ("garbage", "MQ"):
        answer = client.get(f"/api/v1/{path}", params={"cursor": forged})
        assert (answer.status_code, answer.json().get("field")) == (422, "cursor")


def test_without_a_model_there_is_no_card_and_nothing_to_train_from(log_in: LogIn) -> None:
    assert log_in("operator").get("/api/v1/sorting/model").status_code == 404
    refused = log_in("operator").post("/api/v1/sorting/model", json={})
    assert refused.status_code == 409
    assert "confirmed cases" in refused.json()["detail"]
