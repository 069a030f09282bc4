"""Which rows of the table decide: the partial order of specificity, and what a tie means.

A row stands somewhere on two axes. On the axis of matter a minor class is more specific than a major class, and that
than a category; on the axis of place an exclusive grid comes before a jurisdiction polygon, then the cells and
levels of the grid from the unit up to the widest. Row A beats row B only if it is at least as specific on both axes
and more so on one. Whatever no other row beats is the front. Where the rows of the front name one lead, that is the
lead; where they name several, that is ambiguity, unless the district has set a priority.

Pure: knows ranks and rows. Refuses to know how a row was found to apply.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

MATTER_RANKS = {"category": 1, "major": 2, "minor": 3}
POLYGON, EXCLUSIVE_GRID = 6, 7  # behind every rank of the grid, which has at most five levels
PLACE_KINDS = {"polygon": POLYGON, "exclusive_grid": EXCLUSIVE_GRID}


@dataclass(frozen=True)
class Standing:
    """How specific a row is: matter 1 to 3; place a grid's rank 1 to 5, 6 for a polygon, 7 for an exclusive grid."""

    matter: int
    place: int

    def beats(self, other: "Standing") -> bool:
        """Whether a row that stands here makes one that stands there irrelevant."""
        return self != other and self.matter >= other.matter and self.place >= other.place


class Ranked(Protocol):
    """What the order asks of a row."""

    @property
    def standing(self) -> Standing:
        """Where it stands on the two axes."""
        ...

    @property
    def priority(self) -> int | None:
        """The district's word for a tie; the highest wins."""
        ...


Row = TypeVar("Row", bound=Ranked)


def split_front(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[Row, str]]]:
    """The rows that decide, and the others with why not: `less_specific` or `lower_priority`; in their order.

    Several rows may decide; whether they agree on a lead is for the caller to see.
    """
    standings = {row.standing for row in rows}
    front = {one for one in standings if not any(other.beats(one) for other in standings)}
    highest = _highest(row.priority for row in rows if row.standing in front)
    deciding: list[Row] = []
    beaten: list[tuple[Row, str]] = []
    for row in rows:
        if row.standing not in front:
            beaten.append((row, "less_specific"))
        elif row.priority != highest and highest is not None:
            beaten.append((row, "lower_priority"))
        else:
            deciding.append(row)
    return deciding, beaten


def _highest(priorities: Iterable[int | None]) -> int | None:
    return max((one for one in priorities if one is not None), default=None)
