"""Call-backs (回访): the citizen is asked for the result, or tells it himself through his status link.

Outcomes are honest: not fixed is one, and whoever is dissatisfied gets his case reopened with a clock that starts
anew, so often as the setting says; further ones come before the supervisor (`settling.py`). Whoever is not reached is
tried again at another hour; behind the last try his case goes on without him, and his own first word still counts. An
unreasonable demand can be marked: it counts for nobody's satisfaction and stays listed, so that nobody needs to close
falsely for its sake. Knows rows and acts; refuses to know people and to send.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.clocks import Limit, read_calendar
from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.ending import reopen_case
from spatial.cases.recording import record
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "call_backs.sql")
VERDICTS = ("satisfied", "dissatisfied", "not_reached")
OUTCOMES = ("fixed", "not_fixed", "no_action_needed", "not_possible", "not_found")


@dataclass(frozen=True)
class Said:
    """What a call-back brought: the verdict, whether it is fixed by the citizen's word, his words and points if any."""

    verdict: str
    outcome: str | None = None
    words: str = ""
    score: int | None = None


@dataclass(frozen=True)
class CallBack:
    """One call-back. `cycle` counts the reopenings before it; `led_to` is 'nothing', 'reopened' or 'supervisor'.

    `settled_as` is what became of it there: 'reopen' or 'stays_closed', None while it waits.
    """

    district: str
    case_no: str
    ordinal: int
    cycle: int
    at: datetime
    actor: str
    spoken_by: str
    verdict: str
    outcome: str | None
    led_to: str
    settled_at: datetime | None
    settled_by: str | None
    settled_as: str | None
    unit: str | None
    handler: str | None
    is_unreasonable: bool
    marked_by: str | None
    marked_at: datetime | None


def keep_call_back(
    conn: Connection, case: LockedCase, *, said: Said, spoken_by: str, actor: str, now: datetime
) -> LockedCase:
    """Keep what the citizen says, and reopen where it wants it; `spoken_by` is 'clerk' or 'citizen'.

    Raises IllegalAct where the case is not closed, Conflict where this closing has its answer or was tried just now,
    Invalid for a verdict without an outcome, or an outcome from nobody.
    """
    check_act(read_transitions(conn), state=case.state, act="call_back")
    _check_said(said)
    tries = _tries(conn, case)
    _check_not_answered(case, tries)
    if said.verdict == "not_reached":
        _check_spaced(conn, case, tries, now)
    led_to = _led_to(conn, case, said)
    row = {"cycle": case.reopens, "spoken_by": spoken_by, "verdict": said.verdict, "outcome": said.outcome}
    params = {**case.key, **row, "led_to": led_to, "unit": case.lead, "actor": actor, "now": now}
    ordinal = int(run(conn, SQL["insert_call_back"], params).scalar_one())
    if said.words:
        note_words(conn, case, act="call_back", note=said.words, actor=actor, now=now)
    is_tried_again = said.verdict == "not_reached" and tries.missed + 1 < read_attempts(conn)
    told = {"verdict": said.verdict, "outcome": said.outcome, "spoken_by": spoken_by, "led_to": led_to}
    called = _told(conn, case, None if is_tried_again else ordinal, told, actor=actor, now=now)
    if led_to != "reopened":
        return called
    return reopen_case(conn, called, reason=said.words or f"call-back: {said.outcome}", actor=actor, now=now)


def list_call_backs(conn: Connection, case: Mapping[str, str]) -> list[CallBack]:
    """The call-backs of a case that was read within a reach, found by its key, oldest first."""
    return [CallBack(**row._mapping) for row in run(conn, SQL["call_backs_of"], dict(case))]


def list_waiting(
    conn: Connection, *, reach: Reach, limit: int, after: tuple[datetime, str] | None = None
) -> list[CallBack]:
    """Dissatisfied call-backs that wait for the supervisor, longest waiting first."""
    moment, number = after or (None, None)
    params = {"reach": reach.bound, "limit": limit, "after": moment, "after_no": number}
    return [CallBack(**row._mapping) for row in run(conn, SQL["waiting_call_backs"], params)]


