"""Log-in, API tokens, and what the public may not do."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from spatial.people.accounts import add_token, find_by_login
from spatial.store.opening import Store
from tests.api.conftest import LogIn


def test_a_log_in_lasts_until_the_log_out(client: TestClient, log_in: LogIn) -> None:
    assert log_in("operator").get("/api/v1/session").json()["role"] == "centre_operator"
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_a_log_out_ends_the_session_for_a_copied_cookie_too(client: TestClient, log_in: LogIn) -> None:
    cookie = log_in("operator").cookies["gridmaps_session"]
    client.delete("/api/v1/session")
    client.cookies.set("gridmaps_session", cookie)
    assert client.get("/api/v1/session").status_code == 401


def test_a_wrong_password_and_an_unknown_login_are_told_alike(client: TestClient) -> None:
    answers = [
        client.post("/api/v1/session", json={"login": login, "password": "wrong-password"})
        for login in ("operator", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_an_api_token_speaks_for_its_account(client: TestClient, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        account = find_by_login(conn, login="operator")
        assert account is not None
        token = add_token(conn, account=account, label="test", now=datetime.now(UTC))
    known = client.get("/api/v1/cases", headers={"authorization": f"Bearer {token}"})
    assert known.status_code == 200
    unknown = client.get("/api/v1/cases", headers={"authorization": "Bearer gm_wrong"})
    assert unknown.status_code == 401 and unknown.headers["www-authenticate"] == "Bearer"


def test_lists_of_cases_and_the_feed_need_an_account_and_the_grid_does_not(client: TestClient) -> None:
    for path in ("/api/v1/cases", "/api/v1/cases/totals", "/api/v1/events", "/api/v1/events/cursor"):
        assert client.get(path).status_code == 401
    assert client.get("/tiles/cases/1/14/13653/6750.mvt").status_code == 401
    for path in ("/api/v1/config", "/api/v1/cells", "/api/v1/locate?lon=120&lat=30", "/tiles/cells/1/5/26/13.mvt"):
        assert client.get(path).status_code == 200
