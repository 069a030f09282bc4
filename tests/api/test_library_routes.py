"""The library by HTTP: what lies in a circle, and a circle that is none."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.store.opening import Store
from tests.living import Life, live, utc, with_photo
from tests.worlds import T, W, inside

LogIn = Callable[[str], TestClient]
MONDAY = utc("2026-10-12T09:00")


@pytest.fixture
def over(fresh_db: Store) -> dict[str, str]:
    """A closed case in Willow and one in North street, by unit."""
    with fresh_db.app.begin() as conn:
        with_photo(conn)
        return {unit: live(conn, Life("litter", MONDAY, closed_h=3.0, at=unit)).case_no for unit in (W, T)}


def found(client: TestClient, **asked: Any) -> set[str]:
    """The cases that the library tells."""
    answer = client.get("/api/v1/library", params=asked)
    assert answer.status_code == 200, answer.text
    return {one["case_no"] for one in answer.json()["items"]}


def test_a_circle_finds_what_lies_within_so_many_metres(log_in: LogIn, over: dict[str, str]) -> None:
    client = log_in("operator")
    lon, lat = inside(W)
    assert found(client) == set(over.values())
    assert found(client, lon=lon, lat=lat, radius_m=20) == {over[W]}
    assert found(client, lon=lon, lat=lat, radius_m=20_000) == set(over.values())
    assert found(client, lon=lon + 0.001, lat=lat, radius_m=20) == set()  # about 90 m beside it


@pytest.mark.parametrize(
    ("asked", "field"), [({"lon": 120}, "lat"), ({"lon": 120, "lat": 30}, "radius_m"), ({"radius_m": 50}, "lon")]
)
def test_half_a_circle_is_refused_with_what_is_missing(log_in: LogIn, asked: dict[str, float], field: str) -> None:
    answer = log_in("operator").get("/api/v1/library", params=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_span_of_time_narrows_it_by_moments_with_an_offset(log_in: LogIn, over: dict[str, str]) -> None:
    client = log_in("operator")
    assert found(client, since="2026-10-12T08:00:00+08:00", until="2026-10-14T00:00:00Z") == set(over.values())
    assert found(client, since="2026-11-01T00:00:00+08:00") == found(client, until="2026-10-01T00:00:00Z") == set()
    refused = client.get("/api/v1/library", params={"since": "2026-11-01"})
    assert (refused.status_code, refused.json()["field"]) == (422, "since")
