"""One search over closed and self-solved cases, rulings and minutes, by words, place, time and class.

Everything found lies in a case within the reach; texts lack the numbers and addresses by which a citizen could be
found. Refuses to know who is asking.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.library.words import Words, highlight, read_words
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "searching.sql")
KINDS = ("case", "ruling", "minutes")
Place = tuple[datetime, int]  # at, id: a place in the order of the list


@dataclass(frozen=True)
class LibraryFilter:
    """What a search is narrowed to. `bbox` is (west, south, east, north) in WGS 84 degrees; `until` is left out.

    `disc` is (lon, lat, radius in metres). `matter` finds what is about it or below it.
    """

    words: str | None = None
    kind: str | None = None
    matter: str | None = None
    cell: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    disc: tuple[float, float, float] | None = None
    since: datetime | None = None
    until: datetime | None = None
    self_solved: bool | None = None


@dataclass(frozen=True)
class Entry:
    """Something found: `ref` is a case number, a ruling's id, or a conference's id and sheet.

    `piece` is part of its words and `hits` where in it the question stands. Position of the case in WGS 84 degrees.
    """

    id: int
    kind: str
    ref: str
    case_no: str
    at: datetime
    matter: str | None
    matter_name: str | None
    matter_name_zh: str | None
    unit: str | None
    lon: float
    lat: float
    is_self_solved: bool
    outcome: str | None
    precedent: str | None
    piece: str
    hits: tuple[tuple[int, int], ...]


def search(
    conn: Connection, *, narrowed: LibraryFilter, reach: Reach, limit: int, behind: Place | None = None
) -> list[Entry]:
    """What fits, newest first, behind a place in that order."""
    words = read_words(narrowed.words or "")
    stems = run(conn, SQL["stems"], {"latin": words.latin}).scalar_one() if words.latin else []
    rows = run(conn, SQL["search_library"], _asked(narrowed, words, reach, limit, behind))
    return [_entry(row, words, stems) for row in rows]


def _asked(narrowed: LibraryFilter, words: Words, reach: Reach, limit: int, behind: Place | None) -> dict[str, Any]:
    west, south, east, north = narrowed.bbox or (None, None, None, None)
    before, last = behind or (None, None)
    lon, lat, radius_m = narrowed.disc or (None, None, None)
    box = {"west": west, "south": south, "east": east, "north": north, "lon": lon, "lat": lat, "radius_m": radius_m}
    asked = {"asks": words.asks, "grams": words.grams, "latin": words.latin, "patterns": words.patterns}
    return vars(narrowed) | box | asked | {"reach": reach.bound, "limit": limit, "before": before, "last": last}


def _entry(row: Row[Any], words: Words, stems: list[str]) -> Entry:
    columns = dict(row._mapping)
    piece, hits = highlight(columns.pop("words"), words, stems)
    return Entry(**columns, piece=piece, hits=tuple(hits))
