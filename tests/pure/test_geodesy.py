"""Areas and the metric plane."""

import pytest
from shapely import Polygon, box

from spatial.grid.geodesy import area_m2, plane_about


def test_the_geodesic_area_takes_holes_away_and_ignores_the_way_rings_turn() -> None:
    around = box(120.0, 30.0, 120.02, 30.02)
    hole = box(120.005, 30.005, 120.01, 30.01)
    with_hole = Polygon(around.exterior.coords, [hole.exterior.coords])
    assert area_m2(with_hole) == pytest.approx(area_m2(around) - area_m2(hole), rel=1e-9)
    assert area_m2(with_hole) == pytest.approx(area_m2(with_hole.reverse()), rel=1e-12)


def test_the_plane_keeps_areas_and_leads_back() -> None:
    cell = box(120.1, 30.1, 120.3, 30.25)
    plane = plane_about([cell])
    assert plane.to_metres(cell).area == pytest.approx(area_m2(cell), rel=1e-4)
    assert plane.to_degrees(plane.to_metres(cell)).equals_exact(cell, tolerance=1e-11)
