"""Who acted is told by name where staff reads what was done; who reported a case is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from spatial.cases.conferences.opening import open_due_conferences
from spatial.store.opening import Store
from tests.acting import later
from tests.api.conftest import LogIn, a_report
from tests.db.test_conferences import refused
from tests.supervising import handed_over
from tests.worlds import W, inside

CITIZEN, CLERK, HANDLER, PANEL, SUPERVISOR = (
    "Cilla Citizen",
    "Clara Clerk",
    "Hanna Handler",
    "Petra Panel",
    "Sue Supervisor",
)
LON, LAT = inside(W)


def act(log_in: LogIn, login: str, case_no: str, **said: Any) -> None:
    """One act by HTTP that succeeds."""
    done = log_in(login).post(f"/api/v1/cases/{case_no}/actions", json=said)
    assert done.status_code == 200, done.text


def filed(log_in: LogIn, login: str, **changes: Any) -> str:
    """A case that somebody reported; its number."""
    return str(log_in(login).post("/api/v1/reports", json=a_report(**changes)).json()["case_no"])


def test_a_conference_names_who_opened_minuted_and_ended_it(fresh_db: Store, log_in: LogIn) -> None:
    with fresh_db.app.begin() as conn:
        case_no = refused(conn, "roads", "order").case_no
    panel = log_in("panel")
    made = panel.post("/api/v1/conferences", json={"case_no": case_no, "reason": "stuck"}).json()
    assert (made["opened_by_name"], made["closed_by_name"]) == (PANEL, None)
    address = f"/api/v1/conferences/{made['id']}"
    [sheet] = panel.post(f"{address}/minutes", json={"text": "Said"}).json()["minutes"]
    assert sheet["recorded_by_name"] == PANEL
    assert (
        log_in("operator").post(f"{address}/end", json={"reason": "settled"}).json()["closed_by_name"]
        == "Otto Operator"
    )
    [listed] = log_in("clerk").get("/api/v1/conferences").json()["items"]
    assert (listed["opened_by_name"], listed["closed_by_name"]) == (PANEL, "Otto Operator")


def test_what_the_system_opened_has_no_name(fresh_db: Store, log_in: LogIn) -> None:
    with fresh_db.app.begin() as conn:
        refused(conn, "roads", "order")
        assert open_due_conferences(conn, now=later(9), limit=9) == 1
    [listed] = log_in("clerk").get("/api/v1/conferences").json()["items"]
    assert (listed["opened_by"], listed["opened_by_name"]) == ("system", None)


def test_a_whistle_names_who_raised_it_in_the_list_and_alone(log_in: LogIn) -> None:
    body = {"type": "emergency", "units": ["roads"], "what": "A burst main", "lon": LON, "lat": LAT, "radius_m": 100}
    made = log_in("clerk").post("/api/v1/whistles", json=body).json()
    assert made["raised_by_name"] == CLERK
    assert [one["raised_by_name"] for one in log_in("officer").get("/api/v1/whistles").json()["items"]] == [CLERK]


def test_an_order_names_who_wrote_and_who_answered_it(fresh_db: Store, log_in: LogIn) -> None:
    now = datetime.now(UTC)
    case_no = handed_over(fresh_db, at=now - timedelta(hours=2), due=now + timedelta(days=9))
    act(log_in, "supervisor", case_no, act="supervise", note="What becomes of it?")
    [order] = log_in("handler").get(f"/api/v1/supervision/orders?case_no={case_no}").json()["items"]
    assert (order["written_by_name"], order["ended_by_name"]) == (SUPERVISOR, None)
    address = f"/api/v1/supervision/orders/{order['id']}"
    told = log_in("handler").post(f"{address}/replies", json={"text": "On Friday."}).json()
    assert [one["actor_name"] for one in told["replies"]] == [HANDLER]
    assert log_in("planner").get(address).json()["replies"][0]["actor_name"] == HANDLER


def test_a_case_names_who_acted_and_never_the_citizen_who_reported_it(fresh_db: Store, log_in: LogIn) -> None:
    case_no = filed(log_in, "citizen")
    act(log_in, "clerk", case_no, act="accept")
    act(log_in, "clerk", case_no, act="dispatch", lead="roads", reason="They know why")
    act(log_in, "handler", case_no, act="receive")
    act(log_in, "handler", case_no, act="extend", phase="ask", reason="Rain")
    case = log_in("officer").get(f"/api/v1/cases/{case_no}").json()
    assert [(one["kind"], one["actor_name"]) for one in case["history"]] == [
        ("case.reported", None), ("case.filed", CLERK), ("case.dispatched", CLERK), ("case.received", HANDLER),
        ("case.extended", HANDLER),
    ]  # fmt: skip
    assert {one["actor_name"] for one in case["notes"]} == {CLERK, HANDLER}
    assert [(one["asked_by_name"], one["decided_by_name"]) for one in case["requests"]] == [(HANDLER, None)]
    assert CITIZEN not in log_in("administrator").get(f"/api/v1/cases/{case_no}").text


def test_an_official_who_reports_or_joins_for_himself_is_not_named_on_that_case(log_in: LogIn) -> None:
    case_no = filed(log_in, "handler")
    support = {
        "id": a_report()["id"],
        "lon": LON,
        "lat": LAT,
        "accuracy_m": 5,
        "category": "litter",
        "text": "Here too",
    }
    joined = log_in("sweeper").post(f"/api/v1/duplicates/{case_no}/support", json=support)
    assert joined.status_code in (200, 201), joined.text
    act(log_in, "clerk", case_no, act="accept")
    told = log_in("operator").get(f"/api/v1/cases/{case_no}")
    assert CLERK in told.text and HANDLER not in told.text and "Sam Sweeper" not in told.text
    by_clerk = filed(log_in, "clerk", source="visit", text="A visitor says the lamp is out.")
    [reported, *_] = log_in("operator").get(f"/api/v1/cases/{by_clerk}").json()["history"]
    assert reported["actor_name"] == CLERK, "he wrote down what a visitor said"


def test_who_is_out_of_use_stays_named_for_what_he_did(fresh_db: Store, log_in: LogIn) -> None:
    case_no = filed(log_in, "citizen")
    act(log_in, "clerk", case_no, act="accept")
    assert log_in("administrator").post("/api/v1/accounts/clerk/disable").status_code == 200
    history = log_in("operator").get(f"/api/v1/cases/{case_no}").json()["history"]
    assert history[-1]["actor_name"] == CLERK
