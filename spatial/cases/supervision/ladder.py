"""The levels that a supervision order climbs: whoever holds the case, the street where it lies, the district's leader.

Pure: the rows of the ladder come in as a value. A level whose body was asked already, or lies nowhere, is passed
over. Refuses to know when an order climbs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

CENTRE = "centre"  # who is asked for a case that lies outside the grid and is with nobody


@dataclass(frozen=True)
class Rung:
    """A level: who is asked there, within which limit he replies, and behind which one red goes a level up."""

    level: int
    holder: str
    reply: tuple[Decimal, str]
    still_red: tuple[Decimal, str]


@dataclass(frozen=True)
class Place:
    """Whose a case is and where it lies: lead unit, the rank that holds it, its chain of cells, widest first."""

    lead: str | None
    tier: int | None
    path: Sequence[str]


@dataclass(frozen=True)
class Ladder:
    """The rungs from the lowest up, and the ranks of the grid's levels by key."""

    rungs: tuple[Rung, ...]
    ranks: Mapping[str, int]

    def addressee(self, rung: Rung, place: Place) -> str | None:
        """The unit that a rung asks about a case; None where the grid has no such cell."""
        if rung.holder == "holder":
            return place.lead or _body(place.path, place.tier or len(place.path)) or CENTRE
        return _body(place.path, self.ranks.get(rung.holder.removeprefix("@"), 0))

    def first(self, place: Place, *, level: int = 1) -> tuple[Rung, str] | None:
        """The rung at a level, or the next above it that asks somebody; None where there is none."""
        return self._above(level - 1, None, place)

    def next(self, level: int, asked: str, place: Place) -> tuple[Rung, str] | None:
        """The next rung above a level that asks somebody else; None at the top."""
        return self._above(level, asked, place)

    def _above(self, level: int, asked: str | None, place: Place) -> tuple[Rung, str] | None:
        for rung in self.rungs:
            unit = self.addressee(rung, place) if rung.level > level else None
            if unit is not None and _is_above(unit, asked, place.path):
                return rung, unit
        return None


def _is_above(unit: str, asked: str | None, path: Sequence[str]) -> bool:
    """Whether asking a unit is going up: it is another, and no body within the one that was asked before."""
    bodies = [f"@{cell}" for cell in path]
    return unit != asked and (asked not in bodies or unit not in bodies or bodies.index(unit) < bodies.index(asked))


def _body(path: Sequence[str], rank: int) -> str | None:
    return f"@{path[rank - 1]}" if 1 <= rank <= len(path) else None
