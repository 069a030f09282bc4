"""The single port in: reports, one or many."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from api.answers import Answer, case_out, names_of, row_of
from api.dependencies import Conn, Viewer
from api.problems import describe, problem_of, respond, status_of
from api.schemas import BatchAnswer, BatchBody, CaseOut, ReportAnswer, ReportBody
from spatial.cases.case_files import list_filed
from spatial.cases.drafts import ReportDraft
from spatial.errors import Forbidden, GridmapsError, Invalid, NotFound
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
PUBLIC = "public"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": ReportAnswer, "description": "Known before: the first answer."},
    409: {"description": "The id was used for another report."},
    503: {"description": "Not now; send the same report again."},
}


@router.post("", status_code=201, response_model=ReportAnswer, responses=ANSWERS)
async def post_report(request: Request, body: ReportBody, viewer: Viewer) -> Response:
    """File a report. The same id again is answered 200 with the first answer."""
    draft = body.draft(_sender(viewer))
    _check_source(draft.source, viewer)
    answer = await asyncio.wrap_future(request.app.state.writer.submit(draft))
    if answer.status >= 400:
        return respond(answer.body)
    return JSONResponse(answer.body, answer.status)


@router.post("/batch")
def post_batch(request: Request, body: BatchBody, viewer: Viewer, history: bool = False) -> BatchAnswer:
    """File many reports in one transaction; a status a row, and a fault in one hinders no other.

    With `history` (administrators), each report's own `captured_at` is the moment that counts, and no clock starts.
    """
    limit = request.app.state.settings.batch_limit
    if len(body.reports) > limit:
        raise Invalid(f"reports holds {len(body.reports)} rows; at most {limit} in one batch", field="reports")
    if history and (viewer is None or viewer.role != "administrator"):
        raise Forbidden("history is loaded by an administrator", field="history")
    read = [_read_row(row, viewer) for row in body.reports]
    drafts = [item for item in read if isinstance(item, ReportDraft)]
    filed = iter(request.app.state.writer.file_batch(drafts, history=history) if drafts else [])
    answers = [item if isinstance(item, Answer) else next(filed) for item in read]
    return _summed(body.reports, answers)


@router.get("/{report_id}")
def get_report(report_id: UUID, conn: Conn, viewer: Viewer) -> CaseOut:
    """One's own case: whoever holds the id that he made for his report sees what became of it."""
    case = list_filed(conn, report_ids=[report_id], sender=_sender(viewer)).get(report_id)
    if case is None:
        raise NotFound("there is no report of yours with this id")
    return case_out(case, names_of(conn, [case]))


def _sender(viewer: Account | None) -> str:
    return viewer.sender if viewer else PUBLIC


def _check_source(source: str, viewer: Account | None) -> None:
    if viewer is None and source != PUBLIC:
        raise Forbidden("without an account only source public may be posted; log in first", field="source")


def _read_row(row: dict[str, Any], viewer: Account | None) -> ReportDraft | Answer:
    try:
        draft = ReportBody.model_validate(row).draft(_sender(viewer))
        _check_source(draft.source, viewer)
    except ValidationError as fault:
        return Answer(422, describe(list(fault.errors())))
    except GridmapsError as refused:
        return Answer(status_of(refused), problem_of(refused))
    return draft


def _summed(rows: list[dict[str, Any]], answers: list[Answer]) -> BatchAnswer:
    ids = [str(row.get("id")) if row.get("id") is not None else None for row in rows]
    out = [row_of(i, given, answer) for i, (given, answer) in enumerate(zip(ids, answers, strict=True))]
    statuses = [row.status for row in out]
    return BatchAnswer(
        rows=out,
        created=statuses.count(201),
        repeated=statuses.count(200),
        refused=sum(status >= 400 for status in statuses),
    )
