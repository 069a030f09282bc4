"""The table of responsibility over HTTP: who may write, answer and settle what, and how it is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import box, mapping

from spatial.people.postings import PostingDraft, grant
from spatial.store.opening import Store
from tests.api.conftest import LogIn
from tests.worlds import SOUTH, WILLOW

DITCH = mapping(box(120.0005, 30.0005, 120.0055, 30.001))


def a_row(**changes: Any) -> dict[str, Any]:
    body = {"matter": "litter", "place": {"kind": "cell", "cell": SOUTH}, "lead": "roads", "basis": "minutes 7"}
    return body | changes


def a_ditch(*, supersede: bool = False, geometry: Any = DITCH, **changes: Any) -> dict[str, Any]:
    properties = {"code": "ditch", "feature": "river", "name": "South ditch", "department": "roads", **changes}
    return {"type": "Feature", "geometry": geometry, "properties": properties, "supersede": supersede}


def soon(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def post(client: TestClient, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


def get(client: TestClient, path: str, **params: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_an_administrator_adopts_and_everybody_who_governs_reads_it_with_names(log_in: LogIn) -> None:
    made = post(log_in("administrator"), "/responsibilities", a_row(adopt=True, assisting=["@street"]))
    read = get(log_in("supervisor"), f"/responsibilities/{made['id']}")
    assert read["state"] == "in_force" and read["place"] == {"kind": "cell", "cell": SOUTH, "name": "South street"}
    assert (read["matter_name"], read["lead"]["name"], read["lead"]["name_zh"]) == ("Exposed litter", "Roads", "市政")
    assert read["assisting"][0]["ref"] == "@street" and read["from"] and read["until"] is None
    ended = post(log_in("administrator"), f"/responsibilities/{made['id']}/end", {}, 200)
    assert ended["until"] is not None


@pytest.mark.parametrize("login", ["clerk", "handler", "planner", "operator"])
def test_who_may_propose_may_not_adopt(log_in: LogIn, login: str) -> None:
    client = log_in(login)
    refused = post(client, "/responsibilities", a_row(adopt=True), 403)
    assert "adopt_duty" in refused["detail"]
    assert post(client, "/responsibilities", a_row())["state"] == "proposed"


@pytest.mark.parametrize("login", ["officer", "citizen", "supervisor", "panel", "leader"])
def test_others_propose_nothing(log_in: LogIn, login: str) -> None:
    post(log_in(login), "/responsibilities", a_row(), 403)


@pytest.mark.parametrize("path", ["/responsibilities", "/responsibilities/1"])
def test_the_table_is_for_those_who_govern(log_in: LogIn, client: TestClient, path: str) -> None:
    assert client.get(f"/api/v1{path}").status_code == 401
    for login in ("officer", "citizen"):
        assert log_in(login).get(f"/api/v1{path}").status_code == 403


def test_a_clerk_proposes_for_his_own_territory_only(log_in: LogIn) -> None:
    north = log_in("clerk2")
    for place in ({"kind": "cell", "cell": WILLOW}, {"kind": "level", "level": "street"}):
        assert "territory" in post(north, "/responsibilities", a_row(place=place), 403)["detail"]
    listed = get(log_in("supervisor"), "/responsibilities", state="proposed")["items"]
    assert listed == [], "a refused proposal was written"


def test_each_named_unit_answers_by_its_own_people_and_then_the_row_is_in_force(log_in: LogIn) -> None:
    row = post(log_in("clerk"), "/responsibilities", a_row(assisting=["sanitation", "@street"]))
    path = f"/responsibilities/{row['id']}/answers"
    assert [unit["ref"] for unit in row["waits_for"]] == ["roads", "sanitation", "@street"]

    def agree(login: str, unit: str, status: int) -> dict[str, Any]:
        return post(log_in(login), path, {"unit": unit, "answer": "agree"}, status)

    for login, unit in (("sweeper", "roads"), ("handler", "@street"), ("clerk2", "@street"), ("clerk", "roads"),
                        ("planner", "roads"), ("supervisor", "roads"), ("panel", "roads")):  # fmt: skip
        agree(login, unit, 403)
    agree("handler", "roads", 200)
    agree("sweeper", "sanitation", 200)
    done = agree("clerk", "@street", 200)
    assert (done["state"], done["waits_for"]) == ("in_force", [])
    assert [said["unit"]["ref"] for said in done["answers"]] == ["roads", "sanitation", "@street"]
    assert agree("handler", "roads", 409)["code"] == "conflict"


def test_a_handler_of_a_part_answers_for_that_part_only(fresh_db: Store, log_in: LogIn) -> None:
    with fresh_db.app.begin() as conn:
        now = datetime.now(UTC) - timedelta(minutes=1)
        account = conn.exec_driver_sql("SELECT id FROM account WHERE login = 'clerk'").scalar_one()
        posting = PostingDraft("department_handler", "330199002", "order", now, None)
        grant(conn, account=account, draft=posting, granted_by="tests", now=now)
    rows = [post(log_in("operator"), "/responsibilities", a_row(lead="order", place={"kind": "cell", "cell": cell}))
            for cell in (SOUTH, "330199002001")]  # fmt: skip
    client = log_in("clerk")
    for row, status in zip(rows, (403, 200), strict=True):
        post(client, f"/responsibilities/{row['id']}/answers", {"unit": "order", "answer": "agree"}, status)


def test_an_objection_goes_to_the_panel(log_in: LogIn) -> None:
    row = post(log_in("clerk"), "/responsibilities", a_row())
    path = f"/responsibilities/{row['id']}"
    refused = post(log_in("handler"), f"{path}/answers", {"unit": "roads", "answer": "object"}, 422)
    assert refused["field"] == "reason"
    objection = {"unit": "roads", "answer": "object", "reason": "the street owns its bins"}
    assert post(log_in("handler"), f"{path}/answers", objection, 200)["state"] == "objected"
    for login in ("handler", "clerk", "supervisor"):
        post(log_in(login), f"{path}/settle", {"decision": "adopt", "grounds": "so it is"}, 403)
    settled = post(log_in("panel"), f"{path}/settle", {"decision": "withdraw", "grounds": "street act 3"}, 200)
    assert (settled["state"], settled["grounds"]) == ("withdrawn", "street act 3")
    post(log_in("panel2"), f"{path}/settle", {"decision": "adopt", "grounds": "no"}, 409)


def test_a_proposal_past_its_time_is_listed_as_overdue(fresh_db: Store, log_in: LogIn) -> None:
    row = post(log_in("clerk"), "/responsibilities", a_row(answer_by=soon(1)))
    client = log_in("supervisor")
    assert get(client, "/responsibilities", overdue=True)["items"] == [] and not row["is_overdue"]
    with fresh_db.app.begin() as conn:
        sql = "UPDATE responsibility SET answer_by = now() - interval '1 day' WHERE id = %s"
        conn.exec_driver_sql(sql, (row["id"],))
    (late,) = get(client, "/responsibilities", overdue=True)["items"]
    assert late["id"] == row["id"] and late["is_overdue"] and late["state"] == "proposed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"matter": "dragons"}, "matter"),
        ({"place": {"kind": "level", "cell": SOUTH}}, "place"),
        ({"place": {"kind": "cell", "cell": SOUTH, "level": "street"}}, "place"),
        ({"place": {"kind": "cell", "cell": "nowhere"}}, "place"),
        ({"lead": "ghosts"}, "lead"),
        ({"lead": "roads", "assisting": ["roads"]}, "assisting"),
        ({"from": "2020-01-01T00:00:00Z"}, "from"),
        ({"from": "2020-01-01"}, "from"),
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"until": "9999-12-31T23:00:00-12:00"}, "until"),
        ({"answer_by": "2020-01-01T00:00:00Z"}, "answer_by"),
        ({"answer_by": "9999-12-31T23:00:00-12:00"}, "answer_by"),
        ({"prioritty": 1}, "prioritty"),
        ({"basis": "x" * 2001}, "basis"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_with_its_field(
    log_in: LogIn, changes: dict[str, Any], field: str
) -> None:
    assert post(log_in("operator"), "/responsibilities", a_row(**changes), 422)["field"] == field


def test_the_list_filters_pages_and_asks_any_day(log_in: LogIn) -> None:
    client = log_in("administrator")
    rows = [a_row(adopt=True, priority=day, **{"from": soon(day)}) for day in (1, 2, 3)]
    made = [post(client, "/responsibilities", row)["id"] for row in rows]
    refused = post(client, "/responsibilities", rows[0], 409)
    assert refused["field"] == "matter" and f"row {made[0]} in force says the same" in refused["detail"]
    seen, cursor = [], None
    while True:
        behind = {"cursor": cursor} if cursor else {}
        page = get(client, "/responsibilities", unit="roads", cell=SOUTH, limit=2, **behind)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made
    on_days = [len(get(client, "/responsibilities", cell=SOUTH, at=soon(day))["items"]) for day in (0.5, 1.5, 9)]
    assert on_days == [0, 1, 3]
    assert client.get("/api/v1/responsibilities", params={"untl": 1}).status_code == 422
    assert client.get("/api/v1/responsibilities", params={"cursor": "x"}).json()["field"] == "cursor"
    assert client.get("/api/v1/responsibilities/999999").status_code == 404


def test_a_jurisdiction_is_drawn_found_superseded_and_ended(log_in: LogIn) -> None:
    post(log_in("planner"), "/jurisdictions", a_ditch(), 403)
    client = log_in("administrator")
    drawn = post(client, "/jurisdictions", a_ditch())
    assert drawn["properties"]["area_m2"] == pytest.approx(26_700, rel=0.01)
    assert post(client, "/jurisdictions", a_ditch(), 409)["field"] == "code"
    row = post(client, "/responsibilities", a_row(place={"kind": "jurisdiction", "jurisdiction": "ditch"}, adopt=True))
    wider = mapping(box(120.0, 30.0, 120.006, 30.001))
    again = post(client, "/jurisdictions", a_ditch(supersede=True, geometry=wider, **{"from": soon(1)}))
    assert again["properties"]["version"] != drawn["properties"]["version"]
    assert get(client, f"/responsibilities/{row['id']}")["until"] == again["properties"]["from"]

    reader = log_in("officer")
    assert get(reader, "/jurisdictions/ditch")["properties"]["version"] == drawn["properties"]["version"]
    assert len(get(reader, "/jurisdictions/ditch", at=soon(2))["properties"]["versions"]) == 2
    assert len(get(reader, "/jurisdictions", bbox="120,30,120.001,30.001", department="roads")["features"]) == 1
    assert get(reader, "/jurisdictions", bbox="120.007,30,120.008,30.001")["features"] == []
    client = log_in("administrator")
    assert post(client, "/jurisdictions/ditch/end", {"until": soon(9)}, 409)["field"] == "until"
    [copy] = [one for one in get(client, "/responsibilities", jurisdiction="ditch")["items"] if one["until"] is None]
    post(client, f"/responsibilities/{copy['id']}/end", {"until": soon(9)}, 200)
    assert post(client, "/jurisdictions/ditch/end", {"until": soon(9)}, 200)["properties"]["until"] is not None
    assert client.get("/api/v1/jurisdictions/ditch", params={"at": soon(10)}).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (a_ditch(geometry={"type": "Point", "coordinates": [120, 30]}), "geometry"),
        (a_ditch(geometry=mapping(box(20, 50, 21, 51))), "geometry"),
        (a_ditch(department="ghosts"), "department"),
        (a_ditch(department=None), "department"),
        (a_ditch(code="a b"), "code"),
        (a_ditch(kind="cloud"), "properties.kind"),
        (a_ditch() | {"datum": "nad27"}, "datum"),
    ],
)
def test_a_jurisdiction_that_cannot_be_is_refused_with_its_field(
    log_in: LogIn, body: dict[str, Any], field: str
) -> None:
    assert post(log_in("administrator"), "/jurisdictions", body, 422)["field"] == field


def test_units_and_providers_are_listed_added_and_ended(log_in: LogIn) -> None:
    client = log_in("administrator")
    parks = {"code": "parks", "name": "Parks", "name_zh": "园林", "platform": "service"}
    assert post(client, "/departments", parks)["name_zh"] == "园林"
    assert post(client, "/departments", parks, 409)["field"] == "code"
    post(client, "/providers", {"code": "plumber", "name": "Plumber", "kind": "market", "contact": "12345"})
    assert post(client, "/bodies", {"cell": SOUTH, "name": "South town"})["cell"] == SOUTH

    reader = log_in("clerk")
    first = get(reader, "/departments", limit=2)
    rest = get(reader, "/departments", cursor=first["next"])
    assert [one["code"] for one in first["items"] + rest["items"]] == ["order", "parks", "roads", "sanitation"]
    assert [one["code"] for one in get(reader, "/departments", q="园林")["items"]] == ["parks"]
    queues = {one["code"]: one["departments"] for one in get(reader, "/platforms")["items"]}
    assert queues["service"] == ["parks"] and len(queues) == 4
    assert get(reader, "/providers", kind="market")["items"][0]["contact_limit"] == "PT15M"
    assert get(reader, "/bodies", cell=SOUTH)["items"][0]["name"] == "South town"
    post(reader, "/departments", parks | {"code": "ponds"}, 403)

    client = log_in("administrator")
    ended = post(client, "/departments/parks/end", {"until": soon(1)}, 200)
    assert (ended["open_cases"], ended["precedents"], ended["detail"]) == (0, 0, "")
    post(client, "/departments/roads/end", {}, 409)
    post(client, "/providers/plumber/end", {}, 204)
    assert get(client, "/departments", at=soon(2), q="parks")["items"] == []
    assert get(client, "/providers", at=soon(1))["items"] == []


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("departments", {"platform": "zz"}, "platform"), ("departments", {"cursor": "zz"}, "cursor"),
        ("providers", {"cursor": "zz"}, "cursor"), ("providers", {"kind": "zz"}, "kind"),
        ("disputes", {"state": "zz"}, "state"), ("disputes", {"entry": "zz"}, "entry"),
        ("responsibilities", {"state": "zz"}, "state"), ("jurisdictions", {"kind": "zz"}, "kind"),
    ],
)  # fmt: skip
def test_a_filter_or_a_cursor_that_there_is_not_is_refused_by_name(
    log_in: LogIn, path: str, asked: dict[str, str], field: str
) -> None:
    answer = log_in("supervisor").get(f"/api/v1/{path}", params=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_ring_that_is_not_closed_is_refused(log_in: LogIn) -> None:
    ring = [list(one) for one in DITCH["coordinates"][0][:-1]]
    body = a_ditch(geometry={"type": "Polygon", "coordinates": [ring]})
    assert post(log_in("administrator"), "/jurisdictions", body, 422)["field"] == "geometry"
