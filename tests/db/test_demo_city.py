"""The demo city: seeded once through the ways in, whole, and never twice."""

import threading
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from api.demo.life import QUIET_UNITS, Life
from api.demo.reports import CITY_TIME
from api.demo.seeding import CITY_NAME, DEMO_LOGINS, live, seed
from spatial.cases.verifying import list_strays
from spatial.grid.synthetic import synthetic_city
from spatial.patrol.silence import silent_units
from spatial.people.accounts import check_password, find_by_login
from spatial.store.db import transaction
from spatial.store.opening import Store

NOW = datetime.now(UTC)


# What must hold of the cases: a query that counts, and how many it may count, from and to.
PROMISES = (
    ("SELECT count(*) FROM case_file", 600, 600),
    (
        "SELECT count(*) FROM case_file "
        "WHERE is_running AND (due_at IS NULL OR (step_due_at IS NULL) <> (state IN ('disputed', 'ruled')))",
        0,
        0,
    ),
    # Planted gaps and conflicts, reports that name no matter, and what lies outside: none of them has one lead.
    ("SELECT count(*) FROM case_file WHERE owner -> 'lead' = 'null'", 5, 150),
    ("SELECT count(*) FROM case_file WHERE owner ->> 'decided_by' = 'table' AND owner -> 'lead' <> 'null'", 450, 595),
    ("SELECT count(*) FROM case_file WHERE sorted ->> 'by' = 'keywords' AND sorted ->> 'took' = category", 5, 100),
    ("SELECT count(*) FROM case_file WHERE unit IS NOT NULL AND jsonb_array_length(owner -> 'territorial') < 4", 0, 0),
    ("SELECT count(*) FROM case_file WHERE received_at > now() OR captured_at > received_at", 0, 0),
    ("SELECT count(*) FROM case_file WHERE certainty = 'outside'", 3, 40),
    ("SELECT count(*) FROM case_file WHERE certainty = 'ambiguous'", 20, 300),
    ("SELECT count(*) FROM event WHERE kind = 'case.reported'", 600, 600),
    ("SELECT count(*) FROM report WHERE strpos(text, '{') > 0", 0, 0),
    ("SELECT count(*) FROM department", 12, 20),
    ("SELECT count(*) FROM matter", 56, 56),
    ("SELECT count(*) FROM responsibility WHERE state = 'in_force'", 60, 100),
    ("SELECT count(*) FROM jurisdiction", 7, 7),
    ("SELECT count(*) FROM sorting_keyword", 200, 500),
    ("SELECT count(*) FROM territorial_body", 218, 218),
    ("SELECT count(*) FROM brief", 1, 2),
    ("SELECT count(*) FROM precedent", 1, 1),
    ("SELECT count(*) FROM dispute WHERE state = 'open'", 4, 30),
    ("SELECT count(*) FROM conference WHERE state = 'open' AND trigger = 'refusals'", 1, 1),
    ("SELECT count(*) FROM conference JOIN conference_minutes AS m ON m.conference = id WHERE state = 'decided'", 1, 1),
    ("SELECT count(DISTINCT state) FROM conference_action", 2, 2),
    ("SELECT count(*) FROM whistle WHERE state = 'raised' AND case_no IS NOT NULL", 1, 1),
    ("SELECT count(DISTINCT by_unit) FROM whistle_score", 2, 2),
    ("SELECT count(*) FROM case_file WHERE is_self_solved", 12, 12),
    ("SELECT count(*) FROM case_file WHERE step IN ('done', 'called_back', 'evaluated')", 35, 70),
    ("SELECT count(*) FROM case_call_back WHERE verdict = 'dissatisfied'", 1, 10),
    ("SELECT count(DISTINCT subject) FROM case_evaluation", 3, 3),
    ("SELECT count(*) FROM case_call_back WHERE is_unreasonable", 0, 3),
    ("SELECT count(*) FROM (SELECT FROM case_tier GROUP BY case_no HAVING count(DISTINCT tier) = 4) AS wandered", 1, 3),
    ("SELECT count(*) FROM grid_revision", 1, 1),
)


def count(conn: Connection, sql: str) -> int:
    return int(conn.exec_driver_sql(sql).scalar_one())


def test_the_demo_city_is_seeded_whole_and_only_once(empty_db: Store) -> None:
    made = seed(empty_db, now=NOW)
    assert made is not None
    assert (made.units, made.reports) == (1600, 600)
    check_city(empty_db)
    assert seed(empty_db, now=NOW) is None
    check_city(empty_db)


def check_city(store: Store) -> None:
    with transaction(store.app) as conn:
        levels = conn.exec_driver_sql("SELECT rank, count(*) FROM cell GROUP BY 1 ORDER BY 1").all()
        assert [tuple(row) for row in levels] == [(1, 1), (2, 14), (3, 203), (4, 1600)]
        facts = {row.key: row.value for row in conn.exec_driver_sql("SELECT key, value FROM setting")}
        assert (facts["city_name"], facts["synthetic"]) == (CITY_NAME, True)
        for sql, least, most in PROMISES:
            assert least <= count(conn, sql) <= most, sql
        assert list(list_strays(conn)) == []
        for login in DEMO_LOGINS:
            assert check_password(conn, login=login.login, password=login.password).role == login.role


def test_a_store_with_a_grid_is_left_alone(fresh_db: Store) -> None:
    assert seed(fresh_db, now=NOW) is None
    with transaction(fresh_db.app) as conn:
        assert count(conn, "SELECT count(*) FROM cell WHERE code = '330102'") == 0


def test_the_demo_city_lives_only_where_it_was_seeded(empty_db: Store, fresh_db: Store) -> None:
    seed(empty_db, now=NOW, reports=20)
    stop = threading.Event()
    life = threading.Thread(target=live, args=(empty_db, stop), kwargs={"every_s": 0.05})
    life.start()
    try:
        with empty_db.app.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            deadline = time.monotonic() + 90  # 1,600 all-clears come in between
            while count(conn, "SELECT count(*) FROM case_file") < 22 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert count(conn, "SELECT count(*) FROM case_file") >= 22
    finally:
        stop.set()
        life.join(timeout=30)
    assert not life.is_alive()
    live(fresh_db, threading.Event(), every_s=0.01)  # returns at once: the tiny town is not synthetic


def test_units_are_all_clear_in_the_afternoon_but_for_a_few(empty_db: Store) -> None:
    seed(empty_db, now=NOW, reports=0)
    with transaction(empty_db.app) as conn:
        operator = find_by_login(conn, login="operator")
    assert operator is not None
    life = Life(empty_db, operator, synthetic_city())
    evening = datetime(2026, 3, 2, 20, 0, tzinfo=CITY_TIME).astimezone(UTC)
    units = life.waiting(evening, 1)
    assert len(units) == 1600 - QUIET_UNITS
    life.check_in(units[:20], evening - timedelta(hours=3))
    with transaction(empty_db.app) as conn:
        counts = silent_units(conn, day=evening.date(), now=evening, reach=operator.reach).counts
    assert (counts["all_clear"], counts["silent"]) == (20, 1580)
