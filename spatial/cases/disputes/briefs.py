"""The numbered internal brief (内部专报): at the end of each period, the disputes that wait for a ruling.

A dispute stands in one brief and stays there; the brief is closed when the last of its disputes is settled.
What a period missed, because it was entered behind its end or while nobody swept, the next one takes up.

Knows briefs and what they list. Refuses to rule, and to know how a brief looks on paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from spatial.cases.disputes.papers import take_brief_number
from spatial.cases.disputes.periods import period_ends
from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "briefs.sql")


@dataclass(frozen=True)
class Brief:
    """A brief as it stands; `disputes` and `open` count those within the reader's reach."""

    number: str
    period_from: datetime
    period_until: datetime
    issued_at: datetime
    closed_at: datetime | None
    disputes: int
    open: int


@dataclass(frozen=True)
class Refusal:
    """A unit that said "not mine", why, and what it rests on; `name_zh` is its name where it has no other."""

    unit: str
    name: str
    name_zh: str
    reason: str
    basis: str
    at: datetime


@dataclass(frozen=True)
class Entry:
    """A dispute as a brief tells it: what it is about, where it lies, and who would not have it.

    `tags` are what a reach is compared with: whoever tells the words asks them who may read words there.
    """

    dispute: int
    case_no: str
    matter: str | None
    matter_name: str | None
    matter_name_zh: str | None
    entry: str
    note: str
    entered_at: datetime
    settled_at: datetime | None
    is_over_age: bool
    state: str
    lon: float
    lat: float
    cell: str | None
    place: tuple[str, ...]
    tags: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    lead: str | None
    lead_zh: str | None
    precedent: str | None

    def age_days(self, now: datetime) -> int:
        """Whole days that the dispute has waited, or did until it was settled."""
        return ((self.settled_at or now) - self.entered_at).days

    def with_words(self, told: Callable[[str], str]) -> Self:
        """The same with every text that a person wrote as `told` makes it."""
        refusals = tuple(replace(one, reason=told(one.reason), basis=told(one.basis)) for one in self.refusals)
        return replace(self, note=told(self.note), refusals=refusals)


def issue_due_briefs(conn: Connection, *, now: datetime) -> list[str]:
    """Issue a brief for each period that has ended and has disputes to tell; answers the numbers.

    Catches up: each period that nobody issued has a brief of its own. Twice at once is once: the second waits
    for the first and finds nothing left.
    """
    run(conn, SQL["hold_briefs"])
    facts = run(conn, SQL["brief_facts"]).one()
    if facts.oldest is None:
        return []
    zone = ZoneInfo(facts.time_zone)
    ends = period_ends(after=facts.oldest, until=now, period=facts.period, weekday=facts.weekday, zone=zone)
    numbers = (_issue(conn, start, end, now) for start, end in ends)
    return [number for number in numbers if number is not None]


def _issue(conn: Connection, start: datetime, end: datetime, now: datetime) -> str | None:
    if run(conn, SQL["brief_of_period"], {"until": end}).first():
        return None
    # Locked before the brief is written: one that is being ruled on meanwhile falls out, and none is left empty.
    disputes = list(run(conn, SQL["lock_waiting_disputes"], {"until": end}).scalars())
    if not disputes:
        return None
    number = take_brief_number(conn, at=now)
    row = {"number": number, "from": start, "until": end, "now": now}
    brief = run(conn, SQL["insert_brief"], row).scalar_one()
    run(conn, SQL["put_into_brief"], {"brief": brief, "disputes": disputes})
    told = {"until": end.isoformat(), "disputes": len(disputes)}
    append(conn, [EventDraft("", "brief", number, "brief.issued", now, "system", (), told)])
    return number


def close_settled_brief(conn: Connection, *, brief: int | None, now: datetime) -> str | None:
    """Close a brief if none of its disputes is open any more; its number if it was closed now.

    Call it behind settling a dispute, with the brief that it stands in.
    """
    if brief is None:
        return None
    # Two who settle the last two disputes at once would each still see the other's open: one waits here.
    number: str | None = run(conn, SQL["lock_open_brief"], {"brief": brief}).scalar_one_or_none()
    if number is None or not run(conn, SQL["close_brief"], {"brief": brief, "now": now}).rowcount:
        return None
    append(conn, [EventDraft("", "brief", number, "brief.closed", now, "system", (), {})])
    return number


def close_settled_briefs(conn: Connection, *, now: datetime) -> list[str]:
    """Close the briefs whose disputes were all settled in another way, by withdrawing them; their numbers."""
    briefs = list(run(conn, SQL["settled_briefs"]).scalars())
    closed = (close_settled_brief(conn, brief=brief, now=now) for brief in briefs)
    return [number for number in closed if number is not None]


def list_briefs(
    conn: Connection, *, reach: Reach, is_open: bool | None, limit: int, before: datetime | None
) -> list[Brief]:
    """Briefs newest first, those whose period ended before a moment."""
    asked = {"reach": reach.bound, "is_open": is_open, "limit": limit, "before": before, "number": None}
    return [Brief(**row._mapping) for row in run(conn, SQL["briefs"], asked)]


def get_brief(conn: Connection, *, reach: Reach, number: str) -> Brief:
    """One brief by its number. Raises NotFound."""
    asked = {"reach": reach.bound, "is_open": None, "limit": 1, "before": None, "number": number}
    row = run(conn, SQL["briefs"], asked).first()
    if row is None:
        raise NotFound(f"there is no brief {number}; see /api/v1/briefs")
    return Brief(**row._mapping)


def list_entries(conn: Connection, *, reach: Reach, number: str, now: datetime) -> list[Entry]:
    """The disputes of a brief within a reach, oldest first; their age is told as of a moment."""
    rows = run(conn, SQL["brief_entries"], {"reach": reach.bound, "number": number, "now": now}).all()
    refusals = _refusals(conn, [row.dispute for row in rows])
    return [
        Entry(**dict(row._mapping) | {
            "place": tuple(row.place), "tags": tuple(row.tags), "refusals": tuple(refusals.get(row.dispute, ())),
        })
        for row in rows
    ]  # fmt: skip


def _refusals(conn: Connection, disputes: Sequence[int]) -> dict[int, list[Refusal]]:
    found: dict[int, list[Refusal]] = {}
    for row in run(conn, SQL["refusals"], {"disputes": list(disputes)}):
        told: dict[str, Any] = dict(row._mapping)
        found.setdefault(told.pop("dispute"), []).append(Refusal(**told))
    return found
