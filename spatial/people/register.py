"""The register of accounts: who there is, in use or not, and taking somebody out of use.

Knows account rows and that an administrator must be left. Refuses to know passwords and to commit.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.errors import Conflict, NotFound
from spatial.people.postings import check_administrator_left
from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "register.sql")


@dataclass(frozen=True)
class Registered:
    """An account, in use or not, with the roles that it has now."""

    id: int
    login: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    roles: tuple[str, ...]


def list_registered(
    conn: Connection, *, at: datetime, words: str | None = None, limit: int, after: str | None = None
) -> list[Registered]:
    """Accounts by login, behind the login `after`; `words` is looked for in logins and names."""
    asked = {"now": at, "words": words, "limit": limit, "after": after, "login": None}
    rows = run(conn, SQL["list_registered"], asked)
    return [Registered(row.id, row.login, row.name, row.created_at, row.disabled_at, tuple(row.roles)) for row in rows]


def is_login(conn: Connection, *, login: str) -> bool:
    """Whether a login is somebody's, in use or not."""
    return bool(run(conn, SQL["is_login"], {"login": login}).scalar_one())


def get_registered(conn: Connection, *, login: str, at: datetime) -> Registered:
    """One account, in use or not. Raises NotFound."""
    asked = {"now": at, "words": None, "limit": 1, "after": None, "login": login}
    row = run(conn, SQL["list_registered"], asked).first()
    if row is None:
        raise NotFound(f"there is no account {login}", field="login")
    return Registered(row.id, row.login, row.name, row.created_at, row.disabled_at, tuple(row.roles))


def disable(conn: Connection, *, login: str, by: str, now: datetime) -> Registered:
    """Take an account out of use: its sessions end, its tokens open nothing. What it did stays under its name.

    Raises NotFound, and Conflict for one out of use already and for the last administrator.
    """
    row = run(conn, SQL["disable"], {"login": login, "now": now}).first()
    if row is None:
        get_registered(conn, login=login, at=now)
        raise Conflict(f"{login} is out of use already", field="login")
    if row.was_administrator:
        check_administrator_left(conn)
    run(conn, SQL["end_sessions"], {"account": row.id})
    append(conn, [EventDraft("", "account", login, "account.disabled", now, by, (), {})])
    return get_registered(conn, login=login, at=now)
