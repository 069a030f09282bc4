"""The dispute desk, in a real browser: a dispute is ruled on, leaves the queue, and its precedent is found."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, click_map, log_in, new_word, pick, stand_still, until
from tests.worlds import B, G, M, T, W, inside

Opener = Callable[..., BrowserContext]
LISTED = "[data-queue]:not([data-queue=loading])"


def dispute(site: Site, unit: str, *, category: str = "stall") -> str:
    """A case that a clerk put before the panel; its number."""
    case_no = str(site.post_report(*inside(unit), text="摊位占了人行道", category=category)["case_no"])
    act(site, case_no, {"act": "accept"})
    act(site, case_no, {"act": "dispute", "note": "Two departments point at each other."})
    return case_no


def act(site: Site, case_no: str, body: dict[str, Any], *, login: str = "administrator") -> Any:
    """One act by HTTP."""
    return site.ask("POST", f"/api/v1/cases/{case_no}/actions", body, login=login)


def open_desk(site: Site, open_context: Opener, *, login: str = "panel", place: str = "") -> Page:
    """The desk with somebody logged in, its map drawn and its feed live."""
    page = open_context().new_page()
    page.goto(f"{site.address}/desk{place}")
    log_in(page, login)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector("html[data-live]")
    return page


def open_dispute(page: Page, case_no: str) -> None:
    """The case's dispute, whole; the flight to its place has begun by then."""
    row = page.locator(f'.rows [data-case="{case_no}"]')
    number = row.get_attribute("data-dispute")
    row.click()
    page.wait_for_selector(f'[data-open="{number}"]')


def open_ruling(page: Page, case_no: str, grounds: str) -> None:
    """The form on a case of the queue, all filled in but for its area."""
    open_dispute(page, case_no)
    page.click("[data-rule]")
    pick(page, "[data-field=lead]", "执法", "order")
    page.fill("[name=grounds]", grounds)


def submit(page: Page, case_no: str) -> None:
    """Send it, and wait until the case has left the queue."""
    page.click("[data-submit]")
    page.wait_for_selector("[data-done]")
    page.wait_for_selector(f'.rows [data-case="{case_no}"]', state="detached")


def find_precedent(page: Page, words: str) -> None:
    """Search the library by words that only one precedent holds, and open it."""
    page.click("[data-view=precedents]")
    page.fill("[name=q]", words)
    row = page.locator("[data-queue='1'] [data-number]", has_text=words)
    number = row.get_attribute("data-number")
    row.click()
    page.wait_for_selector(f'[data-open="{number}"]')


def test_a_panel_member_rules_with_a_radius_and_finds_the_precedent_by_a_chinese_word(
    site: Site, open_context: Opener
) -> None:
    case_no = dispute(site, W)
    word = new_word("蓝线")
    page = open_desk(site, open_context)
    open_ruling(page, case_no, f"{word}以内由执法部门负责")
    page.fill("[name=radius_m]", "150")
    page.keyboard.press("Tab")
    until(page, "document.querySelector('[data-cover]').textContent.includes('within 150 m')")
    assert "执法" in page.inner_text("[data-cover]")
    submit(page, case_no)
    expect(page.locator(".settled [data-ruling]")).to_contain_text(word)
    find_precedent(page, word)
    expect(page.locator(".sheet")).to_contain_text("within 150 m")
    expect(page.locator(".sheet")).to_contain_text(word)
    until(page, "gridmap.getSource('area') && gridmap.queryRenderedFeatures({layers: ['area-fill']}).length > 0")


def test_a_drawn_area_is_closed_by_its_first_corner_and_holds_the_case(site: Site, open_context: Opener) -> None:
    case_no = dispute(site, B)
    word = new_word("market edge ")
    page = open_desk(site, open_context)
    open_ruling(page, case_no, word)
    page.check("[name=area][value=polygon]")
    lon, lat = inside(B)
    stand_still(page, lon, lat, 16)
    corners = [(lon - 0.001, lat - 0.001), (lon + 0.001, lat - 0.001), (lon + 0.001, lat + 0.001)]
    for number, corner in enumerate(corners, start=1):
        click_map(page, *corner)
        page.wait_for_selector(f"[data-vertices='{number}']")
    for number, corner in enumerate([(lon - 0.001, lat + 0.001), (lon - 0.0005, lat + 0.0015)], start=4):
        click_map(page, *corner)
        page.wait_for_selector(f"[data-vertices='{number}']")
    page.click("[data-draw=undo]")
    page.wait_for_selector("[data-vertices='4']")
    click_map(page, *corners[0])
    until(page, "document.querySelector('[data-cover]').textContent.includes('drawn on the map')")
    submit(page, case_no)
    find_precedent(page, word)
    assert "drawn on the map" in page.inner_text(".sheet")
    number = page.get_attribute(".sheet [data-open]", "data-open")
    area = site.ask("GET", f"/api/v1/precedents/{number}", login="panel")["area"]
    assert area["kind"] == "polygon"
    assert len(area["geometry"]["coordinates"][0][0]) == 5


