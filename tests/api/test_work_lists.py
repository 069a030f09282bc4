"""Work lists by HTTP: what waits for whoever asks, what a level holds, whose its acts are; figures and their lists."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.dependencies import now
from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report
from tests.api.test_lifecycle_routes import act, photo
from tests.worlds import NORTH, SOUTH, G, W, inside


def file(client: TestClient, **said: Any) -> str:
    """Report something as the public; its number."""
    return str(client.post("/api/v1/reports", json=a_report(**said)).json()["case_no"])


def listed(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/cases", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def legal(client: TestClient, number: str) -> set[str]:
    return {one["act"] for one in client.get(f"/api/v1/cases/{number}/acts").json()["legal"]}


def test_a_work_list_pages_most_urgent_first_and_tells_what_is_waited_for(client: TestClient, log_in: LogIn) -> None:
    slow = [file(client, category="pothole") for _ in range(2)]
    quick = file(client, category="litter")
    lon, lat = inside(G)
    north = file(client, lon=lon, lat=lat)
    log_in("clerk")
    assert act(client, slow[0], "accept").status_code == 200
    seen, cursor = [], None
    while True:
        asked = {"waiting": True, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/cases", params=asked).json()
        seen += [(one["case_no"], one["waits_for"]) for one in page["items"]]
        if not (cursor := page["next"]):
            break
    assert dict(seen) == {slow[0]: ["dispatch"], slow[1]: ["accept"], quick: ["accept"]} and len(seen) == 3
    late = [one["late_at"] for one in listed(client, waiting=True)]
    assert late == sorted(late)
    assert [one["case_no"] for one in listed(client, waiting=True, waits_for="dispatch")] == [slow[0]]
    assert [one["case_no"] for one in listed(client, waiting=True, category="litter")] == [quick]
    assert [one["case_no"] for one in listed(client, waiting=True, q=quick)] == [quick]
    assert listed(client, case_no=quick)[0]["waits_for"] is None
    log_in("clerk2")
    assert [one["case_no"] for one in listed(client, waiting=True)] == [north]


def test_a_work_list_is_narrowed_as_every_list_of_cases_is(client: TestClient, log_in: LogIn) -> None:
    """The two lists are two statements: each filter must mean the same in both."""
    numbers = [file(client, category=one, text=f"a {one} at the gate") for one in ("pothole", "litter")]
    numbers.append(file(client, lon=121.0, lat=31.0, text="far out"))
    log_in("operator")
    assert act(client, numbers[0], "accept").status_code == 200
    waits = {one["case_no"] for one in listed(client, waiting=True)}
    assert waits == set(numbers)
    for asked in (
        {"q": "Willow"}, {"q": "litter at"}, {"q": numbers[0][-6:]}, {"q": W}, {"q": "nowhere"}, {"step": "reported"},
        {"state": "filed"}, {"category": "litter"}, {"certainty": "certain"}, {"nature": "market"}, {"unit": SOUTH},
        {"unit": NORTH}, {"tier": "unit"}, {"tier": "street"}, {"lead": "roads"}, {"overdue": True},
        {"with_nobody": True}, {"off_grid": True}, {"off_grid": True, "with_nobody": True, "state": "filed"},
    ):  # fmt: skip
        narrowed = {one["case_no"] for one in listed(client, **asked)}
        assert {one["case_no"] for one in listed(client, waiting=True, **asked)} == narrowed & waits, asked


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"waits_for": "accept"}, "waits_for"),
        ({"waiting": True, "waits_for": "sing"}, "waits_for"),
        ({"waiting": True, "colour": "red"}, "colour"),
        ({"waiting": True, "bbox": "1,1,2,2"}, "bbox"),
        ({"waiting": True, "cursor": "no"}, "cursor"),
        ({"tier": "galaxy"}, "tier"),
        ({"lead": "roads", "with_nobody": True}, "with_nobody"),
        ({"unit": SOUTH, "off_grid": True}, "off_grid"),
    ],
)
def test_what_a_work_list_cannot_say_is_refused(
    client: TestClient, log_in: LogIn, asked: dict[str, Any], field: str
) -> None:
    log_in("clerk")
    answer = client.get("/api/v1/cases", params=asked)
    assert answer.status_code == 422 and answer.json()["field"] == field, answer.text


def test_what_is_asked_for_waits_for_whoever_decides_it(client: TestClient, log_in: LogIn) -> None:
    number = file(client)
    log_in("clerk")
    act(client, number, "accept")
    act(client, number, "dispatch")
    for granted in ("operator", "supervisor"):
        log_in("sweeper")
        assert act(client, number, "extend", phase="ask", reason="Rain").status_code == 200
        assert [one["waits_for"] for one in listed(client, waiting=True)] == [["receive"]]
        for login in ("operator", "supervisor"):
            log_in(login)
            waits = [one["case_no"] for one in listed(client, waiting=True, waits_for="extend,suspend,appeal")]
            # A second extension is a supervisor's alone.
            assert waits == ([number] if granted == "operator" or login == granted else []), (granted, login)
        log_in(granted)
        assert act(client, number, "extend", phase="approve", reason="Rain").status_code == 200
    assert listed(client, waiting=True) == []


def test_the_acts_of_a_level_are_whose_who_stand_at_it_or_above(client: TestClient, log_in: LogIn) -> None:
    number = file(client)
    log_in("clerk")
    for _ in range(2):
        assert act(client, number, "escalate", reason="Up").status_code == 200
    own = {"handle_own", "escalate", "order_down"}
    assert own <= legal(client, number)
    [seen] = listed(client, tier="street")
    assert seen["case_no"] == number and seen["held_by"]["level"] == "street" and listed(client, tier="unit") == []
    log_in("leader")
    assert not own & legal(client, number) and "verify_report" in legal(client, number)
    refused = act(client, number, "escalate", reason="Up")
    assert refused.status_code == 403, refused.text
    assert refused.json()["detail"].startswith("the street (South street office) holds this case; escalate is for")
    assert act(client, number, "handle_own").status_code == 403
    assert act(client, number, "order_down", reason="Down").status_code == 403
    log_in("clerk")
    assert act(client, number, "handle_own").status_code == 200
    log_in("leader")
    solved = {"how": "Swept", "photos_after": [photo(client)]}
    assert act(client, number, "solve_own", **solved).status_code == 403
    assert act(client, number, "hand_over", reason="Too big").status_code == 403
    assert act(client, number, "dispatch").status_code == 403
    assert listed(client, waiting=True) == []
    log_in("clerk")
    assert act(client, number, "escalate", reason="Up").status_code == 200
    assert "escalate" not in legal(client, number) and "order_down" not in legal(client, number)
    assert act(client, number, "order_down", reason="Down").json()["detail"].startswith("the district (Tiny town")
    log_in("operator")
    assert act(client, number, "order_down", reason="Down").status_code == 200
    log_in("clerk")
    assert act(client, number, "order_down", reason="Down").status_code == 200
    log_in("leader")
    assert "handle_own" in legal(client, number)
    assert [one["waits_for"] for one in listed(client, waiting=True)] == [["handle_own"]]


def test_a_figure_is_the_length_of_its_list(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    with fresh_db.owner.begin() as conn:
        conn.exec_driver_sql("INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1')")
    numbers = [file(client, category="pothole") for _ in range(8)]
    log_in("operator")
    assert act(client, numbers[0], "refer", nature="market", provider="fix").status_code == 200
    assert act(client, numbers[1], "refer", nature="market", provider="fix").status_code == 200
    assert act(client, numbers[1], "contact").status_code == 200
    for number in numbers[2:5]:
        act(client, number, "accept")
        act(client, number, "dispatch")
    log_in("handler")
    for number in numbers[2:5]:
        assert act(client, number, "receive").status_code == 200
    later = datetime.now(UTC) + timedelta(days=60)
    cast(FastAPI, client.app).dependency_overrides[now] = lambda: later
    log_in("handler")
    assert act(client, numbers[2], "submit", photos_after=[photo(client)]).status_code == 200
    log_in("officer")
    assert act(client, numbers[2], "verify_result", passed=True).status_code == 200
    log_in("operator")
    totals = client.get("/api/v1/cases/totals").json()
    # Neither what a provider has nor the closed one.
    assert totals["overdue"] == len(listed(client, overdue=True, nature="government")) == totals["open"] == 5
    assert len(listed(client, overdue=True)) == 6 == totals["overdue"] + totals["referred_overdue"]
    for colour in ("green", "yellow", "red", "grey"):
        assert totals[colour] == len(listed(client, colour=colour, counted=True)), colour
    board = client.get("/api/v1/supervision/board").json()["totals"]
    assert {colour: totals[colour] for colour in board} == board and board["red"] == 5
    assert len(listed(client, colour="red")) == 6  # with what was closed late


def test_every_number_of_the_board_opens_its_cases(client: TestClient, log_in: LogIn) -> None:
    lon, lat = inside(G)
    numbers = [file(client, category="pothole") for _ in range(3)]
    file(client, lon=lon, lat=lat)
    file(client, lon=121.0, lat=31.0)
    log_in("clerk")
    assert act(client, numbers[0], "accept").status_code == 200
    assert act(client, numbers[0], "dispatch").status_code == 200
    log_in("supervisor")
    counts = client.get("/api/v1/supervision/board").json()["counts"]
    assert {(one["lead"], one["street"]) for one in counts} == {
        ("roads", SOUTH), (None, SOUTH), (None, NORTH), (None, None),
    }  # fmt: skip
    for one in counts:
        whose = {"lead": one["lead"]} if one["lead"] else {"with_nobody": True}
        where = {"unit": one["street"]} if one["street"] else {"off_grid": True}
        for colour in ("green", "yellow", "red", "grey"):
            assert len(listed(client, colour=colour, counted=True, **whose, **where)) == one[colour], (one, colour)
