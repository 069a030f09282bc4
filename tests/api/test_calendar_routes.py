"""The calendar over HTTP and by command."""

import json
from datetime import date

import pytest
from fastapi.testclient import TestClient

from spatial.cases.clocks.editing import fill_year
from spatial.store.opening import Store
from tests.api.conftest import LogIn
from tests.commands import Program
from tests.db.test_calendar import FRIDAY
from tests.moments import clear_of_midnight
from tests.worlds import SOUTH, W


@pytest.fixture
def gridmaps(fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def test_anybody_reads_a_year_and_is_told_when_nobody_filled_it(fresh_db: Store, client: TestClient) -> None:
    empty = client.get("/api/v1/calendar", params={"year": 2026}).json()
    assert (empty["is_known"], empty["days"]) == (False, [])
    assert empty["hours"] == [{"district": None, "from": None, "until": None, "hours": ["08:00-12:00", "14:00-18:00"]}]
    with fresh_db.app.begin() as conn:
        fill_year(conn, year=2026, actor="operator", now=FRIDAY)
    filled = client.get("/api/v1/calendar", params={"year": 2026}).json()
    assert filled["is_known"] and len(filled["days"]) == 39
    assert filled["days"][0] == {"day": "2026-01-01", "kind": "holiday", "name": "元旦", "origin": "library"}
    assert client.get("/api/v1/calendar").json()["year"] >= date(2026, 1, 1).year


def test_an_administrator_sets_days_and_hours(client: TestClient, log_in: LogIn) -> None:
    body = {
        "days": [{"day": "2026-06-06", "kind": "workday", "name": "flood drill"}],
        "hours": {"district": "330199", "from": "2026-06-01", "hours": ["08:30-12:00", "14:30-18:00"]},
    }
    assert client.put("/api/v1/calendar", json=body).status_code == 401
    assert log_in("clerk").put("/api/v1/calendar", json=body).status_code == 403
    answer = log_in("administrator").put("/api/v1/calendar", json=body)
    assert answer.status_code == 200, answer.text
    told = client.get("/api/v1/calendar", params={"year": 2026}).json()
    assert told["days"] == [{"day": "2026-06-06", "kind": "workday", "name": "flood drill", "origin": "hand"}]
    assert told["hours"][1] == {
        "district": "330199", "from": "2026-06-01", "until": None, "hours": ["08:30-12:00", "14:30-18:00"]
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        {"days": [{"day": "2026-06-06", "kind": "feast"}]},
        {"days": [{"day": "1800-06-06", "kind": "holiday"}]},
        {"hours": {"from": "2026-06-01", "hours": ["18:00-08:00"]}},
        {"weeks": []},
    ],
)
def test_what_no_calendar_has_is_refused_whole(log_in: LogIn, body: dict[str, object]) -> None:
    asking = log_in("administrator")
    good = {"day": "2026-06-07", "kind": "workday"}
    days = body.get("days", [])
    assert isinstance(days, list)
    assert asking.put("/api/v1/calendar", json=body | {"days": [good, *days]}).status_code == 422
    assert asking.get("/api/v1/calendar", params={"year": 2026}).json()["days"] == []


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"hours": {"district": "999999", "from": "2026-06-01", "hours": ["08:00-12:00"]}}, "district"),
        ({"days": [{"day": "2026-06-07", "kind": "holiday"}, {"day": "2026-06-07", "kind": "workday"}]}, "days"),
    ],
)
def test_a_district_that_is_none_and_a_day_said_twice_are_refused_whole(
    log_in: LogIn, odd: dict[str, object], field: str
) -> None:
    asking = log_in("administrator")
    answer = asking.put("/api/v1/calendar", json={"days": [{"day": "2026-06-08", "kind": "holiday"}]} | odd)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    told = asking.get("/api/v1/calendar", params={"year": 2026}).json()
    assert told["days"] == [] and [one["district"] for one in told["hours"]] == [None]


def test_the_command_tells_the_year_that_it_does_not_know(gridmaps: Program) -> None:
    assert "33 holidays and 6 make-up workdays" in gridmaps("calendar", "fill", "--year", "2026").out
    assert "2026-10-01 is a workday" in gridmaps("calendar", "set", "2026-10-01", "workday").out
    assert "1 day set by hand left" in gridmaps("calendar", "fill", "--year", "2026").out
    told = json.loads(gridmaps("calendar", "list", "--year", "2026", "--json").out)
    assert told["is_known"] and len(told["days"]) == 39
    assert "2190 is not filled" in gridmaps("calendar", "list", "--year", "2190").out
    unknown = gridmaps("calendar", "fill", "--year", "2190")
    assert unknown.code == 2 and "Mondays to Fridays" in unknown.err
    assert "2190" in gridmaps("calendar", "confirm", "--year", "2190").err
    assert "works 09:00-17:00" in gridmaps("calendar", "hours", "09:00-17:00", "--from", "2026-06-01").out


def test_the_fringe_is_marked_listed_and_unmarked_by_command(gridmaps: Program) -> None:
    assert "no cell lies in the fringe" in gridmaps("calendar", "fringe").out
    assert json.loads(gridmaps("calendar", "fringe", SOUTH, W, "--json").out) == {"cells": [SOUTH, W]}
    assert gridmaps("calendar", "fringe", "--off", SOUTH).out.split() == [W]
    unknown = gridmaps("calendar", "fringe", "330199009")
    assert unknown.code == 2 and "no cell 330199009" in unknown.err


def test_the_missing_year_is_told_by_command_route_readiness_and_metric(
    gridmaps: Program, client: TestClient, fresh_db: Store
) -> None:
    this = clear_of_midnight().year
    bare = gridmaps("calendar", "status")
    assert bare.code == 1 and "not even this year" in bare.out and f"fill --year {this}" in bare.err
    assert client.get("/readyz").json()["calendar"]["known_until"] is None
    for year in (this, this + 1):
        gridmaps("calendar", "set", f"{year}-01-01", "holiday")
        assert "is known by 1 holiday" in gridmaps("calendar", "confirm", "--year", str(year)).out
    told = gridmaps("calendar", "status", "--json")
    known = {"known_until": f"{this + 1}-12-31", "warning": None}
    assert told.code == 0 and json.loads(told.out) == known | {"deadlines_by_weekends": 0}
    assert client.get("/readyz").json()["calendar"] == known
    assert client.get("/api/v1/calendar").json() | known == client.get("/api/v1/calendar").json()
    [days] = [line for line in client.get("/metrics").text.splitlines() if line.startswith("gridmaps_calendar_known")]
    assert 365 <= float(days.split()[1]) <= 732
