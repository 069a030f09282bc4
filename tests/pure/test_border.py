"""The border rule against a brute force in fractions, on borders where doubles alone go wrong."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from spatial.grid.border import covers, covers_many, decide, edges_of
from tests.pure.coverages import coverages

WEST, EAST = edges_of(box(0, 0, 1, 1)), edges_of(box(1, 0, 2, 1))
SOUTH, NORTH = edges_of(box(0, 0, 1, 1)), edges_of(box(0, 1, 1, 2))


def test_a_point_on_a_shared_border_belongs_to_the_eastern_unit() -> None:
    assert not covers(WEST, 1.0, 0.5)
    assert covers(EAST, 1.0, 0.5)


def test_a_point_on_a_horizontal_border_belongs_to_the_northern_unit() -> None:
    assert not covers(SOUTH, 0.5, 1.0)
    assert covers(NORTH, 0.5, 1.0)


def test_the_outer_east_and_north_borders_lie_outside_and_the_others_inside() -> None:
    assert decide(2.0, 0.5, [WEST, EAST]) == []
    assert decide(0.5, 1.0, [WEST, EAST]) == []
    assert decide(0.0, 0.5, [WEST, EAST]) == [0]
    assert decide(1.5, 0.0, [WEST, EAST]) == [1]


def test_four_units_at_one_vertex_share_it_out_to_the_north_eastern_one() -> None:
    cells = [edges_of(box(x, y, x + 1, y + 1)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    assert decide(1.0, 1.0, cells) == [3]


def test_a_sloped_border_gives_its_points_to_the_east_whichever_way_it_leans() -> None:
    for top in (0.5, 1.5):
        cells = [
            edges_of(Polygon([(0, 0), (1, 0), (top, 1), (0, 1)])),
            edges_of(Polygon([(1, 0), (2, 0), (2, 1), (top, 1)])),
        ]
        assert decide((1 + top) / 2, 0.5, cells) == [1]


def test_an_enclave_and_the_hole_around_it_have_one_owner_each() -> None:
    hole = [(1, 1), (2, 1), (2, 2), (1, 2)]
    around, enclave = edges_of(Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [hole])), edges_of(Polygon(hole))
    for point in [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1.5), (2, 1.5), (1.5, 1), (1.5, 2), (1.5, 1.5), (0.5, 0.5)]:
        assert covers(around, *point) != covers(enclave, *point)


def test_a_cell_of_several_parts_covers_each_of_them() -> None:
    parts = edges_of(MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 6)]))
    assert covers_many(parts, [0.5, 5.5, 3.0], [0.5, 5.5, 3.0]).tolist() == [True, True, False]


def test_an_empty_cell_and_a_position_that_is_no_number_are_never_covered() -> None:
    assert not covers(edges_of(Polygon()), 0.0, 0.0)
    assert not covers(WEST, math.nan, 0.5)
    assert covers_many(edges_of(Polygon()), [0.0], [0.0]).tolist() == [False]


def _brute(polygon: Polygon, lon: float, lat: float) -> bool:
    """The definition, edge by edge in fractions: step east, then a smaller step north, then count."""
    odd, x, y = False, Fraction(lon), Fraction(lat)
    for ring in (polygon.exterior, *polygon.interiors):
        ends = [(Fraction(a), Fraction(b)) for a, b in ring.coords]
        for (x1, y1), (x2, y2) in pairwise(ends):
            if (y1 <= y) != (y2 <= y) and x1 + (y - y1) * (x2 - x1) / (y2 - y1) > x:
                odd = not odd
    return odd


def _hard_points(cells: list[Polygon]) -> list[tuple[float, float]]:
    """Vertices, midpoints and thirds of edges, and the doubles next to each of them."""
    points: set[tuple[float, float]] = set()
    for cell in cells:
        ends = list(cell.exterior.coords)
        for (x1, y1), (x2, y2) in pairwise(ends):
            points |= {(x1, y1), ((x1 + x2) / 2, (y1 + y2) / 2), ((2 * x1 + x2) / 3, (2 * y1 + y2) / 3)}
    near = {(math.nextafter(x, s * math.inf), y) for x, y in points for s in (-1, 1)}
    near |= {(x, math.nextafter(y, s * math.inf)) for x, y in points for s in (-1, 1)}
    return sorted(points | near)


@settings(max_examples=25, deadline=None)
@given(coverages(may_be_odd=False))
def test_each_hard_point_lies_in_exactly_one_cell_and_where_the_fractions_say(cells: list[Polygon]) -> None:
    points = np.array(_hard_points(cells))
    edges = [edges_of(cell) for cell in cells]
    decided = np.array([covers_many(cell, points[:, 0], points[:, 1]) for cell in edges])
    said = np.array([[_brute(cell, x, y) for x, y in points] for cell in cells])
    assert (decided == said).all()
    west, south, east, north = shapely.total_bounds(cells)
    inside = (points[:, 0] >= west) & (points[:, 0] < east) & (points[:, 1] >= south) & (points[:, 1] < north)
    assert (decided.sum(axis=0) == inside).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=7),
    st.integers(0, 6),
    st.floats(0, 1),
)
def test_one_point_and_many_points_are_judged_alike_on_any_ring(
    ring: list[tuple[float, float]], at: int, share: float
) -> None:
    polygon = Polygon(ring)
    (x1, y1), (x2, y2) = ring[at % len(ring)], ring[(at + 1) % len(ring)]
    x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
    edges = edges_of(polygon)
    assert covers(edges, x, y) == _brute(polygon, x, y) == covers_many(edges, [x], [y])[0]
