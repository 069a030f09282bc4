"""Supervision over HTTP: orders listed and answered within a reach, by those who speak for the unit that is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.cases.supervision.climbing import climb_orders
from spatial.cases.sweeping import sweep
from spatial.store.opening import Store
from tests.supervising import handed_over
from tests.worlds import DISTRICT, PASSWORD, SOUTH, T

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


def test_who_supervises_answers_no_order(ask: Any, late: str, fresh_db: Store) -> None:
    numbers = [one["id"] for one in ask("supervisor", "GET", "/orders").json()["items"]]

    def may(login: str) -> list[int]:
        return [ask(login, "POST", f"/orders/{n}/replies", json={"text": "seen"}).status_code for n in numbers]

    def may_answer(login: str) -> list[bool]:
        return [one["may_answer"] for one in ask(login, "GET", "/orders").json()["items"]]

    assert may("supervisor") == may("administrator") == [403] * 4
    assert may_answer("operator") == [True, False, False, False]
    asked = {"role": "grid_leader", "cell": DISTRICT}
    assert ask("administrator", "POST", "/api/v1/accounts/leader/postings", json=asked).status_code == 201
    assert may("operator") == [403] * 4  # the district has somebody of its own now
    assert may_answer("leader") == [True, True, False, False]
    assert may("leader") == [201, 201, 403, 403]


def test_who_wrote_an_order_does_not_answer_it(ask: Any, fresh_db: Store) -> None:
    case_no = handed_over(fresh_db, at=AGO, due=AGO + timedelta(days=400))
    words = {"act": "supervise", "level": 3, "note": "What becomes of it?"}
    assert ask("operator", "POST", f"/api/v1/cases/{case_no}/actions", json=words).status_code == 200
    number = ask("operator", "GET", f"/orders?case_no={case_no}").json()["items"][0]["id"]
    assert ask("operator", "POST", f"/orders/{number}/replies", json={"text": "seen"}).status_code == 403


def test_an_order_by_hand_carries_its_question_up_the_ladder_to_who_may_read_words(ask: Any, fresh_db: Store) -> None:
    case_no = handed_over(fresh_db, at=AGO, due=AGO + timedelta(days=400))
    words = {"act": "supervise", "note": "What becomes of it?"}
    assert ask("supervisor", "POST", f"/api/v1/cases/{case_no}/actions", json=words).status_code == 200

    def orders(login: str) -> list[dict[str, Any]]:
        return list(reversed(ask(login, "GET", f"/orders?case_no={case_no}").json()["items"]))

    [first] = orders("handler")
    assert first["note"] == "What becomes of it?"
    assert ask("handler", "GET", f"/orders/{first['id']}").json()["note"] == "What becomes of it?"
    with fresh_db.app.begin() as conn:
        climb_orders(conn, now=datetime.now(UTC) + timedelta(days=30), limit=1)
    _, climbed = orders("clerk")
    assert (climbed["cause"], climbed["note"]) == ("unanswered", "What becomes of it?")
    assert orders("planner")[0]["note"] is None


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


def test_the_rules_tell_colours_by_unit_and_ladders_by_source(ask: Any) -> None:
    rules = ask("clerk2", "GET", "/rules").json()
    assert [one["unit"] for one in rules["colours"]] == ["calendar_day", "urgent_hour", "working_day", "working_hour"]
    assert {(round(one["used_share"], 6), one["units_left"], one["is_reckoned"]) for one in rules["colours"]} == {
        (0.666667, 1, True)
    }
    of_all, hotline = rules["ladders"]
    assert (of_all["source"], hotline["source"]) == ("default", "hotline")
    assert [(one["level"], one["kind"], one["holder"]) for one in of_all["rungs"]] == [
        (1, "order", "holder"), (2, "order", "@street"), (3, "order", "@district"),
    ]  # fmt: skip
    assert of_all["rungs"][0]["reply"] == {"amount": 1, "unit": "working_day"}
    chase = hotline["rungs"][0]
    assert (chase["kind"], chase["copy_to"], chase["reply"]) == ("written_chase", "@district", None)
    assert (chase["after"], chase["still_red"]["amount"]) == ({"amount": 1, "unit": "calendar_day"}, 5)
    assert ask("officer", "GET", "/rules").status_code == 403


def test_an_edited_colour_waits_for_the_sweep_and_turns_open_cases(ask: Any, fresh_db: Store) -> None:
    now = datetime.now(UTC)
    case_no = handed_over(fresh_db, at=now - timedelta(days=1), due=now + timedelta(days=90))
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET limit_amount = 200, warn_at = due_at")

    def edited(used_share: float, units_left: float) -> tuple[str, str]:
        """The case's colour before and behind the sweep."""
        body = {"used_share": used_share, "units_left": units_left}
        assert ask("supervisor", "PUT", "/rules/colours/working_day", json=body).status_code == 403
        told = ask("administrator", "PUT", "/rules/colours/working_day", json=body).json()
        assert told == body | {"unit": "working_day", "is_reckoned": False}
        before = ask("supervisor", "GET", f"/api/v1/cases/{case_no}").json()["colour"]
        sweep(fresh_db.app, now=now)
        assert told | {"is_reckoned": True} in ask("supervisor", "GET", "/rules").json()["colours"]
        return before, ask("supervisor", "GET", f"/api/v1/cases/{case_no}").json()["colour"]

    assert edited(0.000001, 1000) == ("green", "yellow")  # all of the limit is left when it warns
    assert edited(1, 0) == ("yellow", "green")  # nothing is


