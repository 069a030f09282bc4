"""A whole synthetic city: real names and codes of Shangcheng over generated borders.

The same seed makes the same city, coordinate for coordinate. Units never overlap and leave no gap; the
canal that runs into the city from the north is water, outside the grid, open to the outside. One unit lies
wholly inside another, one has two parts. Knows no database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from shapely.geometry.base import BaseGeometry

from spatial.errors import Invalid
from spatial.grid.cells import CellDraft
from spatial.grid.synthetic.borders import close_rings, draw_borders, straight_ridges
from spatial.grid.synthetic.ground import Floats, lay_ground
from spatial.grid.synthetic.grouping import group, neighbours
from spatial.grid.synthetic.names import STREET_PLACES_KM, Named, invented, shangcheng
from spatial.grid.synthetic.oddities import add_oddities
from spatial.grid.synthetic.seeds import scatter

FEWEST, MOST = 1200, 200_000
_UNITS_PER_DISTRICT = 12_500
_SYSTEM = "gb15"


@dataclass(frozen=True)
class SyntheticCity:
    """Cells of all four levels, widest first, in the order of their codes within a level."""

    seed: int
    cells: tuple[CellDraft, ...]
    enclave: str  # code of the unit that lies wholly inside another
    multipart: str  # code of the unit that has two parts

    def level(self, rank: int) -> tuple[CellDraft, ...]:
        """The cells of one level: 1 districts, 2 streets, 3 communities, 4 units."""
        return tuple(cell for cell in self.cells if cell.rank == rank)


def synthetic_city(*, units: int = 1600, seed: int = 365) -> SyntheticCity:
    """A city of exactly so many units near Hangzhou's Shangcheng, EPSG:4326.

    Up to 12,500 units make one district of about 120 km2; more units make more districts of that size.
    Raises Invalid unless `units` is between 1,200 and 200,000.
    """
    if not FEWEST <= units <= MOST:
        raise Invalid(f"units must be between {FEWEST} and {MOST}, not {units}.", field="units")
    rng = np.random.default_rng(seed)
    districts = _name_districts(units)
    seeds = scatter(lay_ground(len(districts)), units, rng)
    ridges = straight_ridges(seeds)
    owner, shapes = close_rings(ridges, draw_borders(ridges, seeds, rng), seeds)
    row = np.full(len(seeds.points), -1)
    row[owner] = np.arange(units)
    sides = row[ridges.sides]
    touching = neighbours(sides[(sides >= 0).all(axis=1)], units)
    home = _settle(seeds.points[owner], touching, districts)
    quarter = add_oddities(shapes, home, touching, rng)
    communities = [part for district in districts for street in district.parts for part in street.parts]
    codes = _number(quarter.shapes, quarter.home, communities)
    named = dict(zip(codes, quarter.shapes, strict=True))
    cells = tuple(_cells(districts, named))
    return SyntheticCity(seed, cells, codes[quarter.enclave], codes[quarter.multipart])


def _name_districts(units: int) -> list[Named]:
    count = min(10, -(-units // _UNITS_PER_DISTRICT))
    return [shangcheng(), *(invented(number) for number in range(1, count))]


def _settle(places: Floats, touching: csr_array, districts: Sequence[Named]) -> np.ndarray:
    """The community of each unit, counted through all districts in order; every group is contiguous."""
    home = np.full(len(places), -1)
    district_of = group(places, touching, np.ones(len(districts)))
    passed = 0
    for nth, district in enumerate(districts):
        here = np.nonzero(district_of == nth)[0]
        sizes = np.array([len(street.parts) for street in district.parts], float)
        centres = _street_places(places[here], district)
        street_of = group(places[here], touching[here][:, here], sizes, centres)
        for number, street in enumerate(district.parts):
            there = here[street_of == number]
            inner = group(places[there], touching[there][:, there], np.ones(len(street.parts)))
            home[there] = passed + inner
            passed += len(street.parts)
    return home


def _street_places(places: Floats, district: Named) -> Floats:
    """Where streets begin to grow: the real lie of the land, fitted into the district's own extent."""
    known = np.array([STREET_PLACES_KM[f"330102{street.code[6:]}"] for street in district.parts])
    low, high = known.min(axis=0), known.max(axis=0)
    margin = 0.06 * np.ptp(places, axis=0)
    inner = places.min(axis=0) + margin, places.max(axis=0) - margin
    return np.asarray(inner[0] + (known - low) / (high - low) * (inner[1] - inner[0]))


def _number(shapes: np.ndarray, home: np.ndarray, communities: Sequence[Named]) -> list[str]:
    """Codes: inside a community in bands from the north, one median unit high, and from west to east in a band."""
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    bounds = shapely.bounds(shapes)
    height = float(np.median(bounds[:, 3] - bounds[:, 1]))
    codes = [""] * len(shapes)
    for nth, community in enumerate(communities):
        members = np.nonzero(home == nth)[0]
        band = np.floor((middle[members, 1].max() - middle[members, 1]) / height)
        for serial, unit in enumerate(members[np.lexsort((middle[members, 0], band))], 1):
            codes[unit] = f"{community.code}{serial:03d}"
    return codes


def _cells(districts: Sequence[Named], shapes: dict[str, BaseGeometry]) -> Iterator[CellDraft]:
    """Cells of all levels; every level above is the exact union of the one below."""
    units = sorted(shapes)
    ranked: dict[int, list[CellDraft]] = {rank: [] for rank in (1, 2, 3, 4)}
    under: dict[str, list[BaseGeometry]] = {}
    for code in units:
        under.setdefault(code[:12], []).append(shapes[code])

    def raise_up(cell: Named, parent: str | None, rank: int) -> BaseGeometry:
        parts = [raise_up(child, cell.code, rank + 1) for child in cell.parts] or under[cell.code]
        union = shapely.coverage_union_all(parts)
        ranked[rank].append(CellDraft(cell.code, rank, cell.name, parent, union, _SYSTEM))
        if rank == 3:
            ranked[4].extend(
                CellDraft(code, 4, f"{cell.name} {code[12:]}", cell.code, shapes[code], _SYSTEM)
                for code in (f"{cell.code}{serial:03d}" for serial in range(1, len(parts) + 1))
            )
        return union

    for district in districts:
        raise_up(district, None, 1)
    for level in ranked.values():
        yield from sorted(level, key=lambda cell: cell.code)
