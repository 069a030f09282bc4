"""A real server and a real browser: what a person would see, on the tiny town."""

import json
import secrets
import shutil
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
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, expect, sync_playwright

from api.app import create_app
from gridmaps import pages_build
from spatial.settings import Settings
from spatial.store.db import transaction
from spatial.store.opening import Store
from tests.conftest import Server, _copy
from tests.serving import served
from tests.worlds import PASSWORD

# A machine without a graphics card, which others keep busy, draws slowly. Tests wait on state, never on time.
PATIENCE_MS = 45_000
NAVIGATION_MS = 60_000
_LAUNCH_MS = 120_000
_ASKED_S = 120  # a batch of hundreds of reports
expect.set_options(timeout=PATIENCE_MS)
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
        with opener.open(request, timeout=_ASKED_S) as answer:
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


def new_word(stem: str) -> str:
    """A word that no other report holds, and that is its own stem; digits in a row could be masked as a telephone."""
    return stem + "".join(secrets.choice("bcdfghjkmnpqrtvwxz") for _ in range(10))


def until(page: Page, expression: str) -> None:
    """Wait until a script says yes. Playwright's own way evaluates text, and our policy refuses that.

    What it cannot ask yet, because the page has not drawn it, is a no.
    """
    asked = f"(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()"
    end = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(asked):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(40)


def log_in(page: Page, login: str) -> None:
    """Fill in the way in and press it; what comes then is the caller's to wait for."""
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click(".login button")


def pick(page: Page, selector: str, words: str, value: str) -> None:
    """Choose from a searchable list: type words, see that what is wanted comes first, take it with Enter."""
    page.click(f"{selector} input")
    page.fill(f"{selector} input", words)
    page.wait_for_selector(f"{selector} [aria-selected=true][data-option='{value}']")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{selector} [role=listbox]", state="detached")


def stand_still(page: Page, lon: float, lat: float, zoom: float) -> None:
    """Jump there, and wait until the map has drawn it. The promise is made before: an idle map says so only once."""
    page.evaluate(
        f"""(() => {{
            window.stands = false;
            gridmap.stop();
            gridmap.once("idle", () => (window.stands = true));
            gridmap.jumpTo({{ center: [{lon}, {lat}], zoom: {zoom} }});
        }})()"""
    )
    until(page, "window.stands")


def click_map(page: Page, lon: float, lat: float) -> None:
    """A click on the map at a position in view."""
    at = page.evaluate(f"(() => {{ const p = gridmap.project([{lon}, {lat}]); return [p.x, p.y]; }})()")
    box = page.locator(".map canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + at[0], box["y"] + at[1])


@pytest.fixture(scope="session")
def pages() -> Path:
    """The built pages; built now when they are missing or older than their source."""
    if not pages_build.are_fresh():
        pages_build.build()
    return pages_build.STATIC


@pytest.fixture(scope="session")
def site(server: Server, template: str, pages: Path) -> Iterator[Site]:
    """The application on a database of its own, behind a real HTTP server.

    The tests share it, and report from the middles of units over and over: that alone makes no spot a device's guess
    here, or whose a case is would be doubted by how many tests ran before.
    """
    for store in _copy(server, template):
        with transaction(store.owner) as conn:
            conn.exec_driver_sql("UPDATE setting SET value = '1000' WHERE key = 'fallback_reports'")
        with served(create_app(Settings(), store)) as address:
            yield Site(address, store)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("The page tests need Chromium: install it, on Debian with `apt install chromium`.", pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS, timeout=_LAUNCH_MS)
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
        context.set_default_navigation_timeout(NAVIGATION_MS)
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
    log_in(page, "operator")
    page.wait_for_selector("html[data-live]")
    return page
