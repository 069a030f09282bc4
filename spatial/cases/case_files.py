"""Case files: reading them, within a reach, and by the id of the report that opened them.

A case is handed out only against a `Reach`, except to the sender of its report, who proves himself by the
report's id. Knows rows; refuses to know who is asking.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import NOTHING, Reach

SQL = load_queries(__file__)


@dataclass(frozen=True)
class CaseFile:
    """A case as it stands. Position in WGS 84 degrees; moments aware, UTC."""

    district: str
    case_no: str
    report_id: UUID
    step: str
    state: str
    source: str
    category: str | None
    certainty: str
    unit: str | None
    path: tuple[str, ...]
    current_unit: str | None
    current_path: tuple[str, ...]
    revision: int
    candidates: list[dict[str, Any]]
    owner: dict[str, Any]
    lon: float
    lat: float
    accuracy_m: float
    accuracy_assumed: bool
    captured_at: datetime
    captured_in_future: bool
    received_at: datetime
    in_force_at: datetime
    step_due_at: datetime | None
    due_at: datetime | None
    is_history: bool
    is_fallback: bool
    text: str | None
    place_code: str | None
    photos: tuple[str, ...]
    attributes: dict[str, str]
    sorted: dict[str, Any] | None
    platform: str
    nature: str = "government"
    provider: str | None = None
    contact_due_at: datetime | None = None
    contacted_at: datetime | None = None
    standard: int | None = None
    lead: str | None = None
    assisting: tuple[str, ...] = ()
    returns: int = 0
    ruling: int | None = None
    precedent: str | None = None
    parties: tuple[str, ...] = ()
    due_reason: str = "provisional"
    limit_amount: Decimal | None = None
    limit_unit: str | None = None
    paused_since: datetime | None = None
    tier: int | None = None
    tier_since: datetime | None = None
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    taken_at: datetime | None = None
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    warn_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    is_self_solved: bool = False
    reworks: int = 0
    reopens: int = 0
    extensions: int = 0
    suspensions: int = 0
    appeals: int = 0
    merged_into: str | None = None
    supporters: int = 0
    unnamed_supporters: int = 0
    archived_at: datetime | None = None
    missed_at: datetime | None = None
    missed_by: str | None = None
    missed_until: datetime | None = None
    is_citizens: bool = False
    late_at: datetime | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """What a reach is held against."""
        return (*self.current_path, *self.parties)


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to; `bbox` is (west, south, east, north) in WGS 84 degrees.

    `words` is looked for in numbers, unit codes and names, and in texts within `text_reach`, as they are masked.
    `colour` is one with the moment at which cases have it; `counted` leaves those alone that the figures by colour
    count, whose clock runs or stands. `tier` is the rank of the level that holds a case.
    `with_nobody` leaves those that are handed to nobody, `off_grid` those that lie in no street of the grid in force.
    `overdue_at` leaves only open cases with a limit before that moment; with a provider, those whom nobody contacted.
    """

    step: str | None = None
    certainty: str | None = None
    category: str | None = None
    state: str | None = None
    platform: str | None = None
    nature: str | None = None
    provider: str | None = None
    lead: str | None = None
    with_nobody: bool = False
    off_grid: bool = False
    tier: int | None = None
    cell: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    words: str | None = None
    text_reach: Reach = NOTHING
    overdue_at: datetime | None = None
    colour: tuple[str, datetime] | None = None
    counted: bool = False


@dataclass(frozen=True)
class CaseTotals:
    """Figures within a reach. What is `overdue` is a part of `open`, as `referred_overdue` is of `referred`."""

    new_today: int
    open: int
    overdue: int
    referred: int
    referred_overdue: int
    outside: int
    ambiguous: int


def list_cases(
    conn: Connection,
    *,
    reach: Reach,
    narrowed: CaseFilter,
    limit: int,
    behind: tuple[datetime, str] | None = None,
) -> list[CaseFile]:
    """Cases newest first, behind a place in that order given as (received_at, case_no)."""
    west, south, east, north = narrowed.bbox or (None, None, None, None)
    before, before_no = behind or (None, None)
    params = {
        "reach": reach.bound,
        "step": narrowed.step,
        "certainty": narrowed.certainty,
        "category": narrowed.category,
        "state": narrowed.state,
        "platform": narrowed.platform,
        "nature": narrowed.nature,
        "provider": narrowed.provider,
        "lead": narrowed.lead,
        "with_nobody": narrowed.with_nobody,
        "off_grid": narrowed.off_grid,
        "tier": narrowed.tier,
        "cell": narrowed.cell,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "words": narrowed.words,
        "text_reach": narrowed.text_reach.bound,
        "late_before": narrowed.overdue_at,
        "counted": narrowed.counted,
        "colour": narrowed.colour and narrowed.colour[0],
        "colour_at": narrowed.colour and narrowed.colour[1],
        "before": before,
        "before_no": before_no,
        "limit": limit,
    }
    return [case_of(row) for row in run(conn, SQL["list_cases"], params)]


def list_by_number(conn: Connection, *, reach: Reach, numbers: Sequence[str]) -> list[CaseFile]:
    """The cases with these numbers that lie within the reach."""
    rows = run(conn, SQL["cases_by_number"], {"numbers": list(numbers), "reach": reach.bound})
    return [case_of(row) for row in rows]


def get_case(conn: Connection, *, reach: Reach, case_no: str) -> CaseFile:
    """One case. Raises NotFound also for one that lies outside the reach: that it exists is not told."""
    found = list_by_number(conn, reach=reach, numbers=[case_no])
    if not found:
        raise NotFound(f"there is no case {case_no} within your reach")
    return found[0]


def list_filed(conn: Connection, *, report_ids: Sequence[UUID], sender: str | None = None) -> dict[UUID, CaseFile]:
    """The cases that these reports opened, by report id, with the owner as first decided; with `sender`, only his."""
    rows = run(conn, SQL["cases_filed"], {"ids": [str(i) for i in report_ids], "sender": sender})
    return {row.asked_id: replace(case_of(row), owner=row.first_owner) for row in rows}


def count_cases(conn: Connection, *, reach: Reach, now: datetime) -> CaseTotals:
    """The figures of the strip below the map."""
    row = run(conn, SQL["case_totals"], {"reach": reach.bound, "now": now}).one()
    return CaseTotals(**row._mapping)


@dataclass(frozen=True)
class Said:
    """A position as a report told it, in its datum."""

    lon: float
    lat: float
    datum: str


def list_said(conn: Connection, *, sender: str, reach: Reach, limit: int) -> list[Said]:
    """The positions that one sender told, newest first."""
    rows = run(conn, SQL["said_positions"], {"sender": sender, "reach": reach.bound, "limit": limit})
    return [Said(row.lon, row.lat, row.datum) for row in rows]


_FIELDS = [field.name for field in fields(CaseFile)]


def case_of(row: Row[Any]) -> CaseFile:
    """A row of this table, with position, text and photos, as a value."""
    columns = row._mapping
    values = {name: columns[name] for name in _FIELDS}
    tuples = {name: tuple(values[name]) for name in ("path", "current_path", "photos", "assisting", "parties")}
    return CaseFile(**(values | tuples))
