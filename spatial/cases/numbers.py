"""Case numbers: 19 characters, 6 prefix of the home area + 8 city date + 5 serial.

The serial runs 00001 to 99999 and then A0000 to Z9999. Serials are taken in blocks, in a short transaction
of their own: a counter row inside the writing transaction costs four fifths of the rate. What is left of a
block when a server stops is a gap, and gaps are allowed.
"""

from collections.abc import Callable
from datetime import date
from threading import Lock

from sqlalchemy import Engine

from spatial.errors import Conflict
from spatial.store.db import run, transaction
from spatial.store.queries import load_queries

SQL = load_queries(__file__)
OUTSIDE_PREFIX = "000000"
LAST_SERIAL = 99_999 + 26 * 10_000
_BLOCK = 200

TakeSerials = Callable[[str, date, int], list[int]]


def format_case_number(prefix: str, day: date, serial: int) -> str:
    """The 19 characters. Raises Conflict when the day's serials are used up."""
    if not 1 <= serial <= LAST_SERIAL:
        raise Conflict(f"the case numbers of {prefix} for {day.isoformat()} are used up")
    return f"{prefix}{day:%Y%m%d}{_serial(serial)}"


def _serial(serial: int) -> str:
    if serial <= 99_999:
        return f"{serial:05d}"
    letter, rest = divmod(serial - 100_000, 10_000)
    return f"{chr(ord('A') + letter)}{rest:04d}"


class SerialBlocks:
    """Serials for one process: a block is taken at a time, and used up by its threads."""

    def __init__(self, engine: Engine, block: int = _BLOCK) -> None:
        self._engine = engine
        self._block = block
        self._left: dict[tuple[str, date], list[int]] = {}
        self._lock = Lock()

    def __call__(self, prefix: str, day: date, count: int) -> list[int]:
        """The next `count` serials of this prefix and city day; rising, not always without gaps."""
        with self._lock:
            left = self._left.setdefault((prefix, day), [])
            if len(left) < count:
                left.extend(self._take(prefix, day, max(self._block, count)))
            taken, self._left[prefix, day] = left[:count], left[count:]
            return taken

    def _take(self, prefix: str, day: date, count: int) -> list[int]:
        with transaction(self._engine) as conn:
            first = run(conn, SQL["take_serials"], {"prefix": prefix, "day": day, "count": count}).scalar_one()
        return list(range(first, first + count))
