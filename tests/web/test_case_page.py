"""Cases worked through by keyboard, the supervisor's board, and the same complaint joined instead of sent."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import Site, new_word
from tests.web.test_desk import act, open_desk
from tests.web.test_report import PHONE
from tests.worlds import B, G, H, W, inside

Opener = Callable[..., BrowserContext]
# A phone waits four seconds for what may be the same, and sends then; a busy machine may need longer to find it.
PATIENT = "AbortSignal.timeout = () => new AbortController().signal"


def filed(site: Site, unit: str, *, category: str = "pothole") -> str:
    """A case that waits to be dispatched; its number."""
    case_no = str(site.post_report(*inside(unit), text=new_word("a hole "), category=category)["case_no"])
    act(site, case_no, {"act": "accept"})
    return case_no


def handled(site: Site, unit: str) -> str:
    """A case that its unit has opened; its number."""
    case_no = filed(site, unit)
    act(site, case_no, {"act": "dispatch", "lead": "roads", "assisting": ["sanitation"], "reason": "Theirs"})
    act(site, case_no, {"act": "receive"})
    return case_no


def open_case(page: Page, case_no: str) -> None:
    """Find a case by its number and open it."""
    page.fill(".find input", case_no)
    page.click(f'[data-case="{case_no}"]')
    page.wait_for_selector(f'[data-detail="{case_no}"] gm-case-way .history')
    page.wait_for_selector(f'[data-explained="{case_no}"]')
    page.evaluate("document.activeElement.blur()")


def type_choice(page: Page, words: str, value: str) -> None:
    """Type into the searchable list that has the focus, and take with Enter what comes first."""
    page.keyboard.type(words)
    page.wait_for_selector(f"[data-act-form] [aria-selected=true][data-option={value}]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-act-form] [role=listbox]", state="detached")


def press_act(page: Page, name: str) -> None:
    """The key that stands on an act's button."""
    page.wait_for_selector(f"[data-act={name}]")
    page.keyboard.press(str(page.get_attribute(f"[data-act={name}]", "aria-keyshortcuts")))
    page.wait_for_selector(f"[data-act-form={name}]")


def test_a_case_is_dispatched_by_keys_with_its_lead_its_helpers_and_the_reason(site: Site, console: Page) -> None:
    case_no = filed(site, W)
    open_case(console, case_no)
    press_act(console, "dispatch")
    type_choice(console, "执法", "order")
    expect(console.locator("[data-field=lead] input")).to_have_value("Public order 执法")
    console.focus("[data-field=assisting] input")
    type_choice(console, "环卫", "sanitation")
    console.wait_for_selector("[data-chosen=sanitation]")
    console.focus("[data-act-form] [name=reason]")
    console.keyboard.type("They stand beside it anyway.")
    console.keyboard.press("Control+Enter")
    console.wait_for_selector("[data-state=pending]")
    found = site.ask("GET", f"/api/v1/cases/{case_no}", login="operator")
    assert (found["lead"], found["assisting"]) == ("order", ["sanitation"])
    console.get_by_text("They stand beside it anyway.").wait_for()


def test_sorting_asks_for_matter_standard_and_attributes(site: Site, console: Page) -> None:
    case_no = str(site.post_report(*inside(B), text="a stall", category="litter")["case_no"])
    open_case(console, case_no)
    press_act(console, "sort")
    type_choice(console, "stall", "stall")
    console.wait_for_selector("[data-act-form] [data-field=standard]")
    console.focus("[data-act-form] [name=attributes]")
    console.keyboard.type("road = trunk")
    console.keyboard.press("Control+Enter")
    console.wait_for_selector("[data-act-form]", state="detached")
    found = site.ask("GET", f"/api/v1/cases/{case_no}", login="operator")
    assert (found["category"], found["attributes"]) == ("stall", {"road": "trunk"})


def test_the_case_page_tells_tasks_levels_and_the_colour_of_the_clock(site: Site, console: Page) -> None:
    case_no = handled(site, W)
    open_case(console, case_no)
    console.wait_for_selector("[data-tasks='2']")
    for expected in ("Roads", "Sanitation", "Levels that held it", "in time"):
        expect(console.locator("[data-detail]")).to_contain_text(expected)
    console.wait_for_selector("[data-detail] [data-colour=green]")


