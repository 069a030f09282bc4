"""Distances that never promise too much, and shares that are what areas say."""

import math

import numpy as np
import pytest
import shapely
from shapely import box

from spatial.errors import Invalid
from spatial.grid.geodesy import plane_about
from spatial.grid.index import Shares, build_index, distance_raster, find_shares, find_units
from spatial.grid.index.spreads import pattern
from tests.disc_areas import disc_polygons
from tests.disc_areas import shares as shares_by_area
from tests.pure.coverages import codes_for, lattice

TOWN = lattice([120.1, 120.11, 120.12, 120.13], [30.2, 30.21, 30.22, 30.23], [(0.5, -0.7), (-0.2, 0.3)] * 2, odd=True)
INDEX = build_index(codes=codes_for(TOWN), geometries=TOWN, cells=40_000)
DISTANCE = distance_raster(INDEX)
Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def _positions(count: int, seed: int) -> Columns:
    rng = np.random.default_rng(seed)
    return rng.uniform(120.099, 120.131, count), rng.uniform(30.199, 30.231, count), rng.uniform(0, 120, count)


def _same(one: Shares, other: Shares) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("starts", "units", "shares"))


def test_no_distance_promises_more_than_there_is() -> None:
    lons, lats, _ = _positions(4000, 1)
    raster = INDEX.raster
    column = ((lons - raster.west) * raster.per_degree).astype(int)
    row = ((lats - raster.south) * raster.per_degree).astype(int)
    inside = (column >= 0) & (row >= 0) & (column < raster.columns) & (row < raster.rows)
    promised = DISTANCE.metres[row[inside] * raster.columns + column[inside]].astype(float)
    plane = plane_about(TOWN)
    borders = shapely.union_all([plane.to_metres(shapely.boundary(unit)) for unit in TOWN])
    points = shapely.points(np.c_[lons[inside], lats[inside]])
    real = shapely.distance(np.array([plane.to_metres(point) for point in points]), borders)
    assert (promised <= real + 0.01).all()
    cell_m = raster.cell * 111_000
    assert (np.minimum(real, 255) - promised < 4 * cell_m).all()
    assert promised.max() > 100


@pytest.mark.parametrize("spread", ["gaussian", "uniform"])
@pytest.mark.parametrize("samples", [1, 64, 100])
def test_compiled_or_not_and_with_distances_or_not_shares_are_the_same(spread: str, samples: int) -> None:
    columns = _positions(3000, 2)
    first = find_shares(INDEX, *columns, spread=spread, samples=samples, compiled=False)
    assert _same(first, find_shares(INDEX, *columns, spread=spread, samples=samples))
    assert _same(first, find_shares(INDEX, *columns, spread=spread, samples=samples, distance=DISTANCE))
    assert _same(first, find_shares(INDEX, *columns, spread=spread, samples=samples, distance=DISTANCE, compiled=False))


def test_shares_add_up_to_one_and_come_ranked() -> None:
    found = find_shares(INDEX, *_positions(2000, 3), distance=DISTANCE)
    assert np.allclose(np.add.reduceat(found.shares, found.starts[:-1]), 1.0)
    same_row = found.rows[1:] == found.rows[:-1]
    assert (np.diff(found.shares)[same_row] <= 0).all()


def test_uniform_shares_are_those_of_areas_but_for_the_samples() -> None:
    lons, lats, radii = _positions(800, 4)
    found = find_shares(INDEX, lons, lats, radii + 5, spread="uniform", samples=256, distance=DISTANCE)
    kept = np.flatnonzero(found.units >= 0)
    discs = disc_polygons(lons, lats, radii + 5)[found.rows[kept]]
    real = shares_by_area(discs, [TOWN[unit] for unit in found.units[kept].tolist()])
    assert np.abs(found.shares[kept] - real).max() < 0.04
    assert np.abs(found.shares[kept] - real).mean() < 0.003


def test_a_circle_of_the_reported_radius_holds_68_percent_of_the_gaussian_samples() -> None:
    radius = np.hypot(*pattern("gaussian", 4096))
    assert (radius <= 1).mean() == pytest.approx(0.6827, abs=0.001)


def test_the_samples_lie_about_the_position_in_metres() -> None:
    units = [box(120.0, 60.0, 120.01, 60.01), box(120.01, 60.0, 120.02, 60.01)]
    index = build_index(codes=["a", "b"], geometries=units, cells=10_000)
    # 20 m west of the border at 60 degrees north, where a degree is half as long: a disc of 19 m stays clear of it.
    lon = 120.01 - 20 / (111_320 * math.cos(math.radians(60.005)))
    clear = find_shares(index, [lon], [60.005], [19.0], spread="uniform", samples=1000)
    split = find_shares(index, [lon], [60.005], [22.0], spread="uniform", samples=1000)
    assert clear.units.tolist() == [0]
    assert split.units.tolist() == [0, 1]


def test_an_exact_position_lies_in_its_unit_alone() -> None:
    lons, lats, radii = _positions(300, 5)
    found = find_shares(INDEX, lons, lats, radii * 0)
    assert np.array_equal(found.units, find_units(INDEX, lons, lats).units)
    assert (found.shares == 1).all()


def test_a_position_between_units_that_overlap_counts_for_the_lower_code() -> None:
    index = build_index(codes=["a", "b"], geometries=[box(0, 0, 1, 1), box(0, 0, 2, 1)], cells=1000)
    for compiled in (False, None):
        found = find_shares(index, [1.0], [0.5], [2000.0], compiled=compiled, spread="uniform")
        assert found.units.tolist() == [0, 1] and found.shares.tolist() == [0.5, 0.5]


def test_bad_rows_are_named_and_the_rest_answered_with_candidates() -> None:
    found = find_shares(INDEX, [math.nan, 120.115, 120.115, 120.115], [30.2] * 3 + [30.215], [5, math.inf, -1, 5])
    assert found.bad.rows.tolist() == [0, 1, 2]
    assert found.starts.tolist()[:4] == [0, 0, 0, 0] and found.starts[4] >= 1


def test_no_positions_have_no_candidates() -> None:
    found = find_shares(INDEX, [], [], [])
    assert found.starts.tolist() == [0] and len(found.units) == 0


def test_unknown_spreads_counts_and_foreign_distances_are_refused() -> None:
    for wrong in ({"spread": "square"}, {"samples": 0}, {"samples": 5000}):
        with pytest.raises(Invalid):
            find_shares(INDEX, [120.1], [30.2], [5.0], **wrong)
    other = build_index(codes=["a"], geometries=[box(0, 0, 1, 1)], cells=100)
    with pytest.raises(Invalid, match="another index"):
        find_shares(other, [0.5], [0.5], [5.0], distance=DISTANCE)
    with pytest.raises(Invalid, match="one length"):
        find_shares(INDEX, [120.1], [30.2], [5.0, 6.0])


def test_a_town_without_any_border_in_reach_promises_the_most() -> None:
    index = build_index(codes=["a"], geometries=[box(0, 0, 1, 1)], cells=10_000)
    assert distance_raster(index).metres.max() == 255
