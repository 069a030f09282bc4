"""Half-open validity, as a value: from a moment until before another; None is open.

Pure. Knows aware moments. Refuses to know what is valid.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# A moment in the year 1 or 9999 can leave the calendar when it is turned to UTC, and its row could not be read again.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
STRAYS = "lies outside the years 1900 to 2199; leave it away where there is no such moment"


@dataclass(frozen=True)
class Span:
    """[since, until); None means without a beginning, or without an end."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no moment lies inside."""
        return self.since is not None and self.until is not None and self.until <= self.since

    @property
    def strays(self) -> str | None:
        """Which of its ends no city means, as the wire calls it: `from` or `until`; None when both are sound."""
        ends = {"from": self.since, "until": self.until}
        return next((name for name, at in ends.items() if at is not None and not EARLIEST <= at < LATEST), None)

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies inside."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def covers(self, other: "Span") -> bool:
        """Whether all of another span lies inside."""
        begins = self.since is None or (other.since is not None and self.since <= other.since)
        ends = self.until is None or (other.until is not None and other.until <= self.until)
        return begins and ends

    def meets(self, other: "Span") -> bool:
        """Whether the two share a moment."""
        one = self.until is None or other.since is None or other.since < self.until
        two = other.until is None or self.since is None or self.since < other.until
        return one and two

    def bound(self) -> dict[str, Any]:
        """What a query binds as `%(since)s` and `%(until)s`."""
        return {"since": self.since, "until": self.until}

    def __str__(self) -> str:
        since = f"from {self.since.isoformat()}" if self.since else "from the beginning"
        return since + (f" until {self.until.isoformat()}" if self.until else " without an end")
