"""The reporting page, as a phone."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from tests.web.conftest import Site
from tests.worlds import PASSWORD, WILLOW, G, M, W, inside

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "permissions": ["geolocation"],
}  # fmt: skip
OpenPhone = Callable[..., Page]


@pytest.fixture
def phone(site: Site, open_context: Callable[..., BrowserContext]) -> OpenPhone:
    """Opens the page on a phone that stands inside a unit."""

    def start(unit: str, accuracy: float = 8, locale: str = "zh-CN") -> Page:
        lon, lat = inside(unit)
        where = {"longitude": lon, "latitude": lat, "accuracy": accuracy}
        page = open_context(**PHONE, geolocation=where, locale=locale).new_page()
        page.goto(f"{site.address}/report")
        page.wait_for_selector("html[data-ready]")
        page.wait_for_selector("[data-place=found]")
        return page

    return start


def _picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(file, "JPEG", quality=70)
    return file.getvalue()


def _log_in(page: Page, login: str) -> None:
    page.click("[data-act=officer]")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click(".login .secondary")
    page.wait_for_selector("[data-act=all-clear]")


def _cases_with(site: Site, text: str) -> list[dict[str, Any]]:
    page = site.ask("GET", "/api/v1/cases?limit=500", login="operator")
    return [case for case in page["items"] if case["text"] == text]


def test_a_text_a_photo_and_a_position_become_a_case(site: Site, phone: OpenPhone) -> None:
    page = phone(M)
    page.set_input_files("input[type=file]", {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": _picture()})
    page.wait_for_selector(".shot")
    page.select_option("[name=category]", "pothole")
    page.fill("textarea", "市场门口路面破损")
    page.click("[data-act=send]")
    number = page.locator("[data-state=sent] [data-case-no]").get_attribute("data-case-no")
    case = site.ask("GET", f"/api/v1/cases/{number}", login="operator")
    assert case["cell"]["code"] == M
    assert case["category"] == "pothole"
    assert case["accuracy_m"] == 8
    kept = site.ask("GET", f"/api/v1/photos/{case['photos'][0]}", login="operator")
    assert max(Image.open(io.BytesIO(kept)).size) == 1600


def test_a_double_tap_sends_one_report(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    page.fill("textarea", "双击")
    page.evaluate("() => { const b = document.querySelector('[data-act=send]'); b.click(); b.click(); b.click(); }")
    page.wait_for_selector("[data-state=sent]")
    page.wait_for_timeout(500)
    assert page.locator("[data-state]").count() == 1
    assert len(_cases_with(site, "双击")) == 1


def test_the_answer_names_the_unit_and_its_own_address_shows_it_again(phone: OpenPhone) -> None:
    page = phone(W, locale="en-GB")
    page.fill("textarea", "A loose cover")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=sent]")
    said = page.inner_text("[data-state=sent]")
    assert "Willow west" in said
    assert "Willow community committee" in said
    page.click("[data-state=sent] a.plain")
    page.wait_for_selector("[data-linked] [data-case-no]")


def test_the_page_speaks_the_readers_language(phone: OpenPhone) -> None:
    assert "提交" in phone(W).inner_text("[data-act=send]")
    page = phone(W, locale="en-GB")
    assert "Send" in page.inner_text("[data-act=send]")
    page.click("[data-act=language]")
    assert "提交" in page.inner_text("[data-act=send]")


def test_a_report_without_words_is_not_sent(phone: OpenPhone) -> None:
    page = phone(W)
    page.click("[data-act=send]")
    page.wait_for_selector(".send .trouble")
    assert page.query_selector("[data-entry]") is None


def test_a_refused_position_can_be_typed(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(**(PHONE | {"permissions": []})).new_page()
    page.goto(f"{site.address}/report")
    lon, lat = inside(W)
    page.wait_for_selector("details[open]")
    page.fill("[name=lon]", "500")
    page.click(".hand .secondary")
    page.wait_for_selector(".hand .trouble")
    page.fill("[name=lon]", str(lon))
    page.fill("[name=lat]", str(lat))
    page.click(".hand .secondary")
    page.wait_for_selector("[data-place=found]")


def test_a_report_written_offline_is_kept_over_a_reload_and_sent_once(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.fill("textarea", "写于离线")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=waiting]")
    page.reload()
    page.wait_for_selector("[data-state=waiting]")
    page.context.set_offline(False)
    page.wait_for_selector("[data-state=sent]")
    page.reload()
    page.wait_for_selector("[data-state=sent]")
    assert len(_cases_with(site, "写于离线")) == 1


def test_a_refused_report_is_kept_and_shown_with_the_reason(phone: OpenPhone) -> None:
    page = phone(W)
    problem = '{"status": 422, "code": "invalid", "detail": "the text is not fit", "field": "text"}'
    page.route("**/api/v1/reports", lambda route: route.fulfill(status=422, body=problem))
    page.fill("textarea", "refused")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=refused]")
    assert "the text is not fit" in page.inner_text("[data-state=refused]")


def test_an_all_clear_from_inside_the_unit_counts(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    _log_in(page, "officer")
    page.click("[data-act=all-clear]")
    page.wait_for_selector("[data-counts=true]")
    assert W in page.inner_text(".clear")
    silent = [unit["code"] for unit in site.ask("GET", "/api/v1/silence", login="operator")["silent"]]
    assert W not in silent


def test_an_all_clear_elsewhere_does_not_count_and_says_why(phone: OpenPhone) -> None:
    assert not M.startswith(WILLOW)
    page = phone(M)
    _log_in(page, "officer")
    page.click("[data-act=all-clear]")
    said = page.wait_for_selector("[data-counts=false]")
    assert said
    assert "the unit is not one of your account's" in said.inner_text()


def test_an_officers_report_stays_the_grids_over_a_reload_without_a_network(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    _log_in(page, "officer")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert "Olga Officer" in page.inner_text(".account")
    page.wait_for_selector("[data-place=found]")
    page.fill("textarea", "网格员离线")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=waiting]")
    page.context.set_offline(False)
    page.wait_for_selector("[data-state=sent]")
    assert _cases_with(site, "网格员离线")[0]["source"] == "grid"


def test_an_officers_report_waits_for_the_log_in_when_the_session_has_ended(site: Site, phone: OpenPhone) -> None:
    page = phone(W, locale="en-GB")
    _log_in(page, "officer")
    page.context.clear_cookies()
    page.fill("textarea", "kept for the log-in")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=held]")
    assert "Your session has ended" in page.inner_text("[data-ended]")
    assert _cases_with(site, "kept for the log-in") == []
    page.fill("[name=login]", "officer")
    page.fill("[name=password]", PASSWORD)
    page.click(".login .secondary")
    page.wait_for_selector("[data-state=sent]")
    assert [case["source"] for case in _cases_with(site, "kept for the log-in")] == ["grid"]


def test_the_city_is_known_after_a_reload_without_a_network(phone: OpenPhone) -> None:
    page = phone(W, locale="en-GB")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert "Tiny town" in page.inner_text("header")
    assert page.locator("[name=category] option").count() > 1


def test_many_candidates_are_named_shortly_and_the_decided_one_first(site: Site, phone: OpenPhone) -> None:
    page = phone(G, accuracy=400, locale="en-GB")
    page.fill("textarea", "Somewhere about here")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=sent]")
    said = page.inner_text("[data-state=sent] .certainty .path")
    case = _cases_with(site, "Somewhere about here")[0]
    assert said.startswith(case["cell"]["name"])
    assert said.count("%") == 3
    assert f"or about {len(case['candidates']) - 3} more units nearby" in said


def _asked_by(page: Page, login: str) -> None:
    page.click("[data-act=officer]")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click(".login .secondary")


def test_a_clerk_files_for_a_caller_whose_contact_stays_with_the_port(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    assert page.query_selector("[data-clerk]") is None
    _asked_by(page, "clerk")
    page.wait_for_selector("[data-clerk]")
    assert page.input_value("[name=source]") == "visit"
    page.wait_for_selector("details[open] .hand")  # where the clerk sits is not where the hole is
    assert page.query_selector("[data-place=found]") is None
    lon, lat = inside(M)
    page.fill("[name=lon]", str(lon))
    page.fill("[name=lat]", str(lat))
    page.click(".hand .secondary")
    page.wait_for_selector("[data-place=found]")
    page.select_option("[name=source]", "superior")
    assert page.query_selector("[name=contact-phone]") is None  # an order is no citizen's
    page.select_option("[name=source]", "hotline")
    page.fill("[name=contact-name]", "李雷")
    page.fill("[name=contact-phone]", "13811112222")
    page.select_option("[name=category]", "stall")
    page.fill("textarea", "路面塌陷，来电反映")
    page.click("[data-act=send]")
    sent = page.locator("[data-state=sent]")
    number = sent.locator("[data-case-no]").get_attribute("data-case-no")
    assert sent.locator("[data-status-url]").count() == 1  # to be handed to the caller
    assert page.input_value("[name=contact-phone]") == "" and page.input_value("[name=source]") == "hotline"
    case = site.ask("GET", f"/api/v1/cases/{number}", login="operator")
    assert case["source"] == "hotline" and case["cell"]["code"] == M and "1381111" not in str(case)
    kept = page.evaluate("""() => new Promise((done) => {
        const opening = indexedDB.open("gridmaps-outbox", 1);
        opening.onsuccess = () => {
            const asked = opening.result.transaction("reports").objectStore("reports").getAll();
            asked.onsuccess = () => done(JSON.stringify(asked.result));
        };
    })""")
    assert "路面塌陷" in kept and "1381111" not in kept and "李雷" not in kept


def test_a_citizen_may_say_how_he_is_reached(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    page.click(".contact summary")
    page.fill("[name=contact-email]", "li@home.example")
    page.fill("textarea", "请邮件答复")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=sent]")
    page.wait_for_selector("[data-status-url]")
    [case] = _cases_with(site, "请邮件答复")
    waiting = site.ask("GET", "/api/v1/outbox?state=waiting", login="administrator")["items"]
    assert [one["kind"] for one in waiting if one["case_no"] == case["case_no"]] == ["received"]
