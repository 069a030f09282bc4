"""Limits: an amount of time on one of four clocks.

Knows the clocks by name and what an amount may be. Refuses to know a calendar: what a limit comes to on the wall is
`calendar.py`'s.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from spatial.errors import Invalid

URGENT_HOUR = "urgent_hour"
WORKING_HOUR = "working_hour"
WORKING_DAY = "working_day"
CALENDAR_DAY = "calendar_day"
UNITS = (URGENT_HOUR, WORKING_HOUR, WORKING_DAY, CALENDAR_DAY)
HOUR_US = 3_600_000_000
GRAIN = 1_000_000  # a limit is a whole number of millionths of its unit; all arithmetic is in whole numbers then


@dataclass(frozen=True)
class Limit:
    """An amount of time: `amount` of `unit`, one of UNITS; more than nothing, at most six decimals.

    Raises Invalid for any other amount or unit.
    """

    amount: Decimal | int
    unit: str

    def __post_init__(self) -> None:
        check_unit(self.unit)
        amount = Decimal(self.amount)
        if not amount.is_finite() or amount <= 0:
            raise Invalid("amount of a limit must be more than 0", field="amount")
        if (Fraction(amount) * GRAIN).denominator != 1:
            raise Invalid("amount of a limit has at most six decimals", field="amount")

    @property
    def exact(self) -> Fraction:
        """The amount as a fraction."""
        return Fraction(self.amount)

    @property
    def millionths(self) -> int:
        """The amount in millionths of the unit, a whole number."""
        return int(self.exact * GRAIN)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


def check_unit(unit: str) -> None:
    """Raises Invalid for a clock that nobody knows."""
    if unit not in UNITS:
        raise Invalid(f"unit {unit} is no clock; it is one of {', '.join(UNITS)}", field="unit")
