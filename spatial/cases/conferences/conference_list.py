"""Reading conferences: lists within a reach, and one with its members, minutes and actions.

A conference is seen where its case is, and by the units that sit in it or have something to do by it: who was called
to a table reads what was said there, also when he never held the case. Words are read by those who read texts, and
lack the numbers and addresses by which a citizen could be found. Refuses to know who is asking: reach and units come
in.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.conferences.seating import Member
from spatial.cases.masking import mask
from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "conference_list.sql")


@dataclass(frozen=True)
class ConferenceFilter:
    """What a list is narrowed to; `late_at` leaves those with an open action that was due before that moment."""

    state: str | None = None
    board: str | None = None
    trigger: str | None = None
    case_no: str | None = None
    cell: str | None = None
    late_at: datetime | None = None
    number: int | None = None


@dataclass(frozen=True)
class Minutes:
    """One sheet of minutes; `corrects` is the earlier sheet that it puts right, `corrected_by` the later one."""

    ordinal: int
    held_at: datetime
    text: str
    recorded_at: datetime
    recorded_by: str
    corrects: int | None
    corrected_by: int | None


@dataclass(frozen=True)
class Action:
    """What somebody is to do by when; `is_late` when it was not done by then, of which he was told at `chased_at`."""

    ordinal: int
    owner: str
    what: str
    due_at: datetime
    state: str
    note: str
    ended_at: datetime | None
    is_late: bool
    chased_at: datetime | None


@dataclass(frozen=True)
class Conference:
    """A conference as it stands, on the case `case_no`, which stands in `case_state`."""

    id: int
    case_no: str
    case_state: str
    category: str | None
    board: str
    board_name: str
    board_name_zh: str
    trigger: str
    reason: str
    dispute: int | None
    state: str
    due_since: datetime
    opened_at: datetime
    opened_by: str
    lead: str | None
    assisting: tuple[str, ...]
    grounds: str
    ruling: int | None
    precedent: str | None
    closed_at: datetime | None
    closed_by: str | None
    end_reason: str
    open_actions: int
    late_actions: int
    tags: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    minutes: tuple[Minutes, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Due:
    """A case on which a conference could be opened, by which trigger and since when."""

    case_no: str
    trigger: str
    since: datetime
    state: str
    category: str | None


def list_conferences(
    conn: Connection,
    *,
    reach: Reach,
    text_reach: Reach,
    narrowed: ConferenceFilter,
    now: datetime,
    limit: int,
    before: int | None = None,
    own: Set[str] = frozenset(),
) -> list[Conference]:
    """Conferences on cases within a reach, and those of the units `own`, newest first; without their papers.

    `before` is the number behind which the list begins.
    """
    asked = vars(narrowed) | {"reach": reach.bound, "own": sorted(own), "now": now, "limit": limit, "before": before}
    return [_conference(row, text_reach) for row in run(conn, SQL["conferences"], asked)]


def get_conference(
    conn: Connection, number: int, *, reach: Reach, text_reach: Reach, now: datetime, own: Set[str] = frozenset()
) -> Conference:
    """One conference with its members, minutes and actions. Raises NotFound."""
    asked = vars(ConferenceFilter(number=number)) | {"reach": reach.bound, "own": sorted(own), "now": now}
    row = run(conn, SQL["conferences"], asked | {"limit": 1, "before": None}).first()
    if row is None:
        raise NotFound(f"there is no conference {number} within your reach")
    shows = row.sits or text_reach.covers(row.tags)
    members = tuple(Member(one.unit, one.person) for one in run(conn, SQL["members"], {"id": number}))
    minutes = tuple(_minutes(one, shows) for one in run(conn, SQL["minutes"], {"id": number}))
    actions = tuple(_action(one, shows) for one in run(conn, SQL["actions"], {"id": number, "now": now}))
    return replace(_conference(row, text_reach), members=members, minutes=minutes, actions=actions)


def list_due(
    conn: Connection, *, reach: Reach, now: datetime, limit: int, behind: tuple[datetime, str] | None = None
) -> list[Due]:
    """Cases within a reach on which a trigger stands and no conference is open, the longest waiting first.

    `behind` is the moment and the case at which a page before ended.
    """
    since, case_no = behind or (None, None)
    asked = {"reach": reach.bound, "now": now, "limit": limit, "since": since, "case_no": case_no}
    return [Due(**row._mapping) for row in run(conn, SQL["calling"], asked)]


def _conference(row: Row[Any], text_reach: Reach) -> Conference:
    columns = {name: value for name, value in row._mapping.items() if name != "sits"}
    shows = row.sits or text_reach.covers(row.tags)
    words = {name: mask(columns[name]) if shows else "" for name in ("reason", "grounds", "end_reason")}
    return Conference(**columns | words | {"assisting": tuple(row.assisting), "tags": tuple(row.tags)})


def _minutes(row: Row[Any], shows: bool) -> Minutes:
    return Minutes(**dict(row._mapping) | {"text": mask(row.text) if shows else ""})


def _action(row: Row[Any], shows: bool) -> Action:
    words = {name: mask(getattr(row, name)) if shows else "" for name in ("what", "note")}
    return Action(**dict(row._mapping) | words)
