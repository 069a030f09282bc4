"""The planner, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Route, expect

from tests.web.conftest import Site, click_map, stand_still, until
from tests.worlds import T, inside


def test_a_click_on_a_unit_shows_its_facts_and_the_command_that_splits_it(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    page.goto(f"{site.address}/plan")
    page.wait_for_selector("html[data-ready]")
    stand_still(page, *inside(T), 16)
    click_map(page, *inside(T))
    page.wait_for_selector(f'[data-cell="{T}"]')
    expect(page.locator("[data-command=split]")).to_contain_text(f"gridmaps redraw split {T}")
    page.get_by_text("Temple court").first.wait_for()


def test_a_new_revision_is_drawn_without_a_reload_and_the_picked_cell_stays_outlined(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    revision = site.ask("GET", "/api/v1/config")["revision"] + 1
    page = open_context().new_page()
    page.goto(f"{site.address}/plan")
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector(f'[data-grid="{revision - 1}"]')
    stand_still(page, *inside(T), 16)
    click_map(page, *inside(T))
    page.wait_for_selector(f'[data-cell="{T}"]')

    def later(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"revision": revision})

    page.route("**/api/v1/config", later)
    page.wait_for_selector(f'[data-grid="{revision}"]')
    until(page, f"gridmap.getSource('cells').tiles[0].includes('/cells/{revision}/')")
    until(page, f"JSON.stringify(gridmap.getFilter('cell-pick')).includes('{T}')")
