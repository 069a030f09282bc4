"""Whom to ring up (待回访): the closed cases whose citizens one person is to ask, longest closed first.

The cases that wait for him as call-backs in his work list, told for a row of telephone calls: how often nobody was
reached, and from when on a try that reaches nobody counts again. Never tells who reported: that is a look, and logged.
Knows rows; refuses to know people, and to record a call.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.clocks import read_clocks
from spatial.cases.evaluation.call_backs import read_attempts, read_spacing
from spatial.cases.evaluation.standing import OWN_WORK
from spatial.cases.waiting import Waited
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import NOTHING

SQL = load_queries(__file__, "to_call.sql")
_NARROWED = ("tried", "category", "lead", "cell", "number")


@dataclass(frozen=True)
class CallFilter:
    """What the list is narrowed to. `tried`: somebody was tried before, or nobody yet; `ready`: may be tried now."""

    tried: bool | None = None
    ready: bool = False
    category: str | None = None
    lead: str | None = None
    cell: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class ToCall:
    """A case whose citizen is to be asked. `missed` of `attempts` tries reached nobody; `again_at`: the next may be
    made from then on, None now. `text` is in clear.
    """

    district: str
    case_no: str
    category: str | None
    source: str
    cell: str | None
    current_path: tuple[str, ...]
    parties: tuple[str, ...]
    lead: str | None
    outcome: str | None
    closed_at: datetime
    text: str | None
    missed: int
    last_at: datetime | None
    attempts: int
    again_at: datetime | None

    @property
    def tags(self) -> tuple[str, ...]:
        """What a reach is held against."""
        return (*self.current_path, *self.parties)


def list_to_call(
    conn: Connection,
    *,
    waited: Waited,
    narrowed: CallFilter,
    now: datetime,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[ToCall]:
    """The cases whose citizens somebody is to ask, longest closed first, behind a place (closed_at, case_no)."""
    spacing, clocks, attempts = read_spacing(conn), read_clocks(conn), read_attempts(conn)

    def again(district: str, last_at: datetime | None) -> datetime | None:
        when = None if last_at is None else clocks.of(district).add(last_at, spacing)
        return when if when is not None and when > now else None

    params = _whose(waited) | {name: getattr(narrowed, name) for name in _NARROWED}
    missed = run(conn, SQL["missed_lately"], params) if narrowed.ready else ()
    resting = [row.case_no for row in missed if again(row.district, row.last_at) is not None]
    moment, number = after or (None, None)
    params |= {"resting": resting, "after": moment, "after_no": number, "limit": limit}
    return [
        ToCall(
            **dict(row._mapping) | {"current_path": tuple(row.current_path), "parties": tuple(row.parties)},
            attempts=attempts,
            again_at=again(row.district, row.last_at),
        )
        for row in run(conn, SQL["to_call"], params)
    ]


def _whose(waited: Waited) -> dict[str, object]:
    """By whom the citizens are asked, and for whom he speaks: nobody asks for his own work."""
    return {
        "reach": waited.reach.bound,
        "call_back": waited.reaches.get("call_back", NOTHING).bound,
        "departments": [department for department, _ in waited.posts],
        "cells": [cell for _, cell in waited.posts],
        "actor": waited.actor,
        "own_work": OWN_WORK,
    }
