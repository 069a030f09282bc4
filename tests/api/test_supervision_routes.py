"""Supervision over HTTP: orders listed and answered within a reach, by those who speak for the unit that is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.cases.sweeping import sweep
from spatial.store.opening import Store
from tests.supervising import handed_over
from tests.worlds import PASSWORD, SOUTH, T

AGO = datetime.now(UTC) - timedelta(days=60)


@pytest.fixture
def late(fresh_db: Store) -> str:
    """A case of roads in South street, red for weeks, whose orders have climbed to the district."""
    case_no = handed_over(fresh_db, at=AGO, due=AGO + timedelta(days=10))
    handed_over(fresh_db, T, at=AGO, due=AGO + timedelta(days=400))
    sweep(fresh_db.app, now=datetime.now(UTC))
    return case_no


@pytest.fixture
def ask(fresh_db: Store) -> Any:
    """Ask as somebody: `ask(login, method, path)`."""
    from api.app import create_app
    from spatial.settings import Settings

    with TestClient(create_app(Settings(index=False), fresh_db)) as client:

        def asked(login: str, method: str, path: str, **more: Any) -> Any:
            client.cookies.clear()
            client.post("/api/v1/session", json={"login": login, "password": PASSWORD}).raise_for_status()
            return client.request(method, path if path.startswith("/api") else f"/api/v1/supervision{path}", **more)

        yield asked


def test_orders_are_listed_newest_first_and_page(ask: Any, late: str) -> None:
    first = ask("supervisor", "GET", "/orders?limit=3").json()
    second = ask("supervisor", "GET", f"/orders?limit=3&cursor={first['next']}").json()
    items = first["items"] + second["items"]
    assert [(one["kind"], one["level"], one["state"]) for one in items] == [
        ("order", 3, "open"), ("order", 2, "climbed"), ("order", 1, "climbed"), ("chase", 1, "open"),
    ]  # fmt: skip
    assert second["next"] is None
    assert {(one["case_no"], one["colour"]) for one in items} == {(late, "red")}
    assert ask("supervisor", "GET", "/orders?cursor=nonsense").status_code == 422
    assert ask("supervisor", "GET", "/orders?color=red").status_code == 422


@pytest.mark.parametrize(
    ("query", "many"),
    [("colour=red", 4), ("colour=green", 0), ("unit=roads", 2), (f"unit=@{SOUTH}", 1), (f"cell={SOUTH}&kind=order", 3),
     ("state=open&level=3", 1), ("unanswered=true", 3)],
)  # fmt: skip
def test_orders_are_narrowed(ask: Any, late: str, query: str, many: int) -> None:
    assert len(ask("supervisor", "GET", f"/orders?{query}").json()["items"]) == many


def test_orders_end_at_the_reach(ask: Any, late: str) -> None:
    assert len(ask("clerk", "GET", "/orders").json()["items"]) == 4
    assert ask("clerk2", "GET", "/orders").json()["items"] == []
    assert len(ask("handler", "GET", "/orders").json()["items"]) == 4  # roads holds the case
    assert ask("sweeper", "GET", "/orders").json()["items"] == []
    number = ask("clerk", "GET", "/orders").json()["items"][0]["id"]
    assert ask("clerk2", "GET", f"/orders/{number}").status_code == 404


def test_the_unit_that_is_asked_answers_and_no_other(ask: Any, late: str) -> None:
    third, second, first, _ = (one["id"] for one in ask("supervisor", "GET", "/orders").json()["items"])
    words = {"text": "  Asphalt on Friday.  "}

    def answer(login: str, number: int) -> int:
        return int(ask(login, "POST", f"/orders/{number}/replies", json=words).status_code)

    assert answer("clerk", first) == 403  # the street does not speak for roads
    assert answer("handler", second) == 403
    assert answer("sweeper", first) == 404
    assert answer("clerk2", second) == 404
    assert answer("clerk", third) == 403  # nor for the district
    assert answer("officer", first) == 403
    told = ask("handler", "POST", f"/orders/{first}/replies", json=words)
    assert told.status_code == 201
    assert (told.json()["state"], told.json()["replies"][0]["text"]) == ("answered", "Asphalt on Friday.")
    assert answer("clerk", second) == answer("operator", third) == 201
    assert ask("planner", "GET", f"/orders/{first}").json()["replies"][0]["text"] is None
    assert ask("handler", "POST", f"/orders/{first}/replies", json={"text": " "}).status_code == 422


def test_the_board_tells_colours_by_unit_and_street_the_oldest_and_the_silent(ask: Any, late: str) -> None:
    board = ask("supervisor", "GET", "/board").json()
    assert board["totals"] == {"green": 1, "yellow": 0, "red": 1, "grey": 0}
    assert [(one["lead_name"], one["street"], one["red"]) for one in board["counts"]][0] == ("Roads", SOUTH, 1)
    assert [one["case_no"] for one in board["oldest_red"]] == [late]
    assert [one["level"] for one in board["unanswered"]] == [1, 2, 3]
    assert ask("clerk2", "GET", "/board").json()["totals"]["red"] == 0
    assert ask("officer", "GET", "/board").status_code == 403


def test_a_supervisor_orders_by_an_act_and_a_clerk_does_not(ask: Any, late: str) -> None:
    act = {"act": "supervise", "note": "What becomes of it?", "level": 2}
    path = f"/api/v1/cases/{late}/actions"
    assert ask("clerk", "POST", path, json=act).status_code == 403
    assert ask("supervisor", "POST", path, json=act).status_code == 200
    [newest, *_] = ask("supervisor", "GET", f"/orders?case_no={late}").json()["items"]
    assert (newest["cause"], newest["level"], newest["addressee"]) == ("manual", 2, f"@{SOUTH}")
    assert ask("supervisor", "POST", path, json=act).status_code == 409
    assert ask("supervisor", "POST", path, json=act | {"level": 9}).status_code == 422


@pytest.mark.parametrize(("colour", "many"), [("red", 1), ("green", 1), ("yellow", 0), ("grey", 0)])
def test_cases_are_listed_and_counted_by_colour(ask: Any, late: str, colour: str, many: int) -> None:
    items = ask("supervisor", "GET", f"/api/v1/cases?colour={colour}").json()["items"]
    assert [one["colour"] for one in items] == [colour] * many
    assert ask("supervisor", "GET", "/api/v1/cases/totals").json()[colour] == many
    assert ask("supervisor", "GET", f"/api/v1/cases/{late}").json()["colour"] == "red"
