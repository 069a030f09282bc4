"""The command centre, in a real browser."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, until
from tests.worlds import DISTRICT, SOUTH, UNITS, B, W, inside

# When a row with a new case number came into the page, by the browser's clock.
NOTE_ARRIVALS = """() => {
    window.arrivals = {};
    const rows = () => document.querySelectorAll("[data-case]");
    const note = () => rows().forEach((row) => arrivals[row.dataset.case] ??= Date.now());
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
# When a case's dot was first drawn on the map, by the browser's clock: what was rendered, not what was handed over.
NOTE_DRAWN = """() => {
    window.drawn = {};
    gridmap.on("render", () => {
        const dots = gridmap.queryRenderedFeatures({ layers: ["live-points"] });
        for (const dot of dots) drawn[dot.properties.case_no] ??= Date.now();
    });
}"""
DRAWN_CODES = """() => [...new Set(gridmap.queryRenderedFeatures({ layers: ["cell-line-1", "cell-line-2"] })
    .map((one) => one.properties.code))].sort()"""


def test_the_public_sees_the_grid_and_a_way_to_log_in(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    page.goto(site.address)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector(".login")
    until(page, f"({DRAWN_CODES})().includes('{DISTRICT}')")
    until(page, f"({DRAWN_CODES})().includes('{SOUTH}')")
    assert page.query_selector(".case") is None


def test_a_wrong_password_is_answered_with_a_sentence(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    page.goto(site.address)
    page.wait_for_selector(".login")
    assert page.query_selector(".login .trouble") is None
    page.fill("[name=login]", "operator")
    page.fill("[name=password]", "not this")
    page.click(".login button")
    expect(page.locator(".login .trouble")).to_contain_text("login or password is wrong")
    assert page.query_selector("html[data-live]") is None


def _arrives(site: Site, console: Page) -> tuple[str, float]:
    """File a report, and wait until it stands in the queue and on the map; its number, and after how many seconds."""
    posted = time.time()
    number = str(site.post_report(*inside(W), text="a loose manhole cover", category="pothole")["case_no"])
    console.wait_for_selector(f'[data-case="{number}"]')
    until(console, f"arrivals['{number}'] && drawn['{number}']")
    return number, console.evaluate(f"Math.max(arrivals['{number}'], drawn['{number}'])") / 1000 - posted


def _note_arrivals(console: Page) -> None:
    until(console, "gridmap.getLayer('live-points') && gridmap.isSourceLoaded('live')")
    console.evaluate(NOTE_ARRIVALS)
    console.evaluate(NOTE_DRAWN)


def test_a_report_comes_into_the_queue_and_onto_the_open_map_by_itself(site: Site, console: Page) -> None:
    _note_arrivals(console)
    number, _ = _arrives(site, console)
    expect(console.locator("[data-case]").first).to_have_attribute("data-case", number)


@pytest.mark.long
def test_a_report_is_in_the_queue_and_on_the_open_map_within_a_second(site: Site, console: Page) -> None:
    # A second on a machine that does nothing else; `make test` runs beside others and measures nothing.
    _note_arrivals(console)
    assert sorted(_arrives(site, console)[1] for _ in range(5))[2] < 1.0


def test_the_detail_says_where_whose_and_by_when(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="litter beside the willow", category="litter")["case_no"]
    console.click(f'[data-case="{number}"]')
    console.wait_for_selector(f'[data-detail="{number}"] .history li')
    for expected in (W, "Willow west", "South street", "Sanitation", "Willow community committee", "beside the willow"):
        expect(console.locator(".detail")).to_contain_text(expected)


def test_an_ambiguous_report_shows_its_candidates(site: Site, console: Page) -> None:
    lon, lat = 120.003, 30.0015  # on the border of Willow west and Willow east
    number = site.post_report(lon, lat, accuracy_m=60)["case_no"]
    console.click(f'[data-case="{number}"]')
    expect(console.locator(f'[data-detail="{number}"] .candidates li')).to_have_count(2)
    for name in ("Willow west", "Willow east"):  # by name: a clerk knows no codes
        expect(console.locator(f'[data-detail="{number}"] .candidates')).to_contain_text(name)


def test_a_report_from_outside_is_in_a_list_of_its_own(site: Site, console: Page) -> None:
    inner = site.post_report(*inside(B))["case_no"]
    outer = site.post_report(121.5, 31.2, text="far away")["case_no"]
    console.wait_for_selector(f'[data-case="{outer}"]')
    console.wait_for_selector(f'[data-case="{inner}"]')
    console.click("[data-tab=outside]")
    console.wait_for_selector(f'[data-case="{inner}"]', state="detached")
    expect(console.locator(f'[data-case="{outer}"]')).to_contain_text("outside")


def test_the_search_finds_a_case_by_its_words(site: Site, console: Page) -> None:
    wanted = site.post_report(*inside(B), text="桥头路灯不亮")["case_no"]
    other = site.post_report(*inside(W), text="something else")["case_no"]
    console.wait_for_selector(f'[data-case="{other}"]')
    console.fill(".find input", "路灯")
    console.wait_for_selector(f'[data-case="{other}"]', state="detached")
    console.wait_for_selector(f'[data-case="{wanted}"]')


def test_a_lost_connection_is_said_and_nothing_is_missed_after_it(site: Site, console: Page) -> None:
    console.context.set_offline(True)
    console.wait_for_selector("[data-link=reconnecting]")
    number = site.post_report(*inside(W), text="filed while the line was down")["case_no"]
    assert console.query_selector(f'[data-case="{number}"]') is None
    console.context.set_offline(False)
    console.wait_for_selector(f'[data-case="{number}"]')
    console.wait_for_selector("[data-link=live]")


def test_silent_units_are_listed(site: Site, console: Page) -> None:
    told = {one["code"] for one in site.ask("GET", "/api/v1/silence", login="operator")["silent"]}
    assert told <= set(UNITS)
    console.click("[data-tab=silent]")
    until(console, f"document.querySelectorAll('[data-silent]').length === {len(told)}")
    listed = console.locator("[data-silent]").evaluate_all("(rows) => rows.map((row) => row.dataset.silent)")
    assert set(listed) == told
