"""One case over five tiers (五层贯通): unit, community, street, district, city, and down again, by HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import now
from spatial.grid.cells import CellDraft, publish
from spatial.grid.codes import CodeRule
from spatial.grid.levels import Level, replace_levels
from spatial.settings import Settings
from spatial.store.db import run
from spatial.store.opening import Store
from tests.api.conftest import a_report
from tests.worlds import _HASHER, DISTRICT, PASSWORD, SOUTH, SQL, WILLOW, W, tiny_town

CITY = "3301"
LEVELS = [
    Level(1, "city", "City", "市"), Level(2, "district", "District", "区", is_home=True),
    Level(3, "street", "Street", "街道"), Level(4, "community", "Community", "社区"),
    Level(5, "unit", "Unit", "单元网格"),
]  # fmt: skip
DIGITS = (4, 6, 9, 12, 15)
RULES = [CodeRule("five", rank, f"^[0-9]{{{DIGITS[rank - 1]}}}$", DIGITS[rank - 2] if rank > 1 else None)
         for rank in range(1, 6)]  # fmt: skip
# Who has the case in hand on each tier, from the unit up, and for how many hours he keeps it.
HANDS = (("leader", 5, 2.0), ("keeper", 4, 3.5), ("clerk", 3, 24.0), ("district", 2, 1.25), ("city", 1, 6.0))
# The operator of the district, the one of the city, and somebody of the community, beside the people of the tiny town.
POSTED = f"""
    UPDATE posting SET cell = '{DISTRICT}', role = 'centre_operator' FROM account
        WHERE account.id = account AND login = 'panel'; UPDATE account SET login = 'district' WHERE login = 'panel';
    UPDATE posting SET cell = '{CITY}', role = 'centre_operator' FROM account
        WHERE account.id = account AND login = 'panel2'; UPDATE account SET login = 'city' WHERE login = 'panel2';
    UPDATE posting SET cell = '{WILLOW}', role = 'grid_leader' FROM account
        WHERE account.id = account AND login = 'clerk2'; UPDATE account SET login = 'keeper' WHERE login = 'clerk2';
    UPDATE posting SET cell = '{W}' FROM account WHERE account.id = account AND login = 'leader'"""


class Clock:
    """The hour that every request is told."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def city(empty_db: Store, clock: Clock) -> Iterator[TestClient]:
    """The tiny town as one district of a city, whose cells are a fifth level."""
    town = tiny_town()
    whole = next(cell.geometry for cell in town if cell.code == DISTRICT)
    drafts = [CellDraft(CITY, 1, "The city", None, whole, system="five")] + [
        CellDraft(cell.code, cell.rank + 1, cell.name, cell.parent or CITY, cell.geometry, system="five")
        for cell in town
    ]
    with empty_db.app.begin() as conn:
        replace_levels(conn, levels=LEVELS, rules=RULES, description="A city above its districts")
        publish(conn, drafts=drafts, kind="import", in_force_from=None, published_by="system", note="five levels")
        run(conn, SQL["people_and_rules"], {"password_hash": _HASHER.hash(PASSWORD)})
        conn.exec_driver_sql(POSTED)
    app = create_app(Settings(), empty_db)
    app.dependency_overrides[now] = clock
    with TestClient(app) as client:
        yield client


def log_in(client: TestClient, login: str) -> None:
    client.cookies.clear()
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


def act(client: TestClient, case_no: str, name: str, **said: Any) -> Any:
    return client.post(f"/api/v1/cases/{case_no}/actions", json={"act": name, "reason": "Not ours alone"} | said)


def test_one_case_goes_up_and_down_over_five_tiers_and_each_keeps_its_time(city: TestClient, clock: Clock) -> None:
    said = city.post("/api/v1/reports", json=a_report()).json()
    number = said["case_no"]
    assert [cell["level"] for cell in said["cell"]["path"]] == [level.key for level in LEVELS]
    assert [cell["code"] for cell in said["cell"]["path"]] == [CITY, DISTRICT, SOUTH, WILLOW, W]
    received = None
    for login, tier, hours in HANDS:
        log_in(city, login)
        seen = city.get(f"/api/v1/cases/{number}").json()
        received = received or datetime.fromisoformat(seen["received_at"])
        assert (seen["case_no"], seen["tier"]) == (number, tier)  # the same case, whoever looks
        clock.at += timedelta(hours=hours)
        moved = act(city, number, "escalate")
        assert moved.status_code == (200 if tier > 1 else 409), moved.text
    assert moved.json()["detail"].startswith("the widest level has this case")
    for hours in (0.5, 1.0, 1.5, 2.0):
        assert act(city, number, "order_down").status_code == 200
        clock.at += timedelta(hours=hours)
    assert act(city, number, "order_down").status_code == 409  # a unit orders nobody
    told = city.get(f"/api/v1/cases/{number}").json()
    held = [(one["tier"], round(one["seconds"] / 3600, 2)) for one in told["tiers"]]
    assert held[1:] == [(4, 3.5), (3, 24.0), (2, 1.25), (1, 6.0), (2, 0.5), (3, 1.0), (4, 1.5), (5, 2.0)]
    assert held[0][0] == 5 and held[0][1] == pytest.approx(2.0, abs=0.01)  # received by the server's own clock
    moments = [one["since"] for one in told["tiers"]]
    assert moments[1:] == [one["until"] for one in told["tiers"][:-1]] and told["tiers"][-1]["until"] is None
    assert received is not None
    whole = (clock.at - received).total_seconds()
    assert sum(one["seconds"] for one in told["tiers"]) == pytest.approx(whole, abs=1e-3)
    links = [one["payload"] for one in told["history"] if one["kind"] in ("case.escalated", "case.ordered_down")]
    assert [(one["from_tier"], one["to_tier"]) for one in links] == [
        (5, 4), (4, 3), (3, 2), (2, 1), (1, 2), (2, 3), (3, 4), (4, 5),
    ]  # fmt: skip


def test_a_case_is_handed_to_the_body_of_the_city_itself(city: TestClient) -> None:
    number = city.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in(city, "city")
    for body in ({"act": "accept"}, {"act": "dispatch", "lead": "@city", "reason": "The city's own"}):
        assert city.post(f"/api/v1/cases/{number}/actions", json=body).status_code == 200
    told = city.get(f"/api/v1/cases/{number}").json()
    assert told["lead"] == f"@{CITY}" and [one["unit"] for one in told["tasks"]] == [f"@{CITY}"]
