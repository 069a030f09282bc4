"""The information library on the desk, in a real browser: found by words, kind and place, each leads to the thing."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.web.conftest import Site, click_map, new_word, stand_still
from tests.web.test_desk import act, dispute, open_desk
from tests.worlds import H, T, W, inside

Opener = Callable[..., BrowserContext]


def with_photo(site: Site) -> str:
    """A photo of how it looks now, which a result may name; its name."""
    name = uuid.uuid4().hex * 2
    with site.store.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO photo VALUES (%s, 'image/jpeg', 1, 1, '', '7', now()) ON CONFLICT DO NOTHING", (name,)
        )
    return name


def closed(site: Site, unit: str, text: str, **more: Any) -> str:
    """A pothole that was reported, handled, checked and closed; its number."""
    photo = with_photo(site)
    case_no = str(site.post_report(*inside(unit), text=text, category="pothole", **more)["case_no"])
    for said in ({"act": "accept"}, {"act": "dispatch"}, {"act": "receive"}):
        act(site, case_no, said)
    act(site, case_no, {"act": "submit", "outcome": "fixed", "photos_after": [photo]})
    act(site, case_no, {"act": "verify_result", "passed": True}, login="operator")
    return case_no


def solved_on_the_spot(site: Site, text: str) -> str:
    """What an officer of Willow solved where he found it; the number of its case."""
    photo = with_photo(site)
    lon, lat = inside(W)
    body = {
        "id": str(uuid.uuid4()), "lon": lon, "lat": lat, "accuracy_m": 5, "captured_at": datetime.now(UTC).isoformat(),
        "source": "grid", "category": "litter", "text": text,
        "self_solved": {"how": "当场清理", "photos_after": [photo]},
    }  # fmt: skip
    return str(site.ask("POST", "/api/v1/reports", body, login="officer")["case_no"])


def test_a_closed_case_is_found_by_a_chinese_word_that_is_marked_and_opens(site: Site, open_context: Opener) -> None:
    word = new_word("青石")
    case_no = closed(site, W, f"路面有{word}松动")
    page = open_desk(site, open_context, login="operator", place="#library")
    page.fill("[name=q]", word)
    # The list before the question may be of this one case too, and marks nothing.
    page.wait_for_selector(f"[data-queue='1'] [data-entry='case {case_no}']:has(mark)")
    assert word in "".join(page.locator(".library mark").all_inner_texts())
    page.click(f"[data-entry='case {case_no}']")
    page.wait_for_selector(f'[data-detail="{case_no}"]')


def test_kind_and_a_circle_on_the_map_narrow_what_is_found(site: Site, open_context: Opener) -> None:
    word = new_word("curb")
    near, far = closed(site, W, f"a {word} stone"), closed(site, T, f"another {word} stone")
    solved = solved_on_the_spot(site, f"one more {word}")
    page = open_desk(site, open_context, login="operator", place="#library")
    page.fill("[name=q]", word)
    expect(page.locator("[data-queue='3'] [data-entry]:has(mark)")).to_have_count(3)
    page.select_option("[name=kind]", "self_solved")
    page.wait_for_selector(f"[data-queue='1'] [data-entry='case {solved}'][data-kind=self_solved]")
    page.select_option("[name=kind]", "case")
    page.wait_for_selector("[data-queue='2']")
    page.select_option("[name=where]", "circle")
    page.fill("[name=radius_m]", "60")
    lon, lat = inside(W)
    stand_still(page, lon, lat, 17)
    click_map(page, lon + 0.0003, lat)
    page.wait_for_selector("[data-centre]:not([data-centre=none])")
    page.wait_for_selector(f"[data-queue='1'] [data-entry='case {near}']")
    assert page.query_selector(f"[data-entry='case {far}']") is None


def test_a_ruling_is_found_by_its_grounds_and_leads_to_its_precedent(site: Site, open_context: Opener) -> None:
    word = new_word("渡口")
    case_no = dispute(site, H)
    [number] = [one["id"] for one in _disputes(site) if one["case_no"] == case_no]
    ruled = {
        "dispute": number, "form": "written_instruction", "members": ["Piet Panel"], "lead": "roads", "assisting": [],
        "grounds": f"{word}由道路部门负责", "scope": {"area": {"kind": "radius", "radius_m": 50}},
    }  # fmt: skip
    precedent = site.ask("POST", "/api/v1/rulings", ruled, login="panel")["precedent"]["number"]
    page = open_desk(site, open_context, login="panel", place="#library")
    page.select_option("[name=kind]", "ruling")
    page.fill("[name=q]", word)
    page.wait_for_selector("[data-queue='1'] [data-kind=ruling]:has(mark)")
    page.click("[data-kind=ruling]")
    expect(page.locator(f'[data-open="{precedent}"]')).to_contain_text(word)


def test_what_is_nowhere_is_said_and_the_question_is_cleared_by_a_click(site: Site, open_context: Opener) -> None:
    closed(site, W, "something that is over")
    page = open_desk(site, open_context, login="operator", place="#library")
    page.fill("[name=q]", new_word("nothing"))
    expect(page.locator("[data-queue='0']")).to_contain_text("Nothing found.")
    page.click("text=Clear all")
    page.wait_for_selector("[data-entry]")
    expect(page.locator("[name=q]")).to_have_value("")


def _disputes(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.ask("GET", "/api/v1/disputes?state=open&limit=500", login="panel")["items"]
    return found
