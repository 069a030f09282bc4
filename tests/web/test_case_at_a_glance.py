"""A case read and acted on without a step aside: its words, photos, place and deadline, with the acts in view."""

import hashlib
import io
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from spatial.store.db import transaction
from tests.web.conftest import Site, log_in, new_word, until
from tests.web.test_case_page import handled
from tests.web.test_desk import act
from tests.worlds import B, H, W, inside

Opener = Callable[..., BrowserContext]
# Whether what is looked for can be read now: in the window, and under nothing else.
SEEN = """(() => {{
    const box = document.querySelector("{selector}").getBoundingClientRect();
    const on = document.elementFromPoint(box.x + Math.min(20, box.width / 2), box.y + Math.min(8, box.height / 2));
    return box.bottom <= innerHeight && document.querySelector("{selector}").contains(on);
}})()"""


def a_picture() -> bytes:
    """A JPEG of nothing; no two are the same."""
    kept = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(kept, "JPEG")
    return kept.getvalue()


def a_photo(site: Site) -> str:
    """A picture put as a phone puts it; its name."""
    picture = a_picture()
    name = hashlib.sha256(picture).hexdigest()
    address = f"{site.address}/api/v1/photos/{name}"
    urllib.request.urlopen(urllib.request.Request(address, picture, method="PUT")).close()
    return name


def open_case(site: Site, open_context: Opener, case_no: str, *, login: str, size: tuple[int, int]) -> Page:
    """The command centre in a window of this size, with the case and what may be done to it."""
    page = open_context(viewport={"width": size[0], "height": size[1]}, has_touch=size[0] < 600).new_page()
    page.goto(f"{site.address}/?case={case_no}")
    log_in(page, login)
    page.wait_for_selector(f'[data-detail="{case_no}"] .history li')
    return page


def test_the_words_a_photo_the_place_the_deadline_and_the_acts_are_seen_at_once(
    site: Site, open_context: Opener
) -> None:
    words = "The cover of the drain is broken, and children pass here on their way to school. " * 12
    photos = [{"sha256": a_photo(site), "kind": "near"}]
    case_no = site.post_report(*inside(W), text=words, category="pothole", photos=photos)["case_no"]
    page = open_case(site, open_context, case_no, login="operator", size=(1366, 768))
    page.wait_for_selector("[data-act=accept]")
    until(page, "document.querySelector('.shots img').naturalWidth > 0")
    for selector in (".words", "[data-photo]", "[data-place]", "[data-due]", ".detail .path dd", "[data-act=accept]"):
        assert page.evaluate(SEEN.format(selector=selector)), selector
    page.click("[data-act=escalate]")
    page.wait_for_selector("[data-act-form=escalate]")
    assert page.evaluate(SEEN.format(selector=".words"))  # who fills in a form can still read them
    page.locator(".history li").last.scroll_into_view_if_needed()
    assert page.evaluate(SEEN.format(selector="[data-act=accept]"))


def test_the_photo_of_a_result_is_seen_with_who_took_it_and_large_by_a_key(site: Site, open_context: Opener) -> None:
    before, after = a_photo(site), a_photo(site)
    shown = [{"sha256": before, "kind": "far"}]
    case_no = site.post_report(*inside(W), text="a hole", category="pothole", photos=shown)["case_no"]
    for said in ({"act": "accept"}, {"act": "dispatch"}, {"act": "receive"}):
        act(site, case_no, said)
    act(site, case_no, {"act": "submit", "outcome": "fixed", "photos_after": [after]}, login="handler")
    page = open_case(site, open_context, case_no, login="operator", size=(1366, 768))
    expect(page.locator(f'[data-photo="{before}"]')).to_contain_text("From afar")
    result = page.locator(f'[data-photo="{after}"]')
    expect(result).to_contain_text("Result")
    expect(result).to_contain_text("Hanna Handler")
    until(page, f"document.querySelector('[data-photo=\"{after}\"] img').naturalWidth > 0")
    result.locator("button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f'dialog[open] [data-large="{after}"]')
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f'dialog[open] [data-large="{before}"]')
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    page.wait_for_selector(f'[data-detail="{case_no}"]')


def test_who_may_not_read_the_words_is_shown_no_photo(site: Site, open_context: Opener) -> None:
    photos = [a_photo(site)]
    case_no = site.post_report(*inside(W), text="a hole", category="pothole", photos=photos)["case_no"]
    page = open_case(site, open_context, case_no, login="planner", size=(1366, 768))
    expect(page.locator("[data-said]")).to_contain_text("not for your role")
    assert page.query_selector("[data-photo]") is None


