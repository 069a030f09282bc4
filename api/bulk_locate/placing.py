"""The columns that locating adds to a batch: the unit, a column for each level above, certainty where it was asked.

Knows an index and the levels' names. Refuses to know files.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from api.bulk_locate.sources import PointBatch
from spatial.errors import Invalid
from spatial.grid.index import Found, LocatorIndex, find_units
from spatial.grid.index.distance import distance_raster
from spatial.grid.index.layout import Floats, Ints
from spatial.grid.index.shares import find_shares
from spatial.grid.placement import CERTAIN_SHARE, WORST_CERTAIN_M

_OUTSIDE_SHARE = 0.5  # of a disc: when more of it lies in no unit, the position counts as outside


@dataclass(frozen=True)
class Certainty:
    """When a position counts as certain: `share` of its disc in its unit, its radius at most `widest_m`."""

    share: float = CERTAIN_SHARE
    widest_m: float = WORST_CERTAIN_M

    def __post_init__(self) -> None:
        if not 0.5 < self.share <= 1.0:
            raise Invalid("certain-share must be above 0.5 and at most 1.", field="certain_share")


class Placer:
    """Places batches in the units of one index."""

    def __init__(
        self, index: LocatorIndex, keys: Mapping[int, str], *, prefix: str = "", certainty: Certainty | None = None
    ) -> None:
        """`keys` names the levels by rank, the units' rank among them; `prefix` goes before every added column."""
        self._index = index
        self._certainty = certainty
        self._distance = None if certainty is None else distance_raster(index)
        ranks = sorted(index.levels, reverse=True)
        names = [keys[max(keys)], *(keys[rank] for rank in ranks)]
        self._codes = [pa.array(index.codes, pa.string())]
        self._codes += [pa.array(index.levels[rank].codes, pa.string()) for rank in ranks]
        self._ranks = ranks
        self.fields = [pa.field(prefix + name, pa.string()) for name in names]
        if certainty is not None:
            self.fields += [pa.field(prefix + "certainty", pa.string()), pa.field(prefix + "share", pa.float64())]

    def place(self, batch: PointBatch, lons: Floats, lats: Floats) -> tuple[list[pa.Array], Found]:
        """The added columns of n positions in WGS 84, nan where a row is bad; and what was found."""
        found = find_units(self._index, lons, lats)
        positions = [found.units, *(self._index.parents_of(found.units, rank) for rank in self._ranks)]
        columns = [_taken(codes, at) for codes, at in zip(self._codes, positions, strict=True)]
        if self._certainty is not None and batch.accuracies_m is not None:
            columns += self._certain(self._certainty, found, lons, lats, batch.accuracies_m)
        return columns, found

    def _certain(self, rule: Certainty, found: Found, lons: Floats, lats: Floats, radii_m: Floats) -> list[pa.Array]:
        """Certainty and the share of the position's own unit; both missing where the row or its radius is bad."""
        discs = find_shares(self._index, lons, lats, radii_m, distance=self._distance)
        rows = discs.rows
        own, beyond = np.zeros(len(lons)), np.zeros(len(lons))
        mine, out = discs.units == found.units[rows], discs.units < 0
        own[rows[mine]] = discs.shares[mine]
        beyond[rows[out]] = discs.shares[out]
        words = np.where((own >= rule.share) & (radii_m <= rule.widest_m), "certain", "ambiguous").astype(object)
        words[beyond > _OUTSIDE_SHARE] = "outside"
        words[discs.bad.rows], own[discs.bad.rows] = None, np.nan
        return [pa.array(words, pa.string()), pa.array(own, pa.float64(), from_pandas=True)]


def _taken(codes: pa.Array, at: Ints) -> pa.Array:
    return codes.take(pa.array(at, mask=at < 0))
