"""Lists of cases: reach, filters, pages."""

from fastapi.testclient import TestClient

from tests.api.conftest import LogIn, a_report
from tests.worlds import SOUTH, UNITS, B, W, inside


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
