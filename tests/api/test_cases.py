"""Lists of cases: reach, filters, pages."""

from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient
from shapely import LineString

from api.redrawing import publish
from spatial.grid.redraw import plan_split
from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report
from tests.moments import clear_of_midnight
from tests.supervising import handed_over
from tests.worlds import SOUTH, UNITS, B, W, inside

AGO = datetime.now(UTC) - timedelta(days=30)


def _file_everywhere(client: TestClient) -> None:
    for code in UNITS:
        lon, lat = inside(code)
        assert client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat)).status_code == 201


def test_an_officer_sees_the_cases_of_his_cells_and_no_others(client: TestClient, log_in: LogIn) -> None:
    _file_everywhere(client)
    mine = log_in("officer").get("/api/v1/cases").json()["items"]
    seen = client.get("/api/v1/session").json()["cells"]
    assert mine and all(set(seen) & {cell["code"] for cell in case["cell"]["path"]} for case in mine)
    everything = log_in("operator").get("/api/v1/cases").json()["items"]
    hidden = {case["case_no"] for case in everything} - {case["case_no"] for case in mine}
    assert hidden
    log_in("officer")
    for number in hidden:
        assert client.get(f"/api/v1/cases/{number}").status_code == 404
    assert client.get("/api/v1/cases", params={"case_no": sorted(hidden)}).json()["items"] == []


def test_pages_show_every_case_once(client: TestClient, log_in: LogIn) -> None:
    _file_everywhere(client)
    log_in("operator")
    seen: list[str] = []
    cursor = None
    while True:
        page = client.get("/api/v1/cases", params={"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        seen += [case["case_no"] for case in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == len(UNITS)


def test_lists_are_narrowed_by_cell_and_by_box(client: TestClient, log_in: LogIn) -> None:
    _file_everywhere(client)
    log_in("operator")
    south = client.get("/api/v1/cases", params={"unit": SOUTH}).json()["items"]
    assert south and all(case["cell"]["path"][1]["code"] == SOUTH for case in south)
    lon, lat = inside(W)
    box = f"{lon - 1e-4},{lat - 1e-4},{lon + 1e-4},{lat + 1e-4}"
    assert [c["cell"]["code"] for c in client.get("/api/v1/cases", params={"bbox": box}).json()["items"]] == [W]


def test_wrong_filters_are_named(client: TestClient, log_in: LogIn) -> None:
    log_in("operator")
    for params, field in [({"bbox": "1,2,3"}, "bbox"), ({"cursor": "zz"}, "cursor"), ({"limit": 0}, "limit")]:
        answer = client.get("/api/v1/cases", params=params)
        assert answer.status_code == 422 and answer.json()["field"] == field


def test_a_case_tells_its_history_and_totals_count_it(client: TestClient, log_in: LogIn) -> None:
    clear_of_midnight()
    lon, lat = inside(B)
    number = client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat)).json()["case_no"]
    log_in("operator")
    case = client.get(f"/api/v1/cases/{number}").json()
    assert [link["kind"] for link in case["history"]] == ["case.reported"]
    assert case["history"][0]["payload"]["unit"] == B
    totals = client.get("/api/v1/cases/totals").json()
    assert totals["new_today"] == totals["open"] == 1 and totals["overdue"] == 0


def test_the_text_of_a_citizen_is_not_shown_to_a_planner(client: TestClient, log_in: LogIn) -> None:
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    assert log_in("operator").get(f"/api/v1/cases/{number}").json()["text"]
    assert log_in("planner").get(f"/api/v1/cases/{number}").json()["text"] is None


