"""Accounts: who may log in, as what, and how far they see.

Passwords are argon2id hashes; session cookies and API tokens are random, and only their SHA-256 is stored.
Knows nothing of cookies or headers.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row

from spatial.errors import Conflict, Invalid, Unauthenticated
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import NOTHING, Reach

SQL = load_queries(__file__)
ROLES = (
    "citizen",
    "grid_officer",
    "grid_leader",
    "street_clerk",
    "department_handler",
    "centre_operator",
    "panel_member",
    "planner",
    "supervisor",
    "administrator",
)
_SHORTEST_PASSWORD = 10
_HASHER = PasswordHasher()
_NO_ONE = _HASHER.hash(secrets.token_hex())  # verified for unknown logins, so that timing does not tell who exists


@dataclass(frozen=True)
class Account:
    """Somebody who is known."""

    id: int
    login: str
    name: str
    role: str
    cells: tuple[str, ...] | None

    @property
    def reach(self) -> Reach:
        """How far this account sees lists of cases; a citizen sees only what he reported himself."""
        return NOTHING if self.role == "citizen" else Reach(self.cells)

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
) -> Account:
    """Create an account. `cells` bounds its reach to their subtrees; None is the whole city.

    Raises Invalid for an unknown role or cell or a short password, Conflict for a login that is taken.
    """
    _check_new(conn, login=login, role=role, password=password, cells=cells)
    params = {"login": login, "name": name, "role": role, "password_hash": _HASHER.hash(password), "now": now}
    row = run(conn, SQL["insert_account"], params | {"cells": list(cells) if cells is not None else None}).first()
    if row is None:
        raise Conflict(f"login {login} is taken; choose another", field="login")
    return _account(row)


def check_password(conn: Connection, *, login: str, password: str) -> Account:
    """The account that this login and password open. Raises Unauthenticated, and says not which was wrong."""
    row = run(conn, SQL["account_for_login"], {"login": login}).first()
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


def find_by_token(conn: Connection, *, token: str) -> Account | None:
    """Whose API token this is, if it was not revoked."""
    row = run(conn, SQL["account_for_token"], {"digest": _digest(token)}).first()
    return _account(row) if row else None


def find_by_login(conn: Connection, *, login: str) -> Account | None:
    """The account behind a login, unless disabled."""
    row = run(conn, SQL["account_for_login"], {"login": login}).first()
    return _account(row) if row else None


def list_bounded(conn: Connection) -> list[Account]:
    """The accounts whose reach is bounded to cells, by login."""
    return [_account(row) for row in run(conn, SQL["bounded_accounts"])]


def _check_new(conn: Connection, *, login: str, role: str, password: str, cells: Sequence[str] | None) -> None:
    if not (2 <= len(login) <= 64 and login[0].isalnum() and all(c.isalnum() or c in "._-" for c in login)):
        raise Invalid("login takes 2 to 64 small letters, digits, dots, hyphens or underscores", field="login")
    if login != login.lower() or not login.isascii():
        raise Invalid("login takes small Latin letters", field="login")
    if role not in ROLES:
        raise Invalid(f"role {role} is unknown; one of {', '.join(ROLES)}", field="role")
    if len(password) < _SHORTEST_PASSWORD:
        raise Invalid(f"password takes at least {_SHORTEST_PASSWORD} characters", field="password")
    unknown = list(run(conn, SQL["unknown_cells"], {"codes": list(cells or [])}).scalars())
    if unknown:
        raise Invalid(f"cells: no cell has the code {unknown[0]}", field="cells")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _account(row: Row[Any]) -> Account:
    cells = None if row.cells is None else tuple(row.cells)
    return Account(row.id, row.login, row.name, row.role, cells)
