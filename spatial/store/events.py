"""The one append-only log: audit trail and live feed.

Each subject (a case, a published grid, a check-in) has its own hash chain: a link's hash covers its content
and the hash before it, so a changed or missing link shows. Payloads hold codes and states only; words and
names lie in erasable rows beside.

The feed's order is `(xid, id)`, read only below the oldest transaction that is still open. Ordered by id
alone, an event that commits late would be skipped by a reader who has already passed its id.

Knows chains and cursors. Refuses to know what an event means, and never wakes anybody inside a writing
transaction: NOTIFY there takes a lock over the whole database at commit.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Self

from sqlalchemy import Connection, Engine, Row

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "events.sql")
CHANNEL = "gridmaps_events"
_FIRST = bytes(32)  # what the first link of a chain points back to
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode

Chain = tuple[str, str, str]


@dataclass(frozen=True)
class EventDraft:
    """What is to be said. `path` names the cells that may hear it, widest first; empty: everybody."""

    district: str
    subject: str
    subject_id: str
    kind: str
    at: datetime
    actor: str
    path: tuple[str, ...]
    payload: dict[str, Any]

    @property
    def chain(self) -> Chain:
        """The chain that this event continues."""
        return self.district, self.subject, self.subject_id


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the feed, opaque to callers: `epoch-xid-id`."""

    epoch: int
    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.xid}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor. Raises Invalid when the text is none."""
        parts = text.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
            raise Invalid("cursor is not one that this feed gave out; leave it away to begin now", field="cursor")
        return cls(*map(int, parts))


@dataclass(frozen=True)
class Event:
    """A link of a chain, as it was written."""

    xid: int
    id: int
    district: str
    subject: str
    subject_id: str
    seq: int
    kind: str
    at: datetime
    actor: str
    path: tuple[str, ...]
    payload: dict[str, Any]
    prev_hash: bytes
    hash: bytes

    def cursor(self, epoch: int) -> Cursor:
        """The cursor that resumes behind this event."""
        return Cursor(epoch, self.xid, self.id)


def append(conn: Connection, drafts: Sequence[EventDraft]) -> None:
    """Append events, each behind the last of its chain.

    The caller holds the row lock of each case it appends to; two writers without it would collide on the
    primary key rather than fork a chain.
    """
    if not drafts:
        return
    heads = _heads(conn, {draft.chain for draft in drafts})
    rows = []
    for draft in drafts:
        seq, prev = heads.get(draft.chain, (0, _FIRST))
        digest = link_hash(draft, seq + 1, prev)
        heads[draft.chain] = seq + 1, digest
        rows.append(_row(draft, seq + 1, prev, digest))
    run(conn, SQL["insert_events"], {"rows": json.dumps(rows, ensure_ascii=False)})


def link_hash(draft: EventDraft, seq: int, prev: bytes) -> bytes:
    """SHA-256 over the previous hash and the canonical JSON of the content."""
    content = {
        "district": draft.district,
        "subject": draft.subject,
        "subject_id": draft.subject_id,
        "seq": seq,
        "kind": draft.kind,
        "at": draft.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": draft.actor,
        "path": list(draft.path),
        "payload": draft.payload,
    }
    return hashlib.sha256(prev + _CANONICAL(content).encode()).digest()


def read_after(conn: Connection, *, cursor: Cursor, limit: int) -> list[Event]:
    """The next events behind a cursor, in the feed's order, at most `limit`."""
    rows = run(conn, SQL["events_after"], {"xid": str(cursor.xid), "id": cursor.id, "limit": limit})
    return [_event(row) for row in rows]


def newest_cursor(conn: Connection) -> Cursor:
    """Where a reader begins who wants only what comes from now on."""
    epoch = current_epoch(conn)
    row = run(conn, SQL["newest_position"]).first()
    return Cursor(epoch, row.xid, row.id) if row else Cursor(epoch, 0, 0)


def current_epoch(conn: Connection) -> int:
    """The feed's epoch."""
    return int(run(conn, SQL["epoch"]).scalar_one())


def feed_lag_seconds(conn: Connection) -> float:
    """How long the feed has been held back by the oldest open writing transaction."""
    return float(run(conn, SQL["feed_lag"]).scalar_one())


def list_events(conn: Connection, *, district: str, subject: str, subject_id: str) -> list[Event]:
    """One chain, from its first link."""
    rows = run(conn, SQL["subject_events"], {"district": district, "subject": subject, "subject_id": subject_id})
    return [_event(row) for row in rows]


def verify_chain(links: Iterable[Event]) -> str | None:
    """None if the chain is whole, else a sentence that names the first link that is not."""
    prev, expected = _FIRST, 1
    for link in links:
        where = f"{link.subject} {link.subject_id}, link {link.seq}"
        if link.seq != expected:
            return f"{where}: link {expected} is missing"
        draft = EventDraft(
            link.district, link.subject, link.subject_id, link.kind, link.at, link.actor, link.path, link.payload
        )
        if link.prev_hash != prev or link.hash != link_hash(draft, link.seq, prev):
            return f"{where}: the content or its place in the chain was changed"
        prev, expected = link.hash, expected + 1
    return None


def verify_all(conn: Connection) -> Iterator[str]:
    """A sentence for each broken chain of the whole log."""
    stream = (_event(row) for row in run(conn, SQL["all_events"]))
    for _, links in groupby(stream, key=lambda link: (link.district, link.subject, link.subject_id)):
        fault = verify_chain(links)
        if fault:
            yield fault


def wake(engine: Engine) -> None:
    """Tell listening readers to look, after the commit. A lost call costs them a second, never an event."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql(f"NOTIFY {CHANNEL}")


def _heads(conn: Connection, chains: set[Chain]) -> dict[Chain, tuple[int, bytes]]:
    districts, subjects, subject_ids = zip(*chains, strict=True)
    params = {"districts": list(districts), "subjects": list(subjects), "subject_ids": list(subject_ids)}
    rows = run(conn, SQL["chain_heads"], params)
    return {(row.district, row.subject, row.subject_id): (row.seq, bytes(row.hash)) for row in rows}


def _row(draft: EventDraft, seq: int, prev: bytes, digest: bytes) -> dict[str, Any]:
    return {
        "district": draft.district,
        "subject": draft.subject,
        "subject_id": draft.subject_id,
        "seq": seq,
        "kind": draft.kind,
        "at": draft.at.isoformat(),
        "actor": draft.actor,
        "path": list(draft.path),
        "payload": draft.payload,
        "prev_hash": prev.hex(),
        "hash": digest.hex(),
    }


def _event(row: Row[Any]) -> Event:
    fields = dict(row._mapping)
    fields |= {"path": tuple(row.path), "prev_hash": bytes(row.prev_hash), "hash": bytes(row.hash)}
    return Event(**fields)