def test_queues_narrow_the_list_and_brackets_walk_through_them(site: Site, console: Page) -> None:
    waiting, accepted = str(site.post_report(*inside(G), category="litter")["case_no"]), filed(site, G)
    console.wait_for_selector(f'[data-case="{accepted}"]')
    console.select_option("[aria-label=Queue]", "dispatch")
    console.wait_for_selector(f'[data-case="{waiting}"]', state="detached")
    console.wait_for_selector(f'[data-case="{accepted}"]')
    console.evaluate("document.activeElement.blur()")
    console.keyboard.press("[")
    console.wait_for_selector(f'[data-case="{waiting}"]')
    assert console.input_value("[aria-label=Queue]") == "acceptance"


def test_the_board_counts_by_colour_and_an_order_is_answered_in_writing(site: Site, open_context: Opener) -> None:
    case_no = handled(site, H)
    act(site, case_no, {"act": "supervise", "note": "Tell what hinders it."})
    page = open_desk(site, open_context, login="supervisor", place="#supervision")
    page.wait_for_selector("[data-board] [data-count=roads]")
    assert int(page.inner_text("[data-tile=green] b").replace(",", "")) >= 1
    order = site.ask("GET", f"/api/v1/supervision/orders?case_no={case_no}", login="supervisor")["items"][0]["id"]
    answering = open_desk(site, open_context, login="handler", place=f"#supervision/{order}")
    answering.fill("[name=reply]", "The stone comes tomorrow.")
    answering.click(".sheet .act .primary")
    answering.wait_for_selector(".sheet .stack .words")
    page.click(f'[data-order="{order}"]')
    page.get_by_text("The stone comes tomorrow.").wait_for()


def tell_of_a_stall(site: Site, open_context: Opener, unit: str) -> tuple[Page, str]:
    """A phone that is shown a stall which stands there already, in place of having sent its own; with the number."""
    lon, lat = inside(unit)
    case_no = str(site.post_report(lon, lat, text="a stall in the way", category="stall")["case_no"])
    context = open_context(**PHONE, geolocation={"longitude": lon, "latitude": lat, "accuracy": 8}, locale="en-GB")
    context.add_init_script(PATIENT)
    page = context.new_page()
    page.goto(f"{site.address}/report")
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector("[data-place=found]")
    page.select_option("[name=category]", "stall")
    page.fill("[name=text]", "A stall blocks the pavement.")
    page.click("[data-act=send]")
    page.wait_for_selector(f'[data-same] [data-suggested="{case_no}"]')
    return page, case_no


def test_a_citizen_is_shown_what_stands_near_by_and_joins_it(site: Site, open_context: Opener) -> None:
    page, case_no = tell_of_a_stall(site, open_context, H)
    page.click(f'[data-join="{case_no}"]')
    page.wait_for_selector(f'[data-joined="{case_no}"]')
    assert page.query_selector("[data-entry][data-state=sent]") is None  # it is no report of its own
    page.goto(site.address + str(page.get_attribute("[data-status-url]", "href")))
    assert case_no in page.inner_text("body")
    found = site.ask("GET", f"/api/v1/cases/{case_no}", login="operator")
    assert (found["supporters"], found["unnamed_supporters"]) == (0, 1)  # he gave no name that is certain


def test_what_others_said_stands_in_the_case_with_how_certain_they_are(site: Site, console: Page) -> None:
    case_no = filed(site, B)
    lon, lat = inside(B)
    body = {"id": str(uuid4()), "lon": lon, "lat": lat, "text": "Two wheels broke in it already."}
    site.ask("POST", f"/api/v1/duplicates/{case_no}/support", body)
    open_case(console, case_no)
    said = console.locator("[data-also-said=supporter]")
    expect(said).to_contain_text("Two wheels broke in it already.")
    expect(said).to_contain_text("Name not confirmed")
    expect(console.locator("[data-supporters]")).to_have_text("1 without a confirmed name reports the same.")


def test_a_citizen_may_send_his_own_all_the_same(site: Site, open_context: Opener) -> None:
    page, _ = tell_of_a_stall(site, open_context, G)
    page.click("[data-act=own]")
    page.wait_for_selector("[data-entry][data-state=sent] [data-status-url]")
