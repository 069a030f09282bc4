"""Log-in, log-out, who am I."""

from fastapi import APIRouter, Request, Response

from api.dependencies import COOKIE, AppSettings, Conn, KnownAccount, Now
from api.schemas.reports import AccountOut, LogIn
from spatial.people import accounts
from spatial.people.accounts import Account
from spatial.people.roles import PERMISSIONS

router = APIRouter(prefix="/api/v1/session", tags=["people"])


@router.post("")
def log_in(body: LogIn, response: Response, conn: Conn, now: Now, settings: AppSettings) -> AccountOut:
    """Begin a session; the cookie is for browsers, which cannot send headers with an event stream."""
    found = accounts.check_password(conn, login=body.login, password=body.password)
    token = accounts.open_session(conn, account=found, now=now, hours=settings.session_hours)
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookies,
    )
    return _shown(found)


@router.get("")
def who_am_i(account: KnownAccount) -> AccountOut:
    """Who is logged in."""
    return _shown(account)


@router.delete("", status_code=204)
def log_out(request: Request, response: Response, conn: Conn) -> None:
    """End the session."""
    accounts.close_session(conn, token=request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE)


def _shown(account: Account) -> AccountOut:
    cells = None if account.cells is None else list(account.cells)
    may = sorted(permission for permission in PERMISSIONS if account.may(permission))
    return AccountOut(login=account.login, name=account.name, role=account.role, cells=cells, permissions=may)
