"""What a photo shows is told with it: near by, from afar, beside something known, before the deed."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext

from tests.web.conftest import Site
from tests.worlds import M, inside


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=2)])
def test_a_photo_says_what_it_shows_and_where_it_was_taken_if_that_was_just_now(
    site: Site, open_context: Callable[..., BrowserContext], ago: timedelta
) -> None:
    lon, lat = inside(M)
    page = open_context(
        viewport={"width": 390, "height": 844}, has_touch=True, permissions=["geolocation"], locale="zh-CN",
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 8}, service_workers="block",
    ).new_page()  # fmt: skip
    page.route("**/api/v1/duplicates**", lambda route: route.fulfill(json={"items": []}))
    page.goto(f"{site.address}/report")
    page.wait_for_selector("[data-place=found]")
    page.wait_for_selector("[name=picture-kind]", state="detached")  # nothing to say before there is a photo
    taken = datetime.now(UTC) - ago
    file = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(file, "JPEG", quality=70)
    page.evaluate(
        """([bytes, taken]) => {
            const given = new DataTransfer();
            given.items.add(new File([new Uint8Array(bytes)], "shot.jpg", { type: "image/jpeg", lastModified: taken }));
            const input = document.querySelector("input[type=file]");
            input.files = given.files;
            input.dispatchEvent(new Event("change"));
        }""",
        [list(file.getvalue()), int(taken.timestamp() * 1000)],
    )
    page.select_option("[name=picture-kind]", "reference")
    page.fill("textarea", "市场门口")
    page.click("[data-act=send]")
    number = page.locator("[data-state=sent] [data-case-no]").get_attribute("data-case-no")
    [shown] = site.ask("GET", f"/api/v1/cases/{number}", login="operator")["report_photos"]
    assert shown["kind"] == "reference"
    assert abs(datetime.fromisoformat(shown["taken_at"]) - taken) < timedelta(seconds=1)
    assert (shown["lon"], shown["lat"]) == ((lon, lat) if not ago else (None, None))
