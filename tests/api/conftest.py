"""Clients of the whole application over a database of the test's own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.worlds import PASSWORD, W, inside

LogIn = Callable[[str], TestClient]


def a_report(**changes: Any) -> dict[str, Any]:
    """A report body from the western end of Willow, with changes."""
    lon, lat = inside(W)
    body = {
        "id": str(uuid4()),
        "lon": lon,
        "lat": lat,
        "accuracy_m": 10,
        "captured_at": datetime.now(UTC).isoformat(),
        "source": "public",
        "text": "A bag of litter lies at the gate.",
        "category": "litter",
    }
    return body | changes


@pytest.fixture
def client(fresh_db: Store) -> Iterator[TestClient]:
    """The public: nobody is logged in."""
    with TestClient(create_app(Settings(), fresh_db)) as opened:
        yield opened


@pytest.fixture
def log_in(client: TestClient) -> LogIn:
    """Log the client in as one of the town's people."""

    def as_person(login: str) -> TestClient:
        client.cookies.clear()
        answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    return as_person
