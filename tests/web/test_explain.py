"""The command centre's question "Whose is it here?", and the acts on a case, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect
from shapely.geometry import MultiPolygon, box

from tests.responsibilities import draw
from tests.web.conftest import Site, click_map, log_in, pick, stand_still
from tests.worlds import R, W, inside

# Beside the middle of its unit, where other tests lay their cases: a click on a case would open that instead.
SPOT = (inside(R)[0] + 0.0006, inside(R)[1])


def ask_at(page: Page, lon: float, lat: float, cell: str) -> None:
    """Jump to a position, click it, and wait for the card of its cell."""
    stand_still(page, lon, lat, 17)
    click_map(page, lon, lat)
    page.wait_for_selector(f'[data-explain="{cell}"]')


def choose(page: Page, words: str) -> None:
    """The matter, a pothole, by words and Enter."""
    pick(page, ".explain gm-picker", words, "pothole")
    page.wait_for_selector("[data-answer]")


def test_a_click_on_the_map_says_whose_it_is_and_why(console: Page) -> None:
    ask_at(console, *SPOT, R)
    choose(console, "道路破损")
    for expected in ("Roads", "Hill community committee", "North street office", "row "):
        expect(console.locator(".explain .answer")).to_contain_text(expected)
    assert console.get_attribute("[data-answer]", "data-answer") == "table"


def test_a_click_where_no_cell_lies_asks_there_too_and_says_what_reaches_there(site: Site, console: Page) -> None:
    """A river and what lies behind the border are places too: a jurisdiction may reach there."""
    water = MultiPolygon([box(120.0085, 29.9955, 120.0105, 30.0005)])
    with site.store.app.begin() as conn:
        draw(conn, code="river", name="South river", geometry=water)
    stand_still(console, 120.0095, 29.997, 16)
    click_map(console, 120.0095, 29.997)
    expect(console.locator("[data-beyond]")).to_contain_text("South river")
    click_map(console, 120.012, 29.997)
    expect(console.locator("[data-beyond]")).to_have_text("Outside the city")
    choose(console, "道路破损")
    expect(console.locator("[data-answer=nobody] .certainty")).to_contain_text("no territory")
    console.click(".explain .close")
    expect(console.locator(".explain")).to_have_count(0)


def test_a_reader_of_chinese_gets_the_sentences_in_chinese(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(locale="zh-CN").new_page()
    page.goto(site.address)
    page.wait_for_selector("html[data-ready]")
    log_in(page, "operator")
    page.wait_for_selector("html[data-live]")
    ask_at(page, *SPOT, R)
    choose(page, "pothole")
    told = site.ask(
        "GET",
        f"/api/v1/responsibilities/resolve?matter=pothole&lon={SPOT[0]}&lat={SPOT[1]}&accuracy_m=10",
        login="operator",
    )
    expect(page.locator(".explain .said")).to_have_text(told["text_zh"][0])
    assert told["text_zh"][0] != told["text"][0]


def test_a_clerk_accepts_a_case_in_its_detail(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    number = site.post_report(*inside(W), text="a hole in the road", category="pothole")["case_no"]
    page = open_context().new_page()
    page.goto(f"{site.address}/?case={number}")
    page.wait_for_selector("html[data-ready]")
    log_in(page, "clerk")
    page.wait_for_selector(f'[data-explained="{number}"]')
    page.click("[data-act=accept]")
    page.click("[data-act-form=accept] .primary")
    page.wait_for_selector("[data-state=filed]")
    page.click("[data-act=dispatch]")
    page.click("[data-act-form=dispatch] .primary")
    page.wait_for_selector("[data-state=pending]")
    expect(page.locator(".held")).to_contain_text("Roads")


def test_an_act_without_its_words_is_refused_before_it_is_sent(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="whose is it", category="pothole")["case_no"]
    console.click(f'[data-case="{number}"]')
    console.click("[data-act=dispute]")
    console.click("[data-act-form=dispute] .primary")
    expect(console.locator(".acts .trouble")).to_contain_text("Fill in")
    assert site.ask("GET", f"/api/v1/cases/{number}", login="operator")["state"] == "reported"
