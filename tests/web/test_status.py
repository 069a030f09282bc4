"""The status page on a phone, with scripts turned off."""

from datetime import UTC, datetime

from playwright.sync_api import Browser

from spatial.cases.port import tell_citizen
from tests.web.conftest import NAVIGATION_MS, Site
from tests.worlds import W, inside


def test_a_citizen_reads_what_became_of_his_report_on_a_phone_without_scripts(site: Site, browser: Browser) -> None:
    said = site.post_report(*inside(W), text="A bag at the gate.", category="litter")
    for act in ({"act": "accept"}, {"act": "dispatch", "lead": "sanitation", "reason": "Theirs"}):
        site.ask("POST", f"/api/v1/cases/{said['case_no']}/actions", act, login="operator")
    with site.store.app.begin() as conn:
        key = {"district": said["case_no"][:6], "case_no": said["case_no"]}
        tell_citizen(conn, key, kind="delayed", now=datetime.now(UTC), words="等待材料，电话13811112222")
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    context.set_default_timeout(NAVIGATION_MS)
    try:
        page = context.new_page()
        page.goto(site.address + said["status_url"])
        told = page.inner_text("main")
        assert said["case_no"] in page.inner_text("h1") and "您的反映已受理。" in told and "1381111" not in told
        assert "您的反映已交由环卫承办。办理期限：" in told and "handed to Sanitation" in told and "等待材料" in told
        wide = page.locator("main").bounding_box()
        assert wide is not None and wide["width"] <= 360
    finally:
        context.close()
