"""The tiny town in one transaction that is rolled back, its people, and a clock that runs on: what machines share."""

from datetime import datetime
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Engine

from spatial.people.accounts import Account, find_by_login
from spatial.store.reach import WHOLE_CITY
from tests.acting import NOW, add_rows, later
from tests.random_acts import PEOPLE, SETTING


class Town(RuleBasedStateMachine):
    """People and hours; `done` is the kinds of acts that succeeded, `opened` the cases."""

    engine: Engine
    done: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.conn = self.engine.connect()
        add_rows(self.conn, SETTING)
        self.people: dict[str, Account] = {}
        for login in PEOPLE:
            person = find_by_login(self.conn, login=login, at=NOW)
            assert person is not None
            self.people[login] = person
        self.hours = 0.0
        self.opened: list[str] = []

    def _later(self) -> datetime:
        self.hours += 0.1
        return later(self.hours)

    def _by(self, actor: str) -> dict[str, Any]:
        return {"reach": WHOLE_CITY, "actor": actor, "now": self._later()}

    def teardown(self) -> None:
        """Nothing stays."""
        self.conn.rollback()
        self.conn.close()
