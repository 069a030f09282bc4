"""ARCHITECTURE.md's walk of one report, executed: every step exists, and the server's steps come in its order."""

import hashlib
import io
import re
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import httpx
import pytest
from PIL import Image

from api.app import create_app
from spatial.cases.sweeping import sweep
from spatial.grid.keeper import IndexBuilder
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import a_report
from tests.serving import PATIENCE_S, served
from tests.worlds import PASSWORD, V

ROOT = Path(__file__).resolve().parents[2]
_STEP = re.compile(r"\[`(\w+)`\]\(([\w/.-]+)\)")


def _steps() -> list[tuple[str, str]]:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    walk = page[page.index("## The walk") : page.index("## The rooms")]
    return _STEP.findall(walk)


def test_every_step_of_the_walk_names_what_exists() -> None:
    steps = _steps()
    assert len(steps) > 20
    for name, path in steps:
        source = (ROOT / path).read_text(encoding="utf-8")
        kinds = rf"(def|class|function|async) {name}\b|^\s+{name}\(" if path.endswith(".ts") else rf"def {name}\("
        assert re.search(kinds, source, re.MULTILINE), f"{path} has no {name}"


def test_a_report_takes_the_steps_in_the_order_of_the_page(fresh_db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.live.select", SimpleNamespace(select=_only_when_woken))
    asked = [(name, path) for name, path in _steps() if path.endswith(".py")]
    with _recorded({(name, str(ROOT / path)) for name, path in asked}) as taken, _served(fresh_db) as address:
        _through_the_steps(address, _report(address))
        sweep(fresh_db.app, now=datetime.now(UTC))
    rest = iter(taken)
    for step in ((name, str(ROOT / path)) for name, path in asked):
        assert step in taken, f"{step[0]} was never called"
        assert step in rest, f"{step[0]} comes too early in the page, or too late in the code"


@contextmanager
def _recorded(wanted: set[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """The calls of the wanted functions, in their order, over all threads."""
    taken: list[tuple[str, str]] = []

    def note(frame: FrameType, kind: str, _: Any) -> None:
        step = frame.f_code.co_name, frame.f_code.co_filename
        if kind == "call" and step in wanted:
            taken.append(step)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield taken
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


@contextmanager
def _served(store: Store) -> Iterator[str]:
    with served(create_app(Settings(), store)) as address:
        IndexBuilder(store.app).look()
        yield address


def _only_when_woken(ready: list[Any], _: Any, __: Any, ___: float) -> None:
    """The feed's wait without its own look each second, which may come between a commit and the call."""
    select.select(ready, [], [], PATIENCE_S)


def _report(address: str) -> str:
    name, photo = _photo()
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as officer:
        officer.post("/api/v1/session", json={"login": "operator", "password": PASSWORD}).raise_for_status()
        with officer.stream("GET", "/api/v1/events") as stream:
            lines = stream.iter_lines()
            next(line for line in lines if line.startswith(":"))
            officer.put(f"/api/v1/photos/{name}", content=photo).raise_for_status()
            # On the western border of Willow east: the disc is split, so shares and the border rule both decide.
            body = a_report(source="grid", photos=[name], lon=120.003, lat=30.0015, accuracy_m=30)
            answer = officer.post("/api/v1/reports", json=body).raise_for_status().json()
            assert answer["cell"]["code"] == V and answer["certainty"] == "ambiguous"
            heard = next(line for line in lines if line.startswith("data:") and "subject_id" in line)
            assert answer["case_no"] in heard
            page = officer.get("/api/v1/cases", params={"case_no": answer["case_no"]}).json()
            assert page["items"][0]["position"] == [120.003, 30.0015]
            return str(answer["case_no"])


def _through_the_steps(address: str, case_no: str) -> None:
    """Accepted, handed over, opened, submitted, checked by another, and called back."""
    name, photo = _photo("green")
    done = {"act": "submit", "photos_after": [name]}
    called = {"act": "call_back", "verdict": "satisfied", "outcome": "fixed"}
    _act(address, "clerk", case_no, {"act": "accept"}, {"act": "dispatch", "lead": "roads", "reason": "Their road"})
    with _logged_in(address, "handler") as handler:
        handler.put(f"/api/v1/photos/{name}", content=photo).raise_for_status()
    _act(address, "handler", case_no, {"act": "receive"}, done)
    _act(address, "clerk", case_no, {"act": "verify_result", "passed": True})
    _act(address, "operator", case_no, called)


def _act(address: str, login: str, case_no: str, *bodies: dict[str, Any]) -> None:
    with _logged_in(address, login) as person:
        for body in bodies:
            answer = person.post(f"/api/v1/cases/{case_no}/actions", json=body)
            assert answer.status_code == 200, answer.text


@contextmanager
def _logged_in(address: str, login: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as person:
        person.post("/api/v1/session", json={"login": login, "password": PASSWORD}).raise_for_status()
        yield person


def _photo(colour: str = "orange") -> tuple[str, bytes]:
    kept = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(kept, "JPEG")
    return hashlib.sha256(kept.getvalue()).hexdigest(), kept.getvalue()
