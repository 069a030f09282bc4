"""The sweep over a city of open cases: seconds and memory, behind edits, killed midway and run again, two at once.

Cases are planted set-wise into a private server, and what a sweep must do with them is known beforehand. Sweeps run in
processes of their own. Cases have no events before: a chain begins with what the sweep tells.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from api.bench.rows import Row
from spatial.cases.clocks.days import HOLIDAY
from spatial.cases.clocks.editing import set_day
from spatial.cases.supervision.board import count_colours, read_board
from spatial.cases.supervision.editing import put_colour
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY

SQL = load_queries(__file__, "sweeping.sql")
_T = TypeVar("_T")
NOW = datetime(2026, 6, 11, 3, 0, tzinfo=UTC)  # a Thursday, 11:00 in the city
_CHUNK = 50_000
# Of each hundred: chases for yellow, red and old; orders for red and old; climbs of old (two each) and of silent ones.
_DUE = {"chased": 10 + 10 + 3, "ordered": 10 + 3, "climbed": 2 * 3 + 2, "warned": 1}
_BEFORE = 2 * 2  # a chase and an order for each silent case
# Whose warning is another one behind an edit: all that run; those that are due behind the new holiday.
_BY_RULE, _BY_CALENDAR = 96, 70 + 1
_NEW_HOLIDAY = date(2026, 6, 30)  # the day before they are due


@dataclass(frozen=True)
class Expected:
    """How much a sweep of the planted cases does, by stage, and how many orders there are behind it."""

    stages: dict[str, int]
    orders: int
    events: int


def measure_sweep(store: Store, *, cases: int, told: Callable[[str], None]) -> Iterator[Row]:
    """Rows of one sweep, one with nothing to do, the board, sweeps behind edits, and one killed with two behind it."""
    expected = _expected(cases)
    told(f"Planting {cases} cases")
    _plant(store, cases)
    told("Sweeping")
    yield from _alone(store, expected)
    yield from _board(store, cases)
    told("Sweeping behind edits")
    yield from _edited(store, expected, cases)
    told("Sweeping, to be killed midway; then two at once")
    _forget(store)
    yield from _killed(store, expected)


def _expected(cases: int) -> Expected:
    stages = {name: cases * part // 100 for name, part in _DUE.items()}
    written = sum(many for name, many in stages.items() if name != "warned")
    return Expected(stages, written + cases * _BEFORE // 100, written)


def _plant(store: Store, cases: int) -> None:
    with _unindexed(store):
        for first in range(0, cases, _CHUNK):
            with transaction(store.app) as conn:
                run(conn, SQL["plant_cases"], {"now": NOW, "first": first, "last": min(first + _CHUNK, cases) - 1})
    with transaction(store.app) as conn:
        run(conn, SQL["plant_silent"], {"now": NOW, "reach": WHOLE_CITY.bound})
    _settle(store)


@contextmanager
def _unindexed(store: Store) -> Iterator[None]:
    """Without the indexes and references of cases, as a restore does: they are made anew at the end."""
    with store.owner.begin() as conn:
        left_out = run(conn, SQL["left_out"]).all()
        for part in left_out:
            conn.exec_driver_sql(part.dropped)
    yield
    with store.owner.begin() as conn:
        for part in left_out:
            conn.exec_driver_sql(part.made, execution_options={"no_parameters": True})


def _settle(store: Store) -> None:
    # As autovacuum leaves tables that have grown; a benchmark does not wait for it.
    with store.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("VACUUM ANALYZE case_file, supervision_order, event")


def _forget(store: Store) -> None:
    with store.owner.begin() as conn:
        conn.exec_driver_sql("TRUNCATE supervision_order, supervision_reply, event")
    with transaction(store.app) as conn:
        run(conn, SQL["plant_silent"], {"now": NOW, "reach": WHOLE_CITY.bound})
    _settle(store)


def _alone(store: Store, expected: Expected) -> Iterator[Row]:
    done = _answer(_start(store))
    acts = sum(expected.stages.values())
    right = {name: done[name] for name in expected.stages} == expected.stages and _is_once(store, expected)
    note = ", ".join(f"{name} {many}" for name, many in expected.stages.items())
    yield Row("one sweep", done["seconds"], unit="s", equal=right, note=f"{acts} due acts once each: {note}")
    yield Row("one sweep: due acts", acts / done["seconds"], unit="acts/s", note="pages of 1,000, a commit each")
    yield Row("one sweep: peak memory", done["peak_mb"], unit="MB")
    again = _answer(_start(store))
    nothing = not any(again[name] for name in expected.stages)
    yield Row("a sweep with nothing to do", again["seconds"], unit="s", equal=nothing)


def _board(store: Store, cases: int) -> Iterator[Row]:
    _settle(store)
    with transaction(store.app) as conn:
        board, seconds = _timed(lambda: read_board(conn, reach=WHOLE_CITY, now=NOW, limit=20))
        totals, short = _timed(lambda: count_colours(conn, reach=WHOLE_CITY, now=NOW))
    planted = {"green": 71, "yellow": 10, "red": 15, "grey": 4}
    right = {colour: cases * part // 100 for colour, part in planted.items()}
    yield Row("the board of the whole city", seconds, unit="s", equal=board.totals == right)
    yield Row("totals by colour", short, unit="s", equal=totals == right)


def _edited(store: Store, expected: Expected, cases: int) -> Iterator[Row]:
    """The warnings of running cases anew: by another rule of colours, then by another calendar."""
    with transaction(store.app) as conn:
        put_colour(conn, unit="working_day", used_share=Decimal("0.5"), units_left=Decimal(0))
    yield from _rewarned(store, expected, "an edited rule", cases * _BY_RULE // 100)
    _settle(store)
    with transaction(store.app) as conn:
        set_day(conn, day=_NEW_HOLIDAY, kind=HOLIDAY, name="", actor="bench", now=NOW)
    yield from _rewarned(store, expected, "an edited calendar", cases * _BY_CALENDAR // 100)


def _rewarned(store: Store, expected: Expected, edit: str, many: int) -> Iterator[Row]:
    done = _answer(_start(store))
    alone = done["rewarned"] == many and not any(done[name] for name in expected.stages)
    note = f"{many} warnings are other ones, {many / done['seconds']:.0f} a second; nothing else is due"
    right = alone and _is_once(store, expected)
    yield Row(f"a sweep behind {edit}", done["seconds"], unit="s", equal=right, note=note)
    yield Row(f"a sweep behind {edit}: peak memory", done["peak_mb"], unit="MB")


def _killed(store: Store, expected: Expected) -> Iterator[Row]:
    begun = time.perf_counter()
    first = _start(store)
    half = expected.orders // 2
    while _written(store)["orders"] < half and first.poll() is None:
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    left = _written(store)["orders"]
    both = [_start(store), _start(store)]
    done = [_answer(one) for one in both]
    seconds = time.perf_counter() - begun
    shares = " and ".join(str(sum(one[name] for name in expected.stages)) for one in done)
    note = (
        f"killed -9 at {left} of {expected.orders} orders; the two did {shares} acts; twice: {_written(store)['twice']}"
    )
    yield Row("killed midway, then two at once", seconds, unit="s", equal=_is_once(store, expected), note=note)


def _is_once(store: Store, expected: Expected) -> bool:
    return _written(store) == {"orders": expected.orders, "events": expected.events, "twice": 0}


def _written(store: Store) -> dict[str, int]:
    with transaction(store.app) as conn:
        return dict(run(conn, SQL["written"]).one()._mapping)


def _start(store: Store) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "api.bench.sweep_process", store.url, NOW.isoformat()]
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True)


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = process.communicate()
    answered: dict[str, Any] = json.loads(said)
    return answered


def _timed(ask: Callable[[], _T]) -> tuple[_T, float]:
    begun = time.perf_counter()
    answer = ask()
    return answer, time.perf_counter() - begun
