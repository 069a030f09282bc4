"""An order by hand on the pages: asked on the level that is open, and read with its question by whoever answers."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.web.conftest import Site
from tests.web.test_case_page import handled
from tests.web.test_desk import act, open_desk
from tests.worlds import W

Opener = Callable[..., BrowserContext]


def test_an_order_by_hand_shows_its_question_and_the_next_level_is_offered(site: Site, open_context: Opener) -> None:
    case_no = handled(site, W)
    act(site, case_no, {"act": "supervise", "note": "When is it filled?"}, login="supervisor")
    [order] = site.ask("GET", f"/api/v1/supervision/orders?case_no={case_no}", login="supervisor")["items"]
    page = open_desk(site, open_context, login="handler", place=f"#supervision/{order['id']}")
    expect(page.locator("[data-asks] .words")).to_have_text("When is it filled?")
    case = open_desk(site, open_context, login="supervisor", place=f"/../?case={case_no}")
    case.click("[data-act=supervise]")
    offered = case.locator("[data-act-form=supervise] select[name=level] option")
    expect(offered.first).to_have_text("2")
    assert "1" not in offered.all_text_contents()
