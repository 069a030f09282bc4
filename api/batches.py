"""Many reports at once: rows read one by one, filed together, answered in their order.

The batch route and `gridmaps reports load` both go through here, so a file and a request are filed alike.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from api.answers import Answer, row_of
from api.problems import describe, problem_of, status_of
from api.schemas.reports import BatchAnswer, ReportBody
from api.writer import ReportWriter
from spatial.cases.drafts import ReportDraft
from spatial.errors import Forbidden, GridmapsError
from spatial.people.accounts import Account
from spatial.store.reach import NOTHING, Reach

PUBLIC = "public"


def sender_of(viewer: Account | None) -> str:
    """How reports of this viewer are signed."""
    return viewer.sender if viewer else PUBLIC


def solver_of(viewer: Account | None) -> Reach:
    """Where this viewer may file what he has solved himself."""
    return viewer.reach_for("solve_own") if viewer else NOTHING


def is_citizen(viewer: Account | None) -> bool:
    """Whether this viewer reports for himself: an account without any work."""
    return viewer is not None and viewer.roles <= {"citizen"}


def check_source(source: str, viewer: Account | None) -> None:
    """Raise Forbidden for a source that needs an account, and for one that is not a citizen's own to claim."""
    if viewer is None and source != PUBLIC:
        raise Forbidden("without an account only source public may be posted; log in first", field="source")
    if is_citizen(viewer) and source != PUBLIC:
        raise Forbidden("a citizen's account posts source public; clerks file the others", field="source")


def file_rows(writer: ReportWriter, rows: Sequence[Any], *, viewer: Account | None, history: bool) -> BatchAnswer:
    """File rows that are shaped like report bodies; a fault in one hinders no other."""
    read = [_read_row(row, viewer) for row in rows]
    drafts = [item for item in read if isinstance(item, ReportDraft)]
    filed = iter(writer.file_batch(drafts, history=history) if drafts else [])
    return _summed(rows, [item if isinstance(item, Answer) else next(filed) for item in read])


def _read_row(row: Any, viewer: Account | None) -> ReportDraft | Answer:
    try:
        draft = ReportBody.model_validate(row).draft(
            sender_of(viewer), solver=solver_of(viewer), by_citizen=is_citizen(viewer)
        )
        check_source(draft.source, viewer)
    except ValidationError as fault:
        return Answer(422, problem=describe(list(fault.errors())))
    except GridmapsError as refused:
        return Answer(status_of(refused), problem=problem_of(refused))
    return draft


def _summed(rows: Sequence[Any], answers: list[Answer]) -> BatchAnswer:
    ids = [_id_of(row) for row in rows]
    out = [row_of(i, given, answer) for i, (given, answer) in enumerate(zip(ids, answers, strict=True))]
    statuses = [row.status for row in out]
    return BatchAnswer(
        rows=out,
        created=statuses.count(201),
        repeated=statuses.count(200),
        refused=sum(status >= 400 for status in statuses),
    )


def _id_of(row: Any) -> str | None:
    """The id as it was sent, so that a sender finds his row; None where there is none that can be said back."""
    given = row.get("id") if isinstance(row, dict) else None
    return given if isinstance(given, str) and given.isprintable() and len(given) <= 64 else None
