"""Reading whistles: lists within a reach, and one with its calls, report-ins and scores.

Refuses to know who is asking: the reach comes in. What was written in words lacks numbers and addresses.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.conferences.arrivals import colour, was_due
from spatial.cases.masking import mask
from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "whistle_list.sql")


@dataclass(frozen=True)
class WhistleFilter:
    """What a list is narrowed to; `late` leaves those to which a unit came late or not at all, `units` those that call
    one of them, `expected` those that are not over, or that one of these units may still reach in time.
    """

    state: str | None = None
    type: str | None = None
    unit: str | None = None
    case_no: str | None = None
    cell: str | None = None
    late: bool | None = None
    number: int | None = None
    units: tuple[str, ...] | None = None
    expected: bool | None = None


@dataclass(frozen=True)
class Call:
    """A called unit: when it was due and there, or released, its colour, and whether it came or should have.

    `is_expected`: it may report in.
    """

    unit: str
    due_at: datetime
    arrived_at: datetime | None
    released_at: datetime | None
    colour: str
    was_due: bool
    is_expected: bool


@dataclass(frozen=True)
class Heard:
    """A report-in as it was said."""

    unit: str
    at: datetime
    captured_at: datetime
    lon: float
    lat: float
    accuracy_m: float
    distance_m: float
    counts: bool
    why: str


@dataclass(frozen=True)
class Score:
    """What one side says of the other, 1 to 5."""

    by_unit: str
    about: str
    score: int
    note: str
    at: datetime


@dataclass(frozen=True)
class Whistle:
    """A whistle as it stands. Position in WGS 84 degrees, metres."""

    id: int
    type: str
    type_name: str
    type_name_zh: str
    case_no: str | None
    street: str
    what: str
    place: str
    lon: float
    lat: float
    radius_m: float | None
    unit: str
    raised_at: datetime
    raised_by: str
    wanted_at: datetime | None
    due_at: datetime
    state: str
    outcome: str | None
    result: str
    closed_at: datetime | None
    calls: tuple[Call, ...]
    report_ins: tuple[Heard, ...]
    scores: tuple[Score, ...]
    tags: tuple[str, ...] = ()


def list_whistles(
    conn: Connection,
    *,
    reach: Reach,
    text_reach: Reach,
    narrowed: WhistleFilter,
    now: datetime,
    limit: int,
    before: int | None = None,
) -> list[Whistle]:
    """Whistles within a reach, newest first, behind the one numbered `before`."""
    units = None if narrowed.units is None else list(narrowed.units)
    bound = {"units": units, "reach": reach.bound, "now": now, "limit": limit, "before": before}
    asked = vars(narrowed) | bound
    rows = run(conn, SQL["whistles"], asked).all()
    ids = {"ids": [row.id for row in rows]}
    calls, heard, scores = (run(conn, SQL[name], ids).all() for name in ("calls_of", "report_ins_of", "scores_of"))
    return [_whistle(row, calls, heard, scores, text_reach, now) for row in rows]


def get_whistle(conn: Connection, number: int, *, reach: Reach, text_reach: Reach, now: datetime) -> Whistle:
    """One whistle. Raises NotFound."""
    narrowed = WhistleFilter(number=number)
    found = list_whistles(conn, reach=reach, text_reach=text_reach, narrowed=narrowed, now=now, limit=1)
    if not found:
        raise NotFound(f"there is no whistle {number} within your reach")
    return found[0]


def _call(row: Row[Any], state: str, now: datetime) -> Call:
    facts: dict[str, datetime] = {"due_at": row.due_at, "arrived_at": row.arrived_at, "released_at": row.released_at}
    waits = row.arrived_at is None and row.released_at is None and (state == "raised" or row.due_at >= now)
    shows, due = colour(**facts, now=now), was_due(**facts, now=now)
    return Call(row.unit, **facts, colour=shows, was_due=due, is_expected=waits)


def _whistle(row: Row[Any], calls: Any, heard: Any, scores: Any, text_reach: Reach, now: datetime) -> Whistle:
    columns = dict(row._mapping) | {"tags": tuple(row.tags)}
    shows = text_reach.covers(row.tags)
    words = {name: mask(columns[name]) if shows else "" for name in ("what", "place", "result")}
    own = [one for one in calls if one.whistle == row.id]
    said = (dict(one._mapping) for one in heard if one.whistle == row.id)
    given = (dict(one._mapping) for one in scores if one.whistle == row.id)
    return Whistle(
        **columns | words,
        calls=tuple(_call(one, row.state, now) for one in own),
        report_ins=tuple(Heard(**{k: v for k, v in one.items() if k != "whistle"}) for one in said),
        scores=tuple(
            Score(**{k: v for k, v in one.items() if k != "whistle"} | {"note": mask(one["note"]) if shows else ""})
            for one in given
        ),
    )  # fmt: skip
