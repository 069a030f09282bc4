"""A city's table of responsibility with gaps and conflicts planted in it, so that the true list is known beforehand.

Every matter is covered everywhere exactly once by construction: by a row for a level, or by rows for streets,
communities and units that share out the city. Then units are chosen, each for one matter, and there the cover is taken
away (a gap) or two rows are made to tie (a conflict); some always, some in one of three periods only. Around them lie
rows that must not show: winners by priority, exclusive grids over polygons, rivers and parks that tile.

What is true follows from what was planted and from nothing that the gap list computes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import shapely

from api.bench.gap_shapes import disc_inside, parks, rivers
from spatial.errors import Invalid
from spatial.grid.geodesy import area_m2
from spatial.grid.synthetic import SyntheticCity, synthetic_city

PERIODS = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3, 4))
MOMENTS = tuple(begin.replace(day=15) for begin in PERIODS[:3])
LEADS = tuple(f"d{nth:02}" for nth in range(40))
SHARED_OUT, CROSSED, FAMILIES, PLAIN = range(0, 60), range(60, 144), range(144, 180), range(180, 200)
_MINORS = 9
_FAMILY_CATEGORY = "k4"
_ALWAYS = (0, 1, 2)


@dataclass(frozen=True)
class Matter:
    """A row of the taxonomy: `major` and `minor` are its two digits each."""

    code: str
    rank: str
    parent: str | None = None
    category: str | None = None
    major: str | None = None
    minor: str | None = None


@dataclass(frozen=True)
class Duty:
    """A row of the table: `place` is a level's rank, a cell's code, or ("j", position of a jurisdiction)."""

    matter: str
    place: int | str | tuple[str, int]
    lead: str
    periods: tuple[int, ...] = _ALWAYS
    priority: int | None = None


@dataclass(frozen=True)
class Truth:
    """What was planted in one unit for one matter at one moment; square metres of what is in question."""

    status: str
    metres: float


@dataclass
class GapGround:
    """The city, its matters, jurisdictions (kind, shape) and rows; `truth[k]` holds for MOMENTS[k] and the leaves.

    What has classes of its own has one lead everywhere, or where no row names it a gap everywhere.
    """

    city: SyntheticCity
    matters: list[Matter]
    leaves: list[str]
    jurisdictions: list[tuple[str, shapely.Geometry]] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    truth: tuple[dict[tuple[str, str], Truth], ...] = ({}, {}, {})

    def is_covered(self, matter: Matter) -> bool:
        """Whether rows for the whole city name a matter that has classes, or the category that it is mapped to."""
        wide = {duty.matter for duty in self.duties if isinstance(duty.place, int)}
        return not wide.isdisjoint((matter.code, matter.category))


def make_gap_ground(*, units: int, rows: int, polygons: int, planted: int, seed: int = 5) -> GapGround:
    """A table with `planted` gaps and as many conflicts at each moment. Raises Invalid for a city of no such size."""
    ground = GapGround(synthetic_city(units=units), _matters(), [])
    ground.leaves.extend(_leaves(ground.matters))
    planter = _Planter(ground, np.random.default_rng(seed))
    planter.cover(singly=2 * planted // len(SHARED_OUT) + 3)
    planter.cross(polygons * 2 // 5)
    planter.plant_gaps(planted, discs=polygons // 5)
    planter.plant_conflicts(planted, polygons=polygons)
    planter.fill(rows)
    return ground


class _Planter:
    """Lays rows; each choice of a unit for a matter is made once."""

    def __init__(self, ground: GapGround, rng: np.random.Generator) -> None:
        self._ground, self._rng = ground, rng
        self._units = sorted(ground.city.level(4), key=lambda cell: cell.code)
        self._shape = {cell.code: cell.geometry for cell in self._units}
        self._above = {cell.code: str(cell.parent) for cell in self._units}
        self._below = _children(ground.city)
        self._streets = sorted(cell.code for cell in ground.city.level(2))
        self._singles: list[str] = []  # communities whose units are covered one by one
        self._left: dict[str, list[str]] = {}  # their units, by matter, that are not covered yet
        self._taken: set[tuple[str, str]] = set()
        self._held: dict[
            tuple[str, str], tuple[str, str]
        ] = {}  # (major, community): the minor that ties there, its lead

    def cover(self, *, singly: int) -> None:
        """Cover every matter once, in `singly` units or more of each matter that is shared out unit by unit."""
        leaves = self._ground.leaves
        self._choose_singles(singly)
        for nth in SHARED_OUT:
            self._share_out(leaves[nth])
        for nth in (*CROSSED, *PLAIN):
            self._add(leaves[nth], 1 + nth % 3, "@street" if nth % 5 == 0 else self._lead())
        majors = sorted({leaves[nth][:-2] for nth in FAMILIES})
        for wide in (_FAMILY_CATEGORY, *majors[2:]):
            self._add(wide, 1, self._lead())

    def cross(self, count: int) -> None:
        """Rivers and parks, of one lead for each matter: they tile units and dispute nothing, also where they meet."""
        box = tuple(float(edge) for edge in shapely.total_bounds(list(self._shape.values())))
        assert len(box) == 4
        wide = max(1, count // 10)
        shapes = [*rivers(wide, box, self._rng), *parks(count - wide, box, self._rng)]
        numbers = [self._jurisdiction("polygon", shape) for shape in shapes]
        for nth in CROSSED:
            lead = self._lead()
            for number in {*self._rng.choice(numbers, min(20, count)).tolist(), numbers[nth % count]}:
                self._add(self._ground.leaves[nth], ("j", number), lead)
        # Every one of them is in the table, or it would not be cut at all.
        for number in numbers:
            self._add(self._ground.leaves[PLAIN[-1]], ("j", number), LEADS[0])

    def plant_gaps(self, count: int, *, discs: int) -> None:
        """Take covers away, the first `discs` of them but for a disc inside of the unit."""
        for nth, periods in enumerate(_slots(count)):
            matter = self._ground.leaves[SHARED_OUT[nth % len(SHARED_OUT)]]
            unit = self._left[matter].pop()
            self._uncover(matter, unit, periods)
            metres = area_m2(self._shape[unit])
            if nth < discs:
                disc = disc_inside(self._shape[unit])
                self._add(matter, ("j", self._jurisdiction("polygon", disc)), self._lead())
                metres -= area_m2(disc)
            self._note(matter, unit, periods, Truth("gap", metres))
        for matter, units in self._left.items():
            for unit in units:
                self._add(matter, unit, self._lead())

    def plant_conflicts(self, count: int, *, polygons: int) -> None:
        """Make rows tie: on a disc inside of a unit or over nested discs until there are so many polygons; then on a
        unit, or across the two axes.
        """
        for nth, periods in enumerate(_slots(count)):
            if len(self._ground.jurisdictions) < polygons:
                self._tie_in_discs(CROSSED[nth % len(CROSSED)], periods, nested=nth % 2 == 1)
            elif nth % 3 == 0:
                self._tie_across(FAMILIES[nth % len(FAMILIES)], periods)
            else:
                group = SHARED_OUT if nth % 3 == 1 else PLAIN[:-1]
                self._tie_on_unit(group[nth % len(group)], periods, priority=4 if nth % 2 else None)

    def fill(self, rows: int) -> None:
        """Rows that settle what they touch: one more specific lead, or two with different priorities."""
        group = [*FAMILIES, *PLAIN[:-1]]
        nth = 0
        always = sum(duty.periods == _ALWAYS for duty in self._ground.duties)
        while always + nth + nth // 4 < rows:
            matter, unit = self._free(group[nth % len(group)])
            self._add(matter, unit, self._lead(), priority=2)
            if nth % 4 == 0:
                self._add(matter, unit, self._lead(), priority=1)
            nth += 1

    def _choose_singles(self, singly: int) -> None:
        many = 0
        for community in self._below[self._streets[0]]:
            if many < singly:
                self._singles.append(community)
                many += len(self._below[community])
        if many < singly:
            raise Invalid(f"the first street has {many} units and {singly} are needed; plant fewer", field="planted")

    def _share_out(self, matter: str) -> None:
        """Rows for streets, of one in seven streets for communities, of a few of these for units."""
        for street in self._streets:
            if self._rng.random() > 1 / 7 and street != self._streets[0]:
                self._add(matter, street, self._lead())
                continue
            for community in self._below[street]:
                if community not in self._singles:
                    self._add(matter, community, self._lead())
        units = [unit for community in self._singles for unit in self._below[community]]
        self._left[matter] = self._rng.permutation(units).tolist()

    def _uncover(self, matter: str, unit: str, periods: tuple[int, ...]) -> None:
        covered = tuple(k for k in _ALWAYS if k not in periods)
        if covered:
            self._add(matter, unit, self._lead(), covered)

    def _tie_in_discs(self, nth: int, periods: tuple[int, ...], *, nested: bool) -> None:
        """Two exclusive grids, the same or one inside the other: they beat the polygon that may lie there."""
        matter, unit = self._free(nth)
        outer = disc_inside(self._shape[unit])
        number = self._jurisdiction("exclusive_grid", outer)
        inner = disc_inside(self._shape[unit], 0.5) if nested else outer
        second = self._jurisdiction("exclusive_grid", inner) if nested else number
        one, other = self._two_leads()
        self._add(matter, ("j", number), one)
        self._add(matter, ("j", second), other, periods)
        self._note(matter, unit, periods, Truth("conflict", area_m2(inner)))

    def _tie_across(self, nth: int, periods: tuple[int, ...]) -> None:
        """The minor class on a community ties with its major class on a unit there; its siblings have no such row."""
        matter, unit = self._free(nth)
        one, other = self._two_leads()
        community = self._above[unit]
        holder, lead = self._held.setdefault((matter[:-2], community), (matter, other))
        if holder != matter or lead == one:
            self._tie_across(nth, periods)
            return
        self._taken.add((matter[:-2], unit))
        self._add(matter[:-2], unit, one, periods)
        if lead is other:
            self._add(matter, community, other)
        self._note(matter, unit, periods, Truth("conflict", area_m2(self._shape[unit])))

    def _tie_on_unit(self, nth: int, periods: tuple[int, ...], *, priority: int | None) -> None:
        matter, unit = self._free(nth)
        one, other = self._two_leads()
        self._add(matter, unit, one, periods, priority)
        self._add(matter, unit, other, periods, priority)
        self._note(matter, unit, periods, Truth("conflict", area_m2(self._shape[unit])))

    def _free(self, nth: int) -> tuple[str, str]:
        """A leaf and a unit that nothing was chosen for yet, neither for it nor for its major class."""
        matter = self._ground.leaves[nth]
        while True:
            unit = self._units[int(self._rng.integers(len(self._units)))].code
            mine = {(matter, unit), (matter[:-2], unit)}
            if mine.isdisjoint(self._taken) and self._above[unit] not in self._singles:
                self._taken.add((matter, unit))
                return matter, unit

    def _note(self, matter: str, unit: str, periods: tuple[int, ...], truth: Truth) -> None:
        for k in periods:
            self._ground.truth[k][matter, unit] = truth

    def _add(
        self, matter: str, place: int | str | tuple[str, int], lead: str,
        periods: tuple[int, ...] = _ALWAYS, priority: int | None = None,
    ) -> None:  # fmt: skip
        self._ground.duties.append(Duty(matter, place, lead, periods, priority))

    def _jurisdiction(self, kind: str, shape: shapely.Geometry) -> int:
        self._ground.jurisdictions.append((kind, shape))
        return len(self._ground.jurisdictions) - 1

    def _lead(self) -> str:
        return LEADS[int(self._rng.integers(len(LEADS)))]

    def _two_leads(self) -> tuple[str, str]:
        one, other = self._rng.choice(len(LEADS), 2, replace=False)
        return LEADS[one], LEADS[other]


def _matters() -> list[Matter]:
    """200 leaves: 180 minor classes of 20 major classes, 10 major classes and 10 categories without any."""
    found = [Matter(f"k{nth}", "category") for nth in range(5)]
    for nth in range(30):
        category = None if nth >= 20 else _FAMILY_CATEGORY if nth >= 16 else f"k{nth // 4}"
        found.append(Matter(f"m{nth:02}", "major", category=category, major=f"{nth:02}"))
        minors = range(_MINORS if nth < 20 else 0)
        found += [Matter(f"m{nth:02}{k:02}", "minor", f"m{nth:02}", None, f"{nth:02}", f"{k:02}") for k in minors]
    return found + [Matter(f"z{nth}", "category") for nth in range(10)]


def _leaves(matters: list[Matter]) -> list[str]:
    above = {code for matter in matters for code in (matter.parent, matter.category)}
    minors = [m.code for m in matters if m.rank == "minor"]
    return minors + [m.code for m in matters if m.rank != "minor" and m.code not in above]


def _children(city: SyntheticCity) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for cell in city.cells:
        if cell.parent is not None:
            below[cell.parent].append(cell.code)
    return {parent: sorted(codes) for parent, codes in below.items()}


def _slots(count: int) -> Iterator[tuple[int, ...]]:
    """Half of them always, the other half anew in each period: `count` at each moment."""
    yield from (_ALWAYS for _ in range(count // 2))
    yield from ((k,) for _ in range(count - count // 2) for k in _ALWAYS)
