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

from api.demo.closed import close_cases
from api.demo.conferences import file_conferences
from api.demo.disputes import file_disputes
from api.demo.duties import duty_rows, duty_shapes
from api.demo.life import live
from api.demo.reports import CITY_TIME, Storyteller, past_moments
from api.demo.rules import DEMO_LOGINS, DEPARTMENTS, PROVIDERS, Login, name_bodies
from spatial.cases.clocks.editing import fill_year
from spatial.cases.clocks.statutory import known_years
from spatial.cases.intake import file_reports
from spatial.cases.matters.class_files import read_starter
from spatial.cases.matters.loading import load_matters
from spatial.cases.numbers import SerialBlocks, TakeSerials
from spatial.cases.responsibility.jurisdictions import add_jurisdictions
from spatial.cases.responsibility.providers import Provider, add_provider
from spatial.cases.responsibility.rows import adopt
from spatial.cases.sorting.keywords import load_starter_keywords
from spatial.grid.cells import current_revision, publish
from spatial.grid.synthetic import SyntheticCity, synthetic_city
from spatial.people.accounts import Account, add_account
from spatial.people.roster import set_duty
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries

__all__ = ["CITY_NAME", "DEMO_LOGINS", "LOG_INS", "Login", "Seeded", "live", "seed"]

SQL = load_queries(__file__, "seeding.sql")
CITY_NAME = "上城区 · synthetic"
LOG_INS = tuple((one.login, one.password, one.role.replace("_", " ")) for one in DEMO_LOGINS)
_DAYS = 6
_FRESH = timedelta(minutes=50)  # within the process limit of an hour
_TABLE_BEFORE = timedelta(days=90)  # the table of responsibility is older than every report
_ROSTER_DAYS, _NOBODY = 60, 9
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
        _put_rules(conn, city, moment - _TABLE_BEFORE)
        people = {login.login: _put_login(conn, login, moment) for login in DEMO_LOGINS}
        operator, clerk = people["operator"], people["clerk"]
        _put_roster(conn, moment)
        serials = SerialBlocks(store.app, block=20)
        rng = Random(city.seed + 1)
        filed = file_disputes(conn, city, now=moment, sender=operator.sender, serials=serials, rng=rng)
        filed += file_conferences(
            conn, city, now=moment, operator=operator.sender, clerk=clerk.sender, serials=serials, rng=rng
        )
        filed += close_cases(conn, city, now=moment, people=people, serials=serials, rng=rng)
        filed += _file_past(conn, city, now=moment, count=reports - filed, operator=operator, serials=serials)
    return Seeded(revision, len(city.level(4)), filed)


def _put_rules(conn: Connection, city: SyntheticCity, begun: datetime) -> None:
    facts = {"city_name": CITY_NAME, "synthetic": True, "time_zone": "Asia/Shanghai"}
    run(conn, SQL["set_facts"], {"facts": json.dumps(facts)})
    run(conn, SQL["put_departments"], {"rows": json.dumps(DEPARTMENTS)})
    run(conn, SQL["put_bodies"], {"bodies": json.dumps(name_bodies(city.cells))})
    for year in sorted({begun.year - 1, begun.year, begun.year + 1} & set(known_years())):
        fill_year(conn, year=year, actor="system", now=begun)
    load_matters(conn, drafts=read_starter(), now=begun, actor="system")
    load_starter_keywords(conn)
    add_jurisdictions(conn, drafts=duty_shapes(city), now=begun, actor="system")
    adopt(conn, drafts=duty_rows(city), now=begun, actor="system")
    for code, name, name_zh, kind, contact in PROVIDERS:
        add_provider(conn, provider=Provider(code, name, kind, contact, name_zh))


def _put_login(conn: Connection, login: Login, now: datetime) -> Account:
    return add_account(
        conn, login=login.login, name=login.name, role=login.role, password=login.password, cells=login.cells,
        department=login.department, now=now,
    )  # fmt: skip


def _put_roster(conn: Connection, now: datetime) -> None:
    """Two take turns at the command centre; one day of the second week has nobody, and the board says so."""
    today = now.astimezone(CITY_TIME).date()
    for ahead in set(range(_ROSTER_DAYS)) - {_NOBODY}:
        logins = [("operator", "supervisor")[ahead % 2]]
        set_duty(conn, day=today + timedelta(days=ahead), logins=logins, actor="system", now=now)


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
