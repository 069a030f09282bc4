"""The status page on a phone, with scripts turned off."""

from datetime import UTC, datetime

from playwright.sync_api import Browser

from spatial.cases.port import tell_citizen
from tests.web.conftest import Site
from tests.worlds import W, inside


def test_a_citizen_reads_what_became_of_his_report_on_a_phone_without_scripts(site: Site, browser: Browser) -> None:
    said = site.post_report(*inside(W), text="A bag at the gate.", category="litter")
    with site.store.app.begin() as conn:
        key = {"district": said["case_no"][:6], "case_no": said["case_no"]}
        tell_citizen(conn, key, kind="accepted", now=datetime.now(UTC))
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(site.address + said["status_url"])
        assert said["case_no"] in page.inner_text("h1") and "您的反映已受理。" in page.inner_text("main")
        wide = page.locator("main").bounding_box()
        assert wide is not None and wide["width"] <= 360
    finally:
        context.close()
