"""Rulings, precedents and briefs over HTTP: from a dispute to a case that needs nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import mapping

from spatial.cases.disputes.briefs import issue_due_briefs
from spatial.cases.disputes.rulings import rule
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.api.conftest import LogIn, a_report
from tests.disputing import a_ruling, both_at_once, dispute_in, note_return, scalars
from tests.worlds import NORTH, PASSWORD, SOUTH, UNIT_GEOMETRIES, WILLOW, B, R, T, V, W, inside

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
RULINGS, PRECEDENTS, BRIEFS = "/api/v1/rulings", "/api/v1/precedents", "/api/v1/briefs"


def a_body(dispute: int, **changes: Any) -> dict[str, Any]:
    """A written instruction over all of South street, with changes."""
    body = {
        "dispute": dispute, "form": "written_instruction", "members": ["Deputy mayor"], "lead": "order",
        "grounds": "门前三包: the holder of the stall keeps the ground before it.",
        "scope": {"area": {"kind": "cells", "cells": [SOUTH]}},
    }  # fmt: skip
    return body | changes


def noise(store: Store) -> None:
    """A matter that no row of the table names anybody for: each report of it is a dispute."""
    with store.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO matter (code, name, name_zh, step_limit, due_limit) "
            "VALUES ('noise', 'Noise at night', '夜间噪声', interval '1 hour', interval '2 days')"
        )


def test_a_second_case_like_a_ruled_one_is_routed_and_numbered_and_cannot_be_returned(
    fresh_db: Store, log_in: LogIn
) -> None:
    noise(fresh_db)
    clerk = log_in("clerk")
    road = {"category": "noise", "attributes": {"road": "trunk"}}
    first = clerk.post("/api/v1/reports", json=a_report(**road)).json()
    panel = log_in("panel")
    [dispute] = panel.get("/api/v1/disputes").json()["items"]
    assert dispute["case_no"] == first["case_no"]

    ruled = panel.post(RULINGS, json=a_body(dispute["id"], scope={
        "attributes": {"road": "trunk"}, "area": {"kind": "radius", "radius_m": 500},
    }))  # fmt: skip

    assert ruled.status_code == 201, ruled.text
    number = ruled.json()["precedent"]["number"]
    assert ruled.json()["case_no"] == first["case_no"]
    lon, lat = inside(V)
    second = log_in("clerk").post("/api/v1/reports", json=a_report(**road, lon=lon, lat=lat)).json()
    case = log_in("operator").get(f"/api/v1/cases/{second['case_no']}").json()
    assert (case["state"], case["lead"], case["precedent"]) == ("pending", "order", number)
    assert case["owner"]["precedent"] == number
    assert {link["actor"] for link in case["history"]} <= {"5", "system"}, "a human had a hand in it"
    decided = log_in("panel").get(f"{PRECEDENTS}/{number}").json()
    assert {one["case_no"] for one in decided["cases"]} == {first["case_no"], second["case_no"]}
    told = [panel.get(f"/api/v1/cases/{one['case_no']}/explanation").json() for one in (first, second)]
    assert [one["replay"]["same"] for one in told] == [True, True]
    assert [one["replay"]["before_ruling"] for one in told] == [True, False]

    back = {"act": "return", "unit": "order", "reason": "not mine", "basis": "duty list"}
    for case_no in (first["case_no"], second["case_no"]):
        refused = log_in("administrator").post(f"/api/v1/cases/{case_no}/actions", json=back)
        assert refused.status_code == 409, refused.text
        assert number in refused.text


def test_a_case_without_the_attributes_or_outside_the_area_is_disputed_again(fresh_db: Store, log_in: LogIn) -> None:
    noise(fresh_db)
    clerk = log_in("clerk")
    road = {"category": "noise", "attributes": {"road": "trunk"}}
    first = clerk.post("/api/v1/reports", json=a_report(**road)).json()
    panel = log_in("panel")
    [dispute] = panel.get("/api/v1/disputes").json()["items"]
    scope = {"attributes": {"road": "trunk"}, "area": {"kind": "cells", "cells": [WILLOW]}}
    panel.post(RULINGS, json=a_body(dispute["id"], scope=scope))

    (lon, lat), clerk = inside(B), log_in("clerk")
    elsewhere = clerk.post("/api/v1/reports", json=a_report(**road, lon=lon, lat=lat)).json()
    other_road = clerk.post("/api/v1/reports", json=a_report(category="noise", attributes={"road": "lane"})).json()

    open_now = log_in("panel").get("/api/v1/disputes?state=open").json()["items"]
    assert {one["case_no"] for one in open_now} == {elsewhere["case_no"], other_road["case_no"]}
    assert first["case_no"] not in {one["case_no"] for one in open_now}


def test_of_two_who_rule_at_once_one_wins_and_the_other_gets_the_winners_ruling(
    fresh_db: Store, client: TestClient
) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    leads = ("order", "roads")

    def as_panel(i: int) -> Any:
        own = TestClient(client.app)
        own.post("/api/v1/session", json={"login": ("panel", "panel2")[i], "password": PASSWORD})
        return own.post(RULINGS, json=a_body(dispute, lead=leads[i]))

    answers = both_at_once(as_panel)

    won, lost = sorted(answers, key=lambda answer: int(answer.status_code))
    assert (won.status_code, lost.status_code) == (201, 409), [a.text for a in answers]
    assert lost.headers["content-type"] == "application/problem+json"
    assert (lost.json()["code"], lost.json()["ruling"]) == ("already_ruled", won.json()["ruling"])


@pytest.mark.parametrize("login", ["clerk", "operator", "handler", "planner", "supervisor", "officer", "citizen"])
def test_only_the_panel_rules(fresh_db: Store, log_in: LogIn, login: str) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    assert log_in(login).post(RULINGS, json=a_body(dispute)).status_code == 403


def test_a_panel_of_a_street_rules_and_reads_within_it(fresh_db: Store, log_in: LogIn) -> None:
    south, _ = dispute_in(fresh_db, W, at=NOW)
    north, northern = dispute_in(fresh_db, T, at=NOW)
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "UPDATE posting SET cell = %s WHERE account = (SELECT id FROM account WHERE login = 'panel2')", (NORTH,)
        )
    panel = log_in("panel2")
    there = {"area": {"kind": "cells", "cells": [NORTH]}}
    assert panel.post(RULINGS, json=a_body(south)).status_code == 404
    assert panel.post(RULINGS, json=a_body(10**9)).status_code == 404
    assert panel.post(RULINGS, json=a_body(north, scope=there)).status_code == 201
    log_in("panel").post(RULINGS, json=a_body(south))
    assert [one["case_no"] for one in log_in("panel2").get(RULINGS).json()["items"]] == [northern]
    assert len(log_in("panel").get(RULINGS).json()["items"]) == 2
    shown = {one["number"]: log_in("panel2").get(f"{PRECEDENTS}/{one['number']}").json()["cases"]
             for one in log_in("panel2").get(PRECEDENTS).json()["items"]}  # fmt: skip
    assert [len(cases) for cases in shown.values()] == [0, 1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"form": "phone"}, "form"),
        ({"form": "joint_conference"}, "members"),
        ({"scope": {}}, "scope.area"),
        ({"scope": {"area": {"kind": "radius", "radius_m": 0}}}, "scope.area.radius_m"),
        ({"scope": {"area": {"kind": "radius", "radius_m": True}}}, "scope.area.radius_m"),
        ({"scope": {"area": {"kind": "polygon", "geometry": {"type": "Nothing"}}}}, "scope.area.geometry"),
        ({"scope": {"area": {"kind": "polygon", "geometry": mapping(UNIT_GEOMETRIES[B])}}}, "scope.area.geometry"),
        ({"scope": {"area": {"kind": "cells", "cells": ["nowhere", SOUTH]}}}, "scope.area.cells"),
        ({"effective_from": "2020-01-01T00:00:00Z"}, "effective_from"),
        ({"effective_from": 1}, "effective_from"),
        ({"members": [" "]}, "members"),
        ({"lead": "nobody"}, "lead"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_body_that_does_not_fit_is_told_by_its_field(
    fresh_db: Store, log_in: LogIn, changes: dict[str, Any], field: str
) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    answer = log_in("panel").post(RULINGS, json=a_body(dispute, **changes))
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


@pytest.fixture
def library(fresh_db: Store) -> Store:
    """Three precedents: P1 over South (superseded by P3), P2 around the Ridge, P3 over the whole district."""
    far = {"type": "Polygon", "coordinates": mapping(UNIT_GEOMETRIES[R])["coordinates"][0]}
    rulings: list[tuple[str, str, dict[str, Any]]] = [
        (W, "pothole", {}),
        (R, "litter", {"grounds": "the ridge road 山脊路 belongs to sanitation", "lead": "sanitation"}),
        (W, "pothole", {"grounds": "井盖 over a sewer"}),
    ]
    areas = [{"kind": "cells", "cells": [SOUTH]}, {"kind": "polygon", "geometry": far},
             {"kind": "cells", "cells": ["330199"]}]  # fmt: skip
    from api.schemas.rulings import RulingBody

    for day, ((unit, matter, changes), area) in enumerate(zip(rulings, areas, strict=True)):
        dispute, _ = dispute_in(fresh_db, unit, at=NOW + timedelta(days=day), matter=matter)
        draft = RulingBody(**a_body(dispute, scope={"area": area}, **changes)).draft()
        with fresh_db.app.begin() as conn:
            rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=NOW + timedelta(days=day, hours=1))
    return fresh_db


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [3, 2, 1]),
        ({"q": "山脊"}, [2]), ({"q": "RIDGE sanitation"}, [2]), ({"q": "ridge pothole"}, []), ({"q": "垃圾"}, [2]),
        ({"q": "道路破损"}, [3, 1]), ({"q": "P2026-0002"}, [2]), ({"q": "sewr"}, [3]), ({"q": "100%"}, []),
        ({"q": "_"}, []), ({"q": "South street"}, [3, 1]), ({"q": "执法"}, [3, 1]),
        ({"matter": "litter"}, [2]), ({"matter": "none"}, []),
        ({"cell": R}, [3, 2]), ({"cell": NORTH}, [3, 2]), ({"cell": W}, [3, 1]), ({"cell": "330199"}, [3, 2, 1]),
        ({"lon": inside(R)[0], "lat": inside(R)[1]}, [3, 2]), ({"lon": inside(T)[0], "lat": inside(T)[1]}, [3]),
        ({"lon": 10, "lat": 10}, []),
        ({"in_force": "true"}, [3, 2]), ({"in_force": "false"}, [1]),
        ({"q": "stall", "in_force": "false", "cell": B}, [1]),
    ],
)  # fmt: skip
def test_the_library_is_searched_in_both_languages_and_by_place(
    library: Store, log_in: LogIn, query: dict[str, Any], numbers: list[int]
) -> None:
    answer = log_in("planner").get(PRECEDENTS, params=query)
    assert answer.status_code == 200, answer.text
    assert [one["number"] for one in answer.json()["items"]] == [f"P2026-{n:04d}" for n in numbers]


def test_a_superseded_precedent_says_by_what_and_keeps_its_case(library: Store, log_in: LogIn) -> None:
    old = log_in("panel").get(f"{PRECEDENTS}/P2026-0001").json()
    assert old["superseded_by"] == "P2026-0003"
    assert old["superseded_at"].startswith("2026-03-06T03:00:00")
    assert [case["state"] for case in old["cases"]] == ["pending"]
    assert old["area"] == {"kind": "cells", "cells": [SOUTH]}
    assert (old["matter_name_zh"], old["lead_name"], old["form"]) == ("道路破损", "Public order", "written_instruction")
    assert log_in("panel").get(f"{PRECEDENTS}/P2026-9999").status_code == 404
    drawn = log_in("panel").get(f"{PRECEDENTS}/P2026-0002").json()["area"]
    assert (drawn["kind"], drawn["geometry"]["type"]) == ("polygon", "MultiPolygon")


@pytest.mark.parametrize("address", [PRECEDENTS, RULINGS])
def test_lists_page_and_give_everything_once(library: Store, log_in: LogIn, address: str) -> None:
    panel = log_in("panel")
    whole = panel.get(address).json()["items"]
    seen, cursor = [], None
    while True:
        page = panel.get(address, params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(whole) == 3
    assert seen == whole


@pytest.mark.parametrize(
    "address",
    [f"{PRECEDENTS}?lon=120", f"{PRECEDENTS}?cursor=zzz", f"{RULINGS}?cursor=zzz", f"{BRIEFS}?cursor=zzz",
     f"{RULINGS}?cursor=MQ",
     f"{BRIEFS}?cursor=MjAyNg", f"{PRECEDENTS}?colour=red", f"{RULINGS}?limit=0", f"{BRIEFS}/2026-001?format=pdf"],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_refused(fresh_db: Store, log_in: LogIn, address: str) -> None:
    assert log_in("panel").get(address).status_code == 422


@pytest.mark.parametrize("login", ["citizen", "officer"])
@pytest.mark.parametrize("address", [PRECEDENTS, RULINGS, BRIEFS, f"{PRECEDENTS}/P2026-0001", f"{BRIEFS}/2026-001"])
def test_who_does_not_read_governance_reads_none_of_it(library: Store, log_in: LogIn, login: str, address: str) -> None:
    assert log_in(login).get(address).status_code == 403


@pytest.fixture
def briefed(fresh_db: Store) -> str:
    """A brief with a dispute in South street that roads refused, and one in North street."""
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    dispute_in(fresh_db, T, at=NOW)
    note_return(fresh_db, dispute, reason="路面由<b>摊主</b>损坏", basis="市政职责清单第7条", at=NOW)
    with fresh_db.app.begin() as conn:
        [number] = issue_due_briefs(conn, now=NOW + timedelta(days=7))
    return number


def test_a_brief_lists_what_lies_within_reach_with_who_refused_and_why(briefed: str, log_in: LogIn) -> None:
    whole = log_in("panel").get(f"{BRIEFS}/{briefed}").json()
    assert (whole["number"], len(whole["disputes"]), whole["open"]) == ("2026-001", 2, 2)
    assert [one["number"] for one in log_in("panel").get(BRIEFS).json()["items"]] == [briefed]
    assert log_in("panel").get(f"{BRIEFS}?open=false").json()["items"] == []

    [own] = log_in("clerk").get(f"{BRIEFS}/{briefed}").json()["disputes"]
    assert (own["cell"], own["place"][1]) == ({"code": W, "name": "Willow west"}, "South street")
    assert own["returns"][0] | {"at": ""} == {
        "unit": "roads", "name": "Roads", "name_zh": "市政", "reason": "路面由<b>摊主</b>损坏",
        "basis": "市政职责清单第7条", "at": "",
    }  # fmt: skip
    assert log_in("planner").get(f"{BRIEFS}/{briefed}").json()["disputes"][0]["returns"][0]["reason"] == ""


def test_a_brief_as_paper_is_whole_in_itself_and_runs_nothing(briefed: str, log_in: LogIn) -> None:
    paper = log_in("panel").get(f"{BRIEFS}/{briefed}?format=html")
    assert paper.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in paper.headers["content-security-policy"]
    page = paper.text
    assert "内部专报 2026年第1期" in page
    assert page.count('<section class="sheet') == 3
    assert "路面由&lt;b&gt;摊主&lt;/b&gt;损坏" in page and "市政职责清单第7条" in page
    assert "<td>市政</td>" in page and "Roads" not in page
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert "North street" not in log_in("clerk").get(f"{BRIEFS}/{briefed}?format=html").text


def test_a_brief_tells_who_was_ruled_to_lead_by_its_chinese_name(briefed: str, log_in: LogIn) -> None:
    panel = log_in("panel")
    dispute = panel.get(f"{BRIEFS}/{briefed}").json()["disputes"][0]
    panel.post(RULINGS, json=a_body(dispute["id"])).raise_for_status()
    [ruled] = [one for one in panel.get(f"{BRIEFS}/{briefed}").json()["disputes"] if one["state"] == "ruled"]
    assert (ruled["lead"], ruled["lead_zh"]) == ("Public order", "执法")
    assert "已裁定由执法主办" in panel.get(f"{BRIEFS}/{briefed}?format=html").text


def test_a_ruling_wakes_and_tells_the_feed(fresh_db: Store, log_in: LogIn) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=NOW)
    assert log_in("panel").post(RULINGS, json=a_body(dispute)).status_code == 201
    with fresh_db.app.begin() as conn:
        kinds = scalars(conn, "SELECT kind FROM event WHERE subject_id = %s ORDER BY seq", case_no)
    assert kinds[-2:] == ["case.ruled", "case.dispatched"]


def test_a_draft_for_the_domain_and_one_over_http_are_the_same() -> None:
    from api.schemas.rulings import RulingBody

    draft = a_ruling(1)
    body = a_body(1, grounds=draft.grounds, members=list(draft.members))
    assert RulingBody(**body).draft() == draft
