"""What every peer of the locator is: prepared once, asked several times, its answers compared with ours.

A peer answers pairs: the number of a point and the number of a unit. Border points may come twice or not at all,
because other tools' predicates differ from the border rule there; every other difference is an error.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import shapely

from api.bench.ground import Ground
from api.bench.timing import cpu_clock
from spatial.grid.index.layout import Longs


class Missing(Exception):
    """A peer that is not installed; its text is the remedy."""


@dataclass(frozen=True)
class Pairs:
    """Which unit each point is in, by a peer; points in no unit do not appear."""

    points: Longs
    units: Longs


@dataclass(frozen=True)
class Compared:
    """`border` points lie exactly on a line, where the predicates differ; `equal` says that no other point does."""

    equal: bool
    border: int


class Peer(ABC):
    """One tool that answers the same question."""

    key: str
    what: str
    needs: tuple[str, ...] = ()
    reach: str = ""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def check_installed(self) -> None:
        """Raises Missing with the extra to install."""
        gone = [name for name in self.needs if find_spec(name) is None]
        if gone:
            raise Missing(f"{', '.join(gone)} is missing; pip install 'gridmaps[bench]'")

    @abstractmethod
    def prepare(self) -> None:
        """Load units and points; not charged."""

    @abstractmethod
    def join(self) -> None:
        """What is timed: all points of the ground's first `few`."""

    @abstractmethod
    def pairs(self) -> Pairs:
        """The answers of the last join."""

    def clock(self) -> float:
        """Processor seconds that this peer has used so far."""
        return cpu_clock()

    def close(self) -> None:
        """Give back what was taken, memory above all."""
        self.__dict__.clear()


def compare(ground: Ground, pairs: Pairs) -> Compared:
    """A peer's answers beside ours."""
    ours = ground.units[: ground.few].astype(np.int64)
    times = np.bincount(pairs.points, minlength=ground.few)
    theirs = np.full(ground.few, -1, dtype=np.int64)
    theirs[pairs.points] = pairs.units
    differing = np.flatnonzero((theirs != ours) | (times > 1))
    claimed = np.isin(pairs.points, differing)
    points = np.concatenate((differing, pairs.points[claimed]))
    units = np.concatenate((ours[differing], pairs.units[claimed]))
    named = units >= 0
    at = shapely.points(ground.lons[points[named]], ground.lats[points[named]])
    on_line = shapely.touches(ground.city.shapes[units[named]], at)
    return Compared(bool(np.all(on_line)) and set(points[named]) == set(differing), len(differing))
