"""Cursors of lists: the place of the last row, opaque to callers. Knows texts; refuses to know what is listed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from spatial.errors import Invalid


def write_cursor(*parts: str) -> str:
    """The parts of a place, none of which holds a space, as one opaque text."""
    return urlsafe_b64encode(" ".join(parts).encode()).decode().rstrip("=")


def read_cursor(text: str, count: int) -> list[str]:
    """The parts again. Raises Invalid when the text is none that a list gave out."""
    try:
        parts = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(" ")
    except ValueError:
        raise foreign_cursor() from None
    if len(parts) != count:
        raise foreign_cursor()
    return parts


def read_moments(parts: list[str]) -> list[datetime]:
    """Parts that are moments. Raises Invalid for others."""
    try:
        moments = [datetime.fromisoformat(part) for part in parts]
    except ValueError:
        raise foreign_cursor() from None
    if any(moment.tzinfo is None for moment in moments):
        raise foreign_cursor()
    return moments


def read_number(text: str | None) -> int | None:
    """The number in a cursor of a list that is ordered by numbers; None without a cursor. Raises Invalid."""
    if text is None:
        return None
    [number] = read_cursor(text, 1)
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise foreign_cursor()
    return int(number)


def foreign_cursor() -> Invalid:
    """The refusal of a cursor that no list gave out."""
    return Invalid("cursor is not one that this list gave out; leave it away to begin", field="cursor")
