"""The index against the border rule, on the points and the shapes where indexes go wrong."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from spatial.errors import GeometryInvalid, Invalid
from spatial.grid.index import LocatorIndex, build_index, find_units, one_point
from tests.pure.coverages import codes_for, coverages, hard_points, judged, lattice, lowest

TOWN = lattice([120.1, 120.14, 120.19, 120.22], [30.2, 30.23, 30.25, 30.29], [(0.5, -0.7), (-0.2, 0.3)] * 2, odd=True)


def _index(units: list[Polygon], cells: int = 3000, **more: object) -> LocatorIndex:
    """An index built with numpy and, where that can be had, compiled: they must be the same, number for number."""
    plain, quick = (
        build_index(codes=codes_for(units), geometries=units, cells=cells, compiled=compiled, **more)
        for compiled in (False, None)
    )
    assert plain.raster == quick.raster
    for name in ("table", "blocks", "deep_blocks", "deep_starts", "deep_units"):
        assert np.array_equal(getattr(plain, name), getattr(quick, name)), name
    return quick


def _all_ways(index: LocatorIndex, points: np.ndarray) -> np.ndarray:
    """The units of the points, found in every way there is, which must agree."""
    found = find_units(index, points[:, 0], points[:, 1], compiled=False)
    find = one_point(index)
    assert [find(x, y) for x, y in points.tolist()] == found.units.tolist()
    compiled = find_units(index, points[:, 0], points[:, 1])
    assert np.array_equal(compiled.units, found.units)
    assert np.array_equal(compiled.overlaps, found.overlaps)
    return found.units


@pytest.mark.parametrize("cells", [60, 3000, 300_000])
def test_the_index_says_what_the_border_rule_says_on_every_hard_point(cells: int) -> None:
    index = _index(TOWN, cells)
    points = hard_points(TOWN, index, np.random.default_rng(cells))
    judgement = judged(TOWN, points)
    assert judgement.sum(axis=1).max() == 1
    assert np.array_equal(_all_ways(index, points), lowest(judgement))


@settings(max_examples=30, deadline=None)
@given(coverages(), st.integers(20, 20_000), st.integers(0, 1000))
def test_any_coverage_is_shared_out_exactly(units: list[Polygon], cells: int, seed: int) -> None:
    index = _index(units, cells)
    points = hard_points(units, index, np.random.default_rng(seed), each=12)
    judgement = judged(units, points)
    assert np.array_equal(_all_ways(index, points), lowest(judgement))
    overlaps = find_units(index, points[:, 0], points[:, 1]).overlaps
    assert np.array_equal(overlaps, np.flatnonzero(judgement.sum(axis=1) > 1))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=8), st.integers(4, 5000))
def test_boxes_that_overlap_anyhow_go_to_the_lowest_code_and_are_told(sides: list[tuple[int, ...]], cells: int) -> None:
    units = [box(x, y, x + width + 1, y + height + 1) for x, y, width, height in sides]
    index = _index(units, cells)
    points = hard_points(units, index, np.random.default_rng(0), each=12)
    judgement = judged(units, points)
    assert np.array_equal(_all_ways(index, points), lowest(judgement))
    overlaps = find_units(index, points[:, 0], points[:, 1], compiled=False).overlaps
    assert np.array_equal(overlaps, np.flatnonzero(judgement.sum(axis=1) > 1))


def test_units_laid_on_the_lines_of_the_raster_are_shared_out_exactly() -> None:
    units = [box(x, y, x + 1, y + 1) for x in range(4) for y in range(4)]
    index = _index(units, 16)
    assert index.raster.cell == 1.0
    points = np.array([(x / 4, y / 4) for x in range(-3, 20) for y in range(-3, 20)])
    assert np.array_equal(_all_ways(index, points), lowest(judged(units, points)))


def test_every_vertex_of_a_clean_town_that_is_not_on_its_outer_border_has_exactly_one_unit() -> None:
    index = _index(TOWN)
    ends = np.unique(shapely.get_coordinates(TOWN), axis=0)
    inner = ends[shapely.contains_properly(shapely.union_all(TOWN), shapely.points(ends))]
    assert len(inner) > 4
    found = find_units(index, inner[:, 0], inner[:, 1])
    assert (found.units >= 0).all() and not len(found.overlaps)


def test_a_gap_inside_the_town_is_in_no_unit() -> None:
    units = [unit for number, unit in enumerate(TOWN) if number != 4]
    middle = TOWN[4].representative_point()
    assert one_point(_index(units))(middle.x, middle.y) == -1


def test_many_units_on_one_spot_are_named_lowest_first_at_any_depth() -> None:
    units = [box(0, 0, 1 + 0.001 * number, 1) for number in range(300)]
    index = _index(units, 400)
    assert _all_ways(index, np.array([(0.5, 0.5), (1.1005, 0.5), (1.2985, 0.0)])).tolist() == [0, 101, 299]


def test_codes_may_come_in_any_order_and_positions_follow_the_codes() -> None:
    index = build_index(codes=["b", "a"], geometries=[box(0, 0, 1, 1), box(1, 0, 2, 1)], versions=[7, 8], cells=100)
    assert index.codes == ("a", "b")
    assert index.versions.tolist() == [8, 7]
    assert find_units(index, [0.5, 1.5], [0.5, 0.5]).units.tolist() == [1, 0]


def test_parents_are_found_by_rank_and_outside_has_none() -> None:
    index = _index([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], levels={3: ["x", None, "w"]})
    assert index.levels[3].codes == ("w", "x")
    assert index.parents_of(np.array([0, 1, 2, -1], dtype=np.int32), 3).tolist() == [1, -1, 0, -1]


def test_bad_rows_are_named_and_the_rest_answered() -> None:
    found = find_units(_index([box(0, 0, 1, 1)]), [0.5, math.nan, math.inf, 0.5], [0.5, 0.5, 0.5, -math.inf])
    assert found.units.tolist() == [0, -1, -1, -1]
    assert found.bad.rows.tolist() == [1, 2, 3]
    assert "1, 2, 3" in found.bad.sentence


def test_no_points_have_no_answers() -> None:
    found = find_units(_index([box(0, 0, 1, 1)]), [], [])
    assert len(found.units) == len(found.overlaps) == len(found.bad) == 0


def test_a_single_position_that_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid, match="not a pair of numbers"):
        one_point(_index([box(0, 0, 1, 1)]))(math.nan, 0.5)


@pytest.mark.parametrize("columns", [([0.5], [0.5, 0.6]), ([[0.5]], [[0.5]]), (["here"], [0.5])])
def test_columns_that_do_not_fit_are_refused(columns: tuple[list[float], list[float]]) -> None:
    with pytest.raises(Invalid, match="lon and lat"):
        find_units(_index([box(0, 0, 1, 1)]), *columns)


@pytest.mark.parametrize(
    "shape",
    [
        Polygon([(5, 0), (6, 1), (6, 0), (5, 1)]),
        Polygon([(5, 0), (5.5, 0.5), (6, 0), (6, 1), (5.5, 0.5), (5, 1)]),
        Polygon([(5, 0), (7, 0), (7, 2), (6, 0), (5, 2)]),
        Polygon([(5, 0), (7, 0), (7, 1), (6, 1), (6, 2), (6, 1), (5, 1)]),
        Polygon([(5, 0), (6, 0), (6, 1)], [[(8, 8), (9, 8), (9, 9)]]),
        MultiPolygon([box(5, 0, 6, 1), box(5.2, 0.2, 5.8, 0.8)]),
        Polygon(),
        Polygon([(5, 0), (6, 0), (7, 0)]),
        shapely.from_wkt("POLYGON((5 0, 6 0, 6 Inf, 5 0))"),
        shapely.Point(5, 0),
        None,
    ],
)
def test_a_shape_that_cannot_be_a_unit_is_refused_with_its_code(shape: shapely.Geometry) -> None:
    for compiled in (False, None):
        with pytest.raises(GeometryInvalid, match="u0001") as refusal:
            build_index(
                codes=["u0000", "u0001", "u0002"],
                geometries=[box(0, 0, 1, 1), shape, box(2, 0, 3, 1)],
                cells=500,
                compiled=compiled,
            )
        assert refusal.value.field == "u0001"


def test_codes_that_repeat_or_do_not_fit_are_refused() -> None:
    with pytest.raises(Invalid, match="appears twice"):
        build_index(codes=["a", "a"], geometries=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    with pytest.raises(Invalid, match="one for each"):
        build_index(codes=["a", "b"], geometries=[box(0, 0, 1, 1)])
    with pytest.raises(Invalid, match="units"):
        build_index(codes=[], geometries=[])


def test_the_shape_of_a_ring_does_not_matter_which_way_round_it_is_given() -> None:
    turned = [shapely.reverse(unit) for unit in TOWN]
    one, other = _index(TOWN), _index(turned)
    points = hard_points(TOWN, one, np.random.default_rng(1))
    assert np.array_equal(_all_ways(one, points), _all_ways(other, points))


def test_positions_too_close_to_zero_for_doubles_are_told_by_fractions() -> None:
    units = [box(-1, -1, 0, 1), box(0, -1, 1, 0), Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])]
    tiny = [0.0, 5e-324, -5e-324, 1e-310, -1e-310, 1e-200, -1e-200, 1e-20, -1e-20]
    points = np.array([(x, y) for x in tiny for y in tiny])
    assert np.array_equal(_all_ways(_index(units), points), lowest(judged(units, points)))


def test_units_with_coordinates_too_close_to_zero_for_doubles_are_indexed_too() -> None:
    units = [Polygon([(0, 0), (1, 5e-324), (1, 1), (5e-324, 1)]), Polygon([(0, 0), (5e-324, 1), (-1, 1), (-1, 0)])]
    index = _index(units)
    points = hard_points(units, index, np.random.default_rng(2))
    assert np.array_equal(_all_ways(index, points), lowest(judged(units, points)))
