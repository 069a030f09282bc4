"""The reporting page, as a phone."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.moments import clear_of_midnight
from tests.web.conftest import Site, log_in, until
from tests.worlds import WILLOW, E, G, M, W, inside

# What a test answers in the server's place must not pass the page's worker, which would ask the server itself.
NO_WORKER: dict[str, Any] = {"service_workers": "block"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "permissions": ["geolocation"],
}  # fmt: skip
OpenPhone = Callable[..., Page]
# What others have reported there is not asked for here: suggestions have tests of their own.
NOTHING_LIKE_IT = """const ask = fetch; window.fetch = (path, said) => path === "/api/v1/duplicates"
  ? Promise.resolve(Response.json({ items: [] })) : ask(path, said);"""


@pytest.fixture
def phone(site: Site, open_context: Callable[..., BrowserContext]) -> OpenPhone:
    """Opens the page on a phone that stands inside a unit."""

    def start(unit: str, accuracy: float = 8, locale: str = "zh-CN", **options: Any) -> Page:
        lon, lat = inside(unit)
        where = {"longitude": lon, "latitude": lat, "accuracy": accuracy}
        page = open_context(**PHONE, geolocation=where, locale=locale, **options).new_page()
        page.add_init_script(NOTHING_LIKE_IT)
        page.goto(f"{site.address}/report")
        page.wait_for_selector("html[data-ready]")
        page.wait_for_selector("[data-place=found]")
        return page

    return start


def _picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(file, "JPEG", quality=70)
    return file.getvalue()


def _log_in(page: Page, login: str, shown: str) -> None:
    page.click("[data-act=officer]")
    log_in(page, login)
    page.wait_for_selector(shown)


def _as_officer(page: Page) -> None:
    _log_in(page, "officer", "[data-act=all-clear]")


def _without_network(page: Page) -> None:
    """Cut the line behind the moment at which the page is kept on the phone."""
    until(page, "navigator.serviceWorker.controller")
    page.context.set_offline(True)


def _cases_with(site: Site, text: str) -> list[dict[str, Any]]:
    page = site.ask("GET", "/api/v1/cases?limit=500", login="operator")
    return [case for case in page["items"] if case["text"] == text]


def test_a_text_a_photo_and_a_position_become_a_case(site: Site, phone: OpenPhone) -> None:
    page = phone(M, **NO_WORKER)
    page.set_input_files("input[type=file]", {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": _picture()})
    page.wait_for_selector(".shot")
    page.select_option("[name=category]", "pothole")
    page.fill("textarea", "市场门口路面破损")
    page.click("[data-act=send]")
    number = page.locator("[data-state=sent] [data-case-no]").get_attribute("data-case-no")
    until(
        page, "document.querySelector('.mine').getBoundingClientRect().top < innerHeight / 2"
    )  # the answer, not the form
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
    page.reload()  # all that waits in the outbox is shown, and sent, anew
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector("[data-state=sent]")
    expect(page.locator("[data-state]")).to_have_count(1)
    assert len(_cases_with(site, "双击")) == 1


def test_the_answer_names_the_unit_and_its_own_address_shows_it_again(phone: OpenPhone) -> None:
    page = phone(W, locale="en-GB")
    page.fill("textarea", "A loose cover")
    page.click("[data-act=send]")
    for expected in ("Willow west", "Willow community committee"):
        expect(page.locator("[data-state=sent]")).to_contain_text(expected)
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
    _without_network(page)
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
    page = phone(W, **NO_WORKER)
    problem = '{"status": 422, "code": "invalid", "detail": "the text is not fit", "field": "text"}'
    page.route("**/api/v1/reports", lambda route: route.fulfill(status=422, body=problem))
    page.fill("textarea", "refused")
    page.click("[data-act=send]")
    expect(page.locator("[data-state=refused]")).to_contain_text("the text is not fit")


def test_an_all_clear_from_inside_the_unit_counts(site: Site, phone: OpenPhone) -> None:
    clear_of_midnight()
    page = phone(W)
    _as_officer(page)
    page.click("[data-act=all-clear]")
    page.wait_for_selector("[data-counts=true]")
    expect(page.locator(".clear")).to_contain_text(W)
    silent = [unit["code"] for unit in site.ask("GET", "/api/v1/silence", login="operator")["silent"]]
    assert W not in silent


def test_an_all_clear_elsewhere_does_not_count_and_says_why(phone: OpenPhone) -> None:
    assert not M.startswith(WILLOW)
    page = phone(M)
    _as_officer(page)
    page.click("[data-act=all-clear]")
    expect(page.locator("[data-counts=false]")).to_contain_text("该网格不属于您的账号")
    page.click("[data-act=language]")
    expect(page.locator("[data-counts=false]")).to_contain_text("the unit is not one of your account's")


def test_an_officers_report_stays_the_grids_over_a_reload_without_a_network(site: Site, phone: OpenPhone) -> None:
    page = phone(W)
    _as_officer(page)
    _without_network(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".account")).to_contain_text("Olga Officer")
    page.wait_for_selector("[data-place=found]")
    page.fill("textarea", "网格员离线")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=waiting]")
    page.context.set_offline(False)
    page.wait_for_selector("[data-state=sent]")
    assert _cases_with(site, "网格员离线")[0]["source"] == "grid"


def test_an_officers_report_waits_for_the_log_in_when_the_session_has_ended(site: Site, phone: OpenPhone) -> None:
    page = phone(W, locale="en-GB")
    _as_officer(page)
    page.context.clear_cookies()
    page.fill("textarea", "kept for the log-in")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=held]")
    expect(page.locator("[data-ended]")).to_contain_text("Your session has ended")
    assert _cases_with(site, "kept for the log-in") == []
    log_in(page, "officer")
    page.wait_for_selector("[data-state=sent]")
    assert [case["source"] for case in _cases_with(site, "kept for the log-in")] == ["grid"]


def test_the_city_is_known_after_a_reload_without_a_network(phone: OpenPhone) -> None:
    page = phone(W, locale="en-GB")
    _without_network(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("header")).to_contain_text("Tiny town")
    expect(page.locator("[name=category] option[value=litter]")).to_have_count(1)


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


def test_a_place_that_devices_make_up_is_not_told_as_near_a_border(phone: OpenPhone) -> None:
    page = phone(E, locale="en-GB")  # the middle of the district
    page.fill("textarea", "Somewhere in the middle")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-state=sent]")
    expect(page.locator("[data-state=sent] .certainty")).to_have_text(
        "The place is not certain enough; a clerk looks at it"
    )


def test_a_clerk_files_for_a_caller_whose_contact_stays_with_the_port(site: Site, phone: OpenPhone) -> None:
    page = phone(W, **NO_WORKER)
    assert page.query_selector("[data-clerk]") is None
    _log_in(page, "clerk", "[data-clerk]")
    expect(page.locator("[name=source]")).to_have_value("visit")
    page.wait_for_selector("details[open] .hand")  # where the clerk sits is not where the hole is
    expect(page.locator("[data-place=found]")).to_have_count(0)
    lon, lat = inside(M)
    page.fill("[name=lon]", str(lon))
    page.fill("[name=lat]", str(lat))
    page.click(".hand .secondary")
    page.wait_for_selector("[data-place=found]")
    page.select_option("[name=source]", "superior")
    expect(page.locator("[name=contact-phone]")).to_have_count(0)  # an order is no citizen's
    page.select_option("[name=source]", "hotline")
    page.fill("[name=contact-name]", "李雷")
    page.fill("[name=contact-phone]", "13811112222")
    page.select_option("[name=category]", "stall")
    page.fill("textarea", "路面塌陷，来电反映")
    page.click("[data-act=send]")
    sent = page.locator("[data-state=sent]")
    number = sent.locator("[data-case-no]").get_attribute("data-case-no")
    expect(sent.locator("[data-status-url]")).to_have_count(1)  # to be handed to the caller
    expect(page.locator("[name=contact-phone]")).to_have_value("")
    expect(page.locator("[name=source]")).to_have_value("hotline")
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
