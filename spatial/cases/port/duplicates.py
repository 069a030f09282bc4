"""Finding the open cases that are the same complaint as one that somebody makes, or has made.

Candidates come by the spatial index, across borders of cells and whatever the certainty; `likeness.py` judges each.
Refuses to join: a reporter supports, a clerk merges, and only a citizen's own repeat is joined by itself
(`askers.py`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.port.likeness import Bounds, Complaint, Likeness, compare
from spatial.errors import Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "duplicates.sql")
_MOST = 200  # nearest candidates that are compared
_METRES_PER_DEGREE = 110_000.0  # a little less than anywhere on a meridian: the box is never too small


@dataclass(frozen=True)
class Candidate:
    """An open case that is likely the same complaint, with the evidence. `supporters` are others who said so and are
    known, `unnamed_supporters` those of whom nothing is certain.
    """

    district: str
    case_no: str
    category: str | None
    state: str
    step: str
    received_at: datetime
    supporters: int
    unnamed_supporters: int
    lon: float
    lat: float
    tags: tuple[str, ...]
    likeness: Likeness


@dataclass(frozen=True)
class DuplicateRule:
    """Bounds of a class of its own."""

    matter: str
    within: timedelta
    floor_m: float
    least_fit: float


@dataclass(frozen=True)
class BoundsTable:
    """The settings, and the classes that have bounds of their own."""

    settings: Bounds
    rules: dict[str, DuplicateRule]

    def of(self, nodes: Sequence[str]) -> Bounds:
        """The bounds for a matter, given with what it belongs to, the most specific first; else the settings."""
        own = next((self.rules[node] for node in nodes if node in self.rules), None)
        if own is None:
            return self.settings
        return replace(self.settings, within=own.within, floor_m=own.floor_m, least_fit=own.least_fit)


def read_bounds(conn: Connection) -> BoundsTable:
    """What counts as the same complaint, as it stands."""
    settings = Bounds(**run(conn, SQL["duplicate_bounds"]).one()._mapping)
    return BoundsTable(settings, {rule.matter: rule for rule in list_rules(conn)})


def list_rules(conn: Connection) -> list[DuplicateRule]:
    """The classes that have bounds of their own."""
    return [DuplicateRule(**row._mapping) for row in run(conn, SQL["duplicate_rules"])]


def put_rule(conn: Connection, rule: DuplicateRule) -> None:
    """Give a class bounds of its own. Raises Invalid for bounds that bound nothing."""
    if rule.within <= timedelta(0) or not 0 < rule.floor_m <= 1000 or not 0 < rule.least_fit < 1:
        raise Invalid("within, floor_m (to 1000) and least_fit (below 1) must be greater than 0", field="within")
    run(conn, SQL["put_rule"], vars(rule))


def list_duplicates(
    conn: Connection, *, complaint: Complaint, bounds: Bounds, reach: Reach, limit: int = 10, but: str | None = None
) -> list[Candidate]:
    """The open cases within a reach that are likely the same, the likeliest first; `but` leaves out one case."""
    rows = run(conn, SQL["candidates"], _around(complaint, bounds) | {"reach": reach.bound, "but": but})
    found = [_candidate(row, compare(complaint, _complaint(row), bounds)) for row in rows]
    likely = [candidate for candidate in found if candidate.likeness.is_same]
    likely.sort(key=lambda candidate: (-candidate.likeness.score, candidate.received_at, candidate.case_no))
    return likely[:limit]


def get_complaint(conn: Connection, *, reach: Reach, case_no: str) -> Complaint:
    """What a case says, to be compared with others. Raises NotFound also outside the reach."""
    row = run(conn, SQL["complaint_of"], {"case_no": case_no, "reach": reach.bound}).first()
    if row is None:
        raise NotFound(f"there is no case {case_no} within your reach")
    return _complaint(row)


def _around(complaint: Complaint, bounds: Bounds) -> dict[str, Any]:
    height = bounds.farthest_m / _METRES_PER_DEGREE
    width = height / max(math.cos(math.radians(complaint.lat)), 1e-3)
    return {
        "lon": complaint.lon, "lat": complaint.lat, "category": complaint.category, "limit": _MOST,
        "west": complaint.lon - width, "east": complaint.lon + width,
        "south": complaint.lat - height, "north": complaint.lat + height,
        "since": complaint.at - bounds.within, "until": complaint.at + bounds.within,
    }  # fmt: skip


def _complaint(row: Row[Any]) -> Complaint:
    return Complaint(
        lon=row.lon, lat=row.lat, accuracy_m=row.accuracy_m, at=row.seen_at, category=row.category,
        text=row.text or "", photos=frozenset(row.photos),
    )  # fmt: skip


def _candidate(row: Row[Any], likeness: Likeness) -> Candidate:
    return Candidate(
        district=row.district, case_no=row.case_no, category=row.category, state=row.state, step=row.step,
        received_at=row.received_at, supporters=row.supporters,
        unnamed_supporters=row.unnamed_supporters, lon=row.lon, lat=row.lat,
        tags=(*row.current_path, *row.parties), likeness=likeness,
    )  # fmt: skip
