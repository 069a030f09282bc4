"""Accounts: who may log in, as what, and how far they see.

Passwords are argon2id hashes; session cookies and API tokens are random, and only their SHA-256 is stored.
Knows nothing of cookies or headers.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row

from spatial.errors import Conflict, Invalid, NotFound, Unauthenticated
from spatial.people.postings import Posting, PostingDraft, grant
from spatial.people.roles import role_may, widest
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach, reach_of

SQL = load_queries(__file__)
_SHORTEST_PASSWORD = 10
_HASHER = PasswordHasher()
_NO_ONE = _HASHER.hash(secrets.token_hex())  # verified for unknown logins, so that timing does not tell who exists


@dataclass(frozen=True)
class Account:
    """Somebody who is known, with the postings that are in force."""

    id: int
    login: str
    name: str
    postings: tuple[Posting, ...]

    @property
    def roles(self) -> frozenset[str]:
        """Every role of the postings in force."""
        return frozenset(posting.role for posting in self.postings)

    @property
    def role(self) -> str:
        """The widest role: for display, never for deciding."""
        return widest(self.roles)

    @property
    def cells(self) -> tuple[str, ...] | None:
        """The cells that the postings name; None is the whole city. For display, never for deciding."""
        named = {posting.cell for posting in self.postings}
        return None if None in named else tuple(sorted(cell for cell in named if cell is not None))

    @property
    def reach(self) -> Reach:
        """How far this account sees cases, by any of its postings; a citizen sees only what he reported himself."""
        return self.reach_for("read_cases")

    def reach_for(self, *permissions: str) -> Reach:
        """How far this account may do something: the reach of those postings alone whose role has such a permission."""
        able = [one for one in self.postings if any(role_may(one.role, permission) for permission in permissions)]
        return reach_of([posting.tag for posting in able])

    def may(self, permission: str) -> bool:
        """Whether any posting has the permission, somewhere."""
        return any(role_may(role, permission) for role in self.roles)

    @property
    def unchanged_until(self) -> datetime | None:
        """When the first of the postings ends; None while none has an end."""
        return min((posting.until for posting in self.postings if posting.until is not None), default=None)

    @property
    def sender(self) -> str:
        """How reports of this account are signed."""
        return str(self.id)


def add_account(
    conn: Connection,
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    cells: Sequence[str] | None,
    now: datetime,
    department: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    granted_by: str = "system",
) -> Account:
    """Create an account with a posting for each of `cells`; None is the whole city.

    Raises Invalid for an unknown role, cell or department, or a short password, Conflict for a login that is taken.
    """
    _check_login(login)
    if len(password) < _SHORTEST_PASSWORD:
        raise Invalid(f"password takes at least {_SHORTEST_PASSWORD} characters", field="password")
    params = {"login": login, "name": name, "password_hash": _HASHER.hash(password), "now": now}
    row = run(conn, SQL["insert_account"], params).first()
    if row is None:
        raise Conflict(f"login {login} is taken; choose another", field="login")
    for cell in [None] if cells is None else cells:
        draft = PostingDraft(role, cell, department, since or now, until)
        grant(conn, account=row.id, draft=draft, granted_by=granted_by, now=now)
    return get_by_login(conn, login=login, at=now)


def check_password(conn: Connection, *, login: str, password: str, at: datetime | None = None) -> Account:
    """The account that this login and password open, with its postings at a moment (now when None).

    Raises Unauthenticated, and says not which was wrong.
    """
    row = run(conn, SQL["account_for_login"], {"login": login, "now": at}).first()
    try:
        _HASHER.verify(row.password_hash if row else _NO_ONE, password)
    except (VerificationError, InvalidHashError) as wrong:
        raise Unauthenticated("login or password is wrong") from wrong
    if row is None:
        raise Unauthenticated("login or password is wrong")
    if _HASHER.check_needs_rehash(row.password_hash):
        run(conn, SQL["store_password"], {"id": row.id, "password_hash": _HASHER.hash(password)})
    return _account(row)


def open_session(conn: Connection, *, account: Account, now: datetime, hours: int) -> str:
    """Begin a log-in; returns the cookie's value, which is shown this once."""
    token = secrets.token_urlsafe(32)
    run(conn, SQL["delete_ended_sessions"], {"now": now})
    expires_at = now + timedelta(hours=hours)
    run(
        conn,
        SQL["insert_session"],
        {"digest": _digest(token), "account": account.id, "now": now, "expires_at": expires_at},
    )
    return token


def close_session(conn: Connection, *, token: str) -> None:
    """End a log-in."""
    run(conn, SQL["delete_session"], {"digest": _digest(token)})


def add_token(conn: Connection, *, account: Account, label: str, now: datetime) -> str:
    """A new API token; returns it in plain, this once."""
    token = f"gm_{secrets.token_urlsafe(32)}"
    run(conn, SQL["insert_token"], {"digest": _digest(token), "account": account.id, "label": label, "now": now})
    return token


def find_by_session(conn: Connection, *, token: str, now: datetime) -> Account | None:
    """Whose cookie this is, if it still lasts."""
    row = run(conn, SQL["account_for_session"], {"digest": _digest(token), "now": now}).first()
    return _account(row) if row else None


def find_by_token(conn: Connection, *, token: str, at: datetime | None = None) -> Account | None:
    """Whose API token this is, if it was not revoked, with the postings in force (now when `at` is None)."""
    row = run(conn, SQL["account_for_token"], {"digest": _digest(token), "now": at}).first()
    return _account(row) if row else None


def find_by_login(conn: Connection, *, login: str, at: datetime | None = None) -> Account | None:
    """The account behind a login, unless disabled, with the postings in force (now when `at` is None)."""
    row = run(conn, SQL["account_for_login"], {"login": login, "now": at}).first()
    return _account(row) if row else None


def get_by_login(conn: Connection, *, login: str, at: datetime | None = None) -> Account:
    """`find_by_login`, raising NotFound when there is none."""
    found = find_by_login(conn, login=login, at=at)
    if found is None:
        raise NotFound(f"there is no account {login}", field="login")
    return found


def find_by_id(conn: Connection, *, account: int, at: datetime | None = None) -> Account | None:
    """The account with this id, unless disabled, with the postings in force (now when `at` is None)."""
    row = run(conn, SQL["account_for_id"], {"account": account, "now": at}).first()
    return _account(row) if row else None


def list_bounded(conn: Connection, *, at: datetime | None = None) -> list[Account]:
    """The accounts that see cases, but of some cells only, by login; now when `at` is None."""
    found = [_account(row) for row in run(conn, SQL["accounts"], {"now": at})]
    return [account for account in found if account.reach.tags and account.cells]


def _check_login(login: str) -> None:
    if not (2 <= len(login) <= 64 and login[0].isalnum() and all(c.isalnum() or c in "._-" for c in login)):
        raise Invalid("login takes 2 to 64 small letters, digits, dots, hyphens or underscores", field="login")
    if login != login.lower() or not login.isascii():
        raise Invalid("login takes small Latin letters", field="login")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _account(row: Row[Any]) -> Account:
    return Account(row.id, row.login, row.name, tuple(_posting(*one) for one in row.postings))


def _posting(id_: int, role: str, cell: str | None, department: str | None, until_s: float | None) -> Posting:
    return Posting(id_, role, cell, department, None if until_s is None else datetime.fromtimestamp(until_s, UTC))