def test_a_unit_submits_its_result_on_a_phone(site: Site, open_context: Opener) -> None:
    case_no = handled(site, W)
    page = open_case(site, open_context, case_no, login="handler", size=(390, 844))
    page.tap("[data-act=submit]")
    page.wait_for_selector("[data-act-form=submit]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.select_option("[name=outcome]", "no_action_needed")
    page.set_input_files("[name=photos_after]", {"name": "now.jpg", "mimeType": "image/jpeg", "buffer": a_picture()})
    page.wait_for_selector("[data-put='1']")
    page.fill("[name=note]", "It was filled yesterday.")
    page.tap("[data-act-form=submit] .primary")
    page.wait_for_selector("[data-state=submitted]")
    page.wait_for_selector("[data-photo]")


def test_the_list_and_the_bar_fit_a_phone_and_a_case_closes_back_to_the_list(site: Site, open_context: Opener) -> None:
    case_no = site.post_report(*inside(B), text="on a phone", category="litter")["case_no"]
    page = open_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    page.goto(site.address)
    page.wait_for_selector(".login")
    log_in(page, "operator")
    page.tap(f'[data-case="{case_no}"]')
    page.wait_for_selector(f'[data-detail="{case_no}"] .history li')
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    until(
        page, "[...document.querySelectorAll('.top h1, .top .user')].every((one) => one.scrollWidth <= one.clientWidth)"
    )
    page.tap(".detail .close")
    page.wait_for_selector(f'.queue-open [data-case="{case_no}"]')


def extension_asked(site: Site) -> str:
    """A case whose unit has asked for time; its number."""
    case_no = handled(site, H)
    act(site, case_no, {"act": "extend", "phase": "ask", "reason": "The stone is late."}, login="handler")
    return case_no


@pytest.mark.parametrize(("login", "phases"), [("operator", ["approve", "refuse"]), ("handler", ["ask"])])
def test_who_decides_begins_with_the_decision_and_who_asks_with_asking(
    site: Site, open_context: Opener, login: str, phases: list[str]
) -> None:
    case_no = extension_asked(site) if login == "operator" else handled(site, H)
    page = open_case(site, open_context, case_no, login=login, size=(1366, 768))
    page.click("[data-act=extend]")
    page.wait_for_selector("[data-act-form=extend]")
    assert page.locator("[name=phase] option").evaluate_all("(all) => all.map((one) => one.value)") == phases
    page.fill("[name=reason]", "So it is.")
    page.click("[data-act-form=extend] .primary")
    page.wait_for_selector("[data-request=extension]")
    [asked] = site.ask("GET", f"/api/v1/cases/{case_no}", login="operator")["requests"]
    assert asked["state"] == ("approved" if login == "operator" else "open")


def suspended(site: Site) -> str:
    """A case whose clock stands, past the deadline that it had; its number."""
    case_no = handled(site, H)
    until_then = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    said = {"act": "suspend", "reason": "Rain."}
    act(site, case_no, said | {"phase": "ask", "until": until_then}, login="handler")
    act(site, case_no, said | {"phase": "approve"}, login="operator")
    _set(site, case_no, "due_at = now() - interval '1 minute'")
    return case_no


def _set(site: Site, case_no: str, change: str) -> None:
    with transaction(site.store.app) as conn:
        conn.execute(text(f"UPDATE case_file SET {change} WHERE case_no = :case_no"), {"case_no": case_no})


def test_what_is_suspended_is_not_late_on_the_page_either(site: Site, open_context: Opener) -> None:
    case_no = suspended(site)
    page = open_case(site, open_context, case_no, login="operator", size=(1366, 768))
    expect(page.locator("[data-stands]").first).to_contain_text("stands still")
    expect(page.locator(".detail > header")).not_to_contain_text("overdue")
    page.click("[data-tab=overdue]")
    page.wait_for_selector("[data-tab=overdue][aria-selected=true]")
    page.wait_for_selector(f'[data-case="{case_no}"]', state="detached")


def test_what_is_void_is_held_to_no_clock(site: Site, console: Page) -> None:
    case_no = site.post_report(*inside(B), text=new_word("void "), category="litter")["case_no"]
    console.click(f'[data-case="{case_no}"]')
    expect(console.locator("[data-when] [data-no-clock]")).to_have_count(0)
    act(site, case_no, {"act": "void", "reason": "Nothing is there."})
    expect(console.locator("[data-when] [data-no-clock]")).to_have_text("no clock runs")
    expect(console.locator("[data-when] .late")).to_have_count(0)
    expect(console.locator(".detail .step")).to_have_text("Done")  # and not the same word twice


def test_the_figure_of_what_is_late_is_the_length_of_the_list_that_it_opens(site: Site, console: Page) -> None:
    late = site.post_report(*inside(B), text=new_word("late "), category="litter")["case_no"]
    referred = site.post_report(*inside(B), text=new_word("referred "), category="litter")["case_no"]
    act(site, referred, {"act": "accept"})
    with transaction(site.store.owner) as conn:
        conn.execute(text("INSERT INTO provider (code, name, kind, contact) VALUES ('mend', 'Mender', 'market', '1')"))
    act(site, referred, {"act": "refer", "nature": "market", "provider": "mend"})
    standing = suspended(site)
    _set(site, late, "step_due_at = now() - interval '1 hour'")
    _set(site, referred, "contact_due_at = now() - interval '1 hour'")
    console.reload()
    console.wait_for_selector("html[data-live]")
    console.select_option("[aria-label=Step]", "found")  # what narrowed the list before narrows it no more
    console.click("[data-figure=overdue]")
    console.wait_for_selector(f'[data-case="{late}"].overdue')
    until(console, "+document.querySelector('[data-figure=overdue] b').textContent"
                   " === document.querySelectorAll('[data-case]').length")  # fmt: skip
    assert console.query_selector(f'[data-case="{standing}"]') is None
    assert console.query_selector(f'[data-case="{referred}"]') is None  # no department is late by it
    console.click("[data-tab=all]")
    console.select_option("[aria-label=Queue]", "providers")
    console.wait_for_selector(f'[data-case="{referred}"].overdue')
    assert console.query_selector(f'[data-case="{late}"]') is None
