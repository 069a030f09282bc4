"""A city for the first run: seeded once, then kept alive by a stream of reports.

Everything in it is synthetic but the names and codes of streets and communities, and it says so: the setting
`synthetic` puts a banner on every page, and the city's name carries the word. Reports go through the same
intake as everybody's. Knows the domain's ways in; refuses to write a case by itself.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from random import Random

from sqlalchemy import Connection

from api.demo_life import live
from api.demo_reports import Storyteller, past_moments
from api.demo_rules import CATEGORIES, DEMO_LOGINS, DEPARTMENTS, Login, name_bodies
from spatial.cases.intake import file_reports
from spatial.cases.numbers import SerialBlocks, TakeSerials
from spatial.grid.cells import current_revision, publish
from spatial.grid.synthetic import SyntheticCity, synthetic_city
from spatial.people.accounts import Account, add_account
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries

__all__ = ["CITY_NAME", "DEMO_LOGINS", "LOG_INS", "Login", "Seeded", "live", "seed"]

SQL = load_queries(__file__, "demo.sql")
CITY_NAME = "上城区 · synthetic"
LOG_INS = tuple((one.login, one.password, one.role.replace("_", " ")) for one in DEMO_LOGINS)
_DAYS = 6
_FRESH = timedelta(minutes=50)  # within the process limit of an hour
_TOGETHER_S = 3600  # past reports of one hour are filed at one moment: the seeding stays short


@dataclass(frozen=True)
class Seeded:
    """What was put into an empty store."""

    revision: int
    units: int
    reports: int


def seed(store: Store, *, now: datetime | None = None, units: int = 1600, reports: int = 600) -> Seeded | None:
    """Put the synthetic city into a store without a grid, all or nothing; None when a grid is there already."""
    moment = now or datetime.now(UTC)
    with transaction(store.app) as conn:
        if current_revision(conn) is not None:
            return None
    city = synthetic_city(units=units)
    with transaction(store.app) as conn:
        if current_revision(conn) is not None:
            return None
        note = "Synthetic borders; names and codes of the National Bureau of Statistics, 2023."
        revision = publish(
            conn, drafts=city.cells, kind="import", in_force_from=None, published_by="system", note=note,
            report={"synthetic": True, "seed": city.seed}, findings=(),
        )  # fmt: skip
        _put_rules(conn, city)
        accounts = [_put_login(conn, login, moment) for login in DEMO_LOGINS]
        operator = next(account for account in accounts if account.login == "operator")
        serials = SerialBlocks(store.app, block=20)
        filed = _file_past(conn, city, now=moment, count=reports, operator=operator, serials=serials)
    return Seeded(revision, len(city.level(4)), filed)


def _put_rules(conn: Connection, city: SyntheticCity) -> None:
    facts = {"city_name": CITY_NAME, "synthetic": True, "time_zone": "Asia/Shanghai"}
    run(conn, SQL["set_facts"], {"facts": json.dumps(facts)})
    run(conn, SQL["put_departments"], {"rows": json.dumps(DEPARTMENTS)})
    run(conn, SQL["put_categories"], {"rows": json.dumps(CATEGORIES)})
    run(conn, SQL["put_bodies"], {"bodies": json.dumps(name_bodies(city.cells))})


def _put_login(conn: Connection, login: Login, now: datetime) -> Account:
    return add_account(
        conn, login=login.login, name=login.name, role=login.role, password=login.password, cells=login.cells, now=now
    )


def _file_past(
    conn: Connection, city: SyntheticCity, *, now: datetime, count: int, operator: Account, serials: TakeSerials
) -> int:
    """File reports of the last days, each hour at the moment of its last one.

    What is older than the first limit is history: nobody was here to act on it, and a new city that is all red
    would show its operators nothing.
    """
    rng = Random(city.seed)
    teller = Storyteller(city, rng)
    moments = past_moments(now, count=count, days=_DAYS, rng=rng)
    filed = 0
    hours = groupby(moments, key=lambda at: (at >= now - _FRESH, int(at.timestamp()) // _TOGETHER_S))
    for (is_fresh, _), hour in hours:
        received = list(hour)
        told = [teller.tell(moment) for moment in received]
        drafts = [one.draft("public" if one.source == "public" else operator.sender) for one in told]
        answers = file_reports(conn, drafts=drafts, now=received[-1], serials=serials, history=not is_fresh)
        filed += sum(answer.created for answer in answers)
    return filed
