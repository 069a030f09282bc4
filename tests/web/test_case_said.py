"""What every side said of a result, on the case's own page: call-backs by telephone, and points for one another."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, log_in
from tests.web.test_desk_library import closed
from tests.worlds import W

Opener = Callable[..., BrowserContext]


def open_case(site: Site, open_context: Opener, case_no: str, *, login: str) -> Page:
    """The command centre with somebody logged in and the case open at what was said of it."""
    page = open_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{site.address}/?case={case_no}")
    log_in(page, login)
    page.wait_for_selector(f'[data-detail="{case_no}"] [data-evaluations] .sides')
    return page


def give(page: Page, subject: str, points: int) -> None:
    """Give a side its points."""
    page.click(f"[data-give={subject}]")
    page.locator(f"[data-score-form] [name=score][value='{points}']").check(force=True)
    page.fill("[data-score-form] textarea", "As I saw it.")
    page.click("[data-score-form] .primary")
    page.wait_for_selector(f"[data-side={subject}] [data-points='{points}']")


def test_not_fixed_by_the_citizens_word_reopens_the_case_and_stays_said(site: Site, open_context: Opener) -> None:
    case_no = closed(site, W, "the hole is back again")
    page = open_case(site, open_context, case_no, login="clerk")
    assert "the call-back" in page.inner_text("[data-missing]")
    page.click("[data-act=call_back]")
    page.locator("[data-call-form] [name=verdict][value=dissatisfied]").check(force=True)
    expect(page.locator("[data-call-form] [name=outcome]")).to_have_value("not_fixed")
    page.locator("[data-call-form] [name=score][value='1']").check(force=True)
    page.fill("[data-call-form] textarea", "It was never filled.")
    page.click("[data-call-form] .primary")
    page.wait_for_selector("[data-call=dissatisfied] [data-said-outcome=not_fixed]")
    said = page.inner_text("[data-evaluations]")
    assert "It was never filled." in said and "so the case was reopened" in said
    assert "Before it was reopened: Citizen 1 of 5" in said
    page.wait_for_selector("[data-event='case.reopened']")


def test_grid_and_department_score_one_another_on_one_page(site: Site, open_context: Opener) -> None:
    case_no = closed(site, W, "a hole that was filled well")
    call = {"act": "call_back", "verdict": "satisfied", "outcome": "fixed", "score": 5}
    site.ask("POST", f"/api/v1/cases/{case_no}/actions", call, login="clerk")
    page = open_case(site, open_context, case_no, login="officer")
    page.wait_for_selector("[data-side=result] [data-points='5']")
    assert page.query_selector("[data-give=report]") is None
    give(page, "department", 3)
    page = open_case(site, open_context, case_no, login="handler")
    assert page.query_selector("[data-give=department]") is None
    give(page, "report", 4)
    page.wait_for_selector(f'[data-detail="{case_no}"] [data-state=evaluated]')
    page.wait_for_selector("[data-side=result] [data-points='5']")
    page.wait_for_selector("[data-side=department] [data-points='3']")


def test_the_supervisor_settles_with_a_reason_what_a_citizen_is_dissatisfied_with_again(
    site: Site, open_context: Opener
) -> None:
    case_no = closed(site, W, "a hole that is filled every week")
    with site.store.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '0' WHERE key = 'reopens_by_call_back'")
    call = {"act": "call_back", "verdict": "dissatisfied", "outcome": "not_fixed", "words": "It is back."}
    site.ask("POST", f"/api/v1/cases/{case_no}/actions", call, login="clerk")
    page = open_case(site, open_context, case_no, login="supervisor")
    assert "the supervisor's word" in page.inner_text("[data-missing]")
    page.click("[data-settle]")
    page.click("[data-settle-form] .primary")
    assert "Choose what becomes of it first." in page.inner_text("[data-evaluations]")
    page.locator("[data-settle-form] [name=outcome][value=stays_closed]").check(force=True)
    page.fill("[data-settle-form] textarea", "It is looked at every day.")
    page.click("[data-settle-form] .primary")
    page.wait_for_selector("[data-event='case.call_back_settled']")
    said = page.inner_text("[data-evaluations]")
    assert "stays closed by the supervisor's word" in said and "It is looked at every day." in said
    assert page.query_selector("[data-settle]") is None
