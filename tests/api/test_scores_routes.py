"""Figures, weights, call-backs and evaluations by HTTP and by command."""

import codecs
import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.cases.port.askers import give_links
from spatial.store.opening import Store
from tests.commands import Program
from tests.living import Life, live, utc, with_photo
from tests.worlds import NORTH, SOUTH, T, V, W

LogIn = Callable[[str], TestClient]
MONDAY = utc("2026-10-12T09:00")
OCTOBER = {"period": "2026-10"}


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh_db: Store) -> Program:
    """The program on this test's database."""
    return Program(monkeypatch, capsys, fresh_db.url)


@pytest.fixture
def lived(fresh_db: Store) -> dict[str, str]:
    """A month with four cases: closed in time, closed late, open, void; their numbers by what became of them."""
    lives = {
        "in_time": Life("litter", MONDAY, source="public", closed_h=3.0),
        "late": Life("litter", MONDAY + timedelta(hours=1), closed_h=200.0, at=T),
        "open": Life("pothole", MONDAY + timedelta(hours=2)),
        "void": Life("litter", MONDAY, is_void=True),
    }
    with fresh_db.app.begin() as conn:
        with_photo(conn)
        return {name: live(conn, life).case_no for name, life in lives.items()}


def _figures(client: TestClient, **query: str) -> dict[str | None, Any]:
    answer = client.get("/api/v1/scores", params=OCTOBER | query)
    assert answer.status_code == 200, answer.text
    return {item["key"]: item["figures"] for item in answer.json()["items"]}


def test_figures_are_told_with_what_was_divided_by_what(log_in: LogIn, lived: dict[str, str]) -> None:
    client = log_in("supervisor")
    body = client.get("/api/v1/scores", params=OCTOBER | {"by": "department"}).json()
    units = {item["key"]: item["figures"] for item in body["items"]}
    assert units["sanitation"]["closing_on_time"] == {
        "numerator": 1, "denominator": 2, "percent": 50.0, "text": "50.00%", "excluded": 0,
    }  # fmt: skip
    assert units["roads"]["satisfaction"]["text"] == "无" and units["roads"]["satisfaction"]["percent"] is None
    assert (body["since"], body["until"]) == ("2026-10-01", "2026-10-31")
    formulas = {one["key"]: one["formula_zh"] for one in body["indicators"]}
    assert "应结案" in formulas["closing"]


def test_a_street_sees_its_own_and_a_department_itself(log_in: LogIn, lived: dict[str, str]) -> None:
    assert set(_figures(log_in("supervisor"), by="cell", level="street")) == {SOUTH, NORTH}
    assert set(_figures(log_in("clerk"), by="cell", level="street")) == {SOUTH}
    assert set(_figures(log_in("clerk2"), by="cell", level="street")) == {NORTH}
    assert set(_figures(log_in("handler"), by="department")) == {"roads"}
    assert set(_figures(log_in("sweeper"), by="department")) == {"sanitation"}


def test_a_figure_leads_to_its_cases(log_in: LogIn, lived: dict[str, str]) -> None:
    client = log_in("supervisor")
    path = "/api/v1/scores/closing_on_time/cases"
    query = OCTOBER | {"by": "department", "key": "sanitation"}
    for counted, wanted in (("numerator", ["in_time"]), ("missed", ["late"]), ("denominator", ["in_time", "late"])):
        items = client.get(path, params=query | {"counted": counted}).json()["items"]
        assert {item["case_no"] for item in items} == {lived[name] for name in wanted}, counted
    first = client.get(path, params=query | {"limit": "1"}).json()
    second = client.get(path, params=query | {"limit": "1", "cursor": first["next"]}).json()
    assert [page["items"][0]["case_no"] for page in (first, second)] == [lived["in_time"], lived["late"]]
    assert second["next"] is None


