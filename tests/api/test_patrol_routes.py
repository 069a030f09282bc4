"""Check-ins, silence, redraws and hot spots over HTTP: success and refusal side by side."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from shapely import LineString

from api.app import create_app
from api.redrawing import publish
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import adopt
from spatial.grid.redraw import plan_split
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.moments import clear_of_midnight
from tests.reporting import file_at
from tests.worlds import PASSWORD, UNITS, B, V, W, inside


@pytest.fixture
def client(fresh_db: Store) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), fresh_db)) as opened:
        yield opened


def _log_in(client: TestClient, login: str) -> None:
    assert client.post("/api/v1/session", json={"login": login, "password": PASSWORD}).status_code == 200


def _body(unit: str, **change: object) -> dict[str, object]:
    lon, lat = inside(unit)
    body = {"id": str(uuid.uuid4()), "unit": unit, "lon": lon, "lat": lat, "accuracy_m": 12.0, "datum": "wgs84"}
    return body | {"captured_at": datetime.now(UTC).isoformat()} | change


def test_an_officer_says_all_clear_and_the_unit_is_no_longer_silent(client: TestClient) -> None:
    clear_of_midnight()
    _log_in(client, "officer")
    before = client.get("/api/v1/silence").json()
    answer = client.post("/api/v1/checkins", json=_body(W))
    after = client.get("/api/v1/silence").json()
    assert answer.json() == {"counts": True, "reason": "the position lies in the unit", "located_in": W}
    assert {unit["code"] for unit in before["silent"]} == {W, V}
    assert {unit["code"] for unit in after["silent"]} == {V}
    assert after["cut_off"] == "18:00:00"


def test_a_unit_that_is_not_the_officers_does_not_count(client: TestClient) -> None:
    _log_in(client, "officer")
    answer = client.post("/api/v1/checkins", json=_body(B)).json()
    assert (answer["counts"], answer["located_in"]) == (False, B)


def test_a_position_that_may_be_anywhere_does_not_count(client: TestClient) -> None:
    _log_in(client, "officer")
    answer = client.post("/api/v1/checkins", json=_body(W, accuracy_m=2000)).json()
    assert (answer["counts"], answer["located_in"]) == (False, W) and "2000 m" in answer["reason"]


def test_a_repeat_gets_the_first_answer_and_another_body_is_refused(client: TestClient) -> None:
    _log_in(client, "officer")
    body = _body(W)
    first = client.post("/api/v1/checkins", json=body)
    again = client.post("/api/v1/checkins", json=body)
    other = client.post("/api/v1/checkins", json=body | {"accuracy_m": 50.0})
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "digest_mismatch")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"lon": 181}, "lon"), ({"unit": "nowhere"}, "unit"), ({"datum": "mars"}, "datum"), ({"id": "1"}, "id")],
)
def test_a_bad_check_in_names_its_field(client: TestClient, change: dict[str, object], field: str) -> None:
    _log_in(client, "officer")
    answer = client.post("/api/v1/checkins", json=_body(W) | change)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("path", ["/api/v1/silence", "/api/v1/hotspots"])
def test_what_the_public_may_not_ask(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.post("/api/v1/checkins", json=_body(W)).status_code == 401


def test_silence_of_tomorrow_is_refused(client: TestClient) -> None:
    _log_in(client, "operator")
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    assert client.get(f"/api/v1/silence?date={day}").json()["field"] == "date"


def test_a_redraw_is_listed_with_its_lineage_and_its_planner_only_for_those_who_are_known(
    client: TestClient, fresh_db: Store
) -> None:
    with fresh_db.app.begin() as conn:
        [row] = adopt(conn, drafts=[RowDraft("litter", "cell", W, "roads")], now=datetime.now(UTC), actor="tests")
        plan = plan_split(conn, code=W, line=LineString([(120.0012, 29.999), (120.0011, 30.004)]))
    publish(fresh_db.app, plan=plan, published_by="planner", note="too large")
    [public] = client.get("/api/v1/redraws").json()["items"]
    assert (public["kind"], public["note"], public["published_by"]) == ("split", "too large", None)
    assert public["rules"] is None
    assert {link["from"] for link in public["lineage"]} == {W}
    assert sum(link["share"] for link in public["lineage"]) == pytest.approx(1)
    _log_in(client, "planner")
    [told] = client.get("/api/v1/redraws").json()["items"]
    assert told["published_by"] == "planner"
    assert [(one["id"], one["lead"]) for one in told["rules"]["responsibility"]["rows"]] == [(row, "roads")]
    assert client.get("/api/v1/redraws?cursor=x").status_code == 422


def test_hot_spots_stay_within_reach(client: TestClient, fresh_db: Store) -> None:
    for _ in range(3):
        file_at(fresh_db, *inside(B))
    _log_in(client, "officer")
    mine = client.get("/api/v1/hotspots").json()
    assert ({item["code"] for item in mine["items"]}, mine["cases"]) == ({W, V}, 0)
    _log_in(client, "operator")
    whole = client.get("/api/v1/hotspots").json()
    assert len(whole["items"]) == len(UNITS)
    assert whole["cases"] == 3
    assert set(whole["items"][0]) == {"code", "count", "z", "p", "bin"}