def test_an_area_that_leaves_the_case_out_is_refused_in_the_form(site: Site, open_context: Opener) -> None:
    case_no = dispute(site, T)
    page = open_desk(site, open_context)
    open_ruling(page, case_no, "anything")
    page.check("[name=area][value=polygon]")
    lon, lat = inside(T)
    stand_still(page, lon, lat, 16)
    for number, (east, north) in enumerate([(0.0004, 0.0004), (0.0012, 0.0004), (0.0012, 0.0012)], start=1):
        click_map(page, lon + east, lat + north)
        page.wait_for_selector(f"[data-vertices='{number}']")
    page.click("[data-draw=close]")
    page.click("[data-submit]")
    expect(page.locator(".ruling .trouble")).to_contain_text("does not hold the disputed case")


def test_who_comes_second_is_shown_the_ruling_that_stands(site: Site, open_context: Opener) -> None:
    case_no = dispute(site, M)
    page = open_desk(site, open_context)
    open_ruling(page, case_no, "the slower pen")
    number = int(page.evaluate("location.hash").rsplit("/", 1)[1])
    won = {
        "dispute": number, "form": "written_instruction", "members": ["Piet Panel"], "lead": "roads",
        "assisting": [], "grounds": "the faster pen", "scope": {"area": {"kind": "radius", "radius_m": 50}},
    }  # fmt: skip
    site.ask("POST", "/api/v1/rulings", won, login="panel2")
    page.click("[data-submit]")
    for expected in ("the faster pen", "Roads"):
        expect(page.locator("[data-lost] [data-ruling]")).to_contain_text(expected)


def test_a_dispute_appears_by_itself_and_the_keys_walk_the_queue(site: Site, open_context: Opener) -> None:
    page = open_desk(site, open_context)
    page.wait_for_selector(LISTED)
    case_no = dispute(site, G)
    page.wait_for_selector(f'.rows [data-case="{case_no}"]')
    page.keyboard.press("j")
    expect(page.locator(".rows [data-dispute]").first).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("login", ["operator", "supervisor"])
def test_who_may_not_rule_reads_and_is_told_why(site: Site, open_context: Opener, login: str) -> None:
    case_no = dispute(site, W)
    page = open_desk(site, open_context, login=login)
    open_dispute(page, case_no)
    page.wait_for_selector("[data-read-only]")
    assert page.query_selector("[data-rule]") is None
    assert "Two departments point" in page.inner_text(".sheet")


def open_gaps(site: Site, open_context: Opener) -> Page:
    """The gap list as it opens, of the matter that is worst off: what is chosen earlier is chosen anew by it."""
    page = open_desk(site, open_context, place="#gaps")
    page.wait_for_selector(LISTED)
    return page


def choose_one_lead(page: Page) -> None:
    """Only the cells in which one unit leads."""
    if page.get_attribute("[data-status=one]", "aria-pressed") != "true":
        page.click("[data-status=one]")
    page.wait_for_selector("[data-status=one][aria-pressed=true]")
    page.wait_for_selector(f"{LISTED} [data-gap]")


def test_the_gap_list_colours_the_map_and_follows_a_row(site: Site, open_context: Opener) -> None:
    page = open_gaps(site, open_context)
    pick(page, "[data-field=matter]", "stall", "stall")
    choose_one_lead(page)
    page.click(f'[data-gap="stall {W}"] button')
    until(page, "gridmap.getZoom() >= 14 && !gridmap.isMoving()")
    until(page, f"gridmap.getFeatureState({{source: 'cells', sourceLayer: 'cells', id: '{W}'}}).status === 'one'")
    assert "stall" in str(page.get_attribute("[data-csv]", "href"))


def test_the_gap_list_of_one_matter_fits_a_narrow_screen(site: Site, open_context: Opener) -> None:
    page = open_gaps(site, open_context)
    page.set_viewport_size({"width": 420, "height": 800})
    choose_one_lead(page)
    until(page, "innerWidth === 420")
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".gaps thead th")].filter((one) => one.offsetWidth)
            .map((one) => one.textContent)"""
    )
    assert shown == ["Cell", "Status", "Leads", "Gap", "Conflict"]
    wide = "() => [document.body.scrollWidth, document.querySelector('.gaps').scrollWidth]"
    assert max(page.evaluate(wide)) <= 420
    scroll = page.locator(".gaps .scroll")
    scroll.evaluate("(one) => one.scrollTo(one.scrollWidth, 0)")
    last = page.locator(".gaps thead th").last.bounding_box()
    assert last is not None and last["x"] + last["width"] <= 420
