"""Many positions over HTTP: JSON columns, CSV, GeoJSON; each is answered in kind."""

import csv
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.grid.datum import from_wgs84
from tests.worlds import BRIDGE, DISTRICT, SOUTH, E, V, W, inside


def _post(client: TestClient, body: str | bytes, kind: str, **query: str) -> Any:
    return client.post("/api/v1/locate", content=body, headers={"content-type": kind}, params=query)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _feature(place: Any, **properties: object) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(place)}
    return {"type": "Feature", "id": 7, "geometry": geometry, "properties": properties}


def test_columns_are_answered_by_rows(client: TestClient) -> None:
    (x, y), (u, v) = inside(W), inside(E)
    answer = client.post("/api/v1/locate", json={"lon": [x, u, 0], "lat": [y, v, 0], "accuracy_m": [5, 5, 5]})
    assert answer.status_code == 200
    rows = answer.json()["rows"]
    assert [row["cell"] for row in rows] == [W, E, None]
    assert rows[1]["path"] == [DISTRICT, SOUTH, BRIDGE, E]
    assert rows[0]["candidates"] == [{"code": W, "share": 1.0}]


def test_csv_comes_back_with_more_columns(client: TestClient) -> None:
    (x, y), (u, v) = inside(W), inside(E)
    body = f'name,lat,lon,accuracy_m\r\n"a, b",{y},{x},5\r\nc,{v},{u},\r\n'
    answer = _post(client, "\ufeff" + body, "text/csv; charset=utf-8")
    assert answer.headers["content-type"].startswith("text/csv")
    first, second = _rows(answer.text)
    assert (first["name"], first["cell"], first["certainty"], first["problem"]) == ("a, b", W, "certain", "")
    assert second["path"] == f"{DISTRICT}/{SOUTH}/{BRIDGE}/{E}"
    assert second["candidates"].startswith(f"{E}:")


def test_bad_rows_of_csv_have_a_problem_and_the_rest_is_answered(client: TestClient) -> None:
    x, y = inside(W)
    lines = [f"{x},{y},", f",{y},", f"{x},north,", f"nan,{y},", f"{x},{y},-3", f"{x}", f"{y},{x},", f"{x},{y},5"]
    rows = _rows(_post(client, "lon,lat,accuracy_m\n" + "\n".join(lines), "text/csv").text)
    assert [row["cell"] for row in rows] == [W, "", "", "", "", "", "", W]
    said = [row["problem"] for row in rows]
    for nth, word in {1: "lon is missing", 2: "'north'", 3: "lon is nan", 4: "accuracy_m is -3", 5: "1 fields"}.items():
        assert word in said[nth]
    assert said[0] == said[7] == ""


def test_geojson_comes_back_as_geojson(client: TestClient) -> None:
    x, y = inside(W)
    features = [_feature(inside(V), note="x", accuracy_m=5), _feature((x, 1e999)), {"type": "Feature"}, 7]
    body = json.dumps({"type": "FeatureCollection", "name": "mine", "features": features}).replace("Infinity", "1e999")
    answer = _post(client, body, "application/geo+json")
    assert answer.headers["content-type"].startswith("application/geo+json")
    told = answer.json()
    assert told["name"] == "mine"
    assert told["features"][0]["id"] == 7
    assert told["features"][0]["properties"]["note"] == "x"
    assert told["features"][0]["properties"]["cell"] == V
    assert "not finite" in told["features"][1]["properties"]["problem"]
    assert all("Point" in one["properties"]["problem"] for one in told["features"][2:])


def test_a_datum_is_said_in_the_query(client: TestClient) -> None:
    x, y = from_wgs84(*inside(W), "gcj02")
    assert _rows(_post(client, f"lon,lat\n{x},{y}\n", "text/csv", datum="gcj02").text)[0]["cell"] == W
    assert _rows(_post(client, f"lon,lat\n{x},{y}\n", "text/csv").text)[0]["cell"] != W


def test_more_points_than_one_query_takes_keep_their_order(client: TestClient) -> None:
    (x, y), (u, v) = inside(W), inside(V)
    body = "lon,lat\n" + f"{x},{y}\n{u},{v}\n" * 5200
    rows = _rows(_post(client, body, "text/csv").text)
    assert [row["cell"] for row in rows] == [W, V] * 5200


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        (b"", "text/csv", "empty"),
        (b"a,b\n1,2\n", "text/csv", "no column lon"),
        (b"lon,lat,cell\n1,2,3\n", "text/csv", "rename it"),
        (b"lon,lat,lon\n1,2,3\n", "text/csv", "one name"),
        ("经度,lat\n".encode("gb18030"), "text/csv", "UTF-8"),
        (b"{", "application/geo+json", "not valid JSON"),
        (b"[]", "application/geo+json", "no GeoJSON"),
        (b'{"type": "Point"}', "application/geo+json", "FeatureCollection"),
        (b"{", "application/json", "cannot be read as JSON"),
        (b"", "application/json", "missing"),
        (b'{"lon": [1, 2], "lat": [1]}', "application/json", "equally long"),
        (b'{"lon": [400], "lat": [1]}', "application/json", "180"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_document(
    client: TestClient, body: bytes, kind: str, sentence: str
) -> None:
    answer = _post(client, body, kind)
    assert answer.status_code == 422
    assert answer.json()["type"].startswith("urn:gridmaps:problem:")
    assert sentence in answer.text


def test_empty_columns_are_answered_by_no_rows(client: TestClient) -> None:
    assert client.post("/api/v1/locate", json={"lon": [], "lat": []}).json() == {"rows": []}
    assert _post(client, "lon,lat\n", "text/csv").status_code == 200


def test_the_document_of_the_interface_names_all_three_forms(client: TestClient) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/api/v1/locate"]["post"]
    assert set(operation["requestBody"]["content"]) == {"application/json", "text/csv", "application/geo+json"}
