"""Positions whose declared datum does not fit the places that they are known to be in.

A GCJ-02 position taken for WGS 84 lies 300 to 700 metres off, in the wrong unit, without an error. Where the right
cell of many positions is known from elsewhere (a column of a file, the cells of a reporter's reach), the datum
under which most of them lie where they should gives the mistake away.

Pure: columns in, a verdict out; which cell a position is in is asked of a function.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spatial.grid.datum import DATUMS, to_wgs84

FEWEST = 30  # known positions, below which chance could speak
_CLEARLY = 0.1  # of all positions: by how much another datum must fit better

# (lons, lats) in WGS 84 and the known cells -> whether each position lies in its known cell
Fits = Callable[[Sequence[float], Sequence[float]], Sequence[bool]]


@dataclass(frozen=True)
class DatumVerdict:
    """How many of `known` positions lie in their cell, by datum; `suspected` is None where the declared one stands."""

    declared: str
    known: int
    fitting: dict[str, int]
    suspected: str | None

    @property
    def sentence(self) -> str | None:
        """What to tell whoever declared it."""
        if self.suspected is None:
            return None
        declared, better = self.fitting[self.declared], self.fitting[self.suspected]
        return (
            f"datum {self.declared} is doubtful: {declared} of {self.known} positions lie in the cell they should, and "
            f"{better} do if they are taken as {self.suspected}"
        )


def judge_datum(lons: Sequence[float], lats: Sequence[float], *, declared: str, fits: Fits) -> DatumVerdict:
    """Whether positions declared in `declared` fit their known cells better in another datum.

    CGCS2000 is taken as WGS 84 and stands or falls with it. Fewer than 30 positions give no suspicion.
    """
    fitting = {datum: sum(fits(*_moved(lons, lats, datum))) for datum in DATUMS}
    others = [datum for datum in DATUMS if fitting[datum] > fitting[declared] + _CLEARLY * len(lons)]
    enough = len(lons) >= FEWEST and others
    suspected = max(others, key=lambda datum: fitting[datum]) if enough else None
    return DatumVerdict(declared, len(lons), fitting, suspected)


def _moved(lons: Sequence[float], lats: Sequence[float], datum: str) -> tuple[list[float], list[float]]:
    moved = [to_wgs84(lon, lat, datum) for lon, lat in zip(lons, lats, strict=True)]
    return [float(lon) for lon, _ in moved], [float(lat) for _, lat in moved]
