"""The single port in: reports, one or many."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.answers import case_out, names_of
from api.batches import check_source, file_rows, is_citizen, sender_of, solver_of
from api.dependencies import Conn, Viewer
from api.pacing import check_pace
from api.problems import respond
from api.schemas.reports import BatchAnswer, BatchBody, CaseOut, ReportAnswer, ReportBody
from spatial.cases.case_files import list_filed
from spatial.errors import Forbidden, Invalid, NotFound

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": ReportAnswer, "description": "Known before: the first answer, or how far what he repeats has come."},
    409: {"description": "The id was used for another report."},
    429: {"description": "Too many from this address or contact; `Retry-After` says when."},
    503: {"description": "Not now; send the same report again."},
}


@router.post("", status_code=201, response_model=ReportAnswer, responses=ANSWERS)
async def post_report(request: Request, body: ReportBody, viewer: Viewer) -> Response:
    """File a report. The same id again is answered 200 with the first answer.

    What its citizen said before, by another id, is answered 200 with how far the case has come that stands for it.
    """
    draft = body.draft(sender_of(viewer), solver=solver_of(viewer), by_citizen=is_citizen(viewer))
    check_source(draft.source, viewer)
    check_pace(request, viewer)
    answer = await asyncio.wrap_future(request.app.state.writer.submit(draft))
    if answer.report is None:
        return respond(answer.problem or {})
    return Response(answer.report.model_dump_json(), answer.status, media_type="application/json")


@router.post("/batch")
def post_batch(request: Request, body: BatchBody, viewer: Viewer, history: bool = False) -> BatchAnswer:
    """File many reports in one transaction; a status a row, and a fault in one hinders no other.

    With `history` (administrators), each report's own `captured_at` is the moment that counts, and no clock starts.
    """
    limit = request.app.state.settings.batch_limit
    if len(body.reports) > limit:
        raise Invalid(f"reports holds {len(body.reports)} rows; at most {limit} in one batch", field="reports")
    check_pace(request, viewer, many=len(body.reports))
    if history and (viewer is None or viewer.reach_for("load_history").tags is not None):
        raise Forbidden("history is loaded by an administrator of the whole city", field="history")
    return file_rows(request.app.state.writer, body.reports, viewer=viewer, history=history)


@router.get("/{report_id}")
def get_report(report_id: UUID, conn: Conn, viewer: Viewer) -> CaseOut:
    """One's own case: whoever holds the id that he made for his report sees what became of it."""
    case = list_filed(conn, report_ids=[report_id], sender=sender_of(viewer)).get(report_id)
    if case is None:
        raise NotFound("there is no report of yours with this id")
    return case_out(case, names_of(conn, [case]), reader=None)
