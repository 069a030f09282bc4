"""The synthetic city keeps its promises: exact borders, contiguous groups, codes in order, the same every time."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from spatial.errors import Invalid
from spatial.grid.synthetic import SyntheticCity, synthetic_city


@pytest.fixture(scope="module")
def city() -> SyntheticCity:
    return synthetic_city()


def shapes(city: SyntheticCity, rank: int) -> np.ndarray:
    return np.array([cell.geometry for cell in city.level(rank)])


def test_it_has_the_real_numbers_of_streets_and_communities(city: SyntheticCity) -> None:
    assert [len(city.level(rank)) for rank in (1, 2, 3, 4)] == [1, 14, 203, 1600]
    names = {cell.code: cell.name for cell in city.cells}
    assert names["330102"] == "上城区"
    assert names["330102001"] == "清波街道"
    assert names["330102001051"] == "清波门社区"


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_each_level_is_a_valid_coverage(city: SyntheticCity, rank: int) -> None:
    level = shapes(city, rank)
    assert shapely.is_valid(level).all()
    assert shapely.coverage_is_valid(level)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_make_valid_cities_too(seed: int) -> None:
    other = synthetic_city(units=1200, seed=seed)
    units = shapes(other, 4)
    assert len(units) == 1200
    assert shapely.is_valid(units).all()
    assert shapely.coverage_is_valid(units)


def test_the_areas_of_the_units_add_up_to_the_district(city: SyntheticCity) -> None:
    geod = Geod(ellps="WGS84")
    areas = [abs(geod.geometry_area_perimeter(shape)[0]) for shape in shapely.orient_polygons(shapes(city, 4))]
    whole = abs(geod.geometry_area_perimeter(shapely.orient_polygons(shapes(city, 1)[0]))[0])
    assert sum(areas) == pytest.approx(whole, rel=1e-9)
    assert 100e6 < whole < 140e6


def test_neighbours_read_the_same_points(city: SyntheticCity) -> None:
    """Each segment belongs to one unit (the outer border) or to two, never to more and never nearly."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shapes(city, 4))), return_index=True)
    within = ring[1:] == ring[:-1]
    ends = np.sort(_keys(points[:-1][within], points[1:][within]), axis=1)
    _, times = np.unique(ends, axis=0, return_counts=True)
    assert set(times) == {1, 2}
    assert (times == 2).mean() > 0.9


def _keys(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Each end as one whole number of 1e-8 degrees, so that pairs can be sorted."""
    grid = [np.round(side * 1e8).astype(np.int64) for side in (start, end)]
    return np.column_stack([side[:, 0] * 10**11 + side[:, 1] for side in grid])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_every_upper_cell_is_in_one_piece(city: SyntheticCity, rank: int) -> None:
    assert {cell.geometry.geom_type for cell in city.level(rank)} == {"Polygon"}


def test_borders_are_wiggly_and_the_centre_is_denser(city: SyntheticCity) -> None:
    units = shapes(city, 4)
    assert 60 < shapely.get_num_coordinates(units).mean() < 200
    by_street = {
        street.code: np.median(
            [shapely.area(unit.geometry) for unit in city.level(4) if unit.code.startswith(street.code)]
        )
        for street in city.level(2)
    }
    assert by_street["330102009"] < 0.5 * by_street["330102018"]


def test_one_unit_is_an_enclave_and_one_has_two_parts(city: SyntheticCity) -> None:
    units = {cell.code: cell.geometry for cell in city.level(4)}
    around = [code for code, shape in units.items() if code != city.enclave and shape.touches(units[city.enclave])]
    assert len(around) == 1
    assert len(units[around[0]].interiors) == 1
    assert len(units[city.multipart].geoms) == 2
    assert sum(shape.geom_type == "MultiPolygon" for shape in units.values()) == 1


def test_codes_have_fifteen_digits_and_continue_their_parents(city: SyntheticCity) -> None:
    known = {cell.code for cell in city.cells}
    assert len(known) == len(city.cells)
    for cell in city.cells:
        assert cell.code.isdigit()
        assert len(cell.code) == (6, 9, 12, 15)[cell.rank - 1]
        assert cell.parent is None or (cell.parent in known and cell.code.startswith(cell.parent))


def test_serials_run_in_bands_from_the_north_and_west_to_east(city: SyntheticCity) -> None:
    bounds = shapely.bounds(shapes(city, 4))
    height = float(np.median(bounds[:, 3] - bounds[:, 1]))
    for community in city.level(3):
        members = [cell for cell in city.level(4) if cell.parent == community.code]
        middle = [cell.geometry.centroid for cell in members]
        north = max(point.y for point in middle)
        places = [(int((north - point.y) // height), point.x) for point in middle]
        assert places == sorted(places)
        assert [cell.code[12:] for cell in members] == [f"{n:03d}" for n in range(1, len(members) + 1)]


def test_the_same_seed_makes_the_same_city(city: SyntheticCity) -> None:
    again = synthetic_city()
    assert all(a.geometry.equals_exact(b.geometry, 0) for a, b in zip(city.cells, again.cells, strict=True))
    assert [cell.code for cell in again.cells] == [cell.code for cell in city.cells]
    other = synthetic_city(seed=366)
    assert not other.level(1)[0].geometry.equals(city.level(1)[0].geometry)


def test_more_units_make_more_districts() -> None:
    large = synthetic_city(units=14_000)
    assert [cell.code for cell in large.level(1)] == ["330102", "330191"]
    assert len(large.level(4)) == 14_000
    assert {cell.geometry.geom_type for rank in (1, 2, 3) for cell in large.level(rank)} == {"Polygon"}
    assert shapely.coverage_is_valid(shapes(large, 4))


def test_too_few_units_are_refused_with_the_limits() -> None:
    with pytest.raises(Invalid, match="between 1200 and 200000"):
        synthetic_city(units=10)
