"""Positions that devices make up: marked, never certain, kept out of hot spots."""

from fastapi.testclient import TestClient

from api.datum_doubts import doubted_reporters
from gridmaps.unit_hotspots import unit_hot_spots
from spatial.grid.datum import from_wgs84
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.api.conftest import LogIn, a_report
from tests.worlds import W, inside


def _cases_in(store: Store, unit: str) -> int:
    with store.app.begin() as conn:
        sheet = unit_hot_spots(conn, reach=WHOLE_CITY, since=None, until=None, fdr=True)
    return next(one.count for one in sheet.units if one.code == unit)


def test_a_position_that_many_unrelated_reports_share_is_marked(client: TestClient, fresh_db: Store) -> None:
    lon, lat = inside(W)
    said = [
        client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat, text=f"trouble {n}")).json() for n in range(21)
    ]
    assert [one["is_fallback"] for one in said] == [False] * 20 + [True]
    assert said[0]["certainty"] == "certain" and said[-1]["certainty"] == "ambiguous"
    assert "many unrelated reports" in said[-1]["owner"]["reasons"][-1]["says"]
    assert _cases_in(fresh_db, W) == 20


def test_the_same_trouble_reported_often_is_no_fallback(client: TestClient) -> None:
    lon, lat = inside(W)
    said = [client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat, text="same")).json() for _ in range(25)]
    assert not any(one["is_fallback"] for one in said)


def test_the_middle_of_the_district_is_marked(client: TestClient) -> None:
    cell = client.get("/api/v1/cells", params={"level": "district"}).json()["features"][0]
    lon, lat = cell["properties"]["label_point"]
    assert client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat)).json()["is_fallback"]


def test_a_position_that_an_operator_declared_is_marked_with_his_reason(client: TestClient, fresh_db: Store) -> None:
    lon, lat = inside(W)
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO fallback_position (position, reason)"
            " VALUES (ST_SetSRID(ST_Point(%s, %s), 4326), 'the hotline form begins here')",
            (lon, lat),
        )
    said = client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat)).json()
    assert said["is_fallback"] and said["owner"]["reasons"][-1]["says"] == "the hotline form begins here"


def test_a_radius_too_wide_to_say_anything_is_never_certain(client: TestClient) -> None:
    near, far = (client.post("/api/v1/reports", json=a_report(accuracy_m=radius)).json() for radius in (30, 3000))
    assert near["certainty"] == "certain" != far["certainty"]


def test_an_officer_whose_phone_speaks_gcj02_is_found_out(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    log_in("officer")
    lon, lat = inside(W)
    rows = []
    for n in range(40):
        x, y = from_wgs84(lon + n * 1e-6, lat, "gcj02")
        rows.append(a_report(lon=x, lat=y, source="grid", text=f"{n}"))
    assert client.post("/api/v1/reports/batch", json={"reports": rows}).json()["created"] == 40
    [(login, doubt)] = doubted_reporters(fresh_db)
    assert login == "officer" and "0 of 40" in doubt and "gcj02" in doubt