def mark_unreasonable(
    conn: Connection,
    case: LockedCase,
    *,
    ordinal: int,
    is_unreasonable: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Mark a demand as unreasonable, or take the mark off; the reason is kept, and the case's chain tells who did.

    What has happened stays as it is.

    Raises NotFound for a call-back that there is none, or at which nobody was reached.
    """
    params = {**case.key, "ordinal": ordinal, "is_unreasonable": is_unreasonable, "actor": actor, "now": now}
    if run(conn, SQL["mark_call_back"], params).first() is None:
        raise NotFound(f"case {case.case_no} has no call-back {ordinal} at which somebody was reached", field="ordinal")
    note_words(conn, case, act="mark_call_back", note=reason, actor=actor, now=now)
    told = {"act": "mark_call_back", "ordinal": ordinal, "is_unreasonable": is_unreasonable, "state": case.state}
    path = (*case.current_path, *case.parties)
    kind = "case.call_back_marked"
    record(conn, [EventDraft(case.district, "case", case.case_no, kind, now, actor, path, told)])


def is_answered(conn: Connection, case: LockedCase) -> bool:
    """Whether the citizen has said what he thinks of this closing."""
    return bool(_tries(conn, case).answered)


def is_waiting(conn: Connection, case: LockedCase) -> bool:
    """Whether what the citizen said waits for the supervisor."""
    return bool(run(conn, SQL["is_waiting"], case.key).scalar_one())


def is_open_to_word(conn: Connection, case: LockedCase) -> bool:
    """Whether the citizen's first word on this closing is taken now, from whoever brings it."""
    tries = _tries(conn, case)
    return not tries.answered and (case.state != "evaluated" or tries.missed > 0)


def leads_to(conn: Connection, case: LockedCase) -> str:
    """What a dissatisfied answer leads to: 'reopened', or 'supervisor' where the case was reopened for one before."""
    before = int(run(conn, SQL["reopened_by_call_back"], case.key).scalar_one())
    return "reopened" if before < _number(conn, "reopens_by_call_back") else "supervisor"


def read_spacing(conn: Connection) -> Limit:
    """How much time lies between a call that reached nobody and the next one that counts."""
    said = run(conn, SQL["call_back_spacing"]).scalar_one()
    return Limit(Decimal(str(said["amount"])), said["unit"])


def read_attempts(conn: Connection) -> int:
    """How often nobody is reached until the case goes on without its citizen."""
    return _number(conn, "call_back_attempts")


def _check_said(said: Said) -> None:
    if said.verdict not in VERDICTS:
        raise Invalid(f"verdict {said.verdict!r} is none; choose {', '.join(VERDICTS)}", field="verdict")
    if said.verdict == "not_reached" and (said.outcome is not None or said.score is not None):
        field = "score" if said.outcome is None else "outcome"
        raise Invalid(f"{field} is the citizen's word; nobody was reached who could say it", field=field)
    if said.verdict != "not_reached" and said.outcome not in OUTCOMES:
        raise Invalid(f"outcome is missing; choose {', '.join(OUTCOMES)}", field="outcome")


def _tries(conn: Connection, case: LockedCase) -> Row[Any]:
    return run(conn, SQL["tries_of"], {**case.key, "cycle": case.reopens}).one()


def _check_not_answered(case: LockedCase, tries: Row[Any]) -> None:
    if tries.answered:
        raise Conflict("the citizen has said what he thinks of this result; he is asked again when it is closed again")
    if case.state == "evaluated" and not tries.missed:
        raise Conflict("this case is evaluated, and no citizen was missed who could still say what he thinks of it")


def _check_spaced(conn: Connection, case: LockedCase, tries: Row[Any], now: datetime) -> None:
    """Who was not reached is tried at another hour, and so often as the setting says."""
    if case.state != "closed":
        raise Conflict("the citizen was tried as often as is asked for; what he says himself is still taken")
    if tries.last_at is None:
        return
    calendar = read_calendar(conn, case.district)
    again = calendar.add(tries.last_at, read_spacing(conn))
    if now < again:
        when = again.astimezone(calendar.zone)
        raise Conflict(f"nobody was reached a short while ago; try at another hour, from {when:%Y-%m-%d %H:%M} on")


def _led_to(conn: Connection, case: LockedCase, said: Said) -> str:
    return leads_to(conn, case) if said.verdict == "dissatisfied" else "nothing"


def _told(
    conn: Connection, case: LockedCase, call_back: int | None, told: dict[str, str | None], *, actor: str, now: datetime
) -> LockedCase:
    """Called back by this call-back; None: nobody was reached, and it will be tried again."""
    to, changes = (case.state, {}) if call_back is None else ("called_back", {"call_back": call_back})
    return move_case(conn, case, act="call_back", to_state=to, changes=changes, actor=actor, now=now, payload=told)


def _number(conn: Connection, key: str) -> int:
    return int(run(conn, SQL["setting_number"], {"key": key}).scalar_one())
