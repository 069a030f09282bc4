"""Postings: who has which role, where, for which department, from when until when, by whose word.

A posting that has begun is ended, never rewritten or deleted: who might see what on a day can be asked afterwards.
Each change is an event of the account. Knows posting rows; refuses to know passwords and to commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.errors import Conflict, Invalid, NotFound
from spatial.people.roles import ROLES
from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries
from spatial.store.reach import tag_of

SQL = load_queries(__file__, "postings.sql")
_WITH_DEPARTMENT = ("department_handler", "supervisor")
_OF_A_PLACE = ("grid_officer", "grid_leader", "street_clerk")  # a cell forgotten must not show them the whole city


@dataclass(frozen=True)
class Posting:
    """A role for a cell's subtree (None: the whole city), and of a department only where one is named.

    `until` None is without end.
    """

    id: int
    role: str
    cell: str | None
    department: str | None
    until: datetime | None = None

    @property
    def tag(self) -> str | None:
        """What it adds to a reach; None is the whole city."""
        return tag_of(self.cell, self.department)


@dataclass(frozen=True)
class PostingDraft:
    """A posting to be granted; moments aware, `until` None is without end."""

    role: str
    cell: str | None
    department: str | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class PostingRecord:
    """A posting as it was granted, in force or not; `granted_by` is an account's id or `system`."""

    id: int
    role: str
    cell: str | None
    department: str | None
    since: datetime
    until: datetime | None
    in_force: bool
    granted_by: str
    granted_at: datetime


def grant(conn: Connection, *, account: int, draft: PostingDraft, granted_by: str, now: datetime) -> PostingRecord:
    """Give an account a posting. Raises Invalid for a role, cell, department or span that cannot be."""
    _check_draft(conn, draft)
    login = _hold(conn, account)
    asked = {"account": account, "role": draft.role, "cell": draft.cell, "department": draft.department}
    span = {"since": max(draft.since, now), "until": draft.until, "granted_by": granted_by, "now": now}
    record = _record(run(conn, SQL["insert_posting"], asked | span).one())
    _tell(conn, login, "account.granted", record, granted_by, now)
    return record


def end_posting(
    conn: Connection, *, account: int, posting: int, ended_by: str, now: datetime, until: datetime | None = None
) -> PostingRecord:
    """End a posting at `until`, now when None; one that has not begun never begins.

    Raises NotFound for a posting that the account does not have, Conflict for one that has ended and for the last
    administrator's, Invalid for an end that lies in the past.
    """
    if until is not None and until < now:
        raise Invalid("until lies in the past; what somebody might see then is not rewritten", field="until")
    login = _hold(conn, account)
    found = next((one for one in list_postings(conn, account=account, at=now) if one.id == posting), None)
    if found is None:
        raise NotFound(f"{login} has no posting {posting}")
    if found.until is not None and found.until <= (until or now):
        raise Conflict(f"posting {posting} ends at {found.until.isoformat()} already; only a sooner end can be set")
    ended = _end(conn, found, until or now, now)
    if found.role == "administrator":
        check_administrator_left(conn)
    _tell(conn, login, "account.revoked", ended, ended_by, now)
    return ended


def list_postings(conn: Connection, *, account: int, at: datetime) -> list[PostingRecord]:
    """Every posting that an account has or had, in the order in which they were granted."""
    return [_record(row) for row in run(conn, SQL["list_postings"], {"account": account, "now": at})]


def is_anybody_posted(conn: Connection, *, cell: str, roles: Sequence[str], at: datetime) -> bool:
    """Whether an account in use has one of these roles at a moment, for exactly this cell or for the whole city."""
    asked = {"cell": cell, "roles": list(roles), "now": at}
    return bool(run(conn, SQL["is_anybody_posted"], asked).scalar_one())


def check_administrator_left(conn: Connection) -> None:
    """Raise Conflict unless somebody in use is an administrator without end; two who leave at once take turns."""
    run(conn, SQL["hold_administrators"])
    if not run(conn, SQL["has_administrator"]).scalar_one():
        raise Conflict("this is the last administrator; grant the role to somebody else first", field="role")


def _end(conn: Connection, found: PostingRecord, until: datetime, now: datetime) -> PostingRecord:
    """A posting that would end before it begins never was in force, and goes."""
    query = "end_posting" if found.since < until else "withdraw_posting"
    return _record(run(conn, SQL[query], {"posting": found.id, "until": until, "now": now}).one())


def _hold(conn: Connection, account: int) -> str:
    """The account's login, with its row held: the postings and the chain of one account have one writer at a time."""
    return str(run(conn, SQL["hold_account"], {"account": account}).scalar_one())


def _check_draft(conn: Connection, draft: PostingDraft) -> None:
    if draft.role not in ROLES:
        raise Invalid(f"role {draft.role} is unknown; one of {', '.join(ROLES)}", field="role")
    if draft.until is not None and draft.until <= draft.since:
        raise Invalid("until must lie behind the beginning of the posting", field="until")
    if draft.role == "department_handler" and draft.department is None:
        raise Invalid("a department_handler handles for a department; name it", field="department")
    if draft.department is not None and draft.role not in _WITH_DEPARTMENT:
        raise Invalid(f"a {draft.role} is of no department; leave it away", field="department")
    if draft.role in _OF_A_PLACE and draft.cell is None:
        raise Invalid(f"a {draft.role} works at a place; name its cell, if need be the district's", field="cells")
    known = run(conn, SQL["known"], {"cell": draft.cell, "department": draft.department, "since": draft.since}).one()
    if not known.cell:
        raise Invalid(f"cells: no cell has the code {draft.cell}", field="cells")
    if not known.department:
        raise Invalid(f"no department {draft.department} is in force then", field="department")


def _tell(conn: Connection, login: str, kind: str, record: PostingRecord, actor: str, now: datetime) -> None:
    until = None if record.until is None else record.until.isoformat()
    what = {"posting": record.id, "role": record.role, "cell": record.cell, "department": record.department}
    payload = what | {"since": record.since.isoformat(), "until": until}
    append(conn, [EventDraft("", "account", login, kind, now, actor, (), payload)])


def _record(row: Row[Any]) -> PostingRecord:
    return PostingRecord(
        row.id, row.role, row.cell, row.department, row.since, row.until, row.in_force, row.granted_by, row.granted_at
    )
