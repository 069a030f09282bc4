"""A real server and a real browser: what a person would see, on the tiny town."""

import json
import shutil
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from api.app import create_app
from gridmaps import pages_build
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.conftest import Server, _copy
from tests.worlds import PASSWORD

PATIENCE_MS = 45_000  # a machine without a graphics card draws slowly; tests wait on state, never on time
_ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Site:
    """A running server: its address, its store, and a few things to ask it for."""

    address: str
    store: Store

    def post_report(self, lon: float, lat: float, text: str = "a report", **more: Any) -> dict[str, Any]:
        """File a public report; the answer."""
        body = {
            "id": str(uuid.uuid4()), "lon": lon, "lat": lat, "accuracy_m": 5, "datum": "wgs84",
            "captured_at": datetime.now(UTC).isoformat(), "source": "public", "text": text, **more,
        }  # fmt: skip
        answer: dict[str, Any] = self.ask("POST", "/api/v1/reports", body)
        return answer

    def ask(self, method: str, path: str, body: Any = None, *, login: str | None = None) -> Any:
        """One request, with a session when a log-in is named."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        if login is not None:
            self._send(opener, "POST", "/api/v1/session", {"login": login, "password": PASSWORD})
        return self._send(opener, method, path, body)

    def _send(self, opener: urllib.request.OpenerDirector, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with opener.open(request, timeout=30) as answer:
            raw = answer.read()
        return json.loads(raw) if raw and answer.headers.get_content_type().endswith("json") else raw


@dataclass
class Watch:
    """What a page asked for and complained about."""

    address: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        """Listen to a page."""
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", self._response)

    def _response(self, response: Response) -> None:
        """A map without its tiles looks like a quiet city, so a refused tile is an error of the page."""
        if "/tiles/" in response.url and response.status == 422:
            self.errors.append(f"{response.status} {response.url}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)


def until(page: Page, expression: str) -> None:
    """Wait until a script says yes. Playwright's own way evaluates text, and our policy refuses that."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(40)


@pytest.fixture(scope="session")
def pages() -> Path:
    """The built pages; built now when they are missing or older than their source."""
    if not pages_build.are_fresh():
        pages_build.build()
    return pages_build.STATIC


@pytest.fixture(scope="session")
def site(server: Server, template: str, pages: Path) -> Iterator[Site]:
    """The application on a database of its own, behind a real HTTP server."""
    for store in _copy(server, template):
        runner = uvicorn.Server(
            uvicorn.Config(create_app(Settings(), store), port=0, log_level="warning", timeout_graceful_shutdown=2)
        )
        thread = threading.Thread(target=runner.run, daemon=True)
        thread.start()
        while not runner.started:
            time.sleep(0.02)
        port = runner.servers[0].sockets[0].getsockname()[1]
        yield Site(f"http://127.0.0.1:{port}", store)
        runner.should_exit = True
        thread.join(timeout=15)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("The page tests need Chromium: install it, on Debian with `apt install chromium`.", pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Notices every request that leaves our origin, and every error; a test that ends with one has failed."""
    noticed = Watch(site.address)
    yield noticed
    assert noticed.outside == []
    assert noticed.errors == []


@pytest.fixture
def open_context(browser: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts whose pages are watched; all are closed at the end."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", watch.on)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def console(site: Site, open_context: Callable[..., BrowserContext]) -> Page:
    """The command centre with the operator logged in, live."""
    page = open_context().new_page()
    page.goto(site.address)
    page.wait_for_selector("html[data-ready]")
    page.fill("[name=login]", "operator")
    page.fill("[name=password]", PASSWORD)
    page.click(".login button")
    page.wait_for_selector("html[data-live]")
    return page
