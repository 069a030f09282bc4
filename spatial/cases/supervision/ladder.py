"""The levels that a supervision order climbs: whoever holds the case, the street where it lies, the district's leader.

Pure: the rows of the ladders come in as values; a source may have a ladder of its own, as the 12345 hotline does. A
level whose body was asked already, or lies nowhere, is passed over. Refuses to know when an order climbs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

EVERY_SOURCE = ""  # the ladder of cases whose source has none of its own
ORDER, WRITTEN_CHASE, CRITICISM = "order", "written_chase", "criticism"
CENTRE = "centre"  # who is asked for a case that lies outside the grid and is with nobody


Amount = tuple[Decimal, str]


@dataclass(frozen=True)
class Rung:
    """A level: what is written to whom, within which limit he replies, and behind which one red goes a level up.

    Only an order wants a reply. `copy_to` is a level of the grid whose body has it for its knowledge; `after` how long
    behind a deadline this is written where it is the first.
    """

    level: int
    holder: str
    reply: Amount | None
    still_red: Amount
    kind: str = ORDER
    copy_to: str | None = None
    after: Amount | None = None


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
        return self._at(rung.holder, place)

    def copied(self, rung: Rung, place: Place) -> list[str]:
        """Who has it for his knowledge."""
        body = self._at(rung.copy_to, place) if rung.copy_to else None
        return [] if body is None or body == self.addressee(rung, place) else [body]

    def first(self, place: Place, *, level: int = 1) -> tuple[Rung, str] | None:
        """The rung at a level, or the next above it that asks somebody; None where there is none."""
        return self._above(level - 1, None, place)

    def next(self, level: int, asked: str, place: Place) -> tuple[Rung, str] | None:
        """The next rung above a level that asks somebody else; None at the top."""
        return self._above(level, asked, place)

    def _above(self, level: int, asked: str | None, place: Place) -> tuple[Rung, str] | None:
        for rung in self.rungs:
            unit = self.addressee(rung, place) if rung.level > level else None
            # Who is criticised is who was asked: that is no step up, and no step that could be left out.
            if unit is not None and (rung.kind == CRITICISM or _is_above(unit, asked, place.path)):
                return rung, unit
        return None

    def _at(self, level: str, place: Place) -> str | None:
        return _body(place.path, self.ranks.get(level.removeprefix("@"), 0))


@dataclass(frozen=True)
class Ladders:
    """The ladder of each source that has its own, and the one of all others under EVERY_SOURCE."""

    by_source: Mapping[str, Ladder]

    def of(self, source: str, *, by_hand: bool = False) -> Ladder:
        """The ladder of a source; what a supervisor orders by hand climbs the one of all."""
        return self.by_source.get(EVERY_SOURCE if by_hand else source) or self.by_source[EVERY_SOURCE]


def _is_above(unit: str, asked: str | None, path: Sequence[str]) -> bool:
    """Whether asking a unit is going up: it is another, and no body within the one that was asked before."""
    bodies = [f"@{cell}" for cell in path]
    return unit != asked and (asked not in bodies or unit not in bodies or bodies.index(unit) < bodies.index(asked))


def _body(path: Sequence[str], rank: int) -> str | None:
    return f"@{path[rank - 1]}" if 1 <= rank <= len(path) else None
