"""A citizen who says the same again: he keeps his first number, and no second case is opened.

The same citizen, the same class and the same place inside the window (`likeness.py`). What he said the second time is
kept beside the first. Knows reports that were placed and claimed by this very transaction; refuses to join what two
citizens say: that is a reporter's or a clerk's decision.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.port.askers import SQL
from spatial.cases.port.likeness import Bounds, Complaint, compare
from spatial.cases.port.telling import tell_joined
from spatial.cases.recording import record
from spatial.store.db import run
from spatial.store.events import EventDraft

BoundsOf = Callable[[str | None], Bounds]
_LONGEST = timedelta(days=31)  # of any class's window: how far back a citizen's cases are looked for


@dataclass(frozen=True)
class Said:
    """A report that waits to become a case, with the number it would have. `keys` are the digests of who says it: of
    either of his contacts, and of his account.
    """

    report_id: UUID
    keys: tuple[str, ...]
    district: str
    case_no: str
    complaint: Complaint


@dataclass(frozen=True)
class Standing:
    """How far a case has come, and by when more is to happen."""

    step: str
    step_due_at: datetime | None
    due_at: datetime | None
    due_reason: str


@dataclass(frozen=True)
class _Own:
    district: str
    case_no: str
    complaint: Complaint


def find_repeats(conn: Connection, said: Sequence[Said], *, bounds_of: BoundsOf) -> dict[UUID, tuple[str, str]]:
    """The reports that repeat what their citizen said before, here or earlier among these, with the first one's key.

    Holds the citizens until the transaction ends, so that two repeats at the same moment do not both become cases.
    """
    known = [one for one in said if one.keys]
    if not known:
        return {}
    own = _own_cases(conn, known)
    joined: dict[UUID, tuple[str, str]] = {}
    for one in known:
        first = _first(_of_all(own, one.keys), one.complaint, bounds_of(one.complaint.category))
        if first is None:
            for key in one.keys:
                own.setdefault(key, []).append(_Own(one.district, one.case_no, one.complaint))
        else:
            joined[one.report_id] = (first.district, first.case_no)
    return joined


def tell_repeats(
    conn: Connection, joined: Mapping[UUID, tuple[str, str]], *, actors: Mapping[UUID, str], part: str, now: datetime
) -> None:
    """Tell in the cases' chains that somebody said the same again, and him that it was received; holds the cases."""
    if not joined:
        return
    numbers = sorted({case_no for _, case_no in joined.values()})
    held = {row.case_no: row for row in run(conn, SQL["hold_cases"], {"numbers": numbers})}
    record(conn, [
        EventDraft(district, "case", case_no, "case.supported", now, actors[report_id],
                   (*held[case_no].current_path, *held[case_no].parties),
                   {"part": part, "supporters": held[case_no].supporters,
                    "unnamed_supporters": held[case_no].unnamed_supporters})
        for report_id, (district, case_no) in joined.items()
    ])  # fmt: skip
    tell_joined(conn, joined, now=now)


def find_standing(conn: Connection, numbers: Iterable[str]) -> dict[str, Standing]:
    """How far the cases have come that stand for these, by the numbers asked for; nothing is read for none."""
    asked = sorted(set(numbers))
    rows = run(conn, SQL["standing_for"], {"numbers": asked}) if asked else ()
    return {row.of_no: Standing(row.step, row.step_due_at, row.due_at, row.due_reason) for row in rows}


def rebind_keys(conn: Connection, joined: Mapping[UUID, tuple[str, str]]) -> None:
    """Let the ids of repeats lead to the first case."""
    if joined:
        rows = [{"id": str(i), "district": district, "case_no": number} for i, (district, number) in joined.items()]
        run(conn, SQL["rebind_keys"], {"rows": json.dumps(rows)})


def _of_all(own: Mapping[str, list[_Own]], keys: Sequence[str]) -> list[_Own]:
    """What a citizen has said by any of his contacts, oldest first."""
    mine = {one.case_no: one for key in keys for one in own.get(key, ())}
    return sorted(mine.values(), key=lambda one: (one.complaint.at, one.case_no))


def _own_cases(conn: Connection, said: Sequence[Said]) -> dict[str, list[_Own]]:
    digests = sorted({key for one in said for key in one.keys})
    run(conn, SQL["hold_citizens"], {"digests": digests})
    since = min(one.complaint.at for one in said) - _LONGEST
    found: dict[str, list[_Own]] = {}
    for row in run(conn, SQL["own_cases"], {"digests": digests, "since": since}):
        for key in {row.citizen, row.known_as, row.mailbox} - {None}:
            found.setdefault(key, []).append(_Own(row.district, row.case_no, _complaint(row)))
    return found


def _complaint(row: Any) -> Complaint:
    return Complaint(row.lon, row.lat, row.accuracy_m, row.seen_at, row.category, row.text or "")


def _first(own: list[_Own], complaint: Complaint, bounds: Bounds) -> _Own | None:
    return next((one for one in own if _is_repeat(complaint, one.complaint, bounds)), None)


def _is_repeat(complaint: Complaint, first: Complaint, bounds: Bounds) -> bool:
    like = compare(complaint, first, bounds)
    return like.is_same and like.fit >= bounds.repeat_fit
