"""The lists of the command centre beyond their first page, and what stays when a session or the server ends."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import text

from spatial.store.db import transaction
from tests.web.conftest import PATIENCE_MS, Site, until
from tests.worlds import PASSWORD, B, H, T, W, inside

DOTS = """() => gridmap.queryRenderedFeatures({ layers: ["live-points"] })
    .map((one) => `${one.properties.case_no} ${one.properties.tone}`)"""


def _batch(site: Site, count: int, *, history: bool = False, words: str = "one of many") -> list[str]:
    lon, lat = inside(T)
    moment = datetime.now(UTC) - timedelta(days=90 if history else 0)
    reports = [
        {
            "id": str(uuid.uuid4()), "lon": lon, "lat": lat, "accuracy_m": 5, "datum": "wgs84",
            "captured_at": moment.isoformat(), "source": "public", "text": words,
        }
        for _ in range(count)
    ]  # fmt: skip
    query = "?history=true" if history else ""
    answer = site.ask("POST", f"/api/v1/reports/batch{query}", {"reports": reports}, login="administrator")
    return [row["answer"]["case_no"] for row in answer["rows"]]


def _make_late(site: Site, number: str) -> None:
    with transaction(site.store.app) as conn:
        late = "UPDATE case_file SET step_due_at = now() - interval '1 hour' WHERE case_no = :number"
        conn.execute(text(late), {"number": number})


def _rows(page: Page) -> int:
    return page.locator("[data-case]").count()


def _enter(page: Page) -> None:
    page.fill("[name=login]", "operator")
    page.fill("[name=password]", PASSWORD)
    page.click(".login button")
    page.wait_for_selector("html[data-live]")


def _wait_for_more(page: Page, than: int) -> None:
    page.locator("[data-case]").nth(than).wait_for()


def test_an_overdue_case_below_the_first_page_is_listed_and_on_the_map(site: Site, console: Page) -> None:
    number = site.post_report(*inside(H), text="long ago", category="litter")["case_no"]
    _make_late(site, number)
    _batch(site, 220)
    console.reload()
    console.wait_for_selector("html[data-live]")
    until(console, f"({DOTS})().includes('{number} overdue')")
    assert console.query_selector(f'[data-case="{number}"]') is None
    console.click("[data-tab=overdue]")
    console.wait_for_selector(f'[data-case="{number}"].overdue')


def test_older_cases_come_with_each_click_and_have_no_end(site: Site, console: Page) -> None:
    _batch(site, 450)
    console.reload()
    console.wait_for_selector("html[data-live]")
    seen = [0]
    for _ in range(2):
        _wait_for_more(console, seen[-1])
        seen.append(_rows(console))
        console.click(".more:not([disabled])")
    _wait_for_more(console, seen[-1])
    assert _rows(console) >= 450


def test_the_search_asks_the_server_for_what_is_not_loaded(site: Site, console: Page) -> None:
    wanted = site.post_report(*inside(B), text="a heron in the fountain")["case_no"]
    _batch(site, 220)
    console.reload()
    console.wait_for_selector("html[data-live]")
    console.fill(".find input", "heron")
    console.press(".find input", "Enter")
    console.wait_for_selector(f'[data-case="{wanted}"]')
    console.wait_for_selector('[data-found="1"]')
    console.fill(".find input", "no such words anywhere")
    console.wait_for_selector('[data-found="0"]')


def test_loaded_history_is_called_history_and_is_not_open(site: Site, console: Page) -> None:
    number = _batch(site, 1, history=True, words="an old heronry")[0]
    console.fill(".find input", "heronry")
    console.press(".find input", "Enter")
    said = console.wait_for_selector(f'[data-case="{number}"].history')
    assert said
    assert "history" in said.inner_text()
    console.click("[data-tab=open]")
    console.wait_for_selector(f'[data-case="{number}"]', state="detached")


def test_an_ended_session_is_said_and_what_was_open_is_open_after_the_log_in(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="still open after all")["case_no"]
    console.click(f'[data-case="{number}"]')
    console.wait_for_selector(f'[data-detail="{number}"] .history li')
    console.context.clear_cookies()
    console.wait_for_selector(".login", timeout=PATIENCE_MS)  # nobody clicks: the page notices by itself
    assert "Your session has ended; log in again" in console.inner_text(".login .trouble")
    assert console.query_selector("html[data-live]") is None
    assert console.query_selector(".detail") is None
    _enter(console)
    console.wait_for_selector(f'[data-detail="{number}"] .history li')


def test_the_last_figures_stay_with_their_age_when_the_server_is_gone(console: Page) -> None:
    until(console, "/[0-9]/.test(document.querySelector('[data-figure=open] b').textContent)")
    before = console.inner_text("[data-figure=open] b")
    console.context.set_offline(True)
    console.wait_for_selector(".aged")
    assert console.inner_text("[data-figure=open] b") == before
    console.context.set_offline(False)
    console.wait_for_selector(".aged", state="detached")


def test_a_moved_case_says_where_it_lies_now(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="moved by a redraw")["case_no"]

    def answer(route: Any) -> None:
        case = route.fetch().json()
        here = {"code": B, "name": "Bridge south", "level": "unit", "path": []}
        body = {"cell": B, "level": "community", "name": "Bridge community committee"}
        link = case["history"][0] | {"seq": 2, "kind": "case.moved", "payload": {"from": W, "to": B}}
        more = {"current_cell": here, "current_territorial": [body], "history": [*case["history"], link]}
        route.fulfill(json=case | more)

    console.route(f"**/api/v1/cases/{number}", answer)
    console.click(f'[data-case="{number}"]')
    said = console.wait_for_selector(f'[data-now="{B}"]')
    assert said
    assert "Bridge community committee" in said.inner_text()
    assert f"{W} → {B}" in console.inner_text(".detail .history")