def test_groups_come_in_pages(log_in: LogIn, lived: dict[str, str]) -> None:
    client = log_in("supervisor")
    query, pages = OCTOBER | {"by": "cell", "level": "unit", "limit": "1"}, []
    while not pages or pages[-1]["next"]:
        pages.append(client.get("/api/v1/scores", params=query).json())
        query = query | {"cursor": pages[-1]["next"] or ""}
    assert [item["key"] for page in pages for item in page["items"]] == [W, V, T], "patrolled too"
    assert [len(page["items"]) for page in pages] == [1, 1, 1]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"period": "october"}, "period"), ({"period": "2026-10", "from": "2026-10-01"}, "period"),
     ({"until": "2026-10-01"}, "from"), ({"from": "2026-10-02", "until": "2026-10-01"}, "until"),
     ({"by": "cell", "level": "moon"}, "level"), ({"cursor": "x"}, "cursor"), ({"mood": "good"}, "mood")],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_names_its_field(log_in: LogIn, query: dict[str, str], field: str) -> None:
    answer = log_in("supervisor").get("/api/v1/scores", params=query)
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_an_unknown_indicator_is_refused_with_those_that_are(log_in: LogIn) -> None:
    answer = log_in("supervisor").get("/api/v1/scores/mood/cases", params=OCTOBER)
    assert answer.status_code == 422 and "closing_on_time" in answer.text


