"""The demo city lives: reports keep coming, and in the morning the units say that all is clear.

Everything goes through the ways in that people use. Only a city that calls itself synthetic is kept alive:
made-up reports do not belong into a real one.
"""

import logging
import threading
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from api.demo.reports import CITY_TIME, Storyteller
from spatial.cases.intake import file_reports
from spatial.cases.numbers import SerialBlocks
from spatial.errors import GridmapsError
from spatial.grid.synthetic import SyntheticCity, synthetic_city
from spatial.patrol.check_in import CheckIn, check_in
from spatial.patrol.silence import silent_units
from spatial.people.accounts import Account, find_by_login
from spatial.store.db import transaction
from spatial.store.events import wake
from spatial.store.facts import read_facts
from spatial.store.opening import Store

QUIET_UNITS = 24  # so many units say nothing all day
_MORNING = 8  # o'clock: before it, no unit has said anything
_BEFORE_CUT_OFF = timedelta(hours=17, minutes=30)
_CLEAR_TOGETHER = 40
_log = logging.getLogger("gridmaps.demo")


def live(store: Store, stop: threading.Event, *, every_s: float = 4.0) -> None:
    """File one plausible report every few seconds, and each day's all-clears, until `stop` is set.

    Does nothing in a store whose city is not the synthetic one. A database that is gone for a while is tried
    again.
    """
    life = _begin(store)
    pace = Random()
    while life is not None and not stop.wait(pace.uniform(0.5, 1.5) * every_s):
        try:
            life.report(datetime.now(UTC))
            life.all_clear(datetime.now(UTC), stop)
        except (GridmapsError, SQLAlchemyError) as refused:
            # The stream is decoration: a database that is away must not end the server's own work.
            _log.debug("the demo city waits: %s", refused)


def _begin(store: Store) -> "Life | None":
    with transaction(store.app) as conn:
        operator = find_by_login(conn, login="operator")
        if operator is None or not read_facts(conn)["synthetic"]:
            return None
    return Life(store, operator, synthetic_city())


class Life:
    """What the city does by itself."""

    def __init__(self, store: Store, operator: Account, city: SyntheticCity) -> None:
        self._store = store
        self._operator = operator
        self._rng = Random()
        self._teller = Storyteller(city, self._rng)
        self._serials = SerialBlocks(store.app, block=20)
        self._cleared_on: date | None = None

    def report(self, now: datetime) -> None:
        """One report, through the intake."""
        told = self._teller.tell(now)
        draft = told.draft("public" if told.source == "public" else self._operator.sender)
        with transaction(self._store.app) as conn:
            file_reports(conn, drafts=[draft], now=now, serials=self._serials)
        wake(self._store.app)

    def all_clear(self, now: datetime, stop: threading.Event) -> None:
        """From the morning on, units that have nothing to report say so; a few stay silent."""
        here = now.astimezone(CITY_TIME)
        if here.hour < _MORNING or here.date() == self._cleared_on:
            return
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = min(now, (midnight + _BEFORE_CUT_OFF).astimezone(UTC))
        waiting = self.waiting(moment, here.toordinal())
        for first in range(0, len(waiting), _CLEAR_TOGETHER):
            if stop.is_set():
                return
            self.check_in(waiting[first : first + _CLEAR_TOGETHER], moment)
            stop.wait(0.2)
        self._cleared_on = here.date()

    def waiting(self, moment: datetime, day: int) -> list[str]:
        """Units that have said nothing yet and will: all but the day's quiet ones."""
        with transaction(self._store.app) as conn:
            silence = silent_units(conn, day=None, now=moment, reach=self._operator.reach)
        codes = sorted(unit.code for unit in silence.silent)
        if len(codes) <= QUIET_UNITS:
            return []
        # The same units all day, also after a restart: chosen by code and day, not by who still waits.
        chosen = sorted(codes, key=lambda code: Random(f"{code}/{day}").random())
        return sorted(chosen[QUIET_UNITS:])

    def check_in(self, units: list[str], moment: datetime) -> None:
        """All-clears of these units, each from inside it, in one transaction."""
        with transaction(self._store.app) as conn:
            for code in units:
                lon, lat = self._teller.stand_in(code)
                said = CheckIn(self._new_id(), code, lon, lat, 12.0, moment - timedelta(seconds=20))
                check_in(conn, account_id=self._operator.id, reach=self._operator.reach, said=said, now=moment)

    def _new_id(self) -> UUID:
        return UUID(int=self._rng.getrandbits(128), version=4)
