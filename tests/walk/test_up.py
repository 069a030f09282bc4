"""`gridmaps up` as an operator meets it: one line when it serves, one cluster for all, nothing left behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from api.cli.running import find_running, noted
from tests.api.conftest import a_report

PATIENCE_S = 120  # how long anything may take on a machine that others keep busy
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GRIDMAPS_")}
PROGRAM = [sys.executable, "-m", "api.cli.main"]


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="gridmaps-up-", dir="/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@contextmanager
def serving(directory: Path, *, log: Path | None = None) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server on a free port, and its address from the `ready` line; what it says on stderr goes to `log`."""
    command = [*PROGRAM, "up", "--dir", str(directory), "--port", "0"]
    with log.open("w") if log else nullcontext() as told:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True, env=ENVIRONMENT)
    assert server.stdout is not None
    try:
        lines = iter(server.stdout.readline, "")
        ready = next(line for line in lines if line.startswith("ready "))
        yield server, ready.split()[1]
    finally:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=PATIENCE_S)


def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, env=ENVIRONMENT | variables,
        check=False,
    )  # fmt: skip


def ask(address: str, path: str) -> dict[str, str]:
    with urllib.request.urlopen(f"{address}{path}", timeout=PATIENCE_S) as answer:
        return dict(json.load(answer))


def is_stopped(directory: Path) -> bool:
    return not (directory / "cluster" / "data" / "postmaster.pid").exists()


def test_two_servers_share_the_cluster_and_the_last_one_out_stops_it(directory: Path) -> None:
    with serving(directory) as (_, first):
        with serving(directory) as (server, second):
            assert first != second
            assert ask(second, "readyz")["app"] == "gridmaps"
            server.send_signal(signal.SIGINT)
            server.wait(timeout=PATIENCE_S)
        assert ask(first, "readyz")["app"] == "gridmaps"
    assert is_stopped(directory)


def test_a_second_up_on_the_same_port_prints_the_running_address(directory: Path) -> None:
    with serving(directory) as (_, address):
        port = address.rstrip("/").rpartition(":")[2]
        again = run("up", "--dir", str(directory), "--port", port)
    assert again.returncode == 0
    assert again.stdout == f"gridmaps already runs at {address}\n"
    assert not list((directory / "servers").iterdir())


def test_after_kill_9_of_the_server_the_next_one_serves_and_cleans_up(directory: Path) -> None:
    with serving(directory) as (server, _):
        server.kill()
        server.wait(timeout=PATIENCE_S)
    assert not is_stopped(directory)
    with serving(directory) as (_, address):
        assert ask(address, "readyz")["app"] == "gridmaps"
    assert is_stopped(directory)


def kill_the_database(directory: Path) -> None:
    """Kill -9 the postmaster and every process that it started."""
    pid = int((directory / "cluster" / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        with suppress(ProcessLookupError):  # a child may have ended by itself meanwhile
            os.kill(one, signal.SIGKILL)


MENDED = (
    "the database is gone; starting it again", "the database is back",
    "the feed lost the database", "the feed has the database again",
)  # fmt: skip


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)


def send(address: str, report: dict[str, Any]) -> int:
    """Send a report; the status of the answer."""
    body = json.dumps(report).encode()
    request = urllib.request.Request(f"{address}api/v1/reports", body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        assert refused.code == 503 and refused.headers["retry-after"]
        return 503


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the database's processes through /proc")
def test_a_killed_database_comes_back_under_the_same_server(directory: Path, tmp_path: Path) -> None:
    first, second = a_report(category=None), a_report(category=None)
    with serving(directory, log=tmp_path / "log") as (server, address):
        assert send(address, first) == 201
        kill_the_database(directory)
        until(lambda: send(address, second) != 503)
        assert send(address, first) == send(address, second) == 200  # what was acknowledged is still there
        until(lambda: all(line in (tmp_path / "log").read_text() for line in MENDED))
        time.sleep(2.5)  # time to say it twice: the feed looks every second, the watch every two
        assert server.poll() is None
    told = (tmp_path / "log").read_text()
    assert [told.count(line) for line in MENDED] == [1] * len(MENDED)
    assert is_stopped(directory)


def test_a_second_up_does_not_wait_for_a_server_that_is_still_starting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with noted(tmp_path, host="127.0.0.1", port=port):
            again = run("up", "--dir", str(tmp_path), "--port", str(port))
        mute.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody came to ask it: it would not have answered
            mute.accept()
    assert again.returncode == 0
    assert again.stdout == f"gridmaps already runs at http://127.0.0.1:{port}/ (it is still starting)\n"


def test_a_note_of_a_dead_process_names_nobody(tmp_path: Path) -> None:
    with noted(tmp_path, host="0.0.0.0", port=8000):
        [place] = (tmp_path / "servers").glob("*.json")
        assert find_running(tmp_path, host="127.0.0.1", port=8000) is not None
        assert find_running(tmp_path, host="127.0.0.1", port=8001) is None
        place.write_text(place.read_text().replace('"started": "', '"started": "another '))
        assert find_running(tmp_path, host="127.0.0.1", port=8000) is None
        assert not place.exists()


def test_an_open_event_stream_does_not_hold_the_shutdown(directory: Path, tmp_path: Path) -> None:
    here = ("--dir", str(directory))
    made = run("user", "add", "listener", "--role", "centre_operator", "--password", "long-enough-1", *here)
    assert made.returncode == 0, made.stderr
    token = run("user", "token", "listener", *here).stdout.strip()
    with serving(directory, log=tmp_path / "log") as (server, address):
        host, port = address[7:].rstrip("/").split(":")
        asked = f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as stream:
            stream.sendall(asked.encode())
            told = b""
            while b": open" not in told:
                told += (part := stream.recv(1000))
                assert part, told
            server.terminate()
            assert server.wait(timeout=PATIENCE_S) == 0
    assert "graceful shutdown exceeded" not in (tmp_path / "log").read_text()


def test_a_port_of_another_program_is_a_sentence_that_names_the_option(directory: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        Thread(target=other.handle_request, daemon=True).start()
        refused = run("up", "--dir", str(directory), "--port", str(other.server_port))
    assert refused.returncode == 2
    assert "--port" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_port_that_is_none_is_a_sentence(directory: Path) -> None:
    refused = run("up", "--dir", str(directory), "--port", "70000")
    assert refused.returncode == 2
    assert "--port" in refused.stderr


@pytest.mark.parametrize(
    ("url", "named"),
    [("sqlite:///x", "GRIDMAPS_DATABASE_URL"), ("postgresql://a:b@127.0.0.1:1/x", "cannot be reached")],
)
def test_a_database_that_is_none_is_a_sentence(url: str, named: str) -> None:
    refused = run("db", "verify", GRIDMAPS_DATABASE_URL=url)
    assert refused.returncode == 2
    assert named in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_setting_that_cannot_be_read_is_named() -> None:
    refused = run("db", "verify", GRIDMAPS_PORT="soon")
    assert refused.returncode == 2
    assert "GRIDMAPS_PORT" in refused.stderr
