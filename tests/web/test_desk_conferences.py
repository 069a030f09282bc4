"""Conferences and whistles on the desk and on the phone, in a real browser."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, click_map, log_in, pick, stand_still, until
from tests.web.test_desk import Opener, act, open_desk
from tests.web.test_report import PHONE
from tests.worlds import B, T, V, W, inside

CONFERENCES, WHISTLES = "/api/v1/conferences", "/api/v1/whistles"


def handed(site: Site, unit: str, lead: str = "roads") -> str:
    """A case that a department has; its number."""
    case_no = str(site.post_report(*inside(unit), text="井盖响，几家都不管", category="stall")["case_no"])
    act(site, case_no, {"act": "accept"})
    act(site, case_no, {"act": "dispatch", "lead": lead, "reason": "Try"})
    return case_no


def refused(site: Site, unit: str) -> str:
    """A case that two departments gave back."""
    case_no = handed(site, unit, "roads")
    given = {"act": "return", "reason": "Not ours", "basis": "Duty list"}
    act(site, case_no, given | {"unit": "roads"})
    act(site, case_no, {"act": "dispatch", "lead": "sanitation", "reason": "Try"})
    act(site, case_no, given | {"unit": "sanitation"})
    return case_no


def called(site: Site, unit: str = W) -> int:
    """A whistle of South street that calls the roads department."""
    lon, lat = inside(unit)
    body = {
        "type": "emergency",
        "units": ["roads", "sanitation"],
        "what": "爆管",
        "lon": lon,
        "lat": lat,
        "radius_m": 80,
    }
    return int(site.ask("POST", WHISTLES, body, login="clerk")["id"])


def fill_minutes(page: Page, words: str) -> None:
    """A sheet of minutes by the form."""
    page.click("[data-form=minutes]")
    page.fill("[name=text]", words)
    page.click("[data-form-of=minutes] .primary")
    page.wait_for_selector("[data-minutes='1']")


def test_a_due_case_is_conferred_on_and_the_decision_moves_it(site: Site, open_context: Opener) -> None:
    # Left to the centre: the sweep of this server must not open it first.
    site.ask("PUT", f"{CONFERENCES}/triggers/refusals", {"opens_itself": False}, login="administrator")
    case_no = refused(site, W)
    page = open_desk(site, open_context, place="#conferences")
    page.wait_for_selector("[data-boards='9']")
    page.click("[data-list=due]")
    page.click(f'[data-due-case="{case_no}"]')
    page.wait_for_selector("[data-open-form]")
    expect(page.locator(".sheet")).to_contain_text("Two units refused it, since")
    page.fill("[name=people]", "Petra Panel")
    page.click("[data-submit]")
    page.wait_for_selector("[data-members='3']")
    # The case beside the conference: before it is read no area can be drawn around its place.
    expect(page.locator(".sheet")).to_contain_text("井盖响，几家都不管")
    page.click("[data-form=decision]")
    expect(page.locator("[data-hindered]")).to_contain_text("Write down what was said first")
    page.click("[data-form=decision]")
    page.wait_for_selector("[data-hindered]", state="detached")
    fill_minutes(page, "各单位会商，由执法部门负责。")
    page.click("[data-form=decision]")
    pick(page, "[data-decide] [data-field=lead]", "执法", "order")
    page.fill("[name=grounds]", "门前三包")
    for expected in ("before the panel", "leaves a precedent"):
        expect(page.locator("[data-cover]")).to_contain_text(expected)
    page.click("[data-decide] [data-submit]")
    page.wait_for_selector("[data-decision] [data-precedent]")
    case = site.ask("GET", f"/api/v1/cases/{case_no}", login="administrator")
    assert (case["state"], case["lead"]) == ("pending", "order")
    page.wait_for_selector("[data-due]:not([data-due=loading])", state="attached")
    page.wait_for_selector(f'[data-due-case="{case_no}"]', state="detached")
    page.click("[data-form=minutes]")
    page.fill("[name=text]", "各单位会商，由执法部门负责，环卫协助。")
    page.click("[data-form-of=minutes] .primary")
    page.wait_for_selector("[data-minutes='2'] [data-corrected-by='2']")
    expect(page.locator("[data-minutes]")).to_contain_text("corrects sheet 1")


def test_an_action_is_given_here_and_ended_by_its_owner_who_does_not_see_the_case(
    site: Site, open_context: Opener
) -> None:
    case_no = handed(site, V, "order")
    opening = {"case_no": case_no, "reason": "三家都管一点", "members": [{"unit": "order"}, {"person": "Petra"}]}
    number = site.ask("POST", CONFERENCES, opening, login="panel")["id"]
    page = open_desk(site, open_context, place=f"#conferences/{number}")
    page.click("[data-form=action]")
    pick(page, "[data-form-of=action] [data-field=unit]", "roads", "roads")
    page.fill("[name=what]", "Fence the pit")
    page.fill("[name=due_at]", "2099-01-02T12:00")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-action='1'][data-action-state=open]")
    owner = open_desk(site, open_context, login="handler", place="#conferences")
    owner.click(f"[data-conference='{number}']")
    owner.wait_for_selector("[data-action='1']")
    assert owner.query_selector("[data-form=minutes]") is None
    assert "the centre or a panel member decides" in owner.inner_text("[data-read-only]")
    owner.click("[data-form='done 1']")
    owner.fill("[name=note]", "Fenced")
    owner.click(".task .primary")
    owner.wait_for_selector("[data-action-state=done]")
    page.wait_for_selector("[data-action-state=done]")  # by the live feed


def test_a_street_whistles_at_a_place_on_the_map_and_records_the_result(site: Site, open_context: Opener) -> None:
    page = open_desk(site, open_context, login="clerk", place="#whistles")
    page.click("[data-new]")
    page.wait_for_selector("[data-raising]")
    lon, lat = inside(B)
    stand_still(page, lon, lat, 16)
    click_map(page, lon, lat)
    page.wait_for_selector(f"[data-place='{B}']")
    page.wait_for_selector("[data-raising] [name=type] option", state="attached")
    for unit in ("roads", "sanitation"):
        pick(page, "[data-raising] [data-field=units]", unit, unit)
    page.fill("[name=what]", "占道经营，请一同到场")
    page.click("[data-submit]")
    page.wait_for_selector("[data-call=roads][data-call-colour=grey]")
    number = page.evaluate("location.hash").rsplit("/", 1)[1]
    body = {"unit": "roads", "lon": lon, "lat": lat, "accuracy_m": 8, "captured_at": datetime.now(UTC).isoformat()}
    site.ask("POST", f"{WHISTLES}/{number}/report-ins", body, login="handler")
    page.wait_for_selector("[data-call=roads][data-call-colour=green]")  # by the live feed
    expect(page.locator("[data-call=roads] [data-captured]")).to_contain_text("position of ")
    page.click("[data-form=result]")
    page.fill("[name=result]", "劝离十一处")
    page.check("[name=release][value=sanitation]")
    page.click("[data-form-of=result] .primary")
    page.wait_for_selector("[data-outcome=solved]")
    expect(page.locator("[data-call=sanitation][data-call-colour=grey]")).to_contain_text("not needed")
    page.click("[data-form=score]")
    page.select_option("[name=score]", "4")
    page.click("[data-form-of=score] .primary")
    expect(page.locator("[data-scores='1']")).to_contain_text("4 of 5")


def test_a_called_unit_reports_in_with_one_press_and_is_told_when_it_is_too_far(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    number = called(site)
    far, near = inside(T), inside(W)
    context = open_context(
        **PHONE, geolocation={"longitude": far[0], "latitude": far[1], "accuracy": 9}, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{site.address}/report")
    page.wait_for_selector("html[data-ready]")
    page.click("[data-act=officer]")
    log_in(page, "handler")
    card = f".whistles [data-whistle='{number}']"
    page.click(f"{card} [data-report-in=roads]")
    page.wait_for_selector(f"{card} [data-counts=false]")
    expect(page.locator(card)).to_contain_text("and it counts within 80 m")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.set_geolocation({"longitude": near[0], "latitude": near[1], "accuracy": 9})
    page.click(f"{card} [data-report-in=roads]")
    page.wait_for_selector(f"{card} [data-counts=true]")
    until(page, f'!document.querySelector("{card} [data-report-in]")')
    calls = site.ask("GET", f"{WHISTLES}/{number}", login="clerk")["calls"]
    assert {call["unit"]: call["colour"] for call in calls} == {"roads": "green", "sanitation": "grey"}


def test_the_case_page_leads_to_its_conference(site: Site, console: Page) -> None:
    case_no = handed(site, V)
    console.goto(f"{site.address}/?case={case_no}")
    assert console.get_attribute("[data-confer]", "href") == f"/desk#conferences/new%2F{case_no}"
    number = site.ask("POST", CONFERENCES, {"case_no": case_no, "reason": "stuck"}, login="panel")["id"]
    console.goto(f"{site.address}/?case={case_no}")
    link = console.locator(f"[data-meetings] [data-conference='{number}']")
    expect(link).to_have_attribute("href", f"/desk#conferences/{number}")
