"""How the domain's refusals look over HTTP: RFC 9457 problem documents, one table from class to status.

Nothing leaks: an unknown error is logged under an id, and the caller gets the id.
"""

import logging
from datetime import datetime
from secrets import token_hex
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from spatial import errors
from spatial.cases.disputes.permitted import PERMISSIONS

STATUS: dict[type[errors.GridmapsError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.GridmapsError: 500,
}
RETRY_AFTER_SECONDS = "2"
_TITLES = {
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    422: "Not valid",
    429: "Too many",
    503: "Not now",
}
_UNREADABLE = "cannot be read as JSON in UTF-8"
_log = logging.getLogger("gridmaps.api")


def status_of(refusal: errors.GridmapsError) -> int:
    """The status of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def problem(
    status: int, code: str, detail: str, *, field: str | None = None, fields: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """A problem document. `code` is stable; `field` names what to correct."""
    document: dict[str, Any] = {"type": f"urn:gridmaps:problem:{code}", "title": _TITLES.get(status, "Problem")}
    document |= {"status": status, "code": code, "detail": detail}
    if field:
        document["field"] = field
    if fields:
        document["fields"] = fields
    return document


def problem_of(refusal: errors.GridmapsError) -> dict[str, Any]:
    """The problem document of a refusal, with what it carries for going on (RFC 9457 extension members).

    Of the acts that a state knows, those are told that somebody does by themselves: others belong to other routes.
    """
    if isinstance(refusal, errors.IllegalAct):
        refusal = refusal.naming([act for act in refusal.legal if act in PERMISSIONS])
    document = problem(status_of(refusal), refusal.code, refusal.sentence, field=refusal.field)
    extra: dict[str, Any] = jsonable_encoder(refusal.extra, custom_encoder={datetime: _moment})
    return document | extra


def _moment(moment: datetime) -> str:
    """As the schemas write moments: what is told in a refusal must equal what is told in an answer."""
    return moment.isoformat().replace("+00:00", "Z")


def problem_of_unknown(fault: BaseException) -> dict[str, Any]:
    """The problem document of an error that nobody foresaw: logged under an id, and told by that id only."""
    log_id = token_hex(6)
    _log.error("unexpected error %s", log_id, exc_info=fault)
    return problem(500, "internal", f"Something went wrong here; tell the operator the log id {log_id}.")


def respond(document: dict[str, Any]) -> JSONResponse:
    """A problem document as a response, with the headers that its status asks for."""
    headers = {}
    if document["status"] == 503:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    if document["status"] == 429:
        headers["Retry-After"] = str(document["retry_after_s"])
    if document["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(document, document["status"], headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Let every error of the application become a problem document."""
    app.add_exception_handler(errors.GridmapsError, _refused)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(ValueError, _unstorable)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(Exception, _unknown)


def describe(faults: list[Any]) -> dict[str, Any]:
    """The problem document of a body that does not have the asked shape; each fault names its field."""
    fields = [{"field": _place(fault), "detail": _sentence(fault)} for fault in faults]
    first = fields[0]
    return problem(422, "invalid", f"{first['field']}: {first['detail']}", field=first["field"], fields=fields)


def _refused(_: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, errors.GridmapsError)
    return respond(problem_of(refusal))


def _misshapen(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RequestValidationError)
    return respond(describe(list(fault.errors())))


def _by_status(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)
    if fault.status_code == 400:  # what FastAPI says of a body that cannot be read at all
        return respond(problem(422, "invalid", f"body {_UNREADABLE}", field="body"))
    document = problem(fault.status_code, f"http_{fault.status_code}", str(fault.detail))
    response = respond(document)
    response.headers.update(fault.headers or {})
    return response


def _database(request: Request, fault: Exception) -> JSONResponse:
    if isinstance(fault, DataError):
        return respond(
            problem_of(errors.Invalid("a value of this request cannot be stored; check it for odd characters"))
        )
    gone = isinstance(fault, (OperationalError, PoolTimeout)) or getattr(fault, "connection_invalidated", False)
    return respond(problem_of(errors.Unavailable())) if gone else _unknown(request, fault)


def _unstorable(_: Request, fault: Exception) -> JSONResponse:
    """The net under the shapes of bodies: a driver refuses a NUL before the database hears of it."""
    if "NUL (0x00)" not in str(fault):
        raise fault
    return respond(problem_of(errors.Invalid("a text of this request holds a NUL character; leave it out")))


def _unknown(_: Request, fault: Exception) -> JSONResponse:
    return respond(problem_of_unknown(fault))


def _place(fault: dict[str, Any]) -> str:
    if fault["type"] == "json_invalid":
        return "body"
    loc = fault["loc"]
    return ".".join(str(part) for part in loc if part not in ("body", "query", "path", "header")) or "body"


def _sentence(fault: dict[str, Any]) -> str:
    if fault["type"] == "missing":
        return "is missing; add it"
    if fault["type"] == "extra_forbidden":
        return "is not a field of this request; leave it out"
    if fault["type"] == "json_invalid":
        return _UNREADABLE
    if fault["type"] in ("model_attributes_type", "model_type", "dict_type"):
        return "must be a JSON object, sent with content-type application/json"
    return str(fault["msg"]).removeprefix("Value error, ")