def test_overdue_cases_are_asked_for_by_themselves(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    late, fresh = (client.post("/api/v1/reports", json=a_report()).json()["case_no"] for _ in range(2))
    with fresh_db.app.begin() as conn:
        sooner = "UPDATE case_file SET step_due_at = received_at - interval '1 hour' WHERE case_no = %s"
        conn.exec_driver_sql(sooner, (late,))
    listed = log_in("operator").get("/api/v1/cases", params={"overdue": True}).json()["items"]
    assert [case["case_no"] for case in listed] == [late] != [fresh]


def test_what_is_submitted_and_past_its_limit_is_red_and_overdue_alike(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    late = handed_over(fresh_db, at=AGO, due=AGO + timedelta(days=3))
    with fresh_db.app.begin() as conn:
        done = (
            "UPDATE case_file SET state = 'submitted', step = 'done', submitted_at = now(), outcome = 'fixed' "
            "WHERE case_no = %s"
        )
        conn.exec_driver_sql(done, (late,))
    log_in("operator")
    for asked in ({"overdue": True}, {"colour": "red"}):
        assert [one["case_no"] for one in client.get("/api/v1/cases", params=asked).json()["items"]] == [late]
    red = client.get("/api/v1/supervision/board").json()["totals"]["red"]
    assert client.get("/api/v1/cases/totals").json()["overdue"] == red == 1


def test_words_are_looked_for_in_numbers_units_names_and_texts(client: TestClient, log_in: LogIn) -> None:
    lon, lat = inside(B)
    number = client.post("/api/v1/reports", json=a_report(lon=lon, lat=lat, text="井盖 loose Cover")).json()["case_no"]
    client.post("/api/v1/reports", json=a_report())
    log_in("operator")
    for words in (number, B, "Bridge south", "loose cover", "井盖"):
        found = client.get("/api/v1/cases", params={"q": words}).json()["items"]
        assert [case["case_no"] for case in found] == [number], words
    assert client.get("/api/v1/cases", params={"q": "%"}).json()["items"] == []
    assert log_in("planner").get("/api/v1/cases", params={"q": "loose"}).json()["items"] == []


def test_a_filter_that_is_misspelt_shows_nothing_rather_than_everything(client: TestClient, log_in: LogIn) -> None:
    answer = log_in("operator").get("/api/v1/cases", params={"cell": W})
    assert answer.status_code == 422 and answer.json()["field"] == "cell"


def test_a_case_tells_where_it_lies_now_beside_where_it_was_filed(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    number = client.post("/api/v1/reports", json=a_report(lon=120.0005, lat=30.001)).json()["case_no"]
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=LineString([(120.0012, 29.999), (120.0011, 30.004)]))
    publish(fresh_db.app, plan=plan, published_by="planner")
    case = log_in("operator").get(f"/api/v1/cases/{number}").json()
    assert case["cell"]["code"] == W and case["owner"]["territorial"][0]["cell"] == W
    assert case["current_cell"]["code"] == plan.created[0] == case["current_territorial"][0]["cell"]


def test_tiles_of_cases_are_given_again_for_another_version(client: TestClient, log_in: LogIn) -> None:
    client.post("/api/v1/reports", json=a_report())
    answer = log_in("operator").get("/tiles/cases/1/10/853/422.mvt", params={"v": "7"})
    assert answer.status_code == 200 and b"case_counts" in answer.content


def test_cases_asked_for_by_number_are_not_narrowed_as_well(client: TestClient, log_in: LogIn) -> None:
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("operator")
    assert client.get("/api/v1/cases", params={"case_no": case_no, "limit": 1}).json()["items"]
    refused = client.get("/api/v1/cases", params={"case_no": case_no, "step": "evaluated"})
    assert refused.status_code == 422 and refused.json()["field"] == "step"


def test_a_platform_is_a_queue_of_the_cases_whose_matter_is_its_own(client: TestClient, log_in: LogIn) -> None:
    numbers = {matter: client.post("/api/v1/reports", json=a_report(category=matter)).json()["case_no"]
               for matter in ("litter", "stall")}  # fmt: skip
    log_in("operator")
    queues = {
        platform: [one["case_no"] for one in client.get("/api/v1/cases", params={"platform": platform}).json()["items"]]
        for platform in ("service", "enforcement", "supervision")
    }
    assert queues == {"service": [numbers["litter"]], "enforcement": [numbers["stall"]], "supervision": []}
    assert client.get("/api/v1/cases", params={"step": "nowhere"}).status_code == 422


def test_what_a_provider_has_is_found_apart_and_late_when_nobody_was_contacted(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO provider (code, name, kind, contact) VALUES ('plumb', 'Plumber', 'market', '96345')"
        )
    case_no = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("operator")
    before = client.get("/api/v1/cases/totals").json()
    act = {"act": "refer", "nature": "market", "provider": "plumb"}
    assert client.post(f"/api/v1/cases/{case_no}/actions", json=act).status_code == 200
    after = client.get("/api/v1/cases/totals").json()
    assert (after["open"], after["referred"]) == (before["open"] - 1, 1)
    theirs = client.get("/api/v1/cases?nature=market&provider=plumb").json()["items"]
    assert [one["case_no"] for one in theirs] == [case_no]
    assert client.get("/api/v1/cases?overdue=true").json()["items"] == []
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET contact_due_at = now() - interval '1 minute'")
    assert [one["case_no"] for one in client.get("/api/v1/cases?overdue=true").json()["items"]] == [case_no]
