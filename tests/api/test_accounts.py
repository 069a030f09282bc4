"""Accounts, postings and looks over HTTP: what is granted holds at once, what is ended holds no longer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import ProgrammingError

from spatial.people.accounts import add_account, check_password
from spatial.store.opening import Store
from spatial.store.reach import NOTHING, WHOLE_CITY
from tests.api.conftest import LogIn, a_report
from tests.worlds import NORTH, PASSWORD, SOUTH, WILLOW, B, T, W, inside

REPORTER = {"name": "Wang Reporter", "phone": "13800001111"}


def _file(client: TestClient, unit: str, **changes: Any) -> str:
    lon, lat = inside(unit)
    answer = client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


def _seen(client: TestClient) -> set[str]:
    return {case["case_no"] for case in client.get("/api/v1/cases").json()["items"]}


def test_a_posting_is_granted_holds_and_ends(client: TestClient, log_in: LogIn) -> None:
    south, north = _file(client, W), _file(client, T)
    log_in("administrator")
    granted = client.post("/api/v1/accounts/clerk/postings", json={"role": "street_clerk", "cell": NORTH})
    assert granted.status_code == 201 and granted.json()["granted_by"] == "1" and granted.json()["in_force"]
    assert _seen(log_in("clerk")) == {south, north}
    log_in("administrator")
    path = f"/api/v1/accounts/clerk/postings/{granted.json()['id']}/end"
    assert client.post(path, json={}).json()["in_force"] is False
    assert client.post(path, json={}).status_code == 409
    assert _seen(log_in("clerk")) == {south}
    kept = log_in("administrator").get("/api/v1/accounts/clerk/postings").json()["items"]
    assert [one["in_force"] for one in kept] == [True, False] and kept[1]["until"]


def test_an_open_session_loses_its_reach_with_the_posting(client: TestClient, log_in: LogIn) -> None:
    number = _file(client, W)
    mine = log_in("officer").cookies["gridmaps_session"]
    assert client.get(f"/api/v1/cases/{number}").status_code == 200
    posting = log_in("administrator").get("/api/v1/accounts/officer/postings").json()["items"][0]["id"]
    assert client.post(f"/api/v1/accounts/officer/postings/{posting}/end", json={}).status_code == 200
    client.cookies.clear()
    client.cookies.set("gridmaps_session", mine)
    assert client.get(f"/api/v1/cases/{number}").status_code == 403
    assert client.get("/api/v1/session").json()["role"] == "citizen"


def test_a_disabled_account_is_out_at_once(client: TestClient, log_in: LogIn) -> None:
    mine = log_in("officer").cookies["gridmaps_session"]
    assert log_in("administrator").post("/api/v1/accounts/officer/disable").json()["disabled_at"]
    assert client.post("/api/v1/accounts/officer/disable").status_code == 409
    client.cookies.clear()
    assert client.post("/api/v1/session", json={"login": "officer", "password": PASSWORD}).status_code == 401
    client.cookies.set("gridmaps_session", mine)
    assert client.get("/api/v1/cases").status_code == 401


def test_the_last_administrator_cannot_be_taken_away(client: TestClient, log_in: LogIn) -> None:
    log_in("administrator")
    mine = client.get("/api/v1/accounts/administrator/postings").json()["items"][0]["id"]
    for path in (f"postings/{mine}/end", "disable"):
        refused = client.post(f"/api/v1/accounts/administrator/{path}", json={} if "end" in path else None)
        assert refused.status_code == 409 and "last administrator" in refused.json()["detail"]
    assert client.post("/api/v1/accounts/operator/postings", json={"role": "administrator"}).status_code == 201
    assert client.post(f"/api/v1/accounts/administrator/postings/{mine}/end", json={}).status_code == 200
    assert client.get("/api/v1/accounts").status_code == 403


def test_an_administrator_of_a_part_cannot_post_himself_beyond_it(client: TestClient, log_in: LogIn) -> None:
    log_in("administrator").post("/api/v1/accounts/clerk/postings", json={"role": "administrator", "cell": SOUTH})
    log_in("clerk")
    assert client.post("/api/v1/accounts/clerk/postings", json={"role": "administrator"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "mayor"}, "role"),
        ({"role": "street_clerk", "cell": "nowhere"}, "cells"),
        ({"role": "department_handler"}, "department"),
        ({"role": "department_handler", "department": "nobody"}, "department"),
        ({"role": "street_clerk"}, "cells"),
        ({"role": "grid_officer"}, "cells"),
        ({"role": "planner", "department": "roads"}, "department"),
        ({"role": "planner", "until": "2020-01-01T00:00:00Z"}, "until"),
        ({"role": "planner", "days": 3}, "days"),
    ],
)
def test_a_posting_that_cannot_be_is_refused_by_name(
    client: TestClient, log_in: LogIn, body: dict[str, Any], field: str
) -> None:
    answer = log_in("administrator").post("/api/v1/accounts/clerk/postings", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_accounts_are_added_listed_and_found(client: TestClient, log_in: LogIn) -> None:
    log_in("administrator")
    body = {"login": "new.hand", "name": "New Hand", "password": "long-enough-1", "role": "department_handler"}
    assert client.post("/api/v1/accounts", json=body | {"department": "roads"}).status_code == 201
    assert client.post("/api/v1/accounts", json=body | {"department": "roads"}).status_code == 409
    found = client.get("/api/v1/accounts", params={"q": "new h"}).json()["items"]
    assert [one["login"] for one in found] == ["new.hand"] and found[0]["roles"] == ["department_handler"]
    first = client.get("/api/v1/accounts", params={"limit": 5}).json()
    behind = client.get("/api/v1/accounts", params={"limit": 500, "cursor": first["next"]}).json()
    logins = [one["login"] for one in (*first["items"], *behind["items"])]
    assert logins == sorted(set(logins)) and behind["next"] is None


def test_nobody_handles_for_a_department_that_has_ended(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE department SET during = '[2025-01-01,2025-06-01)' WHERE code = 'roads'")
    body = {"role": "department_handler", "department": "roads"}
    answer = log_in("administrator").post("/api/v1/accounts/clerk/postings", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == "department"


def test_a_posting_of_another_time_gives_nothing(fresh_db: Store) -> None:
    now = datetime.now(UTC)
    with fresh_db.app.begin() as conn:
        facts = {"name": "Temp", "role": "street_clerk", "password": "long-enough-1", "cells": [SOUTH]}
        add_account(conn, login="ends", until=now + timedelta(hours=1), now=now, **facts)
        add_account(conn, login="begins", since=now + timedelta(hours=1), now=now, **facts)
        for login, at, reach in [
            ("ends", now, (SOUTH,)), ("ends", now + timedelta(hours=1), ()),
            ("begins", now, ()), ("begins", now + timedelta(hours=1), (SOUTH,)),
        ]:  # fmt: skip
            found = check_password(conn, login=login, password="long-enough-1", at=at)
            assert found.reach.tags == reach and found.may("sort") == bool(reach)


def test_each_permission_reaches_as_far_as_the_postings_that_have_it(fresh_db: Store) -> None:
    now = datetime.now(UTC)
    with fresh_db.app.begin() as conn:
        facts = {"name": "Two", "password": "long-enough-1", "now": now}
        account = add_account(conn, login="two", role="planner", cells=[NORTH], **facts)
        assert account.reach_for("redraw").tags == (NORTH,) and account.reach_for("check_in") == NOTHING
        conn.exec_driver_sql(
            "INSERT INTO posting (account, role, cell, department, during, granted_by, granted_at)"
            " VALUES (%s, 'grid_officer', %s, NULL, '[2025-01-01,)', 'system', now()),"
            "        (%s, 'department_handler', %s, 'roads', '[2025-01-01,)', 'system', now())",
            (account.id, WILLOW, account.id, SOUTH),
        )
        both = check_password(conn, login="two", password="long-enough-1")
    assert both.reach_for("redraw").tags == (NORTH,) and both.reach_for("check_in").tags == (WILLOW,)
    assert both.reach_for("return").tags == (f"roads@{SOUTH}",)
    assert both.reach.tags == tuple(sorted((NORTH, WILLOW, f"roads@{SOUTH}"))) and both.role == "planner"
    assert both.reach_for("manage_people") == NOTHING != WHOLE_CITY


def test_who_a_citizen_is_is_told_once_the_look_is_written_down(client: TestClient, log_in: LogIn) -> None:
    here, there = (_file(client, unit, reporter=REPORTER) for unit in (B, T))
    log_in("clerk")
    path = f"/api/v1/cases/{here}/looks"
    assert client.post(path, json={"purpose": "  "}).json()["field"] == "purpose"
    told = client.post(path, json={"purpose": "to call back"})
    assert told.status_code == 201 and told.json()["reporter"] == REPORTER
    assert client.post(f"/api/v1/cases/{there}/looks", json={"purpose": "to see"}).status_code == 404
    assert log_in("handler").post(path, json={"purpose": "to see"}).status_code == 403
    looks = log_in("supervisor").get("/api/v1/looks", params={"case_no": here, "login": "clerk"}).json()["items"]
    assert [(one["login"], one["purpose"]) for one in looks] == [("clerk", "to call back")]
    assert client.get("/api/v1/looks", params={"from": "2199-01-01T00:00:00Z"}).json()["items"] == []
    assert log_in("clerk").get("/api/v1/looks").status_code == 403


def test_looks_page_from_the_newest(client: TestClient, log_in: LogIn) -> None:
    number = _file(client, W, reporter=REPORTER)
    log_in("operator")
    made = [client.post(f"/api/v1/cases/{number}/looks", json={"purpose": f"no {i}"}).json()["look"] for i in range(3)]
    log_in("supervisor")
    first = client.get("/api/v1/looks", params={"limit": 2}).json()
    behind = client.get("/api/v1/looks", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in (*first["items"], *behind["items"])] == made[::-1] and behind["next"] is None


@pytest.mark.parametrize("statement", ["UPDATE look SET purpose = 'other'", "DELETE FROM look"])
def test_the_log_of_looks_is_append_only_for_the_application(fresh_db: Store, statement: str) -> None:
    with fresh_db.app.begin() as conn, pytest.raises(ProgrammingError, match="permission denied"):
        conn.exec_driver_sql(statement)


def test_words_are_masked_and_cannot_be_felt_out_by_searching(client: TestClient, log_in: LogIn) -> None:
    number = _file(client, W, text="A bag of litter, call 138-0000 1111 or wang@example.com")
    shown = {who: log_in(who).get(f"/api/v1/cases/{number}").json()["text"] for who in ("officer", "clerk", "planner")}
    assert shown["officer"] == "A bag of litter, call *** or ***" and shown["planner"] is None
    assert shown["clerk"] == shown["officer"]  # in clear only by a look, which is logged
    for words in ("138-0000", "38-0", "1111", "wang"):
        assert _found(log_in("clerk"), words) == _found(log_in("officer"), words) == [], words
    assert _found(client, "bag of litter") == [number]


def _found(client: TestClient, words: str) -> list[str]:
    return [case["case_no"] for case in client.get("/api/v1/cases", params={"q": words}).json()["items"]]
