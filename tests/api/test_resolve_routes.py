"""Resolve-and-explain over HTTP: for any position, and for a case as it was decided."""

from typing import Any

from fastapi.testclient import TestClient

from api.redrawing import publish
from spatial.grid.redraw import plan_merge
from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report
from tests.worlds import SOUTH, B, T, V, W, inside

RESOLVE = "/api/v1/responsibilities/resolve"


def resolve(client: TestClient, code: str, **asked: Any) -> dict[str, Any]:
    lon, lat = inside(code)
    answer = client.get(RESOLVE, params={"lon": lon, "lat": lat, "accuracy_m": 5, "matter": "litter"} | asked)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_a_click_on_the_map_is_answered_with_lead_territory_and_sentences(log_in: LogIn) -> None:
    said = resolve(log_in("operator"), W)
    assert said["decision"]["lead"]["code"] == "sanitation"
    assert said["decision"]["territorial"][2] == {"cell": SOUTH, "level": "street", "name": "South street office"}
    assert said["placement"]["cell"] == W and said["text"][0] == "Sanitation leads."
    assert said["text_zh"][0] == "主办单位：环卫。"


def test_a_position_in_another_datum_is_resolved_where_it_really_is(log_in: LogIn) -> None:
    client = log_in("operator")
    assert resolve(client, W)["placement"] != resolve(client, W, datum="gcj02")["placement"]


def test_what_cannot_be_asked_is_refused_with_the_field(log_in: LogIn) -> None:
    client = log_in("operator")
    lon, lat = inside(W)
    unknown = client.get(RESOLVE, params={"lon": lon, "lat": lat, "matter": "dragons"})
    assert unknown.status_code == 422 and unknown.json()["field"] == "matter"
    odd = client.get(RESOLVE, params={"lon": lon, "lat": lat, "attributes": "road"})
    assert odd.status_code == 422 and odd.json()["field"] == "attributes"


def test_a_case_explains_itself_and_a_replay_says_the_same(log_in: LogIn, fresh_db: Store) -> None:
    client = log_in("operator")
    lon, lat = inside(T)
    case_no = client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat)).json()["case_no"]
    said = client.get(f"/api/v1/cases/{case_no}/explanation").json()
    assert said["replay"] == {"same": True, "differs": [], "before_ruling": False}
    assert said["text"][0] == "Sanitation leads." and len(said["text"]) == len(said["text_zh"])
    assert said["decision"]["rows"][0]["lead"] == "sanitation"
    middle = a_report(lon=120.003, lat=30.0015)  # of a community: a place that devices make up
    made_up = client.post("/api/v1/reports", json=middle).json()["case_no"]
    doubted = client.get(f"/api/v1/cases/{made_up}/explanation").json()
    assert doubted["replay"]["same"] and doubted["text"][0] == "Sanitation leads. This is not certain."
    with fresh_db.owner.begin() as conn:  # as it was kept when a decision was as certain as its place
        older = "UPDATE case_file SET owner = owner - 'doubt' || '{\"certainty\": \"ambiguous\"}' WHERE case_no = %s"
        conn.exec_driver_sql(older, (case_no,))
    assert client.get(f"/api/v1/cases/{case_no}/explanation").json()["replay"]["same"]


def test_a_replay_is_not_moved_by_what_was_written_later(log_in: LogIn, fresh_db: Store) -> None:
    client = log_in("operator")
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO responsibility (matter, place_kind, place_cell, lead, during, adopted_at, recorded_at,"
            " recorded_by) VALUES ('litter', 'cell', %s, 'roads', '(,)', now(), now(), 'system')",
            (W,),
        )
    assert client.get(f"/api/v1/cases/{case_no}/explanation").json()["replay"]["same"]
    assert resolve(client, W)["decision"]["lead"]["code"] == "roads"


def test_a_replay_notices_that_history_was_rewritten(log_in: LogIn, fresh_db: Store) -> None:
    client = log_in("operator")
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    with fresh_db.owner.begin() as conn:
        conn.exec_driver_sql("UPDATE responsibility SET lead = 'roads' WHERE matter = 'litter'")
    again = client.get(f"/api/v1/cases/{case_no}/explanation").json()["replay"]
    assert not again["same"] and "lead" in again["differs"]


