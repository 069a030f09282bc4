"""A NUL or a moment that no calendar reaches, in any field of any route that takes a body: refused, never a fault."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import LogIn
from tests.api.test_rulings_routes import a_body
from tests.disputing import dispute_in
from tests.worlds import PASSWORD, SOUTH, W

NUL = "a\x00b"
FAR = ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2300-01-01T00:00:00Z", "1899-12-31T00:00:00Z")
_SQUARE = {"type": "Polygon", "coordinates": [[[120.0, 30.0], [120.1, 30.0], [120.1, 30.1], [120.0, 30.0]]]}


def a_value(schema: dict[str, Any], root: dict[str, Any], name: str = "") -> Any:
    """Some value that a schema takes, with every optional field told, too."""
    while "$ref" in schema:
        schema = root["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return a_value(next(one for one in schema[choice] if one.get("type") != "null"), root, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            known = schema.get("properties")
            if known is None:
                return _SQUARE if name == "geometry" else {"a": "b"}
            return {key: a_value(one, root, key) for key, one in known.items()}
        case "array":
            return [a_value(schema.get("items", {"type": "string"}), root, name)]
        case "string":
            return _text(schema.get("format"))
        case "integer" | "number":
            return 30
        case "boolean":
            return False
    return "a"


def _text(kind: str | None) -> str:
    now = datetime.now(UTC).isoformat()
    known = {"date-time": now, "uuid": str(uuid4()), "date": now[:10], "duration": "PT15M"}
    return known.get(kind or "", "a")


def spoilt(value: Any, odd: str) -> Iterator[Any]:
    """The value with each of its texts, and each key of its objects, replaced in turn by a text with a NUL; or each of
    its moments by another."""
    if isinstance(value, str):
        if odd == NUL or value.endswith("+00:00"):
            yield odd
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from ([*value[:i], other, *value[i + 1 :]] for other in spoilt(one, odd))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from (value | {key: other} for other in spoilt(one, odd))
            if odd == NUL:
                yield {odd if name == key else name: kept for name, kept in value.items()}


def posts(app: FastAPI) -> list[tuple[str, dict[str, Any]]]:
    """Every route that takes a JSON body, with a body for it; one of each kind where there are several."""
    root = app.openapi()
    found = []
    for path, methods in root["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = content["application/json"]["schema"]
            kinds = schema.get("oneOf", [schema])
            found += [(path, a_value(kind, root)) for kind in kinds]
    return [(path, body) for path, body in found if isinstance(body, dict)]


@pytest.fixture
def unafraid(fresh_db: Store) -> Iterator[TestClient]:
    """A client who hears of a fault as 500, logged in as an administrator."""
    with TestClient(create_app(Settings(), fresh_db), raise_server_exceptions=False) as client:
        assert client.post("/api/v1/session", json={"login": "administrator", "password": PASSWORD}).status_code == 200
        yield client


def test_no_route_fails_on_a_nul_or_on_a_moment_beyond_the_calendar(unafraid: TestClient, fresh_db: Store) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=datetime(2026, 3, 4, 2, tzinfo=UTC))
    known = {"case_no": case_no, "dispute": str(dispute), "login": "clerk"}
    tried = 0
    for path, body in posts(unafraid.app):  # type: ignore[arg-type]
        told = path.format_map(_Known(known))
        for odd in (NUL, FAR[0]):
            for spoiled in spoilt(body, odd):
                answer = unafraid.post(told, json=spoiled)
                assert answer.status_code < 500, (path, spoiled, answer.text)
                tried += 1
    assert tried > 200, tried


@pytest.mark.parametrize("address", ["cases?q=a%00b", "precedents?q=%00", "cases/a%00b", "looks?login=%00"])
def test_a_nul_in_an_address_is_refused(unafraid: TestClient, address: str) -> None:
    answer = unafraid.get(f"/api/v1/{address}")
    assert answer.status_code == 422 and "NUL" in answer.json()["detail"], answer.text


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "1"


@pytest.mark.parametrize("field", ["grounds", "lead", "form"])
def test_a_ruling_with_a_nul_is_refused_by_the_name_of_its_field(
    client: TestClient, log_in: LogIn, fresh_db: Store, field: str
) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=datetime(2026, 3, 4, 2, tzinfo=UTC))
    answer = log_in("panel").post("/api/v1/rulings", json=a_body(dispute, **{field: NUL}))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("moment", FAR)
def test_a_moment_beyond_the_calendar_is_refused_by_the_name_of_its_field(
    client: TestClient, log_in: LogIn, fresh_db: Store, moment: str
) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=datetime(2026, 3, 4, 2, tzinfo=UTC))
    ruling = log_in("panel").post("/api/v1/rulings", json=a_body(dispute, effective_from=moment))
    log_in("administrator")
    post = {"role": "grid_officer", "cell": SOUTH, "until": moment}
    posting = client.post("/api/v1/accounts/clerk/postings", json=post)
    asked = client.get("/api/v1/departments", params={"at": moment})
    for answer, field in ((ruling, "effective_from"), (posting, "until"), (asked, "at")):
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
        assert "1900 and 2200" in answer.json()["detail"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31", "2201-01-01"])
def test_a_day_beyond_the_calendar_is_refused_by_the_name_of_its_field(log_in: LogIn, day: str) -> None:
    asked = [
        ("/api/v1/silence", "date", {"date": day}), ("/api/v1/disputes/alarms", "day", {"day": day}),
        ("/api/v1/scores", "period", {"period": day[:4]}), ("/api/v1/scores", "period", {"period": day}),
        ("/api/v1/scores", "from", {"from": day, "until": day}),
        ("/api/v1/scores/excluded", "until", {"from": "2026-01-01", "until": day}),
    ]  # fmt: skip
    client = log_in("administrator")
    for path, field, params in asked:
        if field == "until" and day < "2026":
            continue
        answer = client.get(path, params=params)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
        assert "1900 and 2200" in answer.json()["detail"]


def test_of_a_period_that_lies_ahead_there_is_nothing_to_tell(log_in: LogIn) -> None:
    ahead = f"{datetime.now(UTC).year + 1}-12"
    for by in ("total", "cell", "post", "role", "department"):
        answer = log_in("supervisor").get("/api/v1/scores", params={"by": by, "period": ahead})
        assert answer.status_code == 200, answer.text
        assert {one["text"] for row in answer.json()["totals"] for one in row["figures"].values()} <= {"无"}
