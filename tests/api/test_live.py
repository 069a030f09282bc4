"""The live feed over a real server: what is filed is heard, what was missed is told, a reset is said."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.app import create_app
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import a_report
from tests.serving import PATIENCE_S, served
from tests.worlds import DISTRICT, PASSWORD, UNITS, inside


@pytest.fixture
def address(fresh_db: Store) -> Iterator[str]:
    """A real server, since an event stream cannot be read through a test client."""
    with served(create_app(Settings(), fresh_db)) as address:
        yield address


@contextmanager
def _client(address: str, login: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        client.post("/api/v1/session", json={"login": login, "password": PASSWORD}).raise_for_status()
        yield client


def _file(address: str, **changes: Any) -> str:
    """A report of the public; the number of its case."""
    answer = httpx.post(f"{address}/api/v1/reports", json=a_report(**changes), timeout=PATIENCE_S).raise_for_status()
    return str(answer.json()["case_no"])


@contextmanager
def _frames(client: httpx.Client, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    with client.stream("GET", "/api/v1/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        next(line for line in lines if line.startswith(":"))
        yield _parsed(lines)


def _parsed(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    frame: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            key, _, value = line.partition(": ")
            frame[key] = value
        elif not line and "event" in frame:
            yield frame
            frame = {}


def test_a_report_is_heard(address: str) -> None:
    with _client(address, "operator") as client, _frames(client) as frames:
        number = _file(address)
        frame = next(frames)
    data = json.loads(frame["data"])
    assert frame["event"] == "case.reported" and data["subject_id"] == number and data["state"] == "reported"
    assert set(data) == {"subject", "subject_id", "kind", "at", "path", "state"}


@pytest.mark.long
def test_a_report_is_heard_within_a_second(address: str) -> None:
    # A second on a machine that does nothing else; `make test` runs beside others and measures nothing.
    took = []
    with _client(address, "operator") as client, _frames(client) as frames:
        for _ in range(5):
            begun = time.monotonic()
            _file(address)
            next(frames)
            took.append(time.monotonic() - begun)
    assert sorted(took)[2] < 1


def test_a_reader_that_lost_the_line_resumes_behind_its_last_event(address: str) -> None:
    with _client(address, "operator") as client:
        with _frames(client) as frames:
            _file(address)
            last = next(frames)["id"]
        missed = [_file(address) for _ in range(3)]
        with _frames(client, **{"Last-Event-ID": last}) as frames:
            told = [json.loads(next(frames)["data"])["subject_id"] for _ in missed]
    assert told == missed


@pytest.mark.parametrize("cursor", ["9-1-1", "nonsense", "1-999999999-1"])
def test_an_unknown_cursor_is_answered_reset(address: str, cursor: str) -> None:
    with _client(address, "operator") as client, _frames(client, **{"Last-Event-ID": cursor}) as frames:
        assert next(frames)["event"] == "reset"


def test_an_officer_hears_only_of_his_cells(address: str) -> None:
    with _client(address, "officer") as client:
        mine = set(client.get("/api/v1/session").json()["cells"])
        with _frames(client) as frames:
            for code in UNITS:
                lon, lat = inside(code)
                _file(address, lon=lon, lat=lat)
            expected = sum(any(code.startswith(cell) for cell in mine) for code in UNITS)
            heard = [json.loads(next(frames)["data"])["path"] for _ in range(expected)]
    assert expected and all(mine & set(path) for path in heard)


def _until_silent(frames: Iterator[dict[str, str]]) -> None:
    assert list(frames) == [], "the stream must end and say nothing more"


@pytest.mark.parametrize("how", ["revoked", "disabled"])
def test_an_open_stream_ends_when_its_posting_does(address: str, how: str) -> None:
    with _client(address, "administrator") as admin, _client(address, "officer") as client, _frames(client) as frames:
        if how == "disabled":
            admin.post("/api/v1/accounts/officer/disable").raise_for_status()
        else:
            posting = admin.get("/api/v1/accounts/officer/postings").json()["items"][0]["id"]
            admin.post(f"/api/v1/accounts/officer/postings/{posting}/end", json={}).raise_for_status()
        _file(address)
        _until_silent(frames)


def test_an_open_stream_tells_nothing_once_its_posting_has_run_out(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    body = {
        "login": "briefly", "name": "Briefly", "password": PASSWORD, "role": "grid_officer", "cell": DISTRICT,
    }  # fmt: skip
    with _client(address, "administrator") as admin:
        admin.post("/api/v1/accounts", json=body | {"until": until.isoformat()}).raise_for_status()
    with _client(address, "briefly") as client, _frames(client) as frames:
        monkeypatch.setattr("api.routes.events.now", lambda: until)
        _file(address)
        _until_silent(frames)
