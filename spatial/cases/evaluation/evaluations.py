"""Two-way evaluation (评价): the citizen scores the result, the grid the department, the department the report.

One side alone is the defect that this mends. A case is evaluated when everything that must be scored is scored; one
that a citizen reported or joined needs its call-back first, and what waits for the supervisor waits here too. Knows
rows and acts; refuses to know who somebody is: whether he may score comes in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.evaluation.call_backs import is_answered, is_waiting
from spatial.errors import Conflict, Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "evaluations.sql")
SUBJECTS = ("result", "department", "report")
OVER = ("closed", "called_back", "evaluated")
_LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class Evaluation:
    """Points from 1 to 5. `unit` led the case; `about` signed the work that is scored; `cycle` counts reopenings."""

    cycle: int
    subject: str
    score: int
    at: datetime
    actor: str
    unit: str | None
    about: str | None


@dataclass(frozen=True)
class Note:
    """Words of a call-back or an evaluation."""

    act: str
    note: str
    at: datetime
    actor: str


def give_score(
    conn: Connection, case: LockedCase, *, subject: str, score: int, words: str, actor: str, now: datetime
) -> LockedCase:
    """Give points for one side of a closed case; the last that must be given moves it to evaluated.

    The result of a citizen's case is his to score: behind his answer alone. Raises Conflict for a case that is not
    closed, has no answer yet, or a side that has its points, Invalid for an unknown side or points beyond 1 to 5.
    """
    check_over(case)
    if subject == "result" and case.has_citizens and not is_answered(conn, case):
        raise Conflict("the result is the citizen's to score; call him back first", field="subject")
    keep_score(conn, case, subject=subject, score=score, words=words, actor=actor, now=now)
    return evaluate_when_said(conn, case, actor=actor, now=now)


def list_open_sides(conn: Connection, case: LockedCase) -> list[str]:
    """The sides of a closed case that take points now: those without, a citizen's result only behind his answer."""
    if case.state not in OVER or case.is_history:
        return []
    given = list_given(conn, case)
    waits = case.has_citizens and not is_answered(conn, case)
    return [side for side in SUBJECTS if side not in given and not (side == "result" and waits)]


def keep_score(
    conn: Connection, case: LockedCase, *, subject: str, score: int, words: str, actor: str, now: datetime
) -> None:
    """Keep the points of one side of this closing. Raises Conflict where it has them, Invalid as above."""
    if subject not in SUBJECTS:
        raise Invalid(f"subject {subject!r} is none; choose {', '.join(SUBJECTS)}", field="subject")
    if not _LOWEST <= score <= HIGHEST:
        raise Invalid(f"score must lie from {_LOWEST} to {HIGHEST}", field="score")
    params = {**case.key, "cycle": case.reopens, "subject": subject, "score": score, "unit": case.lead}
    if run(conn, SQL["insert_evaluation"], params | {"actor": actor, "now": now}).first() is None:
        raise Conflict(f"the {subject} of this case has its score; it is not given twice", field="subject")
    if words:
        note_words(conn, case, act="evaluate", note=words, actor=actor, now=now)


def check_over(case: LockedCase) -> None:
    """Raise Conflict for a case that is not closed, or was loaded as history: nobody scores it."""
    if case.state not in OVER or case.is_history:
        raise Conflict("a case is scored when it is closed; this one is not", field="subject")


def evaluate_when_said(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    """Move a closed case to evaluated where at least one side has scored and nothing is missing; else leave it."""
    if case.state not in ("closed", "called_back") or not list_given(conn, case) or list_missing(conn, case):
        return case
    return _evaluated(conn, case, actor=actor, now=now)


def evaluate_case(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    """Say that a case is evaluated. Raises IllegalAct, and Conflict that names what is still missing."""
    check_act(read_transitions(conn), state=case.state, act="evaluate")
    missing = list_missing(conn, case)
    if missing:
        raise Conflict(f"this case is not evaluated yet: {', '.join(missing)} missing", extra={"missing": missing})
    return _evaluated(conn, case, actor=actor, now=now)


def list_missing(conn: Connection, case: LockedCase) -> list[str]:
    """What must still be said before a case is evaluated: `call_back`, and sides that must be scored.

    Nobody scores what is not there: a department that had no part, a result that nobody was reached to judge.
    """
    missing = ["call_back"] if case.has_citizens and case.state == "closed" else []
    missing += ["supervisor"] if is_waiting(conn, case) else []
    given = list_given(conn, case)
    key = "must_score_citizen" if case.has_citizens else "must_score_grid"
    wanted = run(conn, SQL["setting_words"], {"key": key}).scalar_one() or []
    return missing + [one for one in wanted if one not in given and _applies(conn, case, one)]


def list_given(conn: Connection, case: LockedCase) -> dict[str, int]:
    """The points of this closing by side."""
    return {one.subject: one.score for one in list_evaluations(conn, case.key) if one.cycle == case.reopens}


def list_evaluations(conn: Connection, case: Mapping[str, str]) -> list[Evaluation]:
    """The points that a case was given, found by its key, oldest first."""
    return [Evaluation(**row._mapping) for row in run(conn, SQL["evaluations_of"], dict(case))]


def list_notes(conn: Connection, case: Mapping[str, str]) -> list[Note]:
    """The words of its call-backs and evaluations, oldest first."""
    return [Note(**row._mapping) for row in run(conn, SQL["notes_of"], dict(case))]


def _applies(conn: Connection, case: LockedCase, subject: str) -> bool:
    if subject == "result":
        return case.state == "closed" or is_answered(conn, case)
    return bool(case.lead) and not str(case.lead).startswith("@")


def _evaluated(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    told = list_given(conn, case)
    return move_case(
        conn, case, act="evaluate", to_state="evaluated", changes={}, actor=actor, now=now, payload={"scores": told}
    )
