"""At the telephone, in a real browser: whom to call back with the form of the call, and a case that somebody tells."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.living import PHOTO, Life, live, utc
from tests.web.conftest import Site, click_map, new_word, pick
from tests.web.test_desk import open_desk
from tests.worlds import V, W, inside

Opener = Callable[..., BrowserContext]
MAY = utc("2026-05-11T09:00")  # closed before all that other tests of the pages close


@pytest.fixture(scope="module")
def closed(site: Site) -> tuple[str, str]:
    """Two citizens' cases that were closed one behind the other; who reported them left a number."""
    with site.store.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO photo VALUES (%s, 'image/jpeg', 1, 1, '', '7', now()) ON CONFLICT DO NOTHING", (PHOTO,)
        )
        lives = [Life("litter", MAY + timedelta(hours=hour), source="public", closed_h=3.0) for hour in (0, 1)]
        first, second = (live(conn, life).case_no for life in lives)
    with site.store.owner.begin() as conn:
        told = "UPDATE report SET reporter = jsonb_build_object('phone', '139 0000 0000') WHERE case_no = %s"
        conn.exec_driver_sql(told, (first,))
    return first, second


def test_a_clerk_rings_up_one_behind_the_other_by_keys(
    site: Site, open_context: Opener, closed: tuple[str, str]
) -> None:
    first, second = closed
    page = open_desk(site, open_context, login="clerk", place="#call-backs")
    page.wait_for_selector(f"[data-call='{first}'] [data-tries='0']")
    listed = page.eval_on_selector_all("[data-call]", "rows => rows.map(row => row.dataset.call)")
    assert listed[:2] == [first, second], "longest closed first"
    page.keyboard.press("j")
    page.wait_for_selector(f"[data-open='{first}'] [data-call-form]")
    assert "139" not in page.inner_text(".sheet")
    page.keyboard.press("l")
    page.wait_for_selector("[data-looked] [href='tel:13900000000']")
    looks = site.ask("GET", f"/api/v1/looks?case_no={first}", login="supervisor")["items"]
    assert [one["login"] for one in looks] == ["clerk"]
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".trouble:has-text('Choose what the citizen says first.')")
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"[data-done]:has-text('{first}'):has-text('tried again at another hour')")
    page.wait_for_selector(f"[data-open='{second}'] [data-call-form]")
    page.wait_for_selector(f"[data-call='{first}']", state="detached")
    assert page.query_selector("[data-looked]") is None, "the one before is nobody's business any more"
    page.keyboard.press("2")
    expect(page.locator("[name=outcome][value=not_fixed]")).to_be_checked()
    page.keyboard.press("1")
    expect(page.locator("[name=outcome][value=fixed]")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-done]:has-text('{second}'):has-text('Satisfied')")
    page.uncheck("[name=ready]")
    page.wait_for_selector(f"[data-call='{first}'] [data-again]")
    page.goto(f"{site.address}/desk#call-backs/{first}")
    page.wait_for_selector("[data-resting]")
    assert page.is_disabled("[name=verdict][value=not_reached]")


def test_what_waits_for_the_supervisor_is_settled_beside_its_list(site: Site, open_context: Opener) -> None:
    with site.store.app.begin() as conn:
        case_no = live(conn, Life("litter", MAY + timedelta(days=1), source="public", closed_h=3.0)).case_no
    said = {"act": "call_back", "verdict": "dissatisfied", "outcome": "not_fixed", "words": "Still there."}
    with site.store.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '0' WHERE key = 'reopens_by_call_back'")
    site.ask("POST", f"/api/v1/cases/{case_no}/actions", said, login="clerk")
    with site.store.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '1' WHERE key = 'reopens_by_call_back'")
    page = open_desk(site, open_context, login="supervisor", place="#call-backs")
    page.click(f"[data-waiting='{case_no}']")
    page.wait_for_selector(f"[data-open='{case_no}'] .words:has-text('Still there.')")
    page.check("[name=outcome][value=stays_closed]", force=True)
    page.fill("[name=reason]", "It is swept every day.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-done]:has-text('stays closed')")
    page.wait_for_selector(f"[data-waiting='{case_no}']", state="detached")


def test_who_takes_a_call_clicks_the_place_and_sees_its_unit_and_how_sure_that_is(
    site: Site, open_context: Opener
) -> None:
    word = new_word("路灯")
    page = open_desk(site, open_context, login="clerk", place="#intake")
    page.click("[data-submit]")
    page.wait_for_selector(".trouble:has-text('click the map')")
    click_map(page, *inside(V))
    page.wait_for_selector(f"[data-place='{V}'] [data-certainty=certain]")
    lon, lat = inside(W)
    page.fill("[name=lon]", f"{lon:.6f}")
    page.fill("[name=lat]", f"{lat:.6f}")
    page.wait_for_selector(f"[data-place='{W}']")
    page.fill("[name=lon]", "120.003")
    page.wait_for_selector("[data-certainty=ambiguous]")
    click_map(page, *inside(V))
    page.wait_for_selector(f"[data-place='{V}'] [data-certainty=certain]")
    page.fill("[name=text]", f"{word}不亮")
    pick(page, "[data-field=category]", "pothole", "pothole")
    page.fill("[name=phone]", "139 0000 0000")
    page.click("[data-submit]")
    page.wait_for_selector("[data-filed], [data-own]")
    if page.query_selector("[data-own]"):  # others of that class lie near by
        page.click("[data-own]")
    number = page.wait_for_selector("[data-filed]").get_attribute("data-filed")
    found = site.ask("GET", f"/api/v1/cases/{number}", login="clerk")
    assert (found["cell"]["code"], found["source"], found["category"]) == (V, "hotline", "pothole")
    look = site.ask("POST", f"/api/v1/cases/{number}/looks", {"purpose": "test"}, login="clerk")
    assert look["reporter"] == {"phone": "139 0000 0000"} and word in look["text"]
    page.click("[data-next]")
    page.wait_for_selector("[data-place=none]")
    assert page.input_value("[name=text]") == ""
