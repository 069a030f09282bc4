"""A citizen says by his secret link what he thinks of the result, or that an address is his: as JSON, and by a form."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.dependencies import Now, store_of
from api.problems import status_of
from api.rating_form import read_sent, refused
from api.schemas.act_shapes import Words
from api.status_page import page_of
from api.telling import told_transaction
from spatial.cases.evaluation.by_link import answer_by_link
from spatial.cases.evaluation.call_backs import Said, is_waiting
from spatial.cases.port.counting import confirm_address
from spatial.errors import GridmapsError

router = APIRouter(tags=["reports"])
Token = Annotated[str, Path(max_length=64)]
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


class AnswerBody(BaseModel):
    """What a citizen says of the result; once a closing, never changed."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["satisfied", "dissatisfied"]
    outcome: Literal["fixed", "not_fixed", "no_action_needed", "not_possible", "not_found"]
    score: Annotated[int, Field(ge=1, le=5, strict=True, description="Points for the result, 5 is best.")]
    words: Words | None = None

    @property
    def said(self) -> Said:
        """The answer as a call-back keeps it."""
        return Said(self.verdict, self.outcome, self.words or "", self.score)


class KeptOut(BaseModel):
    """The answer is kept; `led_to_work` where it was not satisfied and the case is open again.

    `waits_for_supervisor`: he was dissatisfied again, and a supervisor says whether it is reopened.
    """

    case_no: str
    state: str
    led_to_work: bool
    waits_for_supervisor: bool


@router.post("/api/v1/status/{token}/answer", status_code=201)
def answer(token: Token, body: AnswerBody, request: Request, now: Now) -> KeptOut:
    """Say what you think of the result of your case. Not satisfied: it is reopened, with a clock that starts anew; not
    satisfied again: it comes before a supervisor. The answer names the case that yours was joined to, if it was.

    409 where the case is not closed or has its answer already, by link or by telephone.
    """
    with told_transaction(store_of(request)) as conn:
        case = answer_by_link(conn, token=token, said=body.said, now=now)
        waits = is_waiting(conn, case)
    led_to_work = case.step == "handed_over"
    return KeptOut(case_no=case.case_no, state=case.state, led_to_work=led_to_work, waits_for_supervisor=waits)


@router.post("/status/{token}/answer", include_in_schema=False)
def answer_form(token: Token, request: Request, now: Now, body: Annotated[bytes, Body(media_type=_FORM)]) -> Response:
    """The same from the form; back to the page, or why not."""
    try:
        said = AnswerBody.model_validate(read_sent(body)).said
        with told_transaction(store_of(request)) as conn:
            answer_by_link(conn, token=token, said=said, now=now)
    except ValidationError as wrong:
        missing = ", ".join(str(error["loc"][0]) for error in wrong.errors())
        return _told(f"请补全：{missing}。 Please fill in: {missing}.", token, 422)
    except GridmapsError as wrong:
        return _told(wrong.sentence, token, status_of(wrong))
    return RedirectResponse(f"/status/{token}", 303, headers=_HEADERS)


class ConfirmedOut(BaseModel):
    """The address is confirmed; who said the same by now."""

    supporters: int
    unnamed_supporters: int


@router.post("/api/v1/status/{token}/confirm")
def confirm(token: Token, request: Request, now: Now) -> ConfirmedOut:
    """Say that the address is yours to which this link was mailed: you are counted by it. Twice is once."""
    with told_transaction(store_of(request)) as conn:
        return ConfirmedOut(**vars(confirm_address(conn, token=token, now=now)))


@router.post("/status/{token}/confirm", include_in_schema=False)
def confirm_by_form(token: Token, request: Request, now: Now) -> Response:
    """The same from the page's button; back to the page, or why not."""
    try:
        with told_transaction(store_of(request)) as conn:
            confirm_address(conn, token=token, now=now)
    except GridmapsError as wrong:
        return _told(wrong.sentence, token, status_of(wrong))
    return RedirectResponse(f"/status/{token}", 303, headers=_HEADERS)


def _told(sentence: str, token: str, status: int) -> HTMLResponse:
    return HTMLResponse(
        page_of(refused(sentence, token)), status, headers=_HEADERS | {"Content-Security-Policy": _POLICY}
    )
