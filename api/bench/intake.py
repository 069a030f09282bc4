"""The intake with and without an index: the same reports, filed in one run into a PostGIS of their own.

Both ways answer alike; a test holds them to that, and here the answers are compared once more.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import numpy as np

from api.answers import Answer
from api.bench.rows import Row
from api.bench.timing import medians, wall_clock
from api.dependencies import now
from api.writer import ReportWriter
from spatial.cases.drafts import ReportDraft
from spatial.grid.cells import publish
from spatial.grid.keeper import KEPT, Kept, KeptIndexes, newest_key, ready_index
from spatial.grid.locate import locate_points
from spatial.grid.synthetic import synthetic_city
from spatial.store.db import transaction
from spatial.store.opening import Store

_CLIENTS = 64
_PER_BATCH = 500


@dataclass(frozen=True)
class Ground:
    """A store with a synthetic city, and positions all over it."""

    store: Store
    lons: list[float]
    lats: list[float]
    kept: Kept


def measure_intake(store: Store, *, units: int, reports: int, repeats: int) -> Iterator[Row]:
    """Reports a second, in batches of 500 and singly from 64 clients; by the index, and by candidates."""
    ground = _make_ground(store, units, reports)
    equal = _equal(ground)
    for what, run in (("reports in batches of 500", _in_batches), ("reports from 64 clients, gathered", _singly)):
        ways = {"index": (partial(_with, ground, True, run), wall_clock)}
        ways["candidates"] = (partial(_with, ground, False, run), wall_clock)
        taken = medians(ways, repeats)
        ours, before = reports / taken["index"], reports / taken["candidates"]
        note = "peer: the same intake by candidates from the store"
        yield Row(what, ours, before, ours / before, equal, "reports/s", ground.kept.index.nbytes, note)


def _make_ground(store: Store, units: int, reports: int) -> Ground:
    city = synthetic_city(units=units)
    with transaction(store.app) as conn:
        publish(conn, drafts=city.cells, kind="import", in_force_from=None, published_by="system")
    kept = ready_index(store.app, kept=KeptIndexes())
    assert kept is not None
    west, south, east, north = kept.index.bounds
    rng = np.random.default_rng(11)
    return Ground(store, rng.uniform(west, east, reports).tolist(), rng.uniform(south, north, reports).tolist(), kept)


def _with(ground: Ground, indexed: bool, run: Callable[[Ground], None]) -> None:
    """Run with the index at hand, or with none."""
    _set(ground, indexed)
    try:
        run(ground)
    finally:
        _set(ground, False)


def _set(ground: Ground, indexed: bool) -> None:
    with transaction(ground.store.app) as conn:
        key = newest_key(conn)
    assert key is not None
    if indexed:
        KEPT.put(key, ground.kept)
    else:
        KEPT.drop(key)


def _drafts(ground: Ground) -> list[ReportDraft]:
    at = datetime.now(UTC)
    return [
        ReportDraft(uuid4(), lon, lat, at, "public", "bench", "public", accuracy_m=15.0)
        for lon, lat in zip(ground.lons, ground.lats, strict=True)
    ]


def _in_batches(ground: Ground) -> None:
    writer = ReportWriter(ground.store, queue_limit=1, clock=now)
    drafts = _drafts(ground)
    for first in range(0, len(drafts), _PER_BATCH):
        writer.file_batch(drafts[first : first + _PER_BATCH])


def _singly(ground: Ground) -> None:
    """As clients do: each sends its next report when the last one is answered."""
    writer = ReportWriter(ground.store, queue_limit=2 * _CLIENTS, clock=now)
    writer.start()
    drafts = _drafts(ground)

    def client(nth: int) -> None:
        for draft in drafts[nth::_CLIENTS]:
            waiting: Future[Answer] = writer.submit(draft)
            waiting.result(timeout=60)

    with ThreadPoolExecutor(_CLIENTS) as clients:
        list(clients.map(client, range(_CLIENTS)))
    writer.stop()


def _equal(ground: Ground) -> bool:
    answers = []
    for indexed in (True, False):
        _set(ground, indexed)
        with transaction(ground.store.app) as conn:
            many = len(ground.lons)
            found = locate_points(
                conn, lons=ground.lons, lats=ground.lats, accuracies_m=[15.0] * many, moments=[now()] * many
            )
        answers.append(found)
    return answers[0] == answers[1]
