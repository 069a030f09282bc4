"""The command centre's question "Whose is it here?", and the acts on a case, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from tests.web.conftest import Site, until
from tests.worlds import PASSWORD, R, W, inside


def ask_at(page: Page, lon: float, lat: float) -> None:
    """Jump to a position and click it. The promise is made before the jump: an idle map says so only once."""
    page.evaluate(
        f"""new Promise((done) => {{
            gridmap.once("idle", () => done(true));
            gridmap.jumpTo({{ center: [{lon}, {lat}], zoom: 17 }});
        }})"""
    )
    box = page.locator(".map canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def choose(page: Page, words: str) -> None:
    """The matter, by words and Enter."""
    page.fill(".explain gm-picker input", words)
    page.wait_for_selector(".explain [role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-answer]")


def test_a_click_on_the_map_says_whose_it_is_and_why(console: Page) -> None:
    lon, lat = inside(R)
    ask_at(console, lon, lat)
    console.wait_for_selector(f'[data-explain="{R}"]')
    choose(console, "道路破损")
    said = console.inner_text(".explain .answer")
    for expected in ("Roads", "Hill community committee", "North street office", "row "):
        assert expected in said
    assert console.get_attribute("[data-answer]", "data-answer") == "table"


def test_a_reader_of_chinese_gets_the_sentences_in_chinese(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(locale="zh-CN").new_page()
    page.goto(site.address)
    page.wait_for_selector("html[data-ready]")
    page.fill("[name=login]", "operator")
    page.fill("[name=password]", PASSWORD)
    page.click(".login button")
    page.wait_for_selector("html[data-live]")
    ask_at(page, *inside(R))
    page.wait_for_selector("[data-explain]")
    choose(page, "pothole")
    told = site.ask(
        "GET",
        f"/api/v1/responsibilities/resolve?matter=pothole&lon={inside(R)[0]}&lat={inside(R)[1]}&accuracy_m=10",
        login="operator",
    )
    assert page.inner_text(".explain .said") == told["text_zh"][0]
    assert told["text_zh"][0] != told["text"][0]


def test_a_clerk_accepts_a_case_in_its_detail(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    number = site.post_report(*inside(W), text="a hole in the road", category="pothole")["case_no"]
    page = open_context().new_page()
    page.goto(f"{site.address}/?case={number}")
    page.wait_for_selector("html[data-ready]")
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.click(".login button")
    page.wait_for_selector(f'[data-explained="{number}"]')
    page.click("[data-act=accept]")
    page.click("[data-act-form=accept] .primary")
    page.wait_for_selector("[data-state=filed]")
    page.click("[data-act=dispatch]")
    page.click("[data-act-form=dispatch] .primary")
    page.wait_for_selector("[data-state=pending]")
    until(page, "document.querySelector('.held').textContent.includes('Roads')")


def test_an_act_without_its_words_is_refused_before_it_is_sent(site: Site, console: Page) -> None:
    number = site.post_report(*inside(W), text="whose is it", category="pothole")["case_no"]
    console.click(f'[data-case="{number}"]')
    console.click("[data-act=dispute]")
    console.click("[data-act-form=dispute] .primary")
    assert "Fill in" in console.inner_text(".acts .trouble")
    assert site.ask("GET", f"/api/v1/cases/{number}", login="operator")["state"] == "reported"
