"""The duty roster of the command centre: a day that nobody has is an error, on the board and to a timer."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.store.opening import Store
from tests.commands import Program
from tests.moments import CITY, clear_of_midnight
from tests.worlds import PASSWORD

ROSTER = "/api/v1/duty-roster"


def days_ahead(many: int) -> list[str]:
    """So many days from today on."""
    return [(datetime.now(CITY).date() + timedelta(days=n)).isoformat() for n in range(many)]


@pytest.fixture(autouse=True)
def one_day() -> None:
    """Today is the same day to the end of a test."""
    clear_of_midnight()


@pytest.fixture
def client(fresh_db: Store) -> Any:
    """The administrator, over HTTP."""
    from api.app import create_app
    from spatial.settings import Settings

    with TestClient(create_app(Settings(index=False), fresh_db)) as client:
        client.post("/api/v1/session", json={"login": "administrator", "password": PASSWORD}).raise_for_status()
        yield client


@pytest.fixture
def program(
    fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Program:
    """The program on this database, in a directory of the test's own."""
    monkeypatch.chdir(tmp_path)
    return Program(monkeypatch, capsys, fresh_db.url)


def test_a_day_that_nobody_has_stands_on_the_board_until_somebody_has_it(client: TestClient) -> None:
    assert client.get("/api/v1/supervision/board").json()["uncovered"] == days_ahead(14)
    but_one = [{"day": day, "officers": ["operator"]} for day in days_ahead(15) if day != days_ahead(5)[4]]
    assert client.put(ROSTER, json={"days": but_one}).json()["uncovered"] == []
    assert client.get("/api/v1/supervision/board").json()["uncovered"] == [days_ahead(5)[4]]
    shown = client.get(ROSTER, params={"from": days_ahead(4)[3], "until": days_ahead(5)[4]}).json()
    assert [[one["login"] for one in day["officers"]] for day in shown["items"]] == [["operator"], []]
    assert shown["uncovered"] == [days_ahead(5)[4]]


def test_whoever_is_out_of_use_is_on_no_duty(client: TestClient, fresh_db: Store) -> None:
    body = {"days": [{"day": days_ahead(1)[0], "officers": ["operator"]}]}
    assert client.put(ROSTER, json=body).status_code == 200
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE account SET disabled_at = now() WHERE login = 'operator'")
    assert days_ahead(1)[0] in client.get(ROSTER).json()["uncovered"]
    refused = client.put(ROSTER, json=body)
    assert (refused.status_code, refused.json()["detail"]) == (422, "officers: there is no account operator in use")


def test_a_roster_is_loaded_from_a_file_and_a_gap_ends_the_command_with_one(program: Program, tmp_path: Path) -> None:
    rows = [f"{day},{login}" for day in days_ahead(3) for login in ("operator", "supervisor")]
    (tmp_path / "duty.csv").write_text("\n".join(["day,login", *rows]), encoding="utf-8")
    assert program("roster", "load", "duty.csv").out == "3 days set.\n"
    covered = program("roster", "list", "--days", "3", "--json")
    assert covered.code == 0 and [len(day["officers"]) for day in json.loads(covered.out)] == [2, 2, 2]
    gap = program("roster", "list", "--days", "4")
    assert gap.code == 1 and gap.out.splitlines()[-1].endswith("ERROR: nobody is on duty")
    assert gap.err == "1 day without a duty officer.\n"
    (tmp_path / "odd.csv").write_text("day,login\n8 June,operator\n", encoding="utf-8")
    assert program("roster", "load", "odd.csv").code == 2
