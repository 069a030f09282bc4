"""`gridmaps sweep`, and the clock of a running server."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.sweeper import Sweeper
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.commands import Program
from tests.disputing import dispute_in, scalars
from tests.racing import PATIENCE_S
from tests.worlds import B, W

LONG_AGO = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def program(
    fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Program:
    """The program on this database, in a directory of the test's own."""
    monkeypatch.chdir(tmp_path)
    return Program(monkeypatch, capsys, fresh_db.url)


def test_the_command_says_what_it_did_and_does_nothing_twice(program: Program, fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=LONG_AGO)
    done = json.loads(program("sweep", "--at", "2026-04-03T12:00", "--json").out)
    assert (done["briefs"], done["alarms"], done["dispatched"]) == (["2026-001"], 2, [])
    again = program("sweep", "--at", "2026-04-03T12:00")
    assert (again.code, again.out.strip()) == (0, "Nothing was due.")
    assert "over the age limit: 1." in program("sweep", "--at", "2026-04-04").out


@pytest.mark.parametrize("at", ["tomorrow", "2999-01-01"])
def test_a_moment_that_cannot_be_swept_to_is_refused_in_a_sentence(program: Program, at: str) -> None:
    ran = program("sweep", "--at", at)
    assert ran.code == 2
    assert ran.err.startswith("at ") and ran.err.count("\n") == 1


def test_a_server_that_sweeps_issues_what_is_due_and_one_in_a_test_does_not(fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=LONG_AGO)

    def briefs() -> int:
        with fresh_db.app.begin() as conn:
            return len(scalars(conn, "SELECT number FROM brief"))

    with TestClient(create_app(Settings(index=False), fresh_db)):
        pass
    assert briefs() == 0
    with TestClient(create_app(Settings(index=False, sweep_seconds=0.05), fresh_db, sweeps=True)):
        _until(lambda: briefs() == 1)
        dispute_in(fresh_db, B, at=LONG_AGO + timedelta(days=7))
        _until(lambda: briefs() == 2)


def test_a_sweep_that_fails_is_tried_again(fresh_db: Store, caplog: pytest.LogCaptureFixture) -> None:
    dispute_in(fresh_db, W, at=LONG_AGO)
    asked = []

    def clock() -> datetime:
        asked.append(1)
        if len(asked) < 3:
            raise RuntimeError("no time")
        return LONG_AGO + timedelta(days=8)

    sweeper = Sweeper(fresh_db, seconds=0.02, clock=clock)
    sweeper.start()
    _until(lambda: len(asked) > 3)
    sweeper.stop()
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT number FROM brief") == ["2026-001"]
    assert len([r for r in caplog.records if r.name == "gridmaps.sweeper"]) == 1


def _until(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
