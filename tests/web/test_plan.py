"""The planner, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Route

from tests.web.conftest import Site, until
from tests.worlds import T, inside


def test_a_click_on_a_unit_shows_its_facts_and_the_command_that_splits_it(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    page.goto(f"{site.address}/plan")
    page.wait_for_selector("html[data-ready]")
    lon, lat = inside(T)
    # Asked before the jump: afterwards the map may be idle already, and would never say so again.
    page.evaluate(
        f"""new Promise((done) => {{
            gridmap.once("idle", () => done(true));
            gridmap.jumpTo({{ center: [{lon}, {lat}], zoom: 16 }});
        }})"""
    )
    box = page.locator(".map canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(f'[data-cell="{T}"]')
    assert f"gridmaps redraw split {T}" in page.inner_text("[data-command=split]")
    page.get_by_text("Temple court").first.wait_for()


def test_a_new_revision_is_drawn_without_a_reload_and_the_picked_cell_stays_outlined(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    revision = site.ask("GET", "/api/v1/config")["revision"] + 1
    page = open_context().new_page()
    page.goto(f"{site.address}/plan")
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector(f'[data-grid="{revision - 1}"]')
    lon, lat = inside(T)
    page.evaluate(f"gridmap.jumpTo({{ center: [{lon}, {lat}], zoom: 16 }})")
    until(page, "gridmap.loaded() && gridmap.areTilesLoaded()")
    box = page.locator(".map canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(f'[data-cell="{T}"]')

    def later(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"revision": revision})

    page.route("**/api/v1/config", later)
    page.wait_for_selector(f'[data-grid="{revision}"]')
    until(page, f"gridmap.getSource('cells').tiles[0].includes('/cells/{revision}/')")
    assert T in str(page.evaluate("gridmap.getFilter('cell-pick')"))
