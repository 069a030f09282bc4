"""Chases for yellow cases and orders for red ones, a page at a time, each once for each deadline of a case.

The parts of helpers are asked about in the same way, each of its own unit by its own deadline. An order bears the
moment at which the case turned, or ran again behind its deadline, not the one at which somebody woke, and its reply is
due from there. Two at once: a case that another holds is passed over, and a unique key refuses a second row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from spatial.cases.recording import record
from spatial.cases.supervision import ladder as ladders
from spatial.cases.supervision.ladder import ORDER, Amount, Ladder, Ladders, Rung
from spatial.cases.supervision.moments import Wanted, reckon
from spatial.cases.supervision.rules import read_ladders
from spatial.cases.supervision.stages import Paged, Place
from spatial.store.db import hold_grid_shared, run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "sweeping.sql")
SYSTEM = "system"
CHASE = "chase"


class HeldCase(Protocol):
    """What of a case, held by this transaction, an order is made of."""

    @property
    def district(self) -> str:
        """Its home."""
        ...

    @property
    def case_no(self) -> str:
        """Its number."""
        ...

    @property
    def source(self) -> str:
        """By which way it came in: a source may have a ladder of its own."""
        ...

    @property
    def lead(self) -> str | None:
        """The unit that has it."""
        ...

    @property
    def tier(self) -> int | None:
        """The rank of the grid that holds it."""
        ...

    @property
    def current_path(self) -> Sequence[str]:
        """Where it lies, widest first."""
        ...

    @property
    def parties(self) -> Sequence[str]:
        """Who holds it, as tags."""
        ...


@dataclass(frozen=True)
class Asked:
    """An order to be written: about which case, or which helper's part of it (`task`), of whom, since when and why."""

    case: HeldCase
    kind: str
    cause: str
    rung: Rung
    addressee: str
    due_at: datetime
    climbed_from: int | None = None
    clock_due_at: datetime | None = None
    task: int | None = None


