"""The outbox as its keepers read it, and the webhooks that an administrator registers.

Knows rows. Tells no address and no secret again; refuses to send.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.port.delivering import SQL as MESSAGES
from spatial.cases.port.transports import check_url, make_secret
from spatial.errors import Conflict, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "targets.sql")


@dataclass(frozen=True)
class Message:
    """A message of the outbox. `message` is its id to receivers; `fault` says why the last attempt failed."""

    id: int
    message: str
    case_no: str
    channel: str
    target: str | None
    kind: str
    written_at: datetime
    next_at: datetime
    attempts: int
    state: str
    settled_at: datetime | None
    fault: str


@dataclass(frozen=True)
class OutboxCounts:
    """How many messages are in which state, and since when the oldest waits."""

    waiting: int
    sent: int
    dead: int
    oldest: datetime | None


@dataclass(frozen=True)
class Target:
    """A registered webhook."""

    code: str
    url: str
    registered_at: datetime
    ended_at: datetime | None


def list_messages(
    conn: Connection, *, state: str | None = None, limit: int, before: int | None = None
) -> list[Message]:
    """Messages, newest first, behind an id."""
    params = {"state": state, "limit": limit, "before": before}
    return [Message(**row._mapping) for row in run(conn, MESSAGES["list_outbox"], params)]


def count_messages(conn: Connection) -> OutboxCounts:
    """The outbox in figures."""
    return OutboxCounts(**run(conn, MESSAGES["outbox_counts"]).one()._mapping)


def list_targets(conn: Connection) -> list[Target]:
    """The registered webhooks, those that have ended too."""
    return [Target(**row._mapping) for row in run(conn, SQL["list_targets"])]


def add_target(
    conn: Connection, *, code: str, url: str, actor: str, now: datetime, private_allowed: bool = False
) -> str:
    """Register a webhook; returns its secret, which is told this once.

    Raises Invalid for an address that must not be called, Conflict for a code that was used before.
    """
    check_url(url, private_allowed=private_allowed)
    secret = make_secret(secrets.token_bytes(32))
    params = {"code": code, "url": url, "secret": secret, "actor": actor, "now": now}
    if run(conn, SQL["add_target"], params).first() is None:
        raise Conflict(f"there is a webhook {code} already; take another code", field="code")
    return secret


def end_target(conn: Connection, *, code: str, now: datetime) -> None:
    """Tell a webhook nothing any more; what waits for it is dead. Raises NotFound where none is in force."""
    if run(conn, SQL["end_target"], {"code": code, "now": now}).first() is None:
        raise NotFound(f"there is no webhook {code} in force")
    run(conn, SQL["kill_messages"], {"code": code, "now": now})
