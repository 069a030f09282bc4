"""What a citizen reads by his secret link: a page without scripts, and the same as JSON.

Nobody logs in, and nothing about the reader is kept: 128 random bits are not guessed, so nothing needs to be counted.
"""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse

from api.dependencies import Conn, Now
from api.rating_form import confirm_form, rating_form
from api.schemas.port import StatusOut
from api.status_page import missing_page, status_page
from spatial.cases.evaluation.by_link import find_promise
from spatial.cases.port.counting import can_confirm
from spatial.cases.port.status import get_status
from spatial.errors import NotFound
from spatial.grid.cells import get_setting

router = APIRouter(tags=["reports"])
Token = Annotated[str, Path(max_length=64)]
# The link is the key: it goes to no other site, into no index and into no shared cache.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


@router.get("/api/v1/status/{token}")
def status(token: Token, conn: Conn, now: Now, response: Response) -> StatusOut:
    """Where a case stands, for whoever holds its secret link."""
    response.headers.update(_HEADERS)
    zone = ZoneInfo(get_setting(conn, key="time_zone"))
    return StatusOut.of(get_status(conn, token=token, now=now), zone=zone)


@router.get("/status/{token}", include_in_schema=False)
def page(token: Token, conn: Conn, now: Now) -> HTMLResponse:
    """The same as a page."""
    headers = _HEADERS | {"Content-Security-Policy": _POLICY}
    try:
        found = get_status(conn, token=token, now=now)
    except NotFound:
        return HTMLResponse(missing_page(), 404, headers=headers)
    zone = ZoneInfo(get_setting(conn, key="time_zone"))
    leads_to = find_promise(conn, found.asked)
    form = "" if leads_to is None else rating_form(token, leads_to=leads_to)
    form += confirm_form(token) if can_confirm(found.asked) else ""
    return HTMLResponse(
        status_page(found, city=get_setting(conn, key="city_name"), zone=zone, form=form), headers=headers
    )