def order_red(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Orders for red cases that have none for their deadline; a page behind (due_at, case_no)."""
    return _turned(conn, "due_orders", (ORDER, "red"), now, limit, behind)


def chase_yellow(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Chases for cases that have turned yellow, those that are red by now too; a page behind (warn_at, case_no)."""
    return _turned(conn, "due_chases", (CHASE, "yellow"), now, limit, behind)


def order_late_parts(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Orders for late parts of helpers; a page behind (due_at, case_no/ordinal)."""
    return _turned(conn, "due_part_orders", (ORDER, "red"), now, limit, behind)


def chase_parts(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Chases for parts of helpers that have turned yellow; a page behind (warn_at, case_no/ordinal)."""
    return _turned(conn, "due_part_chases", (CHASE, "yellow"), now, limit, behind)


def write_orders(
    conn: Connection, ladders: Ladders, wanted: Sequence[Asked], *, actor: str, now: datetime, tell: bool = True
) -> list[int]:
    """Write orders on held cases and tell them; the numbers of those that nobody had written before."""
    if not wanted:
        return []
    rows = _rows(conn, ladders, wanted, actor, now)
    written = run(conn, SQL["insert_orders"], {"rows": json.dumps(rows, default=_plain)}).all()
    by_key = {(one.case.district, one.case.case_no, one.climbed_from, one.task): one for one in wanted}
    if tell:
        told = [(by_key[row.district, row.case_no, row.climbed_from, row.task], row.id) for row in written]
        record(conn, [_event(one, number, actor, now) for one, number in told])
    return [row.id for row in written]


def place_of(case: HeldCase) -> ladders.Place:
    """Whose a case is and where it lies."""
    return ladders.Place(case.lead, case.tier, tuple(case.current_path))


def told_of(one: Asked, number: int) -> dict[str, Any]:
    """What an event tells of an order: codes, refs and moments."""
    return {"order": number, "kind": one.kind, "cause": one.cause, "level": one.rung.level, "unit": one.addressee,
            "due_at": one.due_at.isoformat()}  # fmt: skip


def _turned(
    conn: Connection, query: str, what: tuple[str, str], now: datetime, limit: int, behind: Place | None
) -> Paged:
    hold_grid_shared(conn)
    after, after_no = behind or (None, None)
    found = run(conn, SQL[query], {"now": now, "limit": limit, "after": after, "after_no": after_no}).all()
    if not found:
        return Paged(0, more=False)
    ladders = read_ladders(conn)
    asked = [(case, ladders.of(case.source).first(place_of(case))) for case in found]
    wanted = [_first(case, *what, rung=first[0], unit=first[1]) for case, first in asked if first is not None]
    due = [one for one in _delayed(conn, wanted) if one.due_at <= now]
    done = len(write_orders(conn, ladders, due, actor=SYSTEM, now=now))
    return Paged(done, more=len(found) == limit, behind=(found[-1].place_at, found[-1].place_no))


def _first(case: Any, kind: str, cause: str, *, rung: Rung, unit: str) -> Asked:
    written = rung.kind if kind == ORDER else kind
    return Asked(
        case, written, cause, rung=rung, addressee=unit, due_at=case.since, clock_due_at=case.due_at, task=case.task
    )  # fmt: skip


def _delayed(conn: Connection, wanted: Sequence[Asked]) -> list[Asked]:
    """The same, each due when its rung says: some wait for the day behind the deadline. Chases wait for nothing."""
    waiting = [one for one in wanted if one.rung.after is not None and one.kind != CHASE]
    if not waiting:
        return list(wanted)
    moments = dict(zip(map(id, waiting), _limits(conn, [(one, one.rung.after) for one in waiting]), strict=True))
    return [replace(one, due_at=moments.get(id(one)) or one.due_at) for one in wanted]


def _rows(
    conn: Connection, ladders: Ladders, wanted: Sequence[Asked], actor: str, now: datetime
) -> list[dict[str, Any]]:
    replies = _limits(conn, [(one, one.rung.reply if one.kind == ORDER else None) for one in wanted])
    reds = _limits(conn, [(one, None if one.kind == CHASE else one.rung.still_red) for one in wanted])
    return [
        _row(ladders.of(one.case.source, by_hand=one.clock_due_at is None), one, reply, red)
        | {"written_at": now, "written_by": actor}
        for one, reply, red in zip(wanted, replies, reds, strict=True)
    ]


def _limits(conn: Connection, asked: Sequence[tuple[Asked, Amount | None]]) -> list[datetime | None]:
    """When these limits are used up that run from the moments at which orders are due; None where there is no limit."""
    known = [Wanted(one.case.district, one.due_at, *limit) for one, limit in asked if limit is not None]
    moments = iter(reckon(conn, known))
    return [None if limit is None else next(moments) for _, limit in asked]


def _row(ladder: Ladder, one: Asked, reply: datetime | None, red: datetime | None) -> dict[str, Any]:
    place = place_of(one.case)
    row: dict[str, Any] = {
        "district": one.case.district, "case_no": one.case.case_no, "kind": one.kind, "cause": one.cause,
        "level": one.rung.level, "addressee": one.addressee, "clock_due_at": one.clock_due_at,
        "task": one.task,
        "due_at": one.due_at, "climbed_from": one.climbed_from,
    }  # fmt: skip
    if one.kind == CHASE:
        return row
    has_above = ladder.next(one.rung.level, one.addressee, place) is not None
    still_red = red if one.clock_due_at is not None else None
    climb = min((at for at in (reply, still_red) if at is not None), default=None) if has_above else None
    told = {"reply_due_at": reply, "still_red_at": still_red, "climb_at": climb}
    return row | told | {"copied": ladder.copied(one.rung, place)}


def _event(one: Asked, number: int, actor: str, now: datetime) -> EventDraft:
    kind = "case.chased" if one.kind == CHASE else "case.supervised"
    hearers = tuple(dict.fromkeys([*one.case.current_path, *one.case.parties]))
    payload: Mapping[str, Any] = told_of(one, number)
    return EventDraft(one.case.district, "case", one.case.case_no, kind, now, actor, hearers, dict(payload))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
