"""Supervision on the desk, in a real browser: rules, a deadline on record, people by name; what a conference needs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.web.conftest import Site, log_in
from tests.web.test_case_page import filed
from tests.web.test_desk import Opener, act, open_desk
from tests.worlds import G, T, inside

RULES, CONFERENCES = "/api/v1/supervision/rules", "/api/v1/conferences"


@pytest.fixture
def kept_rules(site: Site) -> Iterator[None]:
    """The rules as they are, put back behind the test."""
    rules = site.ask("GET", RULES, login="administrator")
    yield
    for one in rules["colours"]:
        body = {name: one[name] for name in ("used_share", "units_left")}
        site.ask("PUT", f"{RULES}/colours/{one['unit']}", body, login="administrator")
    site.ask("PUT", f"{RULES}/ladders/superior", {"rungs": []}, login="administrator")


def missed(site: Site) -> str:
    """A case that roads had three hours behind its deadline and gave back, and that another unit has now."""
    case_no = filed(site, G)
    act(site, case_no, {"act": "dispatch"})
    with site.store.app.begin() as conn:
        late = "UPDATE case_file SET due_at = now() - interval '3 hours' WHERE case_no = %s"
        conn.exec_driver_sql(late, (case_no,))
    act(site, case_no, {"act": "return", "unit": "roads", "reason": "Not ours", "basis": "Duty list"})
    act(site, case_no, {"act": "dispatch", "lead": "order", "reason": "Theirs"})
    return case_no


def fits(page: Page, selector: str) -> bool:
    """Whether a part shows all of its width."""
    return bool(page.evaluate(f"(one => one.scrollWidth <= one.clientWidth)(document.querySelector('{selector}'))"))


def test_the_administrator_edits_a_colour_and_gives_a_source_a_ladder_of_its_own(
    site: Site, open_context: Opener, kept_rules: None
) -> None:
    page = open_desk(site, open_context, login="administrator", place="#supervision")
    page.click("[data-rules]")
    page.click("[data-colour-rule=working_day] [data-edit-colour]")
    page.fill("[data-editing] [name=share]", "50")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-saved]:has-text('from the next sweep on')")
    assert "50 %" in page.inner_text("[data-colour-rule=working_day]")
    page.select_option("[data-own-ladder]", "superior")
    page.fill("[data-ladder=superior] [name=reply]", "4")
    page.select_option("[data-ladder=superior] [name=reply_unit]", "working_hour")
    page.click("[data-add-rung]")
    page.select_option("[data-rung='1'] [name=kind]", "criticism")
    assert page.query_selector("[data-rung='1'] [name=reply]") is None, "only an order wants an answer"
    page.click("[data-save]")
    page.wait_for_selector("[data-ladder=superior] [data-rungs='2']")
    ladders = {one["source"]: one for one in site.ask("GET", RULES, login="supervisor")["ladders"]}
    first, second = ladders["superior"]["rungs"]
    assert (first["reply"], second["kind"]) == ({"amount": 4, "unit": "working_hour"}, "criticism")
    page.click("[data-ladder=superior] [data-edit-ladder]")
    page.click("[data-drop-ladder]")
    page.wait_for_selector("[data-ladder=superior]", state="detached")


def test_a_ladder_that_cannot_be_climbed_is_refused_in_the_form(site: Site, open_context: Opener) -> None:
    page = open_desk(site, open_context, login="administrator", place="#supervision/rules")
    page.click("[data-ladder=default] [data-edit-ladder]")
    page.select_option("[data-ladder=default] [data-rung='0'] [name=holder]", "@district")
    page.click("[data-save]")
    page.get_by_text("would never be asked").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-ladder=default] [data-rungs='3']")


def test_others_read_the_rules_and_edit_none(site: Site, open_context: Opener) -> None:
    page = open_desk(site, open_context, login="clerk", place="#supervision/rules")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.wait_for_selector("[data-ladder=hotline] [data-rungs='2']")
    assert "two thirds" in page.inner_text("[data-colours='4']")
    assert page.query_selector("[data-edit-colour], [data-edit-ladder], [data-own-ladder]") is None
    assert "edits these" in page.inner_text("[data-read-only]")
    assert all(fits(page, f"[data-ladder={source}] .table") for source in ("default", "hotline"))


def test_a_missed_deadline_stays_on_record_where_the_case_is_in_time_again(site: Site, open_context: Opener) -> None:
    case_no = missed(site)
    act(site, case_no, {"act": "supervise", "note": "Tell what hinders it."})
    order = site.ask("GET", f"/api/v1/supervision/orders?case_no={case_no}&kind=order", login="supervisor")["items"][0]
    assert order["colour"] == "green"
    page = open_desk(site, open_context, login="supervisor", place=f"#supervision/{order['id']}")
    page.wait_for_selector(f"[data-order='{order['id']}'] [data-missed]")
    told = page.inner_text("[data-open] [data-missed]")
    assert "Missed its deadline at " in told and ", by 3 h 00" in told and "while with Roads" in told
    assert "by Ada Administrator" in page.inner_text("[data-open]")
    page.goto(f"{site.address}/?case={case_no}")
    page.wait_for_selector(f"[data-detail='{case_no}'] [data-missed]")
    assert ", by 3 h 00 while with Roads" in page.inner_text("[data-detail] [data-missed]")
    assert page.query_selector("[data-detail] header [data-colour=green]")


def test_who_did_what_is_told_by_name_and_a_citizen_is_not(site: Site, open_context: Opener) -> None:
    case_no = str(site.post_report(*inside(T), text="a lamp is out", category="pothole")["case_no"])
    act(site, case_no, {"act": "accept"}, login="clerk2")
    page = open_context().new_page()
    page.goto(f"{site.address}/?case={case_no}")
    log_in(page, "operator")
    page.wait_for_selector("[data-event='case.filed']")
    assert "Curt Clerk" in page.inner_text("[data-event='case.filed']")
    assert "a citizen" in page.inner_text("[data-event='case.reported']")


def test_what_a_conference_still_needs_is_said_before_the_form_is_sent(site: Site, open_context: Opener) -> None:
    reported = str(site.post_report(*inside(G), text="a stall", category="stall")["case_no"])
    page = open_desk(site, open_context, place=f"#conferences/new%2F{reported}")
    page.wait_for_selector(f"[data-conditions='{reported}']")
    assert "A case that is reported admits no conference. It is accepted first." in page.inner_text("[data-hindered]")
    assert page.is_disabled("[data-submit]")
    act(site, reported, {"act": "accept"})
    act(site, reported, {"act": "dispatch", "lead": "roads", "reason": "Try"})
    page.goto(f"{site.address}/desk#conferences/new")
    page.fill("[name=case_no]", reported)
    page.wait_for_selector("[data-condition=state][data-met=true]")
    assert "0 of 2 did" in page.inner_text("[data-condition=refusals][data-met=false]")
    assert "no help is asked for" in page.inner_text("[data-condition=help][data-met=false]")
    page.fill("[name=reason]", "No single unit can.")
    page.click("[data-submit]")
    page.wait_for_selector("[data-open] .seats")
    assert "by Petra Panel" in page.inner_text("[data-open]")


def test_a_number_of_the_board_opens_to_exactly_its_cases(site: Site, open_context: Opener) -> None:
    case_no = filed(site, G)
    act(site, case_no, {"act": "dispatch"})
    page = open_desk(site, open_context, login="supervisor", place="#supervision")
    number = page.locator("[data-count=roads] [data-count-of=green]").first
    number.wait_for()
    told = int(number.inner_text())
    number.click()
    page.wait_for_selector(f"[data-board-behind] [data-behind='{min(told, 50)}']")
    site.post_report(121.0, 31.0, text="far out")  # with nobody, and in no street
    page.reload()
    nobodys = page.locator("[data-count=nobody]", has_text="off the grid").locator("[data-count-of]").first
    nobodys.wait_for()
    told = int(nobodys.inner_text())
    nobodys.click()
    page.wait_for_selector(f"[data-board-behind] [data-behind='{min(told, 50)}']")
    assert "with nobody yet, off the grid" in page.inner_text("[data-board-behind] h3")
    page.click("[data-tile=green]")  # of all units: where the case lies is another row's than the first, perhaps
    page.wait_for_selector("[data-board-behind] h3:has-text('all units')")
    page.wait_for_selector(f"[data-board-behind] a[href='/?case={case_no}']")
