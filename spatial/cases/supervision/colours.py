"""The colour of a case at a moment: green, yellow, red, grey, or none where no clock of ours runs.

Pure, for one case and for arrays of them. Source: domain 2.6. Yellow from `warn_at` on, red behind `due_at`; what was
closed late, or missed a deadline that it had before, stays red in history, what is suspended is grey. Refuses to know
where `warn_at` comes from (`warning.py`) and who holds the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

GREEN, YELLOW, RED, GREY, NONE = "green", "yellow", "red", "grey", "none"
COLOURS = (GREEN, YELLOW, RED, GREY)
RUNNING, SUSPENDED, OVER, OUTSIDE = range(4)  # how a clock stands; OUTSIDE: void, merged, referred, history
NEVER = np.iinfo(np.int64).max  # microseconds of a moment that there is none of
_RUNNING_STATES = frozenset(
    ("reported", "filed", "own_handling", "pending", "returned", "disputed", "ruled", "handling", "submitted")
)
_OVER_STATES = frozenset(("closed", "called_back", "evaluated"))


@dataclass(frozen=True)
class ColourRule:
    """When a limit in one unit of time turns yellow: this share of it is used, or so many units are left."""

    unit: str
    used_share: Fraction
    units_left: Fraction

    def left_when_yellow(self, limit: Decimal | Fraction | int) -> Fraction:
        """How much of a limit is left, in its unit, when it turns yellow; the earlier of the two counts."""
        whole = Fraction(limit)
        return min(whole, max(whole * (1 - self.used_share), self.units_left))


Rules = Mapping[str, ColourRule]


@dataclass(frozen=True)
class Clock:
    """What a colour is read from: the state of a case and the moments of its clock (aware)."""

    state: str
    due_at: datetime | None
    warn_at: datetime | None
    closed_at: datetime | None = None
    is_history: bool = False
    missed_at: datetime | None = None

    @property
    def standing(self) -> int:
        """How the clock stands: RUNNING, SUSPENDED, OVER or OUTSIDE."""
        if self.is_history:
            return OUTSIDE
        if self.state in _RUNNING_STATES:
            return RUNNING
        return SUSPENDED if self.state == "suspended" else OVER if self.state in _OVER_STATES else OUTSIDE


def colour_of(clock: Clock, *, now: datetime) -> str:
    """The colour at a moment. A case that has no deadline, or none that warns yet, is green."""
    standing = clock.standing
    if standing in (OUTSIDE, SUSPENDED):
        return NONE if standing == OUTSIDE else GREY
    if standing == OVER and clock.missed_at is not None:
        return RED
    seen_at = clock.closed_at if standing == OVER else now
    if clock.due_at is not None and seen_at is not None and seen_at > clock.due_at:
        return RED
    is_warned = standing == RUNNING and clock.warn_at is not None and now >= clock.warn_at
    return YELLOW if is_warned else GREEN


def colours_of(
    standings: NDArray[np.int8],
    dues: NDArray[np.int64],
    warnings: NDArray[np.int64],
    closings: NDArray[np.int64],
    misses: NDArray[np.int64],
    *,
    now: int,
) -> NDArray[np.str_]:
    """`colour_of` for arrays of one length; moments in microseconds since 1970 UTC, NEVER where there is none."""
    running, over = standings == RUNNING, standings == OVER
    late = np.where(over, (closings != NEVER) & (closings > dues) | (misses != NEVER), now > dues)
    choices = [standings == OUTSIDE, standings == SUSPENDED, late & (running | over), running & (now >= warnings)]
    return np.select(choices, [NONE, GREY, RED, YELLOW], default=GREEN)
