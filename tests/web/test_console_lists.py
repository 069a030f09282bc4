"""The lists of the command centre beyond their first page, and what stays when a session or the server ends."""

import uuid
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Route, expect
from sqlalchemy import text

from spatial.store.db import transaction
from tests.web.conftest import Site, log_in, new_word, until
from tests.worlds import B, H, T, W, inside

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
    word = new_word("heron")
    wanted = site.post_report(*inside(B), text=f"a {word} in the fountain")["case_no"]
    _batch(site, 220)
    console.reload()
    console.wait_for_selector("html[data-live]")
    console.fill(".find input", word)
    console.press(".find input", "Enter")
    console.wait_for_selector(f'[data-case="{wanted}"]')
    console.wait_for_selector('[data-found="1"]')
    console.fill(".find input", f"no {word} anywhere")
    console.wait_for_selector('[data-found="0"]')


def test_loaded_history_is_called_history_and_is_not_open(site: Site, console: Page) -> None:
    word = new_word("heronry")
    number = _batch(site, 1, history=True, words=f"an old {word}")[0]
    console.fill(".find input", word)
    console.press(".find input", "Enter")
    expect(console.locator(f'[data-case="{number}"].history')).to_contain_text("history")
    console.click("[data-tab=open]")
    console.wait_for_selector(f'[data-case="{number}"]', state="detached")


def test_an_ended_session_is_said_and_what_was_open_is_open_after_the_log_in(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="still open after all")["case_no"]
    console.click(f'[data-case="{number}"]')
    console.wait_for_selector(f'[data-detail="{number}"] .history li')
    console.context.clear_cookies()
    # Nobody clicks: the page notices by itself.
    expect(console.locator(".login .trouble")).to_contain_text("Your session has ended; log in again")
    expect(console.locator("html[data-live]")).to_have_count(0)
    expect(console.locator(".detail")).to_have_count(0)
    log_in(console, "operator")
    console.wait_for_selector("html[data-live]")
    console.wait_for_selector(f'[data-detail="{number}"] .history li')


def test_the_last_figures_stay_with_their_age_when_the_server_is_gone(console: Page) -> None:
    gone: list[bool] = []

    def answer(route: Route) -> None:
        if gone:
            return route.abort()
        return route.fulfill(json={"new_today": 7, "open": 4711, "overdue": 0, "outside": 0})

    # Figures that no page counts for itself: what is shown is the server's own.
    console.route("**/api/v1/cases/totals", answer)
    shown = console.locator("[data-figure=open] b")
    expect(shown).to_have_text("4,711")
    gone.append(True)
    console.context.set_offline(True)
    console.wait_for_selector(".aged")
    expect(shown).to_have_text("4,711")
    gone.clear()
    console.context.set_offline(False)
    console.wait_for_selector(".aged", state="detached")


def test_a_moved_case_says_where_it_lies_now(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="moved by a redraw")["case_no"]

    def answer(route: Route) -> None:
        case = route.fetch().json()
        here = {"code": B, "name": "Bridge south", "level": "unit", "path": []}
        body = {"cell": B, "level": "community", "name": "Bridge community committee"}
        link = case["history"][0] | {"seq": 2, "kind": "case.moved", "payload": {"from": W, "to": B}}
        more = {"current_cell": here, "current_territorial": [body], "history": [*case["history"], link]}
        route.fulfill(json=case | more)

    console.route(f"**/api/v1/cases/{number}", answer)
    console.click(f'[data-case="{number}"]')
    expect(console.locator(f'[data-now="{B}"]')).to_contain_text("Bridge community committee")
    expect(console.locator(".detail .history")).to_contain_text(f"{W} → {B}")
