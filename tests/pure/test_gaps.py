"""The gap list against worlds small enough to be judged piece by piece, in plain Python."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from spatial.cases.responsibility.gap_table import Cells, GapFilter, GapTable, ListedMatter
from spatial.cases.responsibility.gaps import NO_PRIORITY, Duties, GapFinder
from spatial.cases.responsibility.overlay import cut_units
from spatial.cases.responsibility.specificity import PLACE_KINDS, Standing, split_front
from spatial.errors import Invalid, NotFound
from spatial.grid.geodesy import area_m2
from spatial.store.reach import Reach

LON, LAT, WIDE = 120.0, 30.0, 0.001
LEVELS = ("district", "street", "community", "unit")
# Four communities of four squares; streets a and b side by side. A square is about 96 by 111 metres.
PATHS = tuple(
    ("d", f"d{street}", f"d{street}{community}", f"d{street}{community}{unit}")
    for street in "ab"
    for community in "12"
    for unit in "1234"
)
LEADS = ("roads", "parks", "water", "@street", "@unit")
MATTERS = (("minor", "major", "category"), ("category",), ("lonely",))
RANKS = {"minor": 3, "major": 2, "category": 1, "lonely": 1}
NODES = tuple(RANKS)


def square(x: float, y: float, wide: float, high: float) -> Polygon:
    """A box, measured in squares of the world from its south-western corner."""
    return box(LON + x * WIDE, LAT + y * WIDE, LON + (x + wide) * WIDE, LAT + (y + high) * WIDE)


SHAPES = np.array([square(i // 4, i % 4, 1, 1) for i in range(len(PATHS))], dtype=object)


@dataclass(frozen=True)
class Duty:
    """A row: `place` is ("level", rank), ("cell", code) or ("jurisdiction", position)."""

    matter: str
    place: tuple[str, int | str]
    lead: str
    priority: int | None
    standing: Standing


@dataclass(frozen=True)
class Ground:
    """Jurisdictions as (kind, shape) and rows over the sixteen squares."""

    jurisdictions: tuple[tuple[str, BaseGeometry], ...]
    duties: tuple[Duty, ...]

    def duty(self, matter: str, place: tuple[str, int | str], lead: str, priority: int | None = None) -> "Ground":
        kind, where = place
        if kind == "jurisdiction":
            rank = PLACE_KINDS[self.jurisdictions[int(where)][0]]
        else:
            rank = int(where) if kind == "level" else {1: 1, 2: 2, 3: 3, 4: 4}[len(str(where))]
        made = Duty(matter, place, lead, priority, Standing(RANKS[matter], rank))
        return Ground(self.jurisdictions, (*self.duties, made))

    def table(self, sliver_m2: float = 1.0) -> GapTable:
        cells = Cells(PATHS, {c: c.upper() for p in PATHS for c in p}, LEVELS, np.array([area_m2(s) for s in SHAPES]))
        columns = np.array(sorted(self._column(duty, cells) for duty in self.duties), dtype=np.int64).reshape(-1, 8).T
        shapes = np.array([shape for _, shape in self.jurisdictions], dtype=object)
        overlay = cut_units(shapely.bounds(SHAPES), cells.areas_m2, shapes, lambda units: SHAPES[units])
        finder = GapFinder(Duties(*columns), overlay, cells.areas_m2, leads=len(LEADS), sliver_m2=sliver_m2)
        found = [finder.decide([NODES.index(node) for node in nodes]) for nodes in MATTERS]
        listed = [ListedMatter(nodes[0], nodes[0].title()) for nodes in MATTERS]
        return GapTable(cells, listed, found, LEADS, finder.answers.sets)

    def _column(self, duty: Duty, cells: Cells) -> tuple[int, ...]:
        kind, where = duty.place
        span = cells.ranges[str(where)] if kind == "cell" else (0, len(PATHS) if kind == "level" else 0)
        at = int(where) if kind == "jurisdiction" else -1
        priority = NO_PRIORITY if duty.priority is None else duty.priority
        standing = duty.standing
        return (
            NODES.index(duty.matter), *span, at, standing.matter, standing.place, priority, LEADS.index(duty.lead),
        )  # fmt: skip


EMPTY = Ground((), ())


def lines_of(table: GapTable) -> dict[tuple[str, str], tuple[str, tuple[str, ...], float, float]]:
    """Everything that the table says, by matter and unit."""
    return {(x.matter, x.cell): (x.status, x.leads, x.gap_m2, x.conflict_m2) for x in table.lines(GapFilter())}


def naive(
    ground: Ground, nodes: tuple[str, ...], unit: int, sliver_m2: float
) -> tuple[str, tuple[str, ...], float, float]:
    """One matter in one unit: cut it along every line, ask who leads in each face, and add up."""
    parts: dict[frozenset[str], float] = defaultdict(float)
    relevant = [d for d in ground.duties if d.matter in nodes]
    cutting = [ground.jurisdictions[int(d.place[1])][1] for d in relevant if d.place[0] == "jurisdiction"]
    lines = shapely.union_all([SHAPES[unit].boundary, *(shape.boundary for shape in cutting)])
    for face in shapely.polygonize([lines]).geoms:
        point = face.representative_point()
        if SHAPES[unit].contains(point):
            rows = [d for d in relevant if applies(ground, d, unit, point)]
            parts[frozenset(d.lead for d in split_front(rows)[0])] += area_m2(face)
    kept = {leads: m2 for leads, m2 in parts.items() if m2 >= sliver_m2 or m2 == max(parts.values())}
    gap_m2, conflict_m2 = kept.get(frozenset(), 0.0), sum(m2 for leads, m2 in kept.items() if len(leads) > 1)
    status = "conflict" if conflict_m2 else "gap" if gap_m2 else "tiled" if len(kept) > 1 else "one"
    called = {"@street": "@" + PATHS[unit][1], "@unit": "@" + PATHS[unit][3]}
    return status, tuple(sorted({called.get(lead, lead) for leads in kept for lead in leads})), gap_m2, conflict_m2


def applies(ground: Ground, duty: Duty, unit: int, point: BaseGeometry) -> bool:
    """Whether a row holds at a point of a unit."""
    kind, where = duty.place
    if kind == "jurisdiction":
        return bool(ground.jurisdictions[int(where)][1].contains(point))
    return kind == "level" or where in PATHS[unit]


CODES = sorted({code for path in PATHS for code in path})
EIGHTHS = st.integers(-4, 36).map(lambda n: n / 8)


@st.composite
def jurisdictions(draw: st.DrawFn) -> tuple[str, BaseGeometry]:
    """A box, an ell or a slanted triangle: along borders, across them, or round whole units."""
    x, y, wide, high = draw(EIGHTHS), draw(EIGHTHS), draw(st.integers(1, 24)) / 8, draw(st.integers(1, 24)) / 8
    shape: BaseGeometry = square(x, y, wide, high)
    form = draw(st.sampled_from(("box", "ell", "triangle")))
    if form == "ell":
        shape = shape.union(square(x, y, wide / 2, high * 2))
    elif form == "triangle":
        shape = Polygon(list(shape.exterior.coords)[:3])
    return draw(st.sampled_from(("polygon", "exclusive_grid"))), shape


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    """A world with up to five jurisdictions and fourteen rows."""
    ground = Ground(tuple(draw(st.lists(jurisdictions(), max_size=5))), ())
    places = st.one_of(
        st.tuples(st.just("cell"), st.sampled_from(CODES)), st.tuples(st.just("level"), st.integers(1, 4))
    )
    if ground.jurisdictions:
        inside = st.tuples(st.just("jurisdiction"), st.integers(0, len(ground.jurisdictions) - 1))
        places = st.one_of(places, inside, inside)
    row = st.tuples(
        st.sampled_from(NODES), places, st.sampled_from(LEADS), st.sampled_from((None, None, None, -1, 0, 2))
    )
    for matter, place, lead, priority in draw(st.lists(row, max_size=14)):
        ground = ground.duty(matter, place, lead, priority)
    return ground


@settings(max_examples=80, deadline=None)
@given(ground=grounds(), sliver_m2=st.sampled_from((1.0, 300.0, 2500.0)))
def test_set_wise_answers_are_those_of_asking_every_piece(ground: Ground, sliver_m2: float) -> None:
    said = lines_of(ground.table(sliver_m2))
    assert len(said) == len(MATTERS) * len(PATHS)
    for nodes in MATTERS:
        for unit, path in enumerate(PATHS):
            status, leads, gap_m2, conflict_m2 = naive(ground, nodes, unit, sliver_m2)
            found = said[nodes[0], path[3]]
            assert found[:2] == (status, leads), (nodes, path)
            assert found[2:] == pytest.approx((gap_m2, conflict_m2), abs=0.2)


@settings(max_examples=30, deadline=None)
@given(ground=grounds(), level=st.sampled_from(LEVELS), tags=st.sampled_from((None, ("da",), ("da1", "roads@db23"))))
def test_a_cell_has_the_worst_status_and_the_sums_of_its_units_in_reach(
    ground: Ground, level: str, tags: tuple[str, ...] | None
) -> None:
    table, reach = ground.table(), Reach(tags)
    units = list(table.lines(GapFilter(), reach=reach))
    codes = {tag.rpartition("@")[2] for tag in tags or ()}
    assert {x.cell for x in units} == {p[3] for p in PATHS if tags is None or codes & set(p)}
    order = ("one", "tiled", "gap", "conflict")
    below: dict[tuple[str, str], list[tuple[int, float, float]]] = defaultdict(list)
    leads: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in units:
        path = next(p for p in PATHS if p[3] == line.cell)
        key = line.matter, path[LEVELS.index(level)]
        leads[key] |= set(line.leads)
        below[key].append((order.index(line.status), line.gap_m2, line.conflict_m2))
    for line in table.lines(GapFilter(level=level), reach=reach):
        status, gaps_m2, conflicts_m2 = zip(*below.pop((line.matter, line.cell)), strict=True)
        several = max(status) == 0 and len(leads[line.matter, line.cell]) > 1
        assert line.status == ("tiled" if several else order[max(status)])
        assert (line.gap_m2, line.conflict_m2) == pytest.approx((sum(gaps_m2), sum(conflicts_m2)), abs=1.0)
    assert not below


@settings(max_examples=30, deadline=None)
@given(ground=grounds(), limit=st.integers(1, 9), level=st.sampled_from(LEVELS))
def test_pages_joined_are_the_whole_list(ground: Ground, limit: int, level: str) -> None:
    table = ground.table()
    for statuses in (None, frozenset({"gap", "conflict"})):
        asked, joined, after = GapFilter(statuses, level=level), [], None
        while True:
            lines, after = table.page(asked, limit=limit, after=after)
            joined += lines
            if after is None:
                break
        assert joined == list(table.lines(asked))
        assert {line.status for line in joined} <= (statuses or {"one", "tiled", "gap", "conflict"})


@settings(max_examples=30, deadline=None)
@given(ground=grounds(), level=st.sampled_from(LEVELS))
def test_totals_and_the_map_say_what_the_list_says(ground: Ground, level: str) -> None:
    table = ground.table()
    lines = list(table.lines(GapFilter(level=level)))
    for total in table.totals(GapFilter(level=level)):
        mine = [line.status for line in lines if line.matter == total.matter]
        assert [mine.count(s) for s in ("one", "tiled", "gap", "conflict")] == [
            total.one, total.tiled, total.gap, total.conflict,
        ]  # fmt: skip
    worst = table.worst_by_cell(GapFilter(level=level))
    order = ("one", "tiled", "gap", "conflict")
    for code, found in worst.items():
        mine = [line.status for line in lines if line.cell == code]
        assert found.status == max(mine, key=order.index)
        assert found.in_question == len(found.named) == sum(status in ("gap", "conflict") for status in mine)
        assert found.gap_m2 == pytest.approx(sum(line.gap_m2 for line in lines if line.cell == code), abs=0.5)


def test_a_matter_without_a_row_is_a_gap_everywhere_and_takes_no_room() -> None:
    table = EMPTY.table()
    assert {status for status, *_ in lines_of(table).values()} == {"gap"}
    assert len(table.found[0].answers) == 1
    assert len(table.found[0].touched) == 0


def test_the_body_of_a_level_is_one_lead_within_a_unit_and_differs_between_streets() -> None:
    said = lines_of(EMPTY.duty("category", ("level", 1), "@street").table())
    assert said["category", "da11"][:2] == ("one", ("@da",))
    assert said["category", "db11"][:2] == ("one", ("@db",))


def test_a_lead_below_the_listed_cell_stays_a_level() -> None:
    table = EMPTY.duty("category", ("level", 1), "@unit").duty("minor", ("cell", "da"), "@street").table()
    [line] = table.lines(GapFilter(matter="category", level="district"))
    assert (line.status, line.leads) == ("tiled", ("@unit",))
    [west, _] = table.lines(GapFilter(matter="minor", level="street"))
    assert west.leads == ("@da",)


def test_streets_with_a_lead_each_tile_their_district_and_nothing_else_does() -> None:
    table = EMPTY.duty("category", ("level", 1), "roads").duty("category", ("cell", "db"), "parks").table()
    for matter in ("category", "minor"):
        [line] = table.lines(GapFilter(matter=matter, level="district"))
        assert (line.status, line.leads) == ("tiled", ("parks", "roads"))
        assert {line.status for line in table.lines(GapFilter(matter=matter, level="street"))} == {"one"}
        [total] = table.totals(GapFilter(matter=matter, level="district"))
        assert (total.one, total.tiled) == (0, 1)
    assert {cell.status for cell in table.worst_by_cell(GapFilter(level="district")).values()} == {"gap"}


def test_a_more_specific_class_on_a_wider_place_is_a_tie_and_a_tie_is_a_conflict() -> None:
    tied = EMPTY.duty("minor", ("cell", "da"), "roads").duty("major", ("cell", "da1"), "parks")
    said = lines_of(tied.table())
    assert said["minor", "da11"][:2] == ("conflict", ("parks", "roads"))
    assert said["minor", "da21"][:2] == ("one", ("roads",))
    settled = tied.duty("category", ("level", 1), "water", 9).duty("minor", ("cell", "da"), "roads", 1)
    assert lines_of(settled.table())["minor", "da11"][:2] == ("one", ("roads",))


def test_a_river_tiles_a_unit_and_a_second_claim_on_it_is_a_conflict_of_its_square_metres() -> None:
    river = Ground((("polygon", square(0.25, -1, 0.5, 9)),), ()).duty("category", ("level", 1), "roads")
    one = river.duty("category", ("jurisdiction", 0), "water")
    assert lines_of(one.table())["category", "da11"] == ("tiled", ("roads", "water"), 0.0, 0.0)
    said = lines_of(one.duty("category", ("jurisdiction", 0), "parks").table())["category", "da11"]
    assert said[:2] == ("conflict", ("parks", "roads", "water"))
    assert said[3] == pytest.approx(area_m2(SHAPES[0]) / 2, rel=1e-5)


def test_what_a_polygon_leaves_without_a_row_is_a_gap_of_its_square_metres() -> None:
    ground = Ground((("exclusive_grid", square(0, 0, 1, 0.25)),), ()).duty("category", ("jurisdiction", 0), "water")
    status, leads, gap_m2, _ = lines_of(ground.table())["category", "da11"]
    assert (status, leads) == ("gap", ("water",))
    assert gap_m2 == pytest.approx(area_m2(SHAPES[0]) * 0.75, rel=1e-5)


def test_a_sliver_changes_no_status_and_is_counted() -> None:
    thin = square(0.5, -0.00001, 0.2, 1.00002)
    ground = Ground((("polygon", square(-1, 0.99999, 3, 3)), ("polygon", thin)), ())
    ground = ground.duty("category", ("level", 1), "roads").duty("category", ("jurisdiction", 0), "water")
    assert lines_of(ground.table())["category", "da11"][0] == "one"
    [total] = ground.table().totals(GapFilter(matter="category", cell="da11"))
    assert (total.slivers, total.one) == (1, 1)
    assert total.slivers_m2 == pytest.approx(area_m2(SHAPES[0]) * 1e-5, abs=0.002)
    assert lines_of(ground.table(sliver_m2=0.01))["category", "da11"][0] == "tiled"


def test_a_straight_edge_along_many_borders_leaves_no_sliver() -> None:
    """Its ends are far away, so a projection would bend it off the corners that lie on it."""
    long = Ground((("polygon", box(LON - 2, LAT - 1, LON + 2, LAT + 2 * WIDE)),), ())
    table = long.duty("category", ("jurisdiction", 0), "water").table()
    [total] = table.totals(GapFilter(matter="category"))
    assert (total.one, total.gap, total.slivers) == (8, 8, 0)


def test_rows_heaped_on_one_place_are_thinned_out_before_they_cost_anything() -> None:
    ground = EMPTY
    for nth in range(300):
        ground = ground.duty("category", ("cell", "da"), LEADS[nth % 3], nth % 7)
    assert lines_of(ground.table())["category", "da11"][:2] == ("conflict", ("parks", "roads", "water"))


def test_more_cutters_of_one_unit_than_a_machine_word_has_bits() -> None:
    strips = tuple(("polygon", square(nth / 80, 0, 1 / 80, 1)) for nth in range(79))
    ground = Ground(strips, ())
    for nth in range(79):
        ground = ground.duty("category", ("jurisdiction", nth), LEADS[nth % 3])
    status, leads, gap_m2, conflict_m2 = lines_of(ground.table())["category", "da11"]
    assert (status, leads, conflict_m2) == ("gap", ("parks", "roads", "water"), 0.0)
    assert gap_m2 == pytest.approx(area_m2(SHAPES[0]) / 80, rel=1e-3)


def test_what_is_not_there_is_said() -> None:
    table = EMPTY.table()
    with pytest.raises(NotFound, match="Matter"):
        list(table.lines(GapFilter(matter="nothing")))
    with pytest.raises(NotFound, match="cell"):
        list(table.lines(GapFilter(cell="zz")))
    with pytest.raises(Invalid, match="level"):
        list(table.lines(GapFilter(level="planet")))
    with pytest.raises(Invalid, match="status"):
        list(table.lines(GapFilter(frozenset({"bad"}))))