def test_a_matter_that_nobody_answers_for_is_a_dispute_from_its_first_second(client: TestClient, log_in: LogIn) -> None:
    administrator = log_in("administrator")
    with administrator.app.state.store.app.begin() as conn:  # type: ignore[attr-defined]
        conn.exec_driver_sql(
            "INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('bees', 'Swarm of bees', '1 hour', '1 day')"
        )
    lon, lat = inside(B)
    body = a_report(lon=lon, lat=lat, category="bees")
    said = administrator.post("/api/v1/reports", json=body)
    assert said.status_code == 201 and said.json()["step"] == "handed_over"
    assert said.json()["owner"]["interim"]["name"] == "Bridge community committee"
    case = administrator.get(f"/api/v1/cases/{said.json()['case_no']}").json()
    assert case["state"] == "disputed"
    assert [link["kind"] for link in case["history"]] == ["case.reported", "case.disputed"]
    again = administrator.post("/api/v1/reports", json=body)
    assert again.status_code == 200
    assert again.json() | {"status_url": None} == said.json() | {"status_url": None}  # a secret link is told once each


def test_attributes_are_kept_and_odd_ones_refused(client: TestClient, log_in: LogIn) -> None:
    case_no = client.post("/api/v1/reports", json=a_report(attributes={"road": "trunk"})).json()["case_no"]
    assert log_in("operator").get(f"/api/v1/cases/{case_no}").json()["attributes"] == {"road": "trunk"}
    refused = client.post("/api/v1/reports", json=a_report(attributes={"Road": "trunk"}))
    assert refused.status_code == 422 and refused.json()["field"] == "attributes"


def test_a_report_that_names_no_matter_is_sorted_by_its_words(client: TestClient, log_in: LogIn) -> None:
    administrator = log_in("administrator")
    with administrator.app.state.store.app.begin() as conn:  # type: ignore[attr-defined]
        conn.exec_driver_sql("INSERT INTO sorting_keyword (matter, keyword, weight) VALUES ('pothole', '路面破损', 5)")
    sure = administrator.post("/api/v1/reports", json=a_report(category=None, text="门口路面破损，有个大坑")).json()
    case = administrator.get(f"/api/v1/cases/{sure['case_no']}").json()
    assert case["sorted"]["category"] == "pothole" and case["sorted"]["by"] == "keywords"
    took = case["sorted"]["took"]
    assert case["category"] == took and sure["owner"]["matter"] == took
    silent = administrator.post("/api/v1/reports", json=a_report(category=None, text="你好")).json()
    assert silent["owner"]["decided_by"] == "territory" and silent["step"] == "reported"


def test_a_replay_survives_a_new_name_of_the_cell_that_decided(log_in: LogIn, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO responsibility (matter, place_kind, place_cell, lead, during, adopted_at, recorded_at,"
            " recorded_by) VALUES ('litter', 'cell', %s, 'roads', '(,)', '-infinity', now(), 'system')",
            (W,),
        )
    client = log_in("administrator")
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    with fresh_db.app.begin() as conn:
        plan = plan_merge(conn, codes=[W, V], name="Willow")
    publish(fresh_db.app, plan=plan, published_by="planner")
    told = client.get(f"/api/v1/cases/{case_no}/explanation").json()
    assert told["replay"]["same"], told["replay"]
    assert "Willow west" in " ".join(told["text"])


def test_a_retired_matter_takes_no_new_cases(log_in: LogIn, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE matter SET during = tstzrange(NULL, now()) WHERE code = 'stall'")
    client = log_in("operator")
    refused = client.post("/api/v1/reports", json=a_report(category="stall"))
    assert refused.status_code == 422 and refused.json()["field"] == "category"
    lon, lat = inside(W)
    assert client.get(RESOLVE, params={"lon": lon, "lat": lat, "matter": "stall"}).status_code == 422
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    sorting = {"act": "sort", "category": "stall"}
    assert client.post(f"/api/v1/cases/{case_no}/actions", json=sorting).status_code == 422
