"""The list worked by keyboard: the picked row is seen, more is read at its end, and an act leads to the next case."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Site, new_word, until
from tests.web.test_case_page import press_act
from tests.web.test_console_lists import _batch
from tests.worlds import B, inside

# Whether the picked row lies whole in the part of the list that is seen.
IN_VIEW = """(() => {
    const list = document.querySelector(".list").getBoundingClientRect();
    const row = document.querySelector(".case[aria-current=true]").getBoundingClientRect();
    return row.top >= list.top - 1 && row.bottom <= list.bottom + 1;
})()"""
PLACE = """[...document.querySelectorAll(".case")].findIndex((row) => row.getAttribute("aria-current") === "true")"""


def at(page: Page, place: int) -> None:
    """Wait until the picked row is this one, and seen."""
    until(page, f"{PLACE} === {place}")
    until(page, IN_VIEW)


def fresh(page: Page) -> None:
    """The page anew, so that its list begins at the newest of what was filed."""
    page.reload()
    page.wait_for_selector("html[data-live]")


def picked(page: Page) -> str:
    """The number of the picked case."""
    return str(page.locator(".case[aria-current=true]").get_attribute("data-case"))


def test_the_row_that_is_walked_to_is_seen_and_more_is_read_behind_the_last(site: Site, console: Page) -> None:
    word = new_word("walked")
    _batch(site, 230, words=f"a {word}")
    fresh(console)
    console.fill(".find input", word)
    console.press(".find input", "Enter")
    until(console, "document.querySelectorAll('[data-case]').length === 200")
    for place in range(15):
        console.keyboard.press("j")
        at(console, place)
    assert console.evaluate("document.querySelector('.list').scrollTop") > 0
    console.keyboard.press("k")
    at(console, 13)
    console.locator("[data-case]").last.click()
    until(console, f"{PLACE} === 199")  # a click moves nothing: who clicks has the row under the hand
    console.keyboard.press("j")
    at(console, 200)
    until(console, "document.querySelectorAll('[data-case]').length === 230")


def test_an_act_that_takes_a_case_out_of_the_list_leads_to_the_next(site: Site, console: Page) -> None:
    word = new_word("worked")
    _batch(site, 12, words=f"a {word}")
    fresh(console)
    console.select_option("[aria-label=Queue]", "acceptance")
    console.fill(".find input", word)
    console.press(".find input", "Enter")
    until(console, "document.querySelectorAll('[data-case]').length === 12")
    for _ in range(6):
        console.keyboard.press("j")
    at(console, 5)
    ended, behind = picked(console), console.locator("[data-case]").nth(6).get_attribute("data-case")
    console.wait_for_selector(f'[data-detail="{ended}"] .history li')
    press_act(console, "void")
    console.fill("[data-act-form] [name=reason]", "Nothing is there.")
    console.keyboard.press("Control+Enter")
    console.wait_for_selector(f'[data-done="{ended}"]')
    console.wait_for_selector(f'[data-case="{ended}"]', state="detached")
    at(console, 5)
    assert picked(console) == behind
    console.wait_for_selector(f'[data-detail="{behind}"]')
    console.keyboard.press("j")
    at(console, 6)


def test_a_field_that_is_left_gives_the_keys_back_and_keeps_its_words(site: Site, console: Page) -> None:
    word = new_word("left")
    _batch(site, 3, words=f"a {word}")
    console.keyboard.press("/")
    expect(console.locator(".find input")).to_be_focused()
    console.keyboard.type(word)
    console.wait_for_selector('[data-found="3"]')
    console.keyboard.press("Escape")
    console.keyboard.press("j")
    at(console, 0)
    assert console.input_value(".find input") == word
    console.keyboard.press("/")
    console.keyboard.type("x")  # what stood there is taken up whole, and replaced
    assert console.input_value(".find input") == "x"


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_a_list_of_the_filters_gives_the_keys_back(site: Site, console: Page, key: str) -> None:
    site.post_report(*inside(B), text="for a list", category="litter")
    console.select_option("[aria-label=Step]", "reported")
    console.wait_for_selector("[data-case]")
    until(console, "document.activeElement === document.body")
    console.focus("[aria-label=Step]")
    console.keyboard.press(key)
    until(console, "document.activeElement === document.body")
    console.keyboard.press("j")
    at(console, 0)


def test_the_arrows_walk_through_a_list_of_the_filters(console: Page) -> None:
    console.focus("[aria-label=Step]")
    for step in ("found", "reported"):
        console.keyboard.press("ArrowDown")
        expect(console.locator("[aria-label=Step]")).to_have_value(step)
    expect(console.locator("[aria-label=Step]")).to_be_focused()


def test_a_question_mark_lists_the_keys_and_they_rest_meanwhile(site: Site, console: Page) -> None:
    site.post_report(*inside(B), text="for a key", category="litter")
    console.wait_for_selector("[data-case]")
    console.keyboard.press("?")
    expect(console.locator("dialog.key-help[open]")).to_contain_text("the next case")
    console.keyboard.press("j")
    assert console.query_selector(".case[aria-current=true]") is None
    console.keyboard.press("Escape")
    console.wait_for_selector("dialog[open]", state="detached")
    console.keyboard.press("j")
    at(console, 0)
