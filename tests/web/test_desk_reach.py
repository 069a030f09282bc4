"""What the desk shows on a common screen: the leader's list of a day, and a ruling form with no part hidden."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from spatial.cases.disputes.alarms import raise_due_alarms
from tests.disputing import dispute_in, note_return
from tests.moments import CITY
from tests.web.conftest import Site, until
from tests.web.test_desk import dispute, open_desk, open_dispute
from tests.worlds import H, W

Opener = Callable[..., BrowserContext]
# What of a part's box is not where a click would hit it, after it was scrolled to.
HIDDEN = """(parts) => parts.filter((part) => {
    part.scrollIntoView({ block: "nearest" });
    const box = part.getBoundingClientRect();
    const inside = box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !inside || !hit || !(part.contains(hit) || hit.contains(part) || hit.closest("label")?.contains(part));
}).map((part) => part.outerHTML.slice(0, 120))"""


def old_dispute(site: Site) -> tuple[str, str]:
    """A dispute of a month ago that Roads had refused, told to the leader; its case, and the day of that list."""
    now = datetime.now(UTC)
    entered = now - timedelta(days=30)
    number, case_no = dispute_in(site.store, H, at=entered, matter="stall")
    note_return(site.store, number, reason="Not a carriageway", basis="Road law", at=entered)
    with site.store.app.begin() as conn:
        raise_due_alarms(conn, now=now, limit=None, dispute=number)
    return case_no, now.astimezone(CITY).date().isoformat()


def hidden(page: Page, selector: str) -> list[str]:
    """The parts that cannot be brought before the eye, or that something else covers."""
    found: list[str] = page.locator(selector).evaluate_all(HIDDEN)
    return found


def test_the_leaders_list_of_a_day_tells_age_brief_and_who_refused(site: Site, open_context: Opener) -> None:
    case_no, day = old_dispute(site)
    page = open_desk(site, open_context, login="supervisor")
    page.click("[data-list=leader]")
    page.fill("[name=day]", day)  # today, unless the city's midnight came in between
    row = page.locator(f'[data-alarm="{case_no}"]')
    for expected in ("30 d", "Refused by Roads", "in no brief yet"):
        expect(row).to_contain_text(expected)
    page.fill("[name=day]", "2020-01-01")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-leader='0']")
    page.click("[data-list=queue]")
    page.wait_for_selector(f'.rows [data-case="{case_no}"]')


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844)])
def test_no_control_of_the_ruling_form_is_hidden_behind_its_foot(
    site: Site, open_context: Opener, size: tuple[int, int]
) -> None:
    case_no = dispute(site, W)
    page = open_desk(site, open_context)
    open_dispute(page, case_no)
    page.click("[data-rule]")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    until(page, f"innerWidth === {size[0]}")
    for kind in ("radius", "polygon", "cells"):
        page.check(f"[name=area][value={kind}]")
        page.wait_for_selector({"radius": ".radius", "polygon": "[data-draw]", "cells": ".code"}[kind])
        assert hidden(page, ".ruling :is(input, textarea, button), .area .muted") == []


def test_the_scope_of_a_ruling_names_its_cells(site: Site, open_context: Opener) -> None:
    case_no = dispute(site, W)
    page = open_desk(site, open_context)
    open_dispute(page, case_no)
    page.click("[data-rule]")
    page.check("[name=area][value=cells]")
    page.wait_for_selector("[data-cover] [data-cell-code]")
    page.get_by_text("in Willow west").wait_for()
    expect(page.locator("[data-cover]")).to_contain_text(W)


def test_a_brief_on_the_desk_tells_its_last_day_and_each_disputes_place_and_refusal(
    site: Site, open_context: Opener
) -> None:
    """As its paper does: the day that the end begins is outside the period."""
    case_no, _ = old_dispute(site)
    with site.store.app.begin() as conn:
        conn.exec_driver_sql(
            "WITH one AS (INSERT INTO brief (number, period_from, period_until, issued_at) VALUES ('2020-001', "
            "'2019-12-30 00:00+08', '2020-01-06 00:00+08', '2020-01-06 01:00+08') RETURNING id) "
            "UPDATE dispute SET brief = one.id FROM one WHERE case_no = %s",
            (case_no,),
        )
    page = open_desk(site, open_context, login="panel")
    page.goto(f"{site.address}/desk#briefs/2020-001")
    expect(page.locator("[data-open='2020-001'] header")).to_contain_text("2019-12-30 – 2020-01-05")
    expect(page.locator("[data-brief='2020-001']")).to_contain_text("2019-12-30 – 2020-01-05")
    expect(page.locator("[data-place]")).to_have_text("Tiny town / North street / Hill / Hill ends")
    for expected in ("Roads", "Not a carriageway", "Road law"):
        expect(page.locator("[data-refused]")).to_contain_text(expected)
