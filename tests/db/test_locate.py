"""Positions in the store's grid: by the index and by candidates, before, while and after a grid is published."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import LineString

from api.redrawing import publish
from spatial.grid.keeper import KEPT, IndexBuilder
from spatial.grid.locate import Placement, locate_points
from spatial.grid.redraw import plan_split
from spatial.store.opening import Store
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
        name = "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
        database = conn.exec_driver_sql(name).scalar_one()
    assert KEPT.wanted(database)
    builder.look()
    assert not KEPT.wanted(database)
    assert _locate(fresh_db, many, then) == before  # type: ignore[arg-type]