def test_figures_as_csv_have_a_line_for_each_group_and_indicator(log_in: LogIn, lived: dict[str, str]) -> None:
    answer = log_in("supervisor").get("/api/v1/scores", params=OCTOBER | {"by": "department", "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(codecs.BOM_UTF8), "without it Excel takes the names for another encoding"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    found = {(row["key"], row["indicator"]): row for row in rows}
    assert found["sanitation", "closing"]["percent"] == "100.00"
    assert found["roads", "satisfaction"]["percent"] == found["roads", "satisfaction"]["three_rates"] == "无"
    assert {row["name_zh"] for row in rows} == {"环卫", "市政", "全部", ""}
    assert (found["total", "closing"]["numerator"], found["total", "closing"]["denominator"]) == ("2", "3")


LISTS: list[tuple[str, dict[str, str]]] = [
    ("fragmentation", {}),
    ("fragmentation/cases", {"unit": "sanitation", "counted": "opened"}),
    ("closing_on_time/cases", {"by": "department", "key": "sanitation", "counted": "denominator"}),
    ("coverage/cases", {"counted": "numerator"}),
]


def test_every_list_beside_the_figures_comes_as_a_file_too(log_in: LogIn, lived: dict[str, str]) -> None:
    same = ("case_no", "cell", "key", "hands", "dispatches", "cause", "source")
    for path, narrowed in LISTS:
        path, asked = f"/api/v1/scores/{path}", OCTOBER | {"cell": SOUTH} | narrowed
        client = log_in("supervisor")
        items = client.get(path, params=asked).json()["items"]
        answer = client.get(path, params=asked | {"format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv") and answer.content.startswith(codecs.BOM_UTF8)
        assert answer.headers["content-disposition"].endswith('-2026-10-01-2026-10-31.csv"')
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert items and [{name: row[name] for name in same if name in row} for row in rows] == [
            {name: str(item.get(name) or "") for name in same if name in rows[0]} for item in items
        ], path
        assert {(row["first"], row["within"].partition("、")[0]) for row in rows} == {
            ("2026-10-01", f"South street（{SOUTH}）"),
        }  # fmt: skip
        assert all(row["unit_name_zh"] == "环卫" for row in rows if row.get("unit") == "sanitation"), path
        assert "bag" not in answer.text
        own = log_in("clerk2").get(path, params=asked | {"format": "csv"})
        assert own.status_code == 200 and own.text.count("\n") == 1, "another street's clerk is told the heads alone"


def test_figures_as_a_page_to_print_need_nothing_from_anywhere(log_in: LogIn, lived: dict[str, str]) -> None:
    answer = log_in("supervisor").get("/api/v1/scores", params=OCTOBER | {"by": "department", "format": "html"})
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "环卫" in answer.text and "碎片化" in answer.text and "无" in answer.text
    assert "http" not in answer.text.replace("https", "http").split("<body>")[1]


def test_what_was_narrowed_says_so_on_paper_and_in_the_file_and_narrows_all_of_it(
    log_in: LogIn, lived: dict[str, str]
) -> None:
    client, asked = log_in("supervisor"), OCTOBER | {"by": "department", "cell": SOUTH}
    paper = client.get("/api/v1/scores", params=asked | {"unit": "roads", "format": "html"}).text
    assert f"范围：South street（{SOUTH}）、市政（roads）" in paper and "环卫" not in paper.partition("碎片化")[2]
    answer = client.get("/api/v1/scores", params=asked | {"format": "csv"})
    assert 'filename="scores-department-2026-10-01-2026-10-31.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {(row["first"], row["last"], row["within"]) for row in rows} == {
        ("2026-10-01", "2026-10-31", f"South street（{SOUTH}）"),
    }  # fmt: skip
    path = "/api/v1/scores/fragmentation"
    whole, south = (client.get(path, params=one).json()["items"] for one in (OCTOBER, OCTOBER | {"cell": SOUTH}))
    assert sum(one["dispatches"] for one in whole) == 3 and sum(one["dispatches"] for one in south) == 2


def test_other_grades_leave_the_months_that_have_ended(log_in: LogIn, lived: dict[str, str]) -> None:
    def grades() -> dict[str, Any]:
        items = log_in("supervisor").get("/api/v1/scores", params=OCTOBER | {"by": "department"}).json()["items"]
        return {item["key"]: item["grade"] for item in items}

    before = grades()
    assert any(before.values())
    body = {"weights": {}, "grades": [{"code": "poor", "name": "poor", "name_zh": "差", "at_least": "0"}]}
    assert log_in("administrator").put("/api/v1/weights", json=body).status_code == 200
    assert grades() == before


def test_how_cases_wander_is_told_by_unit(log_in: LogIn, lived: dict[str, str]) -> None:
    items = log_in("supervisor").get("/api/v1/scores/fragmentation", params=OCTOBER).json()["items"]
    assert {item["key"]: item["dispatches"] for item in items} == {"roads": 1, "sanitation": 2}
    assert all(item["hand_overs"] == 1 and item["returned_text"] == "0.00%" for item in items)
    path = "/api/v1/scores/fragmentation/cases"
    behind = log_in("supervisor").get(path, params=OCTOBER | {"unit": "sanitation", "limit": "1"}).json()
    rest = (
        log_in("supervisor")
        .get(path, params=OCTOBER | {"unit": "sanitation", "limit": "1", "cursor": behind["next"]})
        .json()
    )
    assert {page["items"][0]["case_no"] for page in (behind, rest)} == {lived["in_time"], lived["late"]}
    assert rest["next"] is None and rest["items"][0]["hands"] == 1
    own = log_in("handler").get("/api/v1/scores/fragmentation", params=OCTOBER).json()["items"]
    assert [item["key"] for item in own] == ["roads"]
    assert log_in("handler").get(path, params=OCTOBER | {"unit": "sanitation"}).json()["items"] == []


def test_the_administrator_edits_weights_and_grades_and_nobody_else_does(log_in: LogIn) -> None:
    body = {
        "weights": {"department": {"closing": "3", "rework": "1"}},
        "grades": [{"code": "good", "name": "good", "name_zh": "好", "at_least": "80"}],
    }
    assert log_in("supervisor").put("/api/v1/weights", json=body).status_code == 403
    answer = log_in("administrator").put("/api/v1/weights", json=body)
    assert answer.status_code == 200, answer.text
    told = log_in("supervisor").get("/api/v1/weights").json()
    assert told["weights"]["department"] == {"closing": 3, "rework": 1}
    assert told["weights"]["cell"] and [grade["code"] for grade in told["grades"]] == ["good"]
    wrong = {"weights": {"department": {"mood": "1"}}}
    assert log_in("administrator").put("/api/v1/weights", json=wrong).status_code == 422


def _act(client: TestClient, case_no: str, act: str, **said: Any) -> Any:
    return client.post(f"/api/v1/cases/{case_no}/actions", json={"act": act} | said)


def _score(client: TestClient, case_no: str, subject: str, score: int) -> int:
    body = {"subject": subject, "score": score, "words": "As I saw it."}
    return client.post(f"/api/v1/cases/{case_no}/evaluations", json=body).status_code


def test_a_side_takes_points_once_and_is_offered_only_until_then(log_in: LogIn, lived: dict[str, str]) -> None:
    case_no = lived["in_time"]

    def offered(login: str) -> list[str]:
        page = log_in(login).get(f"/api/v1/cases/{case_no}/evaluations").json()
        return list(page["may_score"])

    # The result is the citizen's: nobody scores it before he was asked.
    assert [offered(who) for who in ("clerk", "officer", "sweeper")] == [[], ["department"], ["report"]]
    told = {"verdict": "satisfied", "outcome": "fixed"}
    assert _act(log_in("clerk"), case_no, "call_back", **told).status_code == 200
    assert offered("clerk") == ["result"]
    assert _score(log_in("clerk"), case_no, "result", 5) == 201
    assert offered("clerk") == [] and _score(log_in("clerk"), case_no, "result", 4) == 409
    assert _score(log_in("officer"), case_no, "department", 3) == 201
    assert [offered(who) for who in ("officer", "sweeper")] == [[], ["report"]]
    refused = (
        log_in("officer").post(f"/api/v1/cases/{case_no}/evaluations", json={"subject": "report", "score": 5}).json()
    )
    assert refused["detail"].endswith("you may score nothing of it")


def test_a_case_is_called_back_and_scored_from_every_side_on_one_page(log_in: LogIn, lived: dict[str, str]) -> None:
    case_no = lived["in_time"]
    assert _act(log_in("clerk"), case_no, "evaluate").status_code == 409
    called = _act(log_in("clerk"), case_no, "call_back", verdict="satisfied", outcome="fixed", words="Thanks.", score=5)
    assert (called.status_code, called.json()["state"]) == (200, "called_back")
    assert _score(log_in("handler"), case_no, "department", 5) == 404
    assert _score(log_in("sweeper"), case_no, "department", 5) == 403
    assert _score(log_in("officer"), case_no, "report", 5) == 403
    assert _score(log_in("planner"), case_no, "report", 5) == 403
    assert _score(log_in("officer"), case_no, "department", 3) == 201
    assert _score(log_in("officer"), case_no, "department", 4) == 409
    page = log_in("sweeper").get(f"/api/v1/cases/{case_no}/evaluations").json()
    assert (page["missing"], page["may_score"]) == (["report"], ["report"])
    assert _score(log_in("sweeper"), case_no, "report", 4) == 201
    page = log_in("officer").get(f"/api/v1/cases/{case_no}/evaluations").json()
    assert page["state"] == "evaluated" and page["missing"] == []
    assert {one["subject"]: one["score"] for one in page["scores"]} == {"result": 5, "department": 3, "report": 4}
    assert [one["verdict"] for one in page["call_backs"]] == ["satisfied"]
    assert "Thanks." in [one["text"] for one in page["words"]]


def test_the_second_dissatisfied_call_back_comes_before_the_supervisor(
    log_in: LogIn, lived: dict[str, str], fresh_db: Store
) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '0' WHERE key = 'reopens_by_call_back'")
    case_no = lived["in_time"]
    said = {"verdict": "dissatisfied", "outcome": "not_fixed", "words": "It is still there."}
    assert _act(log_in("clerk"), case_no, "call_back", **said).json()["state"] == "called_back"
    waiting = log_in("supervisor").get("/api/v1/call-backs").json()["items"]
    assert [one["case_no"] for one in waiting] == [case_no]
    assert log_in("clerk").get("/api/v1/call-backs").status_code == 403
    mark = {"is_unreasonable": True, "reason": "He wants the lane closed for himself."}
    path = f"/api/v1/cases/{case_no}/call-backs"
    assert log_in("clerk").post(f"{path}/1/mark", json=mark).status_code == 403
    marked = log_in("supervisor").post(f"{path}/1/mark", json=mark)
    assert marked.status_code == 200 and marked.json()["call_backs"][0]["is_unreasonable"]
    today = log_in("supervisor").get("/api/v1/scores", params={"by": "department"}).json()  # acts by HTTP are now
    figures = {item["key"]: item["figures"] for item in today["items"]}["sanitation"]["satisfaction"]
    assert (figures["text"], figures["excluded"]) == ("无", 1)
    excluded = (
        log_in("supervisor").get("/api/v1/scores/satisfaction/cases", params={"counted": "excluded"}).json()["items"]
    )
    assert [(one["case_no"], one["cause"]) for one in excluded] == [(case_no, "unreasonable")]
    listed = log_in("supervisor").get("/api/v1/scores/excluded").json()["items"]
    assert [(one["case_no"], one["cause_name_zh"]) for one in listed] == [(case_no, "不合理诉求")]
    file = log_in("supervisor").get("/api/v1/scores/excluded?format=csv").text.lstrip("\ufeff")
    [row] = csv.DictReader(io.StringIO(file))
    assert (row["case_no"], row["cause_name_zh"], row["unit_name_zh"]) == (case_no, "不合理诉求", "环卫")
    assert log_in("clerk2").get("/api/v1/scores/excluded").json()["items"] == []
    assert log_in("supervisor").post(f"{path}/settle", json={"outcome": "stays_closed"}).status_code == 422
    acts = log_in("supervisor").get(f"/api/v1/cases/{case_no}/acts").json()["legal"]
    assert "settle_call_back" in {act["act"] for act in acts}
    settled = {"outcome": "stays_closed", "reason": "It is swept every day."}
    told = log_in("supervisor").post(f"{path}/settle", json=settled).json()
    assert told["call_backs"][0]["settled_as"] == "stays_closed" and "supervisor" not in told["missing"]
    assert log_in("supervisor").post(f"{path}/settle", json=settled).status_code == 409
    assert log_in("supervisor").get("/api/v1/call-backs").json()["items"] == []


def test_whom_to_call_is_told_longest_closed_first_with_the_tries_and_without_the_number(
    log_in: LogIn, fresh_db: Store
) -> None:
    lives = [
        Life("litter", MONDAY + timedelta(hours=hour), source="public", closed_h=closed)
        for hour, closed in ((0, 40.0), (1, 2.0))
    ]
    with fresh_db.app.begin() as conn:
        with_photo(conn)
        second, first = (live(conn, life).case_no for life in lives)
        live(conn, Life("litter", MONDAY, closed_h=1.0))  # no citizen's
    with fresh_db.owner.begin() as conn:
        conn.exec_driver_sql("UPDATE report SET reporter = jsonb_build_object('phone', '139 0000 0000')")

    def due(login: str, **asked: Any) -> list[dict[str, Any]]:
        answer = log_in(login).get("/api/v1/call-backs/due", params=asked)
        assert answer.status_code == 200 and "139" not in answer.text, answer.text
        return list(answer.json()["items"])

    def numbers(login: str, **asked: Any) -> list[str]:
        return [one["case_no"] for one in due(login, **asked)]

    assert numbers("clerk") == [first, second] == numbers("operator")
    waits = log_in("clerk").get("/api/v1/cases", params={"waiting": True, "waits_for": "call_back"}).json()["items"]
    assert {one["case_no"] for one in waits} == {first, second}, "what a work list counts is what is to be called"
    assert [(one["missed"], one["again_at"]) for one in due("clerk")] == [(0, None), (0, None)]
    assert _act(log_in("clerk"), first, "call_back", verdict="not_reached").status_code == 200
    tried = due("clerk", tried=True)
    assert [(one["case_no"], one["missed"], one["attempts"]) for one in tried] == [(first, 1, 3)]
    assert tried[0]["again_at"] > tried[0]["last_at"], "at another hour"
    assert numbers("clerk", ready=True) == numbers("clerk", tried=False) == [second]
    assert numbers("clerk2") == [] and log_in("sweeper").get("/api/v1/call-backs/due").status_code == 403
    page = log_in("clerk").get("/api/v1/call-backs/due", params={"limit": 1}).json()
    assert numbers("clerk", limit=1, cursor=page["next"]) == [second]
    with fresh_db.owner.begin() as conn:
        conn.exec_driver_sql("UPDATE case_call_back SET at = at - interval '30 days'")
    assert numbers("clerk", ready=True, unit=SOUTH, category="litter", number=first) == [first]
    assert numbers("clerk", lead="roads") == numbers("clerk", unit=NORTH) == []
    assert _act(log_in("clerk"), first, "call_back", verdict="satisfied", outcome="fixed").status_code == 200
    assert numbers("clerk") == [second]


def test_acts_that_would_fail_are_not_offered(log_in: LogIn, lived: dict[str, str]) -> None:
    legal = log_in("clerk").get(f"/api/v1/cases/{lived['in_time']}/acts").json()["legal"]
    assert {"call_back", "evaluate"} & {act["act"] for act in legal} == {"call_back"}
    fields = {field["name"]: field["required"] for act in legal if act["act"] == "call_back" for field in act["fields"]}
    assert fields == {"verdict": True, "outcome": False, "words": False, "score": False}


def test_the_command_writes_tables_csv_pages_and_json(program: Program, lived: dict[str, str], tmp_path: Path) -> None:
    shown = program("scores", "--by", "department", "--month", "2026-10")
    assert shown.code == 0 and "Sanitation" in shown.out and "n.a." in shown.out, shown
    for name in ("f.csv", "f.html"):
        written = program("scores", "--by", "source", "--month", "2026-10", "--out", tmp_path / name)
        assert written.code == 0 and (tmp_path / name).stat().st_size > 500, written
    told = json.loads(program("scores", "--month", "2026-W42", "--json").out)
    assert {item["key"] for item in told["items"]} == {"roads", "sanitation", None}
    for wrong in (["--month", "october"], ["--by", "mood"], ["--out", tmp_path / "f.txt"]):
        refused = program("scores", *wrong)
        assert refused.code == 2 and refused.err.count("\n") == 1, refused


def _answer(client: TestClient, link: str, **said: Any) -> Any:
    body = {"verdict": "satisfied", "outcome": "fixed", "score": 5} | said
    return client.post(f"/api/v1{link}/answer", json=body)


def test_a_citizen_answers_by_his_link_once(
    client: TestClient, log_in: LogIn, lived: dict[str, str], fresh_db: Store
) -> None:
    link = _link_of(fresh_db, lived["in_time"])
    assert _answer(client, link, score=6).status_code == _answer(client, link, verdict="not_reached").status_code == 422
    assert _answer(client, link, verdict="dissatisfied", outcome="not_fixed", score=1, words="Still there.").json() == {
        "case_no": lived["in_time"], "state": "handling", "led_to_work": True, "waits_for_supervisor": False,
    }  # fmt: skip
    told = client.get(f"/api/v1{link}").json()
    assert told["state"] == "handling" and told["closed_at"] is None and told["due_at"] is not None
    again = _answer(client, link)
    assert again.status_code == 409 and "not closed" in again.json()["detail"]
    assert _answer(client, "/status/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    page = log_in("clerk").get(f"/api/v1/cases/{lived['in_time']}/evaluations").json()
    assert [(one["spoken_by"], one["led_to"]) for one in page["call_backs"]] == [("citizen", "reopened")]
    assert [(one["subject"], one["score"]) for one in page["scores"]] == [("result", 1)]


def test_the_status_page_asks_by_a_form_without_scripts_and_then_no_more(
    client: TestClient, lived: dict[str, str], fresh_db: Store
) -> None:
    link = _link_of(fresh_db, lived["in_time"])
    page = client.get(link)
    assert f'action="{link}/answer"' in page.text and "<script" not in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    missing = client.post(f"{link}/answer", data={"verdict": "satisfied", "words": ""})
    assert missing.status_code == 422 and "outcome" in missing.text and link in missing.text
    sent = {"verdict": "satisfied", "outcome": "fixed", "score": "4", "words": "谢谢" * 900}
    done = client.post(f"{link}/answer", data=sent, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, link)
    assert "<form" not in client.get(link).text
    twice = client.post(f"{link}/answer", data=sent)
    assert twice.status_code == 409 and "has said what he thinks" in twice.text


def test_a_clerk_whose_street_led_the_case_neither_calls_nor_scores_in_the_citizens_name(
    log_in: LogIn, lived: dict[str, str], fresh_db: Store
) -> None:
    case_no = lived["in_time"]
    with fresh_db.app.begin() as conn:
        led = f"UPDATE case_file SET lead = '@{SOUTH}', holders = '{{}}' WHERE case_no = '{case_no}'"
        conn.exec_driver_sql(led)

    def offered(login: str) -> set[str]:
        legal = log_in(login).get(f"/api/v1/cases/{case_no}/acts").json()["legal"]
        return {act["act"] for act in legal}

    told = {"verdict": "satisfied", "outcome": "fixed"}
    assert "call_back" not in offered("clerk") and "call_back" in offered("operator")
    refused = _act(log_in("clerk"), case_no, "call_back", **told)
    assert refused.status_code == 403 and f"you speak for @{SOUTH}" in refused.json()["detail"]
    assert _act(log_in("operator"), case_no, "call_back", **told).status_code == 200
    path = f"/api/v1/cases/{case_no}/evaluations"
    assert [log_in(who).get(path).json()["may_score"] for who in ("clerk", "operator")] == [[], ["result"]]
    refused = log_in("clerk").post(path, json={"subject": "result", "score": 5})
    assert refused.status_code == 403 and "somebody else hears its citizen" in refused.json()["detail"]


def test_the_form_of_a_case_that_was_reopened_before_promises_the_supervisor(
    client: TestClient, lived: dict[str, str], fresh_db: Store
) -> None:
    link = _link_of(fresh_db, lived["in_time"])
    assert "taken up again" in client.get(link).text and "supervisor" not in client.get(link).text
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '0' WHERE key = 'reopens_by_call_back'")
    assert "a supervisor decides" in client.get(link).text
    said = _answer(client, link, verdict="dissatisfied", outcome="not_fixed", score=1).json()
    assert (said["state"], said["led_to_work"], said["waits_for_supervisor"]) == ("called_back", False, True)


def test_only_the_citizen_scores_the_result_before_he_was_asked(log_in: LogIn, lived: dict[str, str]) -> None:
    assert _score(log_in("clerk"), lived["in_time"], "result", 5) == 409


def _link_of(store: Store, case_no: str) -> str:
    with store.app.begin() as conn:
        asked = "SELECT report_id FROM case_asker WHERE case_no = %s"
        [report] = conn.exec_driver_sql(asked, (case_no,)).one()
        return f"/status/{give_links(conn, [report], now=MONDAY)[report]}"
