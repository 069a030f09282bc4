"""The dispute desk's lists: reach, filters, pages, and whose words are told to whom."""

from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from spatial.store.opening import Store
from tests.api.conftest import LogIn
from tests.api.test_actions import act, report
from tests.worlds import NORTH, SOUTH, WILLOW, T, W, inside

TEXT = "Bags at the gate, call 13800138000."


def a_dispute(client: TestClient, log_in: LogIn, unit: str = W, **said: str) -> str:
    lon, lat = inside(unit)
    number = report(client, lon=lon, lat=lat, text=TEXT, **said)
    log_in("operator")
    assert act(client, number, "dispute", note="Ask 13800138000 whose it is.").status_code == 200
    return number


def make_older(store: Store, number: str, days: int) -> None:
    with store.app.begin() as conn:
        older = "UPDATE dispute SET entered_at = entered_at - make_interval(days => %s) WHERE case_no = %s"
        conn.exec_driver_sql(older, (days, number))


def numbers(client: TestClient, **asked: str | int | bool) -> list[str]:
    answer = client.get("/api/v1/disputes", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["case_no"] for one in answer.json()["items"]]


def test_a_dispute_tells_what_where_since_when_and_who_gave_it_back(client: TestClient, log_in: LogIn) -> None:
    number = report(client, text=TEXT)
    log_in("operator")
    act(client, number, "accept")
    for login, lead in (("sweeper", "sanitation"), ("handler", "roads")):
        log_in("operator")
        act(client, number, "dispatch", lead=lead, reason="Perhaps they")
        log_in(login)
        act(client, number, "return", reason=f"Not {lead}, says 13800138000", basis="Duty list 3")
    log_in("operator")
    assert act(client, number, "order_interim", unit="@street", note="Sweep").status_code == 200
    [told] = log_in("panel").get("/api/v1/disputes").json()["items"]
    assert (told["case_no"], told["entry"], told["state"], told["brief"]) == (number, "returns", "open", None)
    assert (told["matter"], told["matter_name"], told["is_over_age"]) == ("litter", "Exposed litter", False)
    assert told["cell"] == {"code": W, "name": "Willow west"} and told["position"] == list(inside(W))
    assert [(one["unit"], one["name"], one["basis"]) for one in told["returns"]] == [
        ("sanitation", "Sanitation", "Duty list 3"),
        ("roads", "Roads", "Duty list 3"),
    ]
    [order] = told["interim"]
    assert (order["unit"], order["name"], order["note"]) == (f"@{SOUTH}", "South street office", "Sweep")
    alone = client.get(f"/api/v1/disputes/{told['id']}").json()
    assert alone == told | {"age_days": alone["age_days"]}


def test_words_are_masked_for_everybody_and_hidden_from_whoever_may_read_none(
    client: TestClient, log_in: LogIn
) -> None:
    a_dispute(client, log_in)
    [clerk] = log_in("clerk").get("/api/v1/disputes").json()["items"]
    assert clerk["text"] == "Bags at the gate, call ***." and clerk["note"] == "Ask *** whose it is."
    [panel] = log_in("panel").get("/api/v1/disputes").json()["items"]
    assert "Bags at the gate" in panel["text"] and "138" not in panel["text"] + panel["note"]
    [planner] = log_in("planner").get("/api/v1/disputes").json()["items"]
    assert planner["text"] is None and planner["note"] is None
    assert not numbers(log_in("clerk"), q="13800138000") and numbers(client, q="Bags")
    assert not numbers(log_in("panel"), q="13800138000") and numbers(client, q="Bags")
    assert not numbers(log_in("planner"), q="Bags") and numbers(client, q="Exposed")


def test_reach_holds_for_lists_and_single_ones(client: TestClient, log_in: LogIn) -> None:
    here, there = a_dispute(client, log_in), a_dispute(client, log_in, T)
    ids = {one["case_no"]: one["id"] for one in log_in("panel").get("/api/v1/disputes").json()["items"]}
    assert set(ids) == {here, there}
    assert numbers(log_in("clerk")) == [here] and numbers(log_in("clerk2")) == [there]
    assert client.get(f"/api/v1/disputes/{ids[here]}").status_code == 404
    assert numbers(log_in("handler")) == []
    for login, status in (("officer", 403), ("citizen", 403)):
        assert log_in(login).get("/api/v1/disputes").status_code == status
    client.cookies.clear()
    assert client.get("/api/v1/disputes").status_code == client.get("/api/v1/disputes/alarms").status_code == 401


def test_lists_are_narrowed(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    here, there = a_dispute(client, log_in), a_dispute(client, log_in, T, category="pothole")
    make_older(fresh_db, there, 31)
    log_in("panel")
    assert numbers(client) == [there, here]
    assert numbers(client, overdue=True) == numbers(client, matter="pothole") == numbers(client, cell=NORTH) == [there]
    assert numbers(client, q=here) == numbers(client, cell=WILLOW) == numbers(client, q="Willow west") == [here]
    assert numbers(client, state="ruled") == numbers(client, brief="none") == numbers(client, entry="no_rule") == []
    assert len(numbers(client, state="open", entry="clerk")) == 2
    [old] = client.get("/api/v1/disputes", params={"overdue": True}).json()["items"]
    assert old["is_over_age"] and 31 <= old["age_days"] < 31.1
    for asked, field in (({"state": "shut"}, "state"), ({"cursor": "zz"}, "cursor"), ({"overdu": 1}, "overdu")):
        answer = client.get("/api/v1/disputes", params=asked)
        assert answer.status_code == 422 and answer.json()["field"] == field
    for field in ("matter", "cell"):  # as the gap list says it: nothing is disputed where there is nothing
        answer = client.get("/api/v1/disputes", params={field: "zz"})
        assert (answer.status_code, answer.json()["field"]) == (404, field)


def test_pages_show_every_dispute_once(client: TestClient, log_in: LogIn) -> None:
    filed = {a_dispute(client, log_in) for _ in range(5)}
    seen: list[str] = []
    asked: dict[str, str | int] = {"limit": 2}
    while True:
        page = client.get("/api/v1/disputes", params=asked).json()
        seen += [one["case_no"] for one in page["items"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert len(seen) == 5 and set(seen) == filed


def test_the_leaders_list_of_a_day_holds_what_was_over_age_then(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    old, young = a_dispute(client, log_in), a_dispute(client, log_in)
    make_older(fresh_db, old, 40)
    today = datetime.now(UTC).date()
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO dispute_alarm (dispute, day, due_at) SELECT id, %s, now() FROM dispute WHERE case_no = %s",
            (today - timedelta(days=3), old),
        )
    log_in("panel")
    listed = client.get("/api/v1/disputes/alarms", params={"day": (today - timedelta(days=3)).isoformat()}).json()
    assert [one["case_no"] for one in listed["items"]] == [old] != [young] and listed["next"] is None
    assert client.get("/api/v1/disputes/alarms", params={"day": "2020-01-01"}).json()["items"] == []
    now = client.get("/api/v1/disputes/alarms").json()
    assert abs((datetime.fromisoformat(now["day"]).date() - today).days) <= 1
    assert client.get("/api/v1/disputes/alarms", params={"day": "someday"}).status_code == 422
