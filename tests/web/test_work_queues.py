"""The work queues of the console: what waits for who is logged in, what he is to decide, and what a level holds."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, log_in
from tests.web.test_case_page import filed, handled
from tests.web.test_desk import act
from tests.worlds import G, H, W, inside

Opener = Callable[..., BrowserContext]


def console_of(site: Site, open_context: Opener, login: str) -> Page:
    page = open_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(site.address)
    page.wait_for_selector("html[data-ready]")
    log_in(page, login)
    page.wait_for_selector("html[data-live]")
    return page


def numbers(page: Page) -> list[str]:
    """The cases of the list, from the top."""
    return [str(row.get_attribute("data-case")) for row in page.query_selector_all(".rows [data-case]")]


def test_a_clerk_finds_his_own_work_most_urgent_first_and_nobody_elses(site: Site, open_context: Opener) -> None:
    north = str(site.post_report(*inside(G), category="litter")["case_no"])
    waiting, begun, accepted = (
        str(site.post_report(*inside(W), category="litter")["case_no"]),
        handled(site, W),
        filed(site, W),
    )
    page = console_of(site, open_context, "clerk")
    page.select_option("[aria-label=Queue]", "mine")
    expect(page.locator(f'[data-case="{waiting}"] [data-waits=accept]')).to_have_text("Accept")
    expect(page.locator(f'[data-case="{accepted}"] [data-waits=dispatch]')).to_have_text("Dispatch")
    asked = site.ask("GET", "/api/v1/cases?waiting=true&limit=200", login="clerk")
    assert numbers(page) == [one["case_no"] for one in asked["items"]]
    assert north not in numbers(page) and begun not in numbers(page)
    act(site, waiting, {"act": "accept"})
    page.wait_for_selector(f'[data-case="{waiting}"] [data-waits=dispatch]')


def test_what_a_unit_asks_for_leads_whoever_decides_it_there(site: Site, open_context: Opener) -> None:
    case_no = handled(site, H)
    act(site, case_no, {"act": "extend", "phase": "ask", "reason": "Rain"}, login="handler")
    page = console_of(site, open_context, "supervisor")
    page.select_option("[aria-label=Queue]", "decided")
    page.wait_for_selector(f'[data-case="{case_no}"] [data-waits=extend]')
    act(site, case_no, {"act": "extend", "phase": "refuse", "reason": "No"}, login="operator")
    page.wait_for_selector(f'[data-case="{case_no}"]', state="detached")


def test_a_list_tells_which_level_holds_a_case_and_shows_what_one_holds(site: Site, open_context: Opener) -> None:
    stays, goes = filed(site, W), filed(site, W)
    for _ in range(2):
        act(site, goes, {"act": "escalate", "reason": "Too big"})
    page = console_of(site, open_context, "clerk")
    expect(page.locator(f'[data-case="{goes}"] .where')).to_contain_text("held by the street")
    expect(page.locator(f'[data-case="{stays}"] .where')).not_to_contain_text("held by")
    page.select_option("[aria-label=Queue]", "level:street")
    page.wait_for_selector(f'[data-case="{stays}"]', state="detached")
    page.wait_for_selector(f'[data-case="{goes}"]')