def test_two_thirds_come_back_as_two_thirds(ask: Any) -> None:
    [colour, *_] = ask("administrator", "GET", "/rules").json()["colours"]
    body = {"used_share": colour["used_share"], "units_left": colour["units_left"]}
    again = ask("administrator", "PUT", f"/rules/colours/{colour['unit']}", json=body).json()
    assert again["used_share"] == colour["used_share"]


def test_a_ladder_is_put_told_and_taken_back(ask: Any) -> None:
    rungs = [
        {"level": 1, "holder": "holder", "reply": {"amount": 4, "unit": "working_hour"}, "copy_to": "@district",
         "after": {"amount": 0.5, "unit": "working_day"}},
        {"level": 2, "kind": "criticism", "holder": "holder"},
    ]  # fmt: skip
    path = "/rules/ladders/superior"
    assert ask("supervisor", "PUT", path, json={"rungs": rungs}).status_code == 403
    told = ask("administrator", "PUT", path, json={"rungs": rungs}).json()
    assert (told["source"], told["is_own"]) == ("superior", True)
    first, second = told["rungs"]
    assert first["reply"] == {"amount": 4, "unit": "working_hour"} and first["after"]["amount"] == 0.5
    assert (second["kind"], second["reply"], second["still_red"]) == (
        "criticism", None, {"amount": 5, "unit": "working_day"},
    )  # fmt: skip
    assert told in ask("supervisor", "GET", "/rules").json()["ladders"]
    back = ask("administrator", "PUT", path, json={"rungs": []}).json()
    assert (back["is_own"], [one["holder"] for one in back["rungs"]]) == (False, ["holder", "@street", "@district"])
    assert [one["source"] for one in ask("supervisor", "GET", "/rules").json()["ladders"]] == ["default", "hotline"]


_RUNG = {"level": 1, "holder": "holder", "reply": {"amount": 1, "unit": "working_day"}}


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [("colours/fortnight", {"used_share": 0.5, "units_left": 1}, 404, None),
     ("colours/working_day", {"used_share": 0, "units_left": 1}, 422, "used_share"),
     ("colours/working_day", {"used_share": 1.01, "units_left": 1}, 422, "used_share"),
     ("colours/working_day", {"used_share": 0.5, "units_left": -1}, 422, "units_left"),
     ("colours/working_day", {"used_share": 0.5, "units_left": 0.00000001}, 422, "units_left"),
     ("colours/working_day", {"used_share": 0.5}, 422, "units_left"),
     ("ladders/nobody", {"rungs": [_RUNG]}, 404, None),
     ("ladders/default", {"rungs": []}, 422, "rungs"),
     ("ladders/grid", {"rungs": [_RUNG | {"holder": "@moon"}]}, 422, "rungs.0.holder"),
     ("ladders/grid", {"rungs": [_RUNG | {"reply": None}]}, 422, "rungs.0.reply"),
     ("ladders/grid", {"rungs": [_RUNG | {"kind": "chase"}]}, 422, "rungs.0.kind"),
     ("ladders/grid", {"rungs": [_RUNG | {"reply": {"amount": 0, "unit": "working_day"}}]}, 422,
      "rungs.0.reply.amount"),
     ("ladders/grid", {"rungs": [_RUNG, _RUNG]}, 422, "rungs.1.level")],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_by_field(
    ask: Any, path: str, body: dict[str, Any], status: int, field: str | None
) -> None:
    before = ask("administrator", "GET", "/rules").json()
    told = ask("administrator", "PUT", f"/rules/{path}", json=body)
    assert (told.status_code, told.json().get("field")) == (status, field)
    assert field is None or field in told.json()["detail"]
    assert ask("administrator", "GET", "/rules").json() == before
