"""What happens between opening and decision: members, minutes, and actions with an owner and a date.

Every step locks the case first, as acts do, and is told in the case's chain by codes; words lie in rows.
Refuses to decide (`deciding.py`), to commit, and to wake readers.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.clocks import read_calendar
from spatial.cases.conferences.opening import add_members, end, tell
from spatial.cases.conferences.seating import Member, resolve_members
from spatial.cases.disputes.acting import LockedCase, lock_case
from spatial.cases.disputes.units import resolve_unit
from spatial.cases.library.shelving import shelve_minutes
from spatial.errors import Conflict, Forbidden, Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY, Reach

SQL = load_queries(__file__, "conferring.sql")


@dataclass(frozen=True)
class ActionDraft:
    """What somebody is to do by when. `owner` is a department, `@level`, or `@cell`."""

    owner: str
    what: str
    due_at: datetime


def lock_conference(conn: Connection, conference: int, *, reach: Reach) -> tuple[LockedCase, Row[Any]]:
    """A conference with its case, both held; the case first, as every act does. Raises NotFound outside the reach."""
    absent = NotFound(f"there is no conference {conference} within your reach")
    found = run(conn, SQL["conference_case"], {"id": conference}).first()
    if found is None:
        raise absent
    try:
        case = lock_case(conn, reach=reach, case_no=found.case_no)
    except NotFound:  # names the case, which who asked did not know
        raise absent from None
    return case, run(conn, SQL["lock_conference"], {"id": conference}).one()


def check_open(conference: Row[Any]) -> None:
    """Raise Conflict for a conference that is over."""
    if conference.state != "open":
        is_decided = conference.state == "decided"
        told = f"it gave the case to {conference.lead}" if is_decided else "it ended without a decision"
        raise Conflict(f"conference {conference.id} is over: {told}", extra={"conference": conference.id})


def join(conn: Connection, conference: int, *, members: Sequence[Member], reach: Reach, now: datetime) -> None:
    """Add members to an open conference. Raises NotFound, Conflict, Invalid."""
    case, row = lock_conference(conn, conference, reach=reach)
    check_open(row)
    add_members(conn, conference, resolve_members(conn, members, path=case.current_path, now=now))


def minute(
    conn: Connection,
    conference: int,
    *,
    text: str,
    held_at: datetime | None,
    reach: Reach,
    actor: str,
    now: datetime,
    corrects: int | None = None,
) -> int:
    """Add a sheet of minutes, or one that corrects an earlier one; its number. Raises NotFound, Conflict, Invalid.

    `held_at` lies between the beginning of the city day on which the conference was opened and its end, or now; None
    is that of the corrected sheet, or now. Behind the end a sheet is a correction; `corrects` None: of the newest.
    """
    case, row = lock_conference(conn, conference, reach=reach)
    if not text.strip():
        raise Invalid("text of the minutes is missing", field="text")
    corrected = _corrected(conn, row, corrects)
    at = held_at or (now if corrected is None else corrected.held_at)
    _check_held(conn, row, at, now)
    of = None if corrected is None else corrected.ordinal
    said = {"id": conference, "text": text.strip(), "held_at": at, "actor": actor, "now": now, "corrects": of}
    ordinal = int(run(conn, SQL["add_minutes"], said).scalar_one())
    shelve_minutes(conn, conference=conference, ordinal=ordinal)
    told = {"conference": conference, "sheet": ordinal} | ({} if of is None else {"corrects": of})
    tell(conn, case, "minuted", told, actor=actor, now=now)
    return ordinal


def _corrected(conn: Connection, conference: Row[Any], corrects: int | None) -> Row[Any] | None:
    """The sheet that a new one corrects; None for one that is added to those of an open conference."""
    if corrects is None and conference.state == "open":
        return None
    standing = {row.ordinal: row for row in run(conn, SQL["sheets_that_stand"], {"id": conference.id})}
    if not standing:
        check_open(conference)  # nothing was said in it that could be put right
    if corrects is None:
        return next(iter(standing.values()))
    if corrects not in standing:
        known = ", ".join(map(str, sorted(standing))) or "none"
        sentence = f"corrects names sheet {corrects}, which is not there or was corrected; those that stand: {known}"
        raise Invalid(sentence, field="corrects")
    return standing[corrects]


def _check_held(conn: Connection, conference: Row[Any], held_at: datetime, now: datetime) -> None:
    if held_at > now:
        raise Invalid("held_at lies ahead; minutes tell what was", field="held_at")
    if conference.closed_at is not None and held_at > conference.closed_at:
        over = f"held_at lies behind {conference.closed_at.isoformat()}, when this conference was over"
        raise Invalid(f"{over}; minutes tell what was said in it", field="held_at")
    zone = read_calendar(conn, conference.district).zone
    opened_on = conference.opened_at.astimezone(zone).date()
    # Same day allowed: a round often meets in the morning and is entered as a conference behind it.
    if held_at.astimezone(zone).date() < opened_on:
        sentence = f"held_at lies before {opened_on.isoformat()}, the day on which this conference was opened"
        raise Invalid(f"{sentence}; minutes tell what was said in it", field="held_at")


def add_actions(
    conn: Connection, case: LockedCase, conference: int, drafts: Sequence[ActionDraft], *, actor: str, now: datetime
) -> list[int]:
    """Write down what is to be done; the numbers. Raises Invalid for an unknown owner, or a date that is past."""
    numbers = []
    for draft in drafts:
        owner = resolve_unit(conn, draft.owner, path=case.current_path, now=now, field="owner")
        if draft.due_at <= now:
            raise Invalid("due_at lies in the past; give the owner time", field="due_at")
        if not draft.what.strip():
            raise Invalid("what is to be done is missing", field="what")
        said = {"id": conference, "owner": owner, "what": draft.what.strip(), "due_at": draft.due_at, "now": now}
        ordinal = int(run(conn, SQL["add_action"], said).scalar_one())
        told = {"conference": conference, "action": ordinal, "owner": owner, "action_state": "open"}
        tell(conn, case, "conference_acted", told, actor=actor, now=now)
        numbers.append(ordinal)
    return numbers


def assign(
    conn: Connection, conference: int, *, drafts: Sequence[ActionDraft], reach: Reach, actor: str, now: datetime
) -> list[int]:
    """Add actions to a conference that is open or decided; the numbers."""
    case, row = lock_conference(conn, conference, reach=reach)
    if row.state == "ended":
        check_open(row)
    return add_actions(conn, case, conference, drafts, actor=actor, now=now)


def finish_action(
    conn: Connection,
    conference: int,
    ordinal: int,
    *,
    state: str,
    note: str,
    own: Set[str] | None,
    reach: Reach,
    actor: str,
    now: datetime,
) -> None:
    """End an action as `done` or `cancelled`. `own` are the units that the person speaks for, None is any.

    Its owner may, also where he does not see the case. Raises NotFound, Forbidden for another unit's action, Conflict
    for one that has ended.
    """
    asked = {"id": conference, "ordinal": ordinal}
    is_own = own is not None and run(conn, SQL["owner_of_action"], asked).scalar_one_or_none() in own
    case, _ = lock_conference(conn, conference, reach=WHOLE_CITY if is_own else reach)
    action = run(conn, SQL["lock_action"], {"id": conference, "ordinal": ordinal}).first()
    if action is None:
        raise NotFound(f"conference {conference} has no action {ordinal}")
    if own is not None and action.owner not in own:
        raise Forbidden(f"action {ordinal} is {action.owner}'s to end")
    if action.state != "open":
        raise Conflict(f"action {ordinal} is {action.state} already")
    if state not in ("done", "cancelled"):
        raise Invalid("state takes done or cancelled", field="state")
    ended = {"id": conference, "ordinal": ordinal, "state": state, "note": note, "actor": actor, "now": now}
    run(conn, SQL["end_action"], ended)
    told = {"conference": conference, "action": ordinal, "owner": action.owner, "action_state": state}
    tell(conn, case, "conference_acted", told, actor=actor, now=now)


def end_conference(conn: Connection, conference: int, *, why: str, reach: Reach, actor: str, now: datetime) -> None:
    """End a conference without a decision; the case stays where it is. Raises NotFound, Conflict, Invalid."""
    case, row = lock_conference(conn, conference, reach=reach)
    check_open(row)
    if not why.strip():
        raise Invalid("reason must say why the conference ends without a decision", field="reason")
    end(conn, case, conference, why=why.strip(), actor=actor, now=now)
