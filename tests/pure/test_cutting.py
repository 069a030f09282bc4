"""Cutting and joining units of a small coverage: nine cells around (120, 30), about 111 m high and 96 m wide."""

import itertools

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from spatial.errors import GeometryInvalid
from spatial.grid.cutting import join, split
from spatial.grid.geodesy import area_m2

STEP = 0.001
WEST, SOUTH = 120.0, 30.0


def _square(column: float, row: float, width: float = 1, height: float = 1) -> Polygon:
    return box(*_at(column, row), *_at(column + width, row + height))


def _town() -> dict[str, MultiPolygon]:
    return {
        f"{column}{row}": MultiPolygon([_square(column, row)]) for column, row in itertools.product(range(3), range(3))
    }


def _at(column: float, row: float) -> tuple[float, float]:
    return WEST + column * STEP, SOUTH + row * STEP


def _line(*stops: tuple[float, float]) -> LineString:
    return LineString([_at(*stop) for stop in stops])


def _others(town: dict[str, MultiPolygon], *codes: str) -> dict[str, MultiPolygon]:
    return {code: cell for code, cell in town.items() if code not in codes}


def test_a_cut_through_the_middle_unit_keeps_the_whole_town_matched() -> None:
    town = _town()
    cut = split(town["11"], _line((1.4, 0.5), (1.3, 1.5), (1.45, 2.5)), _others(town, "11"))
    after = _others(town, "11") | cut.touched | {"larger": cut.larger, "smaller": cut.smaller}
    assert set(cut.touched) == {"10", "12"}
    assert shapely.coverage_is_valid(list(after.values()))
    assert area_m2(cut.larger) + area_m2(cut.smaller) == pytest.approx(area_m2(town["11"]), abs=0.05)
    assert area_m2(cut.larger) > area_m2(cut.smaller)


def test_without_the_new_corners_in_the_neighbours_the_town_would_not_match() -> None:
    town = _town()
    cut = split(town["11"], _line((1.4, 0.5), (1.35, 2.5)), _others(town, "11"))
    forgotten = _others(town, "11") | {"larger": cut.larger, "smaller": cut.smaller}
    assert not shapely.coverage_is_valid(list(forgotten.values()))


def test_a_cut_that_ends_in_old_corners_touches_no_neighbour() -> None:
    town = _town()
    cut = split(town["11"], _line((0.9, 0.9), (2.1, 2.1)), _others(town, "11"))
    assert cut.touched == {}
    assert shapely.coverage_is_valid([*_others(town, "11").values(), cut.larger, cut.smaller])


def test_both_ends_may_lie_on_one_border_segment() -> None:
    town = _town()
    cut = split(town["11"], _line((1.2, 0.9), (1.5, 1.6), (1.8, 0.9)), _others(town, "11"))
    assert set(cut.touched) == {"10"}
    assert shapely.coverage_is_valid(
        [*_others(town, "10", "11").values(), *cut.touched.values(), cut.larger, cut.smaller]
    )


REFUSED = {
    "misses": _line((5, 5), (6, 6)),
    "only touches": _line((0.5, 1.5), (1, 1), (0.5, 0.5)),
    "runs along": _line((1, 0.5), (1, 2.5)),
    "crosses itself": _line((0.5, 1.2), (2.5, 1.2), (2.5, 1.8), (1.5, 0.5)),
    "meets the border 4 times": _line((0.5, 1.2), (2.5, 1.2), (2.5, 1.6), (0.5, 1.6)),
    "begins or ends inside": _line((0.5, 1.5), (1.5, 1.5)),
    "leaves a part of": _line((0.9, 1.11), (1.11, 0.9)),
    "two different points": LineString([_at(1, 1), _at(1, 1)]),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_bad_line_is_refused_with_its_reason(reason: str) -> None:
    with pytest.raises(GeometryInvalid, match=reason) as refusal:
        split(_town()["11"], REFUSED[reason], {})
    assert refusal.value.field == "line"


def test_a_line_wholly_inside_is_refused() -> None:
    with pytest.raises(GeometryInvalid, match="inside"):
        split(_town()["11"], _line((1.2, 1.2), (1.8, 1.8)), {})


def test_a_cut_from_the_rim_into_a_hole_divides_nothing() -> None:
    ring = Polygon(_square(0, 0, 3, 3).exterior, [_square(1, 1).exterior])
    with pytest.raises(GeometryInvalid, match="go around the hole"):
        split(ring, _line((-0.5, 1.4), (1.5, 1.4)), {})


def test_a_cut_beside_a_hole_leaves_the_hole_in_its_piece() -> None:
    ring = Polygon(_square(0, 0, 3, 3).exterior, [_square(1, 1).exterior])
    cut = split(ring, _line((0.5, -0.5), (0.4, 3.5)), {"enclave": _square(1, 1)})
    assert len(cut.larger.geoms[0].interiors) == 1
    assert len(cut.smaller.geoms[0].interiors) == 0
    assert not cut.larger.contains(Point(_at(1.5, 1.5)))


def test_a_pocket_cut_out_from_a_hole_to_the_same_hole_is_two_parts() -> None:
    ring = Polygon(_square(0, 0, 3, 3).exterior, [_square(1, 1).exterior])
    cut = split(ring, _line((1.5, 1.3), (0.5, 1.3), (0.5, 1.7), (1.5, 1.7)), {"enclave": _square(1, 1)})
    assert shapely.coverage_is_valid([cut.larger, cut.smaller, *cut.touched.values()])
    assert set(cut.touched) == {"enclave"}


def test_the_other_parts_of_a_multipart_unit_stay_with_the_larger_piece() -> None:
    two = MultiPolygon([_square(0, 0), _square(5, 5)])
    cut = split(two, _line((0.3, -0.5), (0.3, 1.5)), {})
    assert len(cut.larger.geoms) == 2
    assert len(cut.smaller.geoms) == 1


def test_units_that_meet_in_a_corner_only_are_not_joined() -> None:
    town = _town()
    with pytest.raises(GeometryInvalid, match="common corner"):
        join([town["00"], town["11"]])
    with pytest.raises(GeometryInvalid, match="two units"):
        join([town["00"]])


PLACE = st.floats(0.02, 0.98)


@settings(max_examples=80, deadline=None)
@given(PLACE, PLACE, PLACE, PLACE)
def test_split_then_merge_gives_the_unit_back(low: float, high: float, across: float, up: float) -> None:
    town = _town()
    line = _line((1 + low, 0.5), (1 + low, 0.99), (1 + across, 1 + up), (1 + high, 2.01), (1 + high, 2.5))
    try:
        cut = split(town["11"], line, _others(town, "11"))
    except GeometryInvalid:
        assume(False)
    back = join([cut.larger, cut.smaller])
    assert area_m2(back) == pytest.approx(area_m2(town["11"]), abs=0.05)
    assert back.symmetric_difference(town["11"]).area <= 1e-9 * town["11"].area
    after = _others(town, "11") | cut.touched
    assert shapely.coverage_is_valid([*after.values(), back])
    assert shapely.coverage_is_valid([*after.values(), cut.larger, cut.smaller])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_every_place_of_the_old_unit_lies_in_one_piece(seed: int) -> None:
    town = _town()
    cut = split(town["11"], _line((1.37, 0.5), (1.6, 1.5), (1.41, 2.5)), _others(town, "11"))
    column, row = 1 + (seed % 101 + 0.5) / 102, 1 + (seed // 101 + 0.5) / 102
    place = Point(_at(column, row))
    assert [cut.larger.contains(place), cut.smaller.contains(place)].count(True) == 1
