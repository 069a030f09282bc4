"""The scores on the desk, in a real browser: figures, what they are made of, the way to cases, weights."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.living import PHOTO, Life, live, utc
from tests.web.conftest import Site
from tests.web.test_desk import open_desk
from tests.worlds import SOUTH, WILLOW, T

Opener = Callable[..., BrowserContext]
MONDAY = utc("2026-06-08T09:00")  # a month that no other test of the pages has cases in


@pytest.fixture(scope="module")
def lived(site: Site) -> dict[str, str]:
    """A month with four cases: closed in time, closed late, open, void; their numbers by what became of them."""
    lives = {
        "in_time": Life("litter", MONDAY, source="public", closed_h=3.0),
        "late": Life("litter", MONDAY + timedelta(hours=1), closed_h=200.0, at=T),
        "open": Life("pothole", MONDAY + timedelta(hours=2)),
        "void": Life("litter", MONDAY, is_void=True),
    }
    with site.store.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO photo VALUES (%s, 'image/jpeg', 1, 1, '', '7', now()) ON CONFLICT DO NOTHING", (PHOTO,)
        )
        return {key: live(conn, one).case_no for key, one in lives.items()}


def open_june(site: Site, open_context: Opener, login: str = "supervisor") -> Page:
    """The scores of the month in which the four cases lived."""
    page = open_desk(site, open_context, login=login, place="#scores")
    page.wait_for_selector("[data-scores]:not([data-scores=loading])")
    page.fill("[name=from]", "2026-06-10")
    page.locator("[name=from]").dispatch_event("change")
    page.wait_for_selector("[data-days]:has-text('2026-06-01 to 2026-06-30')")
    return page


def cell(row: str, figure: str) -> str:
    """Where a figure stands."""
    return f"[data-row={row}] [data-figure={figure}]"


def test_a_figure_tells_what_it_divides_and_leads_to_its_cases(
    site: Site, open_context: Opener, lived: dict[str, str]
) -> None:
    page = open_june(site, open_context)
    assert page.inner_text(cell("sanitation", "closing")).split() == ["100.00%", "2/2"]
    assert page.inner_text(cell("sanitation", "closing_on_time")).split() == ["50.00%", "1/2"]
    page.click(f"{cell('sanitation', 'closing_on_time')} button")
    page.wait_for_selector("[data-drill=closing_on_time] [data-behind='2']")
    page.click("[data-counted=missed]")
    page.wait_for_selector("[data-behind='1']")
    file = site.ask("GET", str(page.get_attribute("[data-csv-behind]", "href")), login="supervisor").decode()
    assert lived["late"] in file and lived["in_time"] not in file
    assert page.get_attribute("[data-drill] [data-case]", "href") == f"/?case={lived['late']}"
    page.click(f'[data-case="{lived["late"]}"]')
    page.wait_for_selector(f'[data-detail="{lived["late"]}"]')


def test_nothing_to_divide_by_is_said_with_which_and_never_as_a_number(
    site: Site, open_context: Opener, lived: dict[str, str]
) -> None:
    page = open_june(site, open_context)
    nothing = cell("roads", "satisfaction")
    assert page.inner_text(nothing).strip() == "n.a."
    told = str(page.get_attribute(nothing, "title"))
    assert "无" in told and "citizens reached by a call-back" in told
    assert page.query_selector(f"{nothing} button") is None


def test_figures_are_told_by_area_in_parts_as_csv_and_on_paper(
    site: Site, open_context: Opener, lived: dict[str, str]
) -> None:
    page = open_june(site, open_context)
    page.wait_for_selector("[data-fragments] [data-fragment=sanitation]")
    page.click("[data-fragment=sanitation] [data-handed=dispatches]")
    for link in ("[data-csv-fragments]", "[data-csv-handed]"):
        address = str(page.get_attribute(link, "href"))
        assert "period=2026-06" in address and b"sanitation" in site.ask("GET", address, login="supervisor"), link
    page.select_option("[name=by]", "cell")
    page.wait_for_selector(f"[data-row='{SOUTH}'] .into")
    assert page.query_selector("[data-fragments]") is None
    page.select_option("[name=part]", "week")
    page.wait_for_selector(".figures td.part:has-text('2026-06-08')")
    csv = str(page.get_attribute("[data-csv]", "href"))
    assert "format=csv" in csv and "period=2026-06" in csv and "grain=week" in csv
    assert b"closing_on_time" in site.ask("GET", csv, login="supervisor")
    with page.context.expect_page() as opened:
        page.click("[data-paper]")
    opened.value.wait_for_selector("h1:has-text('区域综合评价通报')")
    page.locator(f"[data-row='{SOUTH}'] .into").first.click()
    page.wait_for_selector(f"[data-row='{WILLOW}'] .into")
    expect(page.locator("[name=cell]")).to_have_value(SOUTH)


def test_the_administrator_edits_weights_and_a_supervisor_reads_them(
    site: Site, open_context: Opener, lived: dict[str, str]
) -> None:
    page = open_june(site, open_context, login="administrator")
    page.click("details.block summary")
    page.fill("[name=department-closing]", "33")
    page.click(".weights .primary")
    page.wait_for_selector("[data-saved]")
    kept = site.ask("GET", "/api/v1/weights", login="supervisor")["weights"]["department"]
    assert kept["closing"] == 33 and kept["satisfaction"] == 10
    reader = open_june(site, open_context)
    reader.click("details.block summary")
    expect(reader.locator("[data-weights]")).to_contain_text("33")
    assert reader.query_selector(".weights input") is None
