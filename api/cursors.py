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


def foreign_cursor() -> Invalid:
    """The refusal of a cursor that no list gave out."""
    return Invalid("cursor is not one that this list gave out; leave it away to begin", field="cursor")
