"""Which unit is each of many points in: the one call that everything else makes.

Chooses the compiled kernels where they can be had, names the rows that are no positions, and tells overlaps.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.errors import Invalid
from spatial.grid.index import query_numpy
from spatial.grid.index.compiled import COMPILED
from spatial.grid.index.layout import OUTSIDE, Floats, Ints, LocatorIndex, Longs

_NAMED_ROWS = 5
_PART = 1 << 16


@dataclass(frozen=True)
class BadRows:
    """The rows, from 0, whose position is not a pair of finite numbers. They were not answered; all others were."""

    rows: Longs

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sentence(self) -> str:
        """What is wrong and where, for a person."""
        named = ", ".join(str(row) for row in self.rows[:_NAMED_ROWS].tolist())
        more = f" and {len(self.rows) - _NAMED_ROWS} more" if len(self.rows) > _NAMED_ROWS else ""
        return f"Rows without a finite longitude and latitude, counted from 0: {named}{more}."


@dataclass(frozen=True)
class Found:
    """For n points: `units` are positions in `index.codes`, -1 outside and in bad rows.

    `overlaps` are the rows that lie in several units; `units` has the one with the lowest code.
    """

    units: Ints
    overlaps: Longs
    bad: BadRows


def find_units(
    index: LocatorIndex, lons: npt.ArrayLike, lats: npt.ArrayLike, *, threads: int = 1, compiled: bool | None = None
) -> Found:
    """The unit of each of n points (EPSG:4326, degrees), exactly as the border rule says.

    `compiled` chooses the compiled kernels (the default where numba is installed) or numpy. Raises Invalid when
    there are not as many longitudes as latitudes.
    """
    x, y = as_columns(lons, lats)
    units = np.empty(len(x), dtype=np.int32)
    nothing = np.empty(0, dtype=np.int64)
    if not _filled_oddly(_way(compiled), index, x, y, units, threads):
        return Found(units, nothing, BadRows(nothing))
    overlaps = np.flatnonzero(units < OUTSIDE)
    units[overlaps] = -2 - units[overlaps]
    return Found(units, overlaps, bad_rows(x, y))


def _way(compiled: bool | None) -> Callable[[LocatorIndex, Floats, Floats, Ints], bool]:
    if compiled is None:
        compiled = COMPILED
    if not compiled:
        return query_numpy.fill_units
    from spatial.grid.index import query_numba

    return query_numba.fill_units


def _filled_oddly(
    fill: Callable[[LocatorIndex, Floats, Floats, Ints], bool],
    index: LocatorIndex,
    x: Floats,
    y: Floats,
    out: Ints,
    threads: int,
) -> bool:
    """Fills `out` and tells whether overlaps or bad rows are among it; parts keep all threads busy to the end."""
    if threads <= 1 or len(x) <= _PART:
        return fill(index, x, y, out)
    parts = [slice(first, first + _PART) for first in range(0, len(x), _PART)]
    with ThreadPoolExecutor(threads) as pool:
        return any(list(pool.map(lambda part: fill(index, x[part], y[part], out[part]), parts)))


def as_columns(lons: npt.ArrayLike, lats: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Two contiguous float64 columns of one length. Raises Invalid when they are not that."""
    try:
        x, y = (np.ascontiguousarray(column, dtype=np.float64) for column in (lons, lats))
    except (TypeError, ValueError) as error:
        raise Invalid("lon and lat must be columns of numbers, in degrees.", field="lon, lat") from error
    if x.ndim != 1 or x.shape != y.shape:
        raise Invalid(f"lon and lat must be columns of one length, not {x.shape} and {y.shape}.", field="lon, lat")
    return _read_only(x), _read_only(y)


def _read_only(column: Floats) -> Floats:
    """A view that cannot be written, always: a kernel is compiled anew for each kind of array it meets."""
    view = column.view()
    view.setflags(write=False)
    return view


def bad_rows(lons: Floats, lats: Floats) -> BadRows:
    """The rows that are not pairs of finite numbers."""
    return BadRows(np.flatnonzero(~(np.isfinite(lons) & np.isfinite(lats))))
