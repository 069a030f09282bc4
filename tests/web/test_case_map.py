"""Maps as one file: they open with the network cut, and whatever would load from outside is refused."""

from pathlib import Path

import folium
import pytest
from playwright.sync_api import Browser, BrowserContext

from gridmaps.case_map import case_map
from gridmaps.folium_offline import render_offline
from spatial.errors import Invalid
from spatial.store.db import transaction
from spatial.store.reach import WHOLE_CITY
from tests.web.conftest import PATIENCE_MS, Site
from tests.worlds import W, inside

CITY_ON_SCREEN = """() => {
    const map = Object.values(window).find((one) => one instanceof L.Map);
    const southWest = map.latLngToContainerPoint([30.0, 120.0]);
    const northEast = map.latLngToContainerPoint([30.009, 120.009]);
    return { left: southWest.x, bottom: southWest.y, right: northEast.x, top: northEast.y };
}"""


@pytest.fixture
def a_file(site: Site, tmp_path: Path) -> Path:
    """The map of the cases there are, in a file."""
    file = tmp_path / "cases.html"
    site.post_report(*inside(W), text="for the map")
    site.post_report(121.5, 31.2, text="outside")
    with transaction(site.store.app) as conn:
        file.write_text(render_offline(case_map(conn, reach=WHOLE_CITY)), encoding="utf-8")
    return file


def cut_off(browser: Browser, width: int = 1280, height: int = 800) -> BrowserContext:
    """A browser without a network."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    context.set_offline(True)
    return context


def test_the_map_of_cases_opens_from_a_file_with_the_network_cut(browser: Browser, a_file: Path) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    context = cut_off(browser)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(a_file.as_uri())
    page.wait_for_selector(".legend")
    page.wait_for_selector(".leaflet-overlay-pane canvas")
    said = page.inner_text("body")
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [a_file.as_uri()]
    assert complaints == []
    assert "Tiny town" in said
    assert "单元网格" in said


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_legend_covers_no_part_of_the_city(browser: Browser, a_file: Path, size: tuple[int, int]) -> None:
    context = cut_off(browser, *size)
    page = context.new_page()
    page.goto(a_file.as_uri())
    page.wait_for_selector(".legend")
    legend = page.locator(".legend").bounding_box()
    city = page.evaluate(CITY_ON_SCREEN)
    context.close()
    assert legend
    right, top = legend["x"] + legend["width"], legend["y"]
    assert city["left"] >= right or city["bottom"] <= top
    assert city["right"] <= size[0]


def test_a_map_with_outside_tiles_is_refused() -> None:
    with pytest.raises(Invalid, match="would load"):
        render_offline(folium.Map(tiles="https://tiles.example/{z}/{x}/{y}.png", attr="tiles"))


def test_a_marker_that_needs_an_icon_font_is_refused() -> None:
    page = folium.Map(tiles=None)
    folium.Marker([30.0, 120.0], icon=folium.Icon()).add_to(page)
    with pytest.raises(Invalid, match="CircleMarker"):
        render_offline(page)


def test_no_words_of_a_report_are_in_the_map(site: Site) -> None:
    site.post_report(*inside(W), text="words that stay inside")
    with transaction(site.store.app) as conn:
        assert "words that stay inside" not in render_offline(case_map(conn, reach=WHOLE_CITY))
