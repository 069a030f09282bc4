"""How much of what a position may be lies in each unit: candidates, ranked, for each of many positions.

Samples around each position (`spreads.py`) are put to the index; a share is a fraction of them. Where the
distance raster says that no sample can reach a border, the position's own unit has it all, unsampled.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.errors import Invalid
from spatial.grid.index.compiled import COMPILED
from spatial.grid.index.distance import DistanceRaster
from spatial.grid.index.finding import BadRows, as_columns, find_units
from spatial.grid.index.layout import OUTSIDE, Floats, Ints, LocatorIndex, Longs
from spatial.grid.index.spreads import METRES_PER_DEGREE, SAMPLES, Spread, half_axes, pattern

_SAMPLES_AT_ONCE = 1 << 20
_MARGIN_M = 0.001  # far above the rounding of a sample's place


@dataclass(frozen=True)
class Shares:
    """For n positions, their candidates: of row i those from `starts[i]` up to `starts[i + 1]`.

    `units` are positions in `index.codes`, -1 for outside all units; `shares` add up to 1 in each row, largest
    first; among equals the lower code first and outside last. Bad rows have no candidates.
    """

    starts: Longs  # (n + 1,)
    units: Ints
    shares: Floats
    bad: BadRows

    @property
    def rows(self) -> Longs:
        """The row of each candidate."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True)
class Fixes:
    """n finite positions: degrees, half axes in degrees of what phones report, and how far samples reach in metres."""

    lons: Floats
    lats: Floats
    widths: Floats
    heights: Floats
    reaches_m: Floats

    def part(self, rows: slice) -> "Fixes":
        """Some of them."""
        return Fixes(self.lons[rows], self.lats[rows], self.widths[rows], self.heights[rows], self.reaches_m[rows])


@dataclass(frozen=True)
class Tally:
    """How many candidates each fix has, and all candidates in turn, ranked; `hits` are samples."""

    counts: Longs
    units: Ints
    hits: Longs


def find_shares(
    index: LocatorIndex,
    lons: npt.ArrayLike,
    lats: npt.ArrayLike,
    radii_m: npt.ArrayLike,
    *,
    spread: Spread = "gaussian",
    samples: int = SAMPLES,
    distance: DistanceRaster | None = None,
    compiled: bool | None = None,
) -> Shares:
    """The candidates of n positions (EPSG:4326, degrees) with accuracies in metres, 0 for exact ones.

    Radii above 5 km count as 5 km. `distance` spares most positions their samples and changes no share. Raises
    Invalid when columns differ in length, for an unknown spread, and for the distances of another index. A row
    that is not finite, or whose radius is negative, is bad.
    """
    x, y = as_columns(lons, lats)
    radii, _ = as_columns(radii_m, y)
    if distance is not None and len(distance.metres) != len(index.table) - 1:
        raise Invalid("The distances belong to another index; make them anew.", field="distance")
    east, north = pattern(spread, samples)
    good = np.isfinite(x) & np.isfinite(y) & np.isfinite(radii) & (radii >= 0.0)
    which = np.flatnonzero(good)
    fixes = _fixes(x[which], y[which], radii[which], east, north)
    parts = list(_tallies(index, fixes, east, north, distance, COMPILED if compiled is None else compiled))
    starts = np.zeros(len(x) + 1, dtype=np.int64)
    starts[which + 1] = np.concatenate([np.empty(0, dtype=np.int64), *(part.counts for part in parts)])
    units = np.concatenate([np.empty(0, dtype=np.int32), *(part.units for part in parts)])
    shares = np.concatenate([np.empty(0), *(part.hits / samples for part in parts)])
    return Shares(np.cumsum(starts), units, shares, BadRows(np.flatnonzero(~good)))


def _fixes(x: Floats, y: Floats, radii_m: Floats, east: Floats, north: Floats) -> Fixes:
    widths, heights = half_axes(y, radii_m)
    # The distances take degrees for shorter than this does, so no sample is farther away than so many metres.
    reaches_m = heights * (METRES_PER_DEGREE * float(np.hypot(east, north).max())) + _MARGIN_M
    return Fixes(x, y, widths, heights, reaches_m)


def _tallies(
    index: LocatorIndex, fixes: Fixes, east: Floats, north: Floats, distance: DistanceRaster | None, compiled: bool
) -> Iterator[Tally]:
    tally = _way(compiled)
    step = max(1, _SAMPLES_AT_ONCE // len(east))
    for first in range(0, len(fixes.lons), step):
        part = fixes.part(slice(first, first + step))
        yield tally(index, part, east, north, distance) or tally_plainly(index, part, east, north, distance)


def _way(compiled: bool) -> Callable[[LocatorIndex, Fixes, Floats, Floats, DistanceRaster | None], Tally | None]:
    if not compiled:
        return tally_plainly
    from spatial.grid.index import shares_numba

    return shares_numba.tally


def tally_plainly(
    index: LocatorIndex, fixes: Fixes, east: Floats, north: Floats, distance: DistanceRaster | None
) -> Tally:
    """The tally with numpy alone."""
    units = _unreached(index, fixes, distance)
    split = np.flatnonzero(units < OUTSIDE)
    x = fixes.lons[split, None] + fixes.widths[split, None] * east
    y = fixes.lats[split, None] + fixes.heights[split, None] * north
    sampled = find_units(index, x.reshape(-1), y.reshape(-1), compiled=False).units.reshape(x.shape)
    clear = np.flatnonzero(units >= OUTSIDE)
    fix, unit, hits = _runs(sampled)
    fix = np.concatenate((split[fix], clear))
    unit = np.concatenate((unit, units[clear]))
    hits = np.concatenate((hits, np.full(len(clear), len(east))))
    order = np.lexsort((unit.astype(np.uint32), -hits, fix))
    return Tally(np.bincount(fix, minlength=len(units)), unit[order], hits[order])


def _unreached(index: LocatorIndex, fixes: Fixes, distance: DistanceRaster | None) -> Ints:
    """The unit (or -1) of fixes whose samples reach no border; -2 where that is not certain."""
    units = np.full(len(fixes.lons), -2, dtype=np.int32)
    if distance is None:
        return units
    raster = index.raster
    x, y = (fixes.lons - raster.west) * raster.per_degree, (fixes.lats - raster.south) * raster.per_degree
    inside = np.flatnonzero((x >= 0) & (y >= 0) & (x < raster.columns) & (y < raster.rows))
    cell = y[inside].astype(np.int64) * raster.columns + x[inside].astype(np.int64)
    clear = distance.metres[cell] > fixes.reaches_m[inside]
    units[inside[clear]] = index.table[cell[clear]]
    return units


def _runs(sampled: Ints) -> tuple[Longs, Ints, Longs]:
    """Of samples (m, k): for each row and each unit in it, the row, the unit and how many samples are in it."""
    ordered = np.sort(sampled, axis=1)
    new = np.ones(ordered.shape, dtype=np.bool_)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    firsts = np.flatnonzero(new)
    hits = np.diff(np.append(firsts, ordered.size))
    return firsts // max(1, ordered.shape[1]), ordered.reshape(-1)[firsts], hits
