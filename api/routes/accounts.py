"""Accounts and their postings: who may do what, where, from when until when.

For administrators of the whole city: one bounded to a part could otherwise post himself beyond it.
"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.cursors import foreign_cursor
from api.dependencies import Conn, Now, require, store_of
from api.schemas.reports import PLAIN, Moment
from spatial.errors import Forbidden
from spatial.people import postings, register
from spatial.people.accounts import Account, add_account
from spatial.people.postings import PostingDraft, PostingRecord
from spatial.people.register import Registered
from spatial.store.events import wake

router = APIRouter(prefix="/api/v1/accounts", tags=["people"])
Role = Literal["citizen", "grid_officer", "grid_leader", "street_clerk", "department_handler", "centre_operator",
               "panel_member", "planner", "supervisor", "administrator"]  # fmt: skip
Code = Annotated[str, Field(max_length=64, pattern=PLAIN)]


def manager(asking: Annotated[Account, Depends(require("manage_people"))]) -> Account:
    """Who manages people, everywhere. Raises Forbidden for an administrator of a part of the city."""
    if asking.reach_for("manage_people").tags is not None:
        raise Forbidden("accounts are managed by an administrator of the whole city")
    return asking


Manager = Annotated[Account, Depends(manager)]


class PostingBody(BaseModel):
    """A posting to be granted."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    role: Role
    cell: Code | None = Field(default=None, description="Its subtree; null: the whole city.")
    department: Code | None = None
    since: Moment | None = Field(default=None, alias="from", description="Default, and at the earliest, now.")
    until: Moment | None = Field(default=None, description="Null: without end.")

    def draft(self, now: datetime) -> PostingDraft:
        """The domain's value of this body."""
        return PostingDraft(self.role, self.cell, self.department, self.since or now, self.until)


class AccountBody(PostingBody):
    """A new account with its first posting."""

    login: str = Field(max_length=64, pattern=PLAIN)
    name: str = Field(min_length=1, max_length=200, pattern=PLAIN)
    password: str = Field(max_length=200, pattern=PLAIN)


class EndBody(BaseModel):
    """When a posting ends."""

    model_config = ConfigDict(extra="forbid")

    until: Moment | None = Field(default=None, description="Default now; never in the past.")


class RegisteredOut(BaseModel):
    """An account with its present roles."""

    login: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    roles: list[str]


class RegisteredPage(BaseModel):
    """A page of accounts by login; `next` goes into `cursor`."""

    items: list[RegisteredOut]
    next: str | None


class PostingOut(BaseModel):
    """A posting; `granted_by` is an account's id, or `system`."""

    id: int
    role: str
    cell: str | None
    department: str | None
    since: datetime = Field(serialization_alias="from")
    until: datetime | None
    in_force: bool
    granted_by: str
    granted_at: datetime


class PostingPage(BaseModel):
    """Every posting of an account; one page."""

    items: list[PostingOut]
    next: str | None = None


@router.get("")
def accounts(
    conn: Conn,
    asking: Manager,
    now: Now,
    q: Annotated[str | None, Query(description="Part of a login or a name.", pattern=PLAIN)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.", pattern=PLAIN)] = None,
) -> RegisteredPage:
    """Accounts, in use or not, by login."""
    if cursor is not None and not register.is_login(conn, login=cursor):
        raise foreign_cursor()
    found = register.list_registered(conn, at=now, words=q, limit=limit + 1, after=cursor)
    items = [_account_out(one) for one in found[:limit]]
    return RegisteredPage(items=items, next=items[-1].login if len(found) > limit else None)


@router.post("", status_code=201)
def post_account(
    body: AccountBody, conn: Conn, asking: Manager, now: Now, request: Request, after: BackgroundTasks
) -> RegisteredOut:
    """Add an account with its first posting."""
    add_account(conn, login=body.login, name=body.name, role=body.role, password=body.password,
                cells=None if body.cell is None else [body.cell], department=body.department, since=body.since,
                until=body.until, granted_by=asking.sender, now=now)  # fmt: skip
    after.add_task(wake, store_of(request).app)
    return _account_out(register.get_registered(conn, login=body.login, at=now))


@router.get("/{login}/postings")
def list_postings(login: str, conn: Conn, asking: Manager, now: Now) -> PostingPage:
    """Every posting that an account has or had."""
    account = register.get_registered(conn, login=login, at=now)
    found = postings.list_postings(conn, account=account.id, at=now)
    return PostingPage(items=[_posting_out(one) for one in found])


@router.post("/{login}/postings", status_code=201)
def post_posting(
    login: str, body: PostingBody, conn: Conn, asking: Manager, now: Now, request: Request, after: BackgroundTasks
) -> PostingOut:
    """Grant an account a posting."""
    account = register.get_registered(conn, login=login, at=now)
    granted = postings.grant(conn, account=account.id, draft=body.draft(now), granted_by=asking.sender, now=now)
    after.add_task(wake, store_of(request).app)
    return _posting_out(granted)


@router.post("/{login}/postings/{posting}/end")
def end_posting(
    login: str,
    posting: int,
    body: EndBody,
    conn: Conn,
    asking: Manager,
    now: Now,
    request: Request,
    after: BackgroundTasks,
) -> PostingOut:
    """End a posting; what somebody might see until then stays on record."""
    account = register.get_registered(conn, login=login, at=now)
    ended = postings.end_posting(
        conn, account=account.id, posting=posting, ended_by=asking.sender, now=now, until=body.until
    )
    after.add_task(wake, store_of(request).app)
    return _posting_out(ended)


@router.post("/{login}/disable")
def disable(
    login: str, conn: Conn, asking: Manager, now: Now, request: Request, after: BackgroundTasks
) -> RegisteredOut:
    """Take an account out of use; its sessions, tokens and open streams end."""
    ended = register.disable(conn, login=login, by=asking.sender, now=now)
    after.add_task(wake, store_of(request).app)
    return _account_out(ended)


def _account_out(one: Registered) -> RegisteredOut:
    return RegisteredOut(
        login=one.login, name=one.name, created_at=one.created_at, disabled_at=one.disabled_at, roles=list(one.roles)
    )


def _posting_out(one: PostingRecord) -> PostingOut:
    return PostingOut(**vars(one))
