"""Positions in the store's grid: by the index and by candidates, before, while and after a grid is published."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from shapely import LineString

from api.redrawing import publish
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.numbers import SerialBlocks
from spatial.grid.keeper import KEPT, IndexBuilder, KeptIndexes, newest_key, ready_index
from spatial.grid.locate import Placement, locate_points
from spatial.grid.redraw import plan_merge, plan_split
from spatial.store.opening import Store
from tests.racing import PATIENCE_S, joined
from tests.worlds import V, W

CUT = LineString([(120.0012, 29.999), (120.0011, 30.004)])


@pytest.fixture
def points() -> tuple[list[float], list[float], list[float]]:
    """Positions all over the town and around it, on borders and corners too, with radii from none to wide."""
    rng = np.random.default_rng(3)
    lons = [*rng.uniform(119.999, 120.010, 400), *rng.choice([120.0, 120.003, 120.004, 120.006, 120.009], 60)]
    lats = [*rng.uniform(29.999, 30.010, 400), *rng.choice([30.0, 30.003, 30.004, 30.006, 30.009], 60)]
    radii = rng.choice([0.0, 5.0, 30.0, 90.0, 400.0], 460)
    return list(map(float, lons)), list(map(float, lats)), list(map(float, radii))


@pytest.fixture
def builder(fresh_db: Store) -> Iterator[IndexBuilder]:
    """A builder that looks when the test says so."""
    yield IndexBuilder(fresh_db.app)


def _locate(
    store: Store, points: tuple[list[float], list[float], list[float]], moment: datetime | None = None
) -> list[Placement]:
    lons, lats, radii = points
    with store.app.begin() as conn:
        now = conn.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return locate_points(conn, lons=lons, lats=lats, accuracies_m=radii, moments=[moment or now] * len(lons))


def test_the_index_and_the_candidates_say_the_same(
    fresh_db: Store, builder: IndexBuilder, points: tuple[list[float], list[float], list[float]]
) -> None:
    by_candidates = _locate(fresh_db, points)
    builder.look()
    assert _locate(fresh_db, points) == by_candidates
    assert {one.certainty for one in by_candidates} == {"certain", "ambiguous", "outside"}


def test_an_older_index_answers_only_where_nothing_changed(
    fresh_db: Store, builder: IndexBuilder, points: tuple[list[float], list[float], list[float]]
) -> None:
    builder.look()
    before = _locate(fresh_db, points)
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=CUT)
    publish(fresh_db.app, plan=plan, published_by="planner")
    while_building = _locate(fresh_db, points)
    builder.look()
    assert _locate(fresh_db, points) == while_building
    assert while_building != before
    assert [one.unit == V for one in while_building] == [one.unit == V for one in before]


def test_a_moment_before_a_redraw_is_answered_by_its_own_grid(
    fresh_db: Store, builder: IndexBuilder, points: tuple[list[float], list[float], list[float]]
) -> None:
    many = tuple(column * 2 for column in points)
    before = _locate(fresh_db, many)  # type: ignore[arg-type]
    then = datetime.now(UTC)
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=CUT)
    publish(fresh_db.app, plan=plan, published_by="planner")
    assert _locate(fresh_db, many, then) == before  # type: ignore[arg-type]
    with fresh_db.app.begin() as conn:
        key = newest_key(conn)
    assert key is not None and KEPT.wanted(key.database)
    builder.look()
    assert not KEPT.wanted(key.database)
    assert _locate(fresh_db, many, then) == before  # type: ignore[arg-type]


def test_a_saved_index_is_read_again_and_a_damaged_one_is_built_anew(fresh_db: Store, tmp_path: Path) -> None:
    first = ready_index(fresh_db.app, directory=tmp_path, kept=KeptIndexes())
    again = ready_index(fresh_db.app, directory=tmp_path, kept=KeptIndexes())
    assert first is not None and again is not None and again.index.codes == first.index.codes
    [place] = tmp_path.iterdir()
    largest = max(place.iterdir(), key=lambda file: file.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-8])
    mended = ready_index(fresh_db.app, directory=tmp_path, kept=KeptIndexes())
    assert mended is not None and mended.find(120.0015, 30.0015) == first.find(120.0015, 30.0015)


def test_a_revision_of_a_lost_history_never_answers(fresh_db: Store, tmp_path: Path) -> None:
    with fresh_db.app.begin() as conn:
        plan = plan_split(conn, code=W, line=CUT)
    publish(fresh_db.app, plan=plan, published_by="planner")
    lost = ready_index(fresh_db.app, directory=tmp_path, kept=KeptIndexes())
    with fresh_db.app.begin() as conn:
        before = newest_key(conn)
        # What a restore does: the epoch rises, and a revision of the same number is another one.
        conn.exec_driver_sql("UPDATE setting SET value = '2' WHERE key = 'epoch'")
        later = "UPDATE grid_revision SET published_at = published_at + interval '1 s' WHERE kind = 'split'"
        conn.exec_driver_sql(later)
        after = newest_key(conn)
    assert before is not None and after is not None and before.revision == after.revision and before != after
    found = ready_index(fresh_db.app, directory=tmp_path, kept=KeptIndexes())
    assert lost is not None and found is not None
    assert len(list(tmp_path.iterdir())) == 2, "the saved index of the lost history was taken for this one's"


def test_a_publish_under_load_files_nothing_in_a_unit_that_is_not_in_force(
    fresh_db: Store, builder: IndexBuilder
) -> None:
    builder.look()
    stop = threading.Event()
    threads = [threading.Thread(target=_file_until, args=(fresh_db, stop, seed)) for seed in range(3)]
    threads.append(threading.Thread(target=_look_until, args=(builder, stop)))
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            _redraw(fresh_db)
            _until_filed(fresh_db, 30)
    finally:
        stop.set()
    for thread in threads:
        joined(thread)
    with fresh_db.app.begin() as conn:
        filed, wrong = conn.exec_driver_sql(
            "SELECT count(*), count(*) FILTER (WHERE NOT version.during @> received_at OR version.code <> unit"
            " OR version.path <> case_file.path) FROM case_file"
            " JOIN cell_version AS version ON version.id = unit_version"
        ).one()
        revisions = conn.exec_driver_sql("SELECT count(DISTINCT revision) FROM case_file").scalar_one()
    assert filed > 100 and revisions > 2 and wrong == 0


def _file_until(store: Store, stop: threading.Event, seed: int) -> None:
    rng = np.random.default_rng(seed)
    serials = SerialBlocks(store.app)
    while not stop.is_set():
        now = datetime.now(UTC)
        drafts = [
            ReportDraft(uuid4(), float(lon), float(lat), now, "public", "load", "public", accuracy_m=10.0)
            for lon, lat in zip(rng.uniform(120.0, 120.003, 5), rng.uniform(30.0, 30.003, 5), strict=True)
        ]
        with store.app.begin() as conn:
            file_reports(conn, drafts=drafts, now=now, serials=serials)


def _until_filed(store: Store, more: int) -> None:
    asked = "SELECT count(*) FROM case_file"
    end = time.monotonic() + PATIENCE_S
    with store.app.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        before = conn.exec_driver_sql(asked).scalar_one()
        while conn.exec_driver_sql(asked).scalar_one() < before + more:
            assert time.monotonic() < end, "filing stands still"
            time.sleep(0.05)


def _look_until(builder: IndexBuilder, stop: threading.Event) -> None:
    while not stop.is_set():
        builder.look()
        time.sleep(0.2)


def _redraw(store: Store) -> None:
    with store.app.begin() as conn:
        units = conn.exec_driver_sql(
            "SELECT code FROM cell_version WHERE upper_inf(during) AND parent = %s AND code NOT IN (%s) AND rank = 4",
            (W[:12], V),
        ).scalars().all()  # fmt: skip
        plan = plan_merge(conn, codes=units) if len(units) > 1 else plan_split(conn, code=W, line=CUT)
    publish(store.app, plan=plan, published_by="planner")
