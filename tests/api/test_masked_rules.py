"""What rulings and precedents tell: never a citizen's number, nor the very spot; and clear words only by a look."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from spatial.store.opening import Store
from tests.api.conftest import LogIn
from tests.api.test_actions import act, report
from tests.api.test_rulings_routes import PRECEDENTS, RULINGS, a_body, noise
from tests.worlds import NORTH

PHONE = "13800138000"
GROUNDS = f"The caller at {PHONE} saw the stall."


def disputed(client: TestClient, log_in: LogIn, store: Store, **said: Any) -> int:
    """A dispute about noise at night, which nobody is named for."""
    noise(store)
    log_in("clerk")
    report(client, category="noise", attributes={"contact": PHONE, "road": "trunk"}, **said)
    [dispute] = log_in("panel").get("/api/v1/disputes").json()["items"]
    return int(dispute["id"])


def rule_on(client: TestClient, dispute: int, attributes: Any, **changes: Any) -> Any:
    """A ruling around the case, on some of its attributes."""
    scope = {"attributes": attributes, "area": {"kind": "radius", "radius_m": 500}}
    return client.post(RULINGS, json=a_body(dispute, grounds=GROUNDS, scope=scope) | changes)


def test_a_refused_attribute_tells_the_names_of_the_others_and_no_value(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    dispute = disputed(client, log_in, fresh_db)
    for wrong in ({"contact": "13900000000"}, {"bridge": "x"}, ["bridge"]):
        answer = rule_on(client, dispute, wrong)
        assert answer.status_code == 422 and answer.json()["field"].startswith("scope.attributes"), answer.text
        assert PHONE not in answer.text and "trunk" not in answer.text and "contact, road" in answer.text


@pytest.mark.parametrize("shown", [["contact", "road"], {"contact": "***", "road": None}])
def test_an_attribute_is_taken_over_from_the_case_by_its_name_or_by_its_mask(
    client: TestClient, log_in: LogIn, fresh_db: Store, shown: Any
) -> None:
    answer = rule_on(client, disputed(client, log_in, fresh_db), shown)
    assert answer.status_code == 201, answer.text
    assert answer.json()["precedent"]["attributes"] == {"contact": "***", "road": "trunk"}
    with fresh_db.app.begin() as conn:
        kept = conn.exec_driver_sql("SELECT attributes FROM precedent").scalar_one()
    assert kept == {"contact": PHONE, "road": "trunk"}


def test_numbers_in_grounds_and_attributes_are_masked_for_everybody_and_cannot_be_felt_out(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    dispute = disputed(client, log_in, fresh_db)
    made = rule_on(client, dispute, ["contact"])
    again = rule_on(client, dispute, ["contact"])
    assert (made.status_code, again.status_code) == (201, 409)
    number = made.json()["precedent"]["number"]
    for login in ("panel", "clerk", "supervisor", "administrator", "planner", "clerk2"):
        reader = log_in(login)
        told = [reader.get(path) for path in (RULINGS, PRECEDENTS, f"{PRECEDENTS}/{number}")]
        assert all(answer.status_code == 200 and PHONE not in answer.text for answer in told), login
        assert reader.get(PRECEDENTS, params={"q": PHONE}).json()["items"] == []
        assert len(reader.get(PRECEDENTS, params={"q": "stall"}).json()["items"]) == 1
    assert PHONE not in made.text and PHONE not in again.text and "***" in again.json()["ruling"]["grounds"]


def test_a_number_in_an_attribute_is_masked_wherever_the_case_and_its_decision_are_told(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    dispute = disputed(client, log_in, fresh_db)
    case_no = log_in("panel").get(f"/api/v1/disputes/{dispute}").json()["case_no"]
    here = f"/api/v1/cases/{case_no}"
    for login in ("panel", "clerk2", "supervisor", "administrator", "planner", "officer", "operator"):
        reader = log_in(login)
        told = [reader.get(path) for path in (here, f"{here}/explanation", "/api/v1/cases", "/api/v1/disputes")]
        assert PHONE not in "".join(answer.text for answer in told), login
    assert reader.get(here).json()["owner"]["attributes"] == {"contact": "***", "road": "trunk"}


def test_a_radius_is_told_around_the_neighbourhood_and_not_the_spot(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    dispute = disputed(client, log_in, fresh_db, lon=120.0014567, lat=30.0017654)
    area = rule_on(client, dispute, {}).json()["precedent"]["area"]
    assert area == {"kind": "radius", "radius_m": 500, "origin": [120.001, 30.002]}
    [found] = log_in("clerk2").get(PRECEDENTS, params={"lon": 120.0014567, "lat": 30.0017654}).json()["items"]
    assert found["area"] == area and NORTH  # a clerk of the other street reads the rule


def test_clear_words_come_only_by_a_look_that_is_logged(client: TestClient, log_in: LogIn, fresh_db: Store) -> None:
    text = f"A bag at the gate, call {PHONE}."
    number = report(client, text=text)
    for login in ("clerk", "operator", "supervisor", "administrator"):
        reader = log_in(login)
        told = reader.get(f"/api/v1/cases/{number}")
        assert told.json()["text"] == "A bag at the gate, call ***." and PHONE not in told.text
        assert reader.get("/api/v1/cases", params={"q": PHONE}).json()["items"] == []
        look = reader.post(f"/api/v1/cases/{number}/looks", json={"purpose": "to call back"})
        assert (look.status_code, look.json()["text"]) == (201, text)
    assert [one["login"] for one in reader.get("/api/v1/looks").json()["items"]] == [
        "administrator", "supervisor", "operator", "clerk"
    ]  # fmt: skip
    assert log_in("panel").post(f"/api/v1/cases/{number}/looks", json={"purpose": "x"}).status_code == 403


def test_interim_handling_goes_to_the_nearest_body_where_the_decision_named_none(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    number = report(client)
    log_in("operator")
    assert act(client, number, "dispute", note="Nobody can say.").status_code == 200
    log_in("panel")

    def legal() -> set[str]:
        return {one["act"] for one in client.get(f"/api/v1/cases/{number}/acts").json()["legal"]}

    assert legal() & {"order_interim", "note_cost"} == {"order_interim"}  # nothing was ordered that could cost
    assert act(client, number, "order_interim", note="Sweep it.").status_code == 200
    assert "note_cost" in legal()
    with fresh_db.app.begin() as conn:
        [unit] = conn.exec_driver_sql("SELECT unit FROM interim_order").scalars()
        nearest = conn.exec_driver_sql(
            "SELECT '@' || cell FROM territorial_body WHERE cell = ANY((SELECT current_path FROM case_file)::text[]) "
            "ORDER BY length(cell) DESC LIMIT 1"
        ).scalar_one()
    assert unit == nearest
    assert act(client, number, "note_cost", cost=12, note="Two hours").status_code == 200
