"""One sweep for everything: twice at once, killed midway, behind an outage, each due act is done exactly once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.acting import lock_case
from spatial.cases.supervision.climbing import climb_orders
from spatial.cases.supervision.ordering import order_red
from spatial.cases.sweeping import Swept, sweep
from spatial.store.events import verify_all
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.disputing import both_at_once, scalars
from tests.racing import PATIENCE_S
from tests.supervising import DUE, handed_over, orders_of, utc
from tests.worlds import B, T, W

ROOT = Path(__file__).parents[2]
LATER = utc(30, 9)
EACH = [("chase", 1), ("order", 1), ("order", 2), ("order", 3)]


def asked(conn: Connection) -> dict[str, list[tuple[str, int]]]:
    """What was asked about each case."""
    rows = conn.exec_driver_sql("SELECT case_no, kind, level FROM supervision_order ORDER BY case_no, kind, level")
    found: dict[str, list[tuple[str, int]]] = {}
    for case_no, kind, level in rows:
        found.setdefault(case_no, []).append((kind, level))
    return found


def check_once(store: Store, cases: list[str]) -> None:
    """Every case was chased once and ordered once on each level, with one event for each; the log is whole."""
    with store.app.begin() as conn:
        assert asked(conn) == dict.fromkeys(sorted(cases), EACH)
        told = scalars(conn, "SELECT payload ->> 'order' FROM event WHERE kind IN ('case.supervised', 'case.chased')")
        assert sorted(map(int, told)) == sorted(scalars(conn, "SELECT id FROM supervision_order"))
        assert not list(verify_all(conn))


def test_two_sweeps_at_once_do_each_due_act_once(fresh_db: Store) -> None:
    cases = [handed_over(fresh_db, unit) for unit in (W, B, T) * 4]
    answers = both_at_once(lambda _: sweep(fresh_db.app, now=LATER, page=3))
    assert all(isinstance(answer, Swept) for answer in answers), answers
    last = sweep(fresh_db.app, now=LATER)
    together = [sum(answer.stages[name] for answer in (*answers, last)) for name in ("chased", "ordered", "climbed")]
    assert together == [12, 12, 24]
    check_once(fresh_db, cases)
    assert sweep(fresh_db.app, now=LATER).is_nothing


def test_a_sweep_passes_over_what_another_holds_and_never_waits_for_it(fresh_db: Store) -> None:
    mine, other = handed_over(fresh_db), handed_over(fresh_db, B)
    with fresh_db.app.begin() as holding, fresh_db.app.begin() as conn:
        lock_case(holding, reach=WHOLE_CITY, case_no=other)
        conn.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        assert order_red(conn, now=LATER, limit=10).done == 1
    assert [row[0] for row in orders_of(fresh_db, mine)] == ["order"] and orders_of(fresh_db, other) == []
    assert sweep(fresh_db.app, now=LATER).stages["ordered"] == 1


def test_an_order_that_another_sweep_has_written_is_not_written_again(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        assert order_red(conn, now=LATER, limit=10).done == 1
        assert order_red(conn, now=LATER, limit=10).done == 0
        assert climb_orders(conn, now=LATER, limit=10).done == 1
        conn.exec_driver_sql(
            "UPDATE supervision_order SET climb_at = due_at WHERE level = 1"
        )  # as one who read too early
        assert climb_orders(conn, now=LATER, limit=10).done == 1
        assert climb_orders(conn, now=LATER, limit=10).done == 0
    assert [row[2] for row in orders_of(fresh_db, case_no)] == [1, 2, 3]


def test_what_is_rolled_back_is_done_by_the_next_sweep(fresh_db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [handed_over(fresh_db, unit) for unit in (W, B, T)]
    pages = []

    def fail(conn: Connection, **asked: object) -> object:
        pages.append(1)
        paged = order_red(conn, **asked)  # type: ignore[arg-type]
        if len(pages) == 2:
            raise RuntimeError("the power goes")
        return paged

    monkeypatch.setattr("spatial.cases.sweeping.STAGES", {"ordered": fail})
    with pytest.raises(RuntimeError):
        sweep(fresh_db.app, now=LATER, page=1)
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM supervision_order") == [1]
    monkeypatch.undo()
    sweep(fresh_db.app, now=LATER)
    check_once(fresh_db, cases)


_SWEEPER = """
import sys
from datetime import datetime
from spatial.cases import sweeping
from spatial.store.opening import connect
def slow(stage):
    def page(conn, **asked):
        done = stage(conn, **asked)
        print("page", flush=True)
        sys.stdin.readline()
        return done
    return page
sweeping.STAGES = {name: slow(stage) for name, stage in sweeping.STAGES.items()}
sweeping.sweep(connect(sys.argv[1]).app, now=datetime.fromisoformat(sys.argv[2]), page=2)
"""


def test_a_sweep_that_is_killed_midway_is_finished_by_the_next(fresh_db: Store) -> None:
    cases = [handed_over(fresh_db, unit) for unit in (W, B, T) * 3]
    program = [sys.executable, "-c", _SWEEPER, fresh_db.url, LATER.isoformat()]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(program, cwd=ROOT, **pipes) as running:
        assert running.stdin is not None and running.stdout is not None
        for _ in range(10):
            assert running.stdout.readline() == "page\n"
            running.stdin.write("go on\n")
            running.stdin.flush()
        assert running.stdout.readline() == "page\n"
        os.kill(running.pid, signal.SIGKILL)
    end = time.monotonic() + PATIENCE_S
    while _is_connected(fresh_db):
        assert time.monotonic() < end, "the killed sweep's session never ended"
        time.sleep(0.05)
    with fresh_db.app.begin() as conn:
        before = sum(map(len, asked(conn).values()))
    assert 0 < before < len(cases) * len(EACH)
    sweep(fresh_db.app, now=LATER)
    check_once(fresh_db, cases)


def _is_connected(store: Store) -> bool:
    with store.owner.begin() as conn:  # the application is not told what other sessions do
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return bool(conn.exec_driver_sql(others + " AND state <> 'idle'").scalar_one())


def test_pages_go_on_behind_those_of_one_moment(fresh_db: Store) -> None:
    cases = [handed_over(fresh_db, unit) for unit in (W, B, T)]  # all of them due at once
    later = [handed_over(fresh_db, unit, due=DUE + timedelta(hours=1)) for unit in (W, B)]
    assert sweep(fresh_db.app, now=LATER, page=1).stages["ordered"] == 5
    check_once(fresh_db, cases + later)
