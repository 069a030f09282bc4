"""What a phone keeps of its reports and how they stand, and the work that waits for an officer on his."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, new_word
from tests.web.test_case_page import PATIENT
from tests.web.test_desk import act
from tests.web.test_report import (
    NO_WORKER,
    NOTHING_LIKE_IT,
    PHONE,
    _as_officer,
    _cases_with,
    _log_in,
    _picture,
    _without_network,
)
from tests.worlds import M, R, V, W, inside

OpenPhone = Callable[..., Page]


@pytest.fixture
def stands(site: Site, open_context: Callable[..., BrowserContext]) -> OpenPhone:
    """Opens the page on a phone that stands inside a unit, and is shown there what `script` lets it."""

    def start(unit: str, *, script: str = NOTHING_LIKE_IT, locale: str = "zh-CN", **options: Any) -> Page:
        lon, lat = inside(unit)
        where = {"longitude": lon, "latitude": lat, "accuracy": 8}
        context = open_context(**PHONE, geolocation=where, locale=locale, **options)
        context.add_init_script(script)
        page = context.new_page()
        page.goto(f"{site.address}/report")
        page.wait_for_selector("html[data-ready]")
        page.wait_for_selector("[data-place=found]")
        return page

    return start


def test_asking_how_a_report_stands_tells_it_in_words_and_keeps_its_secret_link(site: Site, stands: OpenPhone) -> None:
    page = stands(M, **NO_WORKER)
    page.select_option("[name=category]", "pothole")
    page.fill("textarea", "市场东门路面塌陷")
    page.click("[data-act=send]")
    sent = page.locator("[data-entry][data-state=sent]")
    link = sent.locator("[data-status-url]").get_attribute("href")
    expect(sent.locator("dl")).to_contain_text("市政")  # and not Roads
    expect(sent.locator("dl")).not_to_contain_text("Roads")
    case_no = str(sent.locator("[data-case-no]").get_attribute("data-case-no"))
    act(site, case_no, {"act": "accept"})
    sent.locator("[data-act=refresh]").click()
    expect(sent.locator("[data-standing=filed]")).to_have_text("上报 · 已立案，待派遣")
    act(site, case_no, {"act": "dispatch", "lead": "roads"})
    sent.locator("[data-act=refresh]").click()
    expect(sent.locator("[data-standing=pending]")).to_have_text("交办 · 已派遣，待承办单位接收")
    expect(sent.locator("[data-status-url]")).to_have_attribute("href", str(link))
    page.reload()
    expect(sent.locator("[data-status-url]")).to_have_attribute("href", str(link))
    page.goto(site.address + str(link))
    assert case_no in page.inner_text("body")


def test_a_case_that_was_joined_stays_with_its_number_its_link_and_its_photo(site: Site, stands: OpenPhone) -> None:
    case_no = str(site.post_report(*inside(R), text=new_word("a stall "), category="stall")["case_no"])
    page = stands(R, script=PATIENT, locale="en-GB", **NO_WORKER)
    page.set_input_files("input[type=file]", {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": _picture()})
    page.wait_for_selector(".shot")
    page.select_option("[name=category]", "stall")
    page.fill("textarea", "It blocks the whole pavement.")
    page.click("[data-act=send]")
    page.click(f'[data-join="{case_no}"]')
    page.wait_for_selector(f'[data-joined="{case_no}"]')
    page.reload()
    joined = page.locator("[data-entry][data-state=joined]")
    expect(joined.locator("[data-case-no]")).to_have_text(case_no)
    expect(joined).to_contain_text("It blocks the whole pavement.")
    link = str(joined.locator("[data-status-url]").get_attribute("href"))
    act(site, case_no, {"act": "accept"})
    joined.locator("[data-act=refresh]").click()
    expect(joined.locator("[data-standing=filed]")).to_have_text("Reported · taken up, with no unit yet")
    [said] = site.ask("GET", f"/api/v1/cases/{case_no}/also-said", login="operator")["items"]
    assert said["text"] == "It blocks the whole pavement." and len(said["photos"]) == 1
    page.goto(site.address + link)
    assert case_no in page.inner_text("body")


def test_an_officer_is_led_to_what_waits_for_him_and_only_to_that(site: Site, stands: OpenPhone) -> None:
    looked, idle = (str(site.post_report(*inside(V), category="litter", text="a heap")["case_no"]) for _ in range(2))
    act(site, looked, {"act": "ask_check", "note": "Is it still there?"}, login="operator")
    page = stands(W, **NO_WORKER)
    _log_in(page, "officer", "[data-waiting]")
    row = page.locator(f'[data-work="{looked}"]')
    expect(row.locator("[data-waits=verify_report]")).to_have_text("现场核实")
    expect(row).to_contain_text("暴露垃圾")
    asked = site.ask("GET", "/api/v1/cases?waiting=true&limit=10", login="officer")["items"]
    shown = [one.get_attribute("data-work") for one in page.query_selector_all("[data-work]")]
    assert shown == [one["case_no"] for one in asked] and idle not in shown
    [due] = [one["late_at"] for one in asked if one["case_no"] == looked]
    expect(row.locator(f'[data-until="{due}"]')).to_contain_text("期限")
    act(site, looked, {"act": "void", "reason": "It was taken away."}, login="operator")
    page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector(f'[data-work="{looked}"]', state="detached")


def test_a_unit_opens_from_its_phone_the_case_that_waits_for_it(site: Site, stands: OpenPhone) -> None:
    case_no = str(site.post_report(*inside(M), category="pothole", text=new_word("a hole "))["case_no"])
    act(site, case_no, {"act": "accept"})
    act(site, case_no, {"act": "dispatch", "lead": "roads"})
    page = stands(M, locale="en-GB", **NO_WORKER)
    _log_in(page, "handler", "[data-waiting]")
    expect(page.locator(f'[data-work="{case_no}"] [data-waits=receive]')).to_have_text("Receive")
    page.click(f'[data-work="{case_no}"]')
    page.wait_for_selector(f'[data-detail="{case_no}"] [data-act=receive]')


def _show(page: Page, selector: str, picture: bytes) -> None:
    page.set_input_files(selector, {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": picture})


def test_what_an_officer_has_solved_on_the_spot_is_filed_closed_also_without_a_network(
    site: Site, stands: OpenPhone
) -> None:
    page, before = stands(W), _picture()
    expect(page.locator("[name=solved]")).to_have_count(0)  # a citizen has solved nothing
    _as_officer(page)
    _without_network(page)
    page.reload()
    page.wait_for_selector("[data-place=found]")
    _show(page, "input[type=file]", before)
    page.wait_for_selector(".shot")
    page.fill("[name=text]", "果皮箱旁散落垃圾")
    page.check("[name=solved]")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-missing=needHow]")
    page.fill("[name=solved-how]", "已清扫装袋")
    page.wait_for_selector("[data-missing]", state="detached")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-missing=needAfter]")
    _show(page, "[name=photo-after]", before)
    page.wait_for_selector("[data-missing]", state="detached")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-missing=sameAfter]")
    _show(page, "[name=photo-after]", _picture())
    page.wait_for_selector("[data-missing]", state="detached")
    page.click("[data-act=send]")
    page.wait_for_selector("[data-entry][data-state=waiting] [data-solved]")
    expect(page.locator("[name=solved]")).not_to_be_checked()  # the next one is another matter
    page.reload()
    page.wait_for_selector("[data-entry][data-state=waiting]")
    page.context.set_offline(False)
    sent = page.locator("[data-entry][data-state=sent]")
    expect(sent.locator("[data-standing=done]")).to_have_text("办结")
    [case] = _cases_with(site, "果皮箱旁散落垃圾")
    assert (case["state"], case["is_self_solved"], case["source"]) == ("closed", True, "grid")
    told = site.ask("GET", f"/api/v1/cases/{case['case_no']}", login="operator")
    [after] = [one["sha256"] for one in told["act_photos"] if one["kind"] == "after"]
    assert after not in told["photos"] and len(told["photos"]) == 1
    assert "已清扫装袋" in str(told["notes"])
