"""Opening times of a span of years as sums: how much is open before a moment, and when an amount has passed.

Everything is a whole number of microseconds since 1970 in UTC, so that nothing is ever rounded. The lists serve one
case at a time, the arrays a million. Knows sums. Refuses to know holidays, shifts or zones: `days.py` has applied them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]


@dataclass(frozen=True)
class Openings:
    """Spans in which a clock runs, in order, none overlapping another; each belongs to a day that has any.

    `opens`, `closes`: each span's ends. `before`: open time before each span, and the total as the last. `day_of`: the
    ordinal of each span's day among those that are open at all. `day_start`: open time before each such day, and the
    total as the last.
    """

    first_year: int
    last_year: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    day_of: list[int]
    day_start: list[int]

    @property
    def total(self) -> int:
        """All open time of the table."""
        return self.before[-1]

    def passed(self, moment: int) -> int:
        """Open time from the table's beginning until a moment."""
        j = bisect_right(self.opens, moment) - 1
        return 0 if j < 0 else self.before[j] + min(moment, self.closes[j]) - self.opens[j]

    def when(self, passed: int) -> int:
        """The first moment by which this much open time has passed; more than 0, at most `total`."""
        j = bisect_left(self.before, passed) - 1
        return self.opens[j] + passed - self.before[j]

    def is_open(self, moment: int) -> bool:
        """Whether the clock runs at a moment; at closing time it does not."""
        j = bisect_right(self.opens, moment) - 1
        return j >= 0 and moment < self.closes[j]

    def day_at(self, passed: int) -> tuple[int, int]:
        """The ordinal of the day in which so much has passed, and how much of that day; a day's end is the next's
        beginning."""
        day = min(bisect_right(self.day_start, passed) - 1, len(self.day_start) - 2)
        return day, passed - self.day_start[day]

    def length(self, day: int) -> int:
        """Open time of a day by its ordinal."""
        return self.day_start[day + 1] - self.day_start[day]

    @cached_property
    def arrays(self) -> dict[str, Instants]:
        """The same lists as arrays, by their names."""
        names = ("opens", "closes", "before", "day_of", "day_start")
        return {name: np.asarray(getattr(self, name), dtype=np.int64) for name in names}


def build_openings(first_year: int, last_year: int, days: Iterable[list[tuple[int, int]]]) -> Openings:
    """The table of days, each a list of its spans in order; a day without any does not count as a day.

    Where the clocks go forward over a span's end it may begin before the one before it has ended: it waits for it.
    """
    table = Openings(first_year, last_year, [], [], [0], [], [0])
    last = None
    for spans in days:
        for begin, end in spans:
            begin = begin if last is None else max(begin, last)
            if begin >= end:
                continue
            table.opens.append(begin)
            table.closes.append(end)
            table.day_of.append(len(table.day_start) - 1)
            table.before.append(table.total + end - begin)
            last = end
        if table.total > table.day_start[-1]:
            table.day_start.append(table.total)
    return table
