"""What the holder of a secret link reads: where his case stands, and what he was answered.

Tells no words of any citizen, no position, no name of a person. A supporter reads the same page as the reporter. The
holder of a link to a merged case reads of the case that it is handled with, under the number that he knows.
Refuses to know pages.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.clocks.horizon import BY_WEEKENDS
from spatial.cases.masking import mask
from spatial.cases.port.askers import Asked, get_asked
from spatial.cases.port.sentences import ORDER
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "status.sql")
_CLOSED = ("closed", "called_back", "evaluated")


@dataclass(frozen=True)
class ToldAnswer:
    """One answer; `facts` are what its sentence names (`sentences.say`), `words` the centre's own, masked."""

    kind: str
    at: datetime
    facts: dict[str, str]
    words: str


@dataclass(frozen=True)
class Status:
    """A case as its citizens read it. `case_no` is the number that the asker was given."""

    asked: Asked
    case_no: str
    handled_under: str
    step: str
    state: str
    received_at: datetime
    due_at: datetime | None
    due_reason: str
    closed_at: datetime | None
    outcome: str | None
    supporters: int
    unnamed_supporters: int
    category: tuple[str, str] | None
    lead: tuple[str, str] | None
    answers: tuple[ToldAnswer, ...]


def get_status(conn: Connection, *, token: str, now: datetime) -> Status:
    """What a link's holder reads. Raises NotFound for a token that opens nothing."""
    asked = get_asked(conn, token=token)
    key = {"district": asked.district, "case_no": asked.case_no}
    row = run(conn, SQL["status_of"], key | {"now": now}).one()
    told = {"since": asked.asked_at, "order": list(ORDER), "asker": asked.id, "part": asked.part}
    answers = run(conn, SQL["answers_of"], key | told)
    # A date that may still change, or was reckoned without knowing the holidays, is no promise.
    is_fixed = row.due_reason != "provisional" and BY_WEEKENDS not in row.due_reason
    is_closed = row.state in _CLOSED  # a reopened case keeps the moment at which it had been closed
    return Status(
        asked=asked,
        case_no=asked.case_no,
        handled_under=row.case_no,
        step=row.step,
        state=row.state,
        received_at=asked.asked_at,
        due_at=row.due_at if is_fixed and not is_closed else None,
        due_reason=row.due_reason,
        closed_at=row.closed_at if is_closed else None,
        outcome=row.outcome,
        supporters=row.supporters,
        unnamed_supporters=row.unnamed_supporters,
        category=_names(row.category_name, row.category_name_zh),
        lead=_names(row.lead_name, row.lead_name_zh),
        answers=tuple(ToldAnswer(one.kind, one.at, one.facts, mask(one.words)) for one in answers),
    )


def _names(name: str | None, name_zh: str | None) -> tuple[str, str] | None:
    return None if name is None else (name, name_zh or name)
