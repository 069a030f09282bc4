"""The page shows the answer to the last question, not the last answer: each answer here is held back and given late."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.web.conftest import PATIENCE_MS, Site
from tests.web.test_case_page import filed, open_case, press_act
from tests.web.test_desk import Opener, act, open_desk
from tests.web.test_desk_conferences import called
from tests.worlds import B, W, inside

DETAIL = "[data-detail='{}'] gm-case-way .history"
# By then whatever was answered before has been taken or left.
ONE_MORE_ANSWER = "fetch('/api/v1/config').then((answer) => answer.text()).then(() => true)"


@contextmanager
def held(page: Page, path: str, *, method: str = "GET", most: int = 9) -> Iterator[list[Route]]:
    """The first requests for a path wait in this list until the test answers them; the others go through."""
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        if len(waiting) >= most or route.request.method != method:
            route.fallback()
        else:
            waiting.append(route)

    page.route(f"**{path}", keep)
    yield waiting
    page.unroute(f"**{path}")


def is_asked(page: Page, waiting: list[Route]) -> None:
    """Wait until the page has asked what is held."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not waiting:
        assert time.monotonic() < end, "the page never asked"
        page.wait_for_timeout(20)


def let_go(waiting: list[Route]) -> None:
    """The server answers now."""
    for route in waiting:
        route.continue_()


def refuse(route: Route, status: int, sentence: str) -> None:
    """Answer with a problem document."""
    problem = {"title": "Refused", "status": status, "detail": sentence, "code": "conflict"}
    route.fulfill(status=status, body=json.dumps(problem), content_type="application/problem+json")


def test_what_comes_late_for_another_case_is_not_told_of_this_one(site: Site, console: Page) -> None:
    first, second = filed(site, W), str(site.post_report(*inside(B), text="a stall", category="stall")["case_no"])
    console.wait_for_selector(f'[data-case="{second}"]')
    with held(console, f"/api/v1/cases/{first}") as waiting:
        console.click(f'[data-case="{first}"]')
        is_asked(console, waiting)
        console.click(f'[data-case="{second}"]')
        console.wait_for_selector(DETAIL.format(second))
        refuse(waiting[0], 500, "The first case cannot be read.")
        assert console.evaluate(ONE_MORE_ANSWER)
        assert console.get_by_text("The first case cannot be read.").count() == 0


def test_the_acts_of_the_case_before_cannot_be_pressed_on_this_one(site: Site, console: Page) -> None:
    first, second = filed(site, W), str(site.post_report(*inside(B), text="a stall", category="stall")["case_no"])
    open_case(console, first)
    console.wait_for_selector("[data-act=dispatch]")
    console.fill(".find input", "")
    with held(console, f"/api/v1/cases/{second}/acts") as waiting:
        console.click(f'[data-case="{second}"]')
        is_asked(console, waiting)
        console.wait_for_selector(DETAIL.format(second))
        console.keyboard.press("1")
        assert console.query_selector("[data-act-form]") is None
        expect(console.locator(".acts")).to_have_attribute("inert", "")
        let_go(waiting)
        console.wait_for_selector("[data-act=accept]")
        assert console.query_selector(".acts[inert]") is None
    press_act(console, "accept")


def test_an_older_answer_about_the_same_case_does_not_overtake_a_newer(site: Site, console: Page) -> None:
    case_no = filed(site, W)
    before = json.dumps(site.ask("GET", f"/api/v1/cases/{case_no}", login="operator"))
    console.wait_for_selector(f'[data-case="{case_no}"]')
    with held(console, f"/api/v1/cases/{case_no}", most=1) as waiting:
        console.click(f'[data-case="{case_no}"]')
        is_asked(console, waiting)
        act(site, case_no, {"act": "dispatch", "lead": "roads", "reason": "Theirs"})
        console.wait_for_selector("[data-detail] [data-state=pending]")
        waiting[0].fulfill(body=before, content_type="application/json")
        assert console.evaluate(ONE_MORE_ANSWER)
        assert console.query_selector("[data-detail] [data-state=pending]")


def test_an_act_that_is_refused_after_its_case_was_left_is_told_with_its_number(site: Site, console: Page) -> None:
    first, second = filed(site, W), str(site.post_report(*inside(B), text="a stall", category="stall")["case_no"])
    open_case(console, first)
    console.fill(".find input", "")
    console.evaluate("document.activeElement.blur()")
    press_act(console, "dispute")
    console.fill("[data-act-form] [name=note]", "Nobody's")
    with held(console, f"/api/v1/cases/{first}/actions", method="POST") as waiting:
        console.keyboard.press("Control+Enter")
        is_asked(console, waiting)
        console.click(f'[data-case="{second}"]')
        console.wait_for_selector("[data-act=accept]")
        refuse(waiting[0], 409, "Somebody else was first.")
        expect(console.locator(f'[data-done="{first}"]')).to_contain_text("Somebody else was first.")
        assert console.query_selector(".acts .trouble") is None


def test_the_whistle_before_is_not_shown_while_another_is_read(site: Site, open_context: Opener) -> None:
    first, second = called(site), called(site)
    page = open_desk(site, open_context, login="clerk", place=f"#whistles/{first}")
    page.wait_for_selector(f"[data-open='{first}']")
    with held(page, f"/api/v1/whistles/{second}") as waiting:
        page.evaluate(f"location.hash = '#whistles/{second}'")
        is_asked(page, waiting)
        page.wait_for_selector(f"[data-open='{first}']", state="detached")
        let_go(waiting)
        page.wait_for_selector(f"[data-open='{second}']")
