"""Delivering the outbox: messages are taken for a while, sent, and settled; what fails comes back later.

A message is written with the act that it tells of, so no crash loses one; it is sent under one id at every attempt,
so a receiver that keeps ids hears it once. Exactly once is the receiver's half: between a server's yes and our note of
it a power cut leaves a message that is sent again.

No transaction is open while something is sent: one would hold the feed back. `deliver` commits, as a sweep does.
Refuses to wake readers, and to know how a message travels (`transports.py`).
"""

import json
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row

from spatial.cases.masking import mask
from spatial.cases.port.askers import SQL as ASKERS
from spatial.cases.port.askers import digest_of, email_of, new_token
from spatial.cases.port.sentences import ORDER, Said, letter, say
from spatial.cases.port.transports import Mailer, Undelivered, post_signed
from spatial.errors import NotFound
from spatial.store.db import run, transaction
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "delivering.sql")
_LOG = logging.getLogger(__name__)
_PAGE = 20
_LEASE = timedelta(seconds=_PAGE * 45)  # longer than a page of servers that all answer at their last second
_FIRST_WAIT_S = 30.0
_LONGEST_WAIT_S = 6 * 3600.0


@dataclass(frozen=True)
class Ways:
    """How to deliver. Without a mailer, mail waits. `public_url` begins the links in mails; `attempts` until dead."""

    mailer: Mailer | None = None
    private_allowed: bool = False
    public_url: str | None = None
    attempts: int = 10
    webhooks: bool = True

    @property
    def channels(self) -> list[str]:
        """What can be delivered now."""
        return ["email"] * (self.mailer is not None) + ["webhook"] * self.webhooks


@dataclass(frozen=True)
class Delivered:
    """What a round did: messages sent, put off, and given up."""

    sent: int = 0
    put_off: int = 0
    dead: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was due."""
        return not (self.sent or self.put_off or self.dead)


@dataclass(frozen=True)
class _Parcel:
    """A message that this worker holds, with all that is needed to send it."""

    row: Row[Any]
    subject: Row[Any]
    email: str | None
    target: Row[Any] | None
    link: str | None
    city: str
    answers: tuple[Row[Any], ...]
    zone: ZoneInfo

    def told(self) -> list[tuple[Said, str]]:
        """What it tells, each sentence with the centre's reason."""
        return [(say(one.kind, one.facts, zone=self.zone), mask(one.words)) for one in self.answers]


def wait_s(attempts: int, chance: float) -> float:
    """Seconds until the next attempt behind this many: doubling to six hours, each spread over half to one and a half.

    `chance` from 0 to 1 spreads them, so that what failed together does not come back together.
    """
    return float(min(_FIRST_WAIT_S * 2 ** (attempts - 1), _LONGEST_WAIT_S) * (0.5 + chance))


def deliver(engine: Engine, *, clock: Callable[[], datetime], ways: Ways, limit: int = 1000) -> Delivered:
    """Send what is due, at most `limit`. Safe with any number of workers, and when killed at any point."""
    done = Delivered()
    for _ in range(0, limit, _PAGE):
        with transaction(engine) as conn:
            parcels = _claim(conn, ways, clock())
        for parcel in parcels:
            done = _counted(done, _settle(engine, parcel, ways, clock))
        if len(parcels) < _PAGE:
            break
    return done


def revive(conn: Connection, *, message: int, now: datetime) -> None:
    """Let a dead message be tried again, under its old id. Raises NotFound for one that is not dead."""
    if run(conn, SQL["revive"], {"id": message, "now": now}).first() is None:
        raise NotFound(f"there is no dead message {message}")


def revive_all(conn: Connection, *, now: datetime) -> int:
    """Let every dead message be tried again whose way is still there; how many."""
    return run(conn, SQL["revive_all"], {"now": now}).rowcount


def _claim(conn: Connection, ways: Ways, now: datetime) -> list[_Parcel]:
    params = {"now": now, "leased_until": now + _LEASE, "channels": ways.channels, "limit": _PAGE}
    # In the order in which they were written: who is told twice hears the first thing first.
    rows = sorted(run(conn, SQL["claim"], params), key=lambda row: row.id)
    if not rows:
        return []
    askers = sorted({row.asker for row in rows})
    emails = {row.id: email_of({"email": row.email}) for row in run(conn, SQL["addresses"], {"askers": askers})}
    codes = sorted({row.target for row in rows if row.target})
    targets = {row.code: row for row in run(conn, SQL["targets"], {"codes": codes})}
    ids = [row.id for row in rows]
    subjects = {row.id: row for row in run(conn, SQL["subjects"], {"ids": ids})}
    answers = run(conn, SQL["answers_told"], {"ids": ids, "order": list(ORDER)}).all()
    city = run(conn, SQL["city"]).one()
    return [
        _Parcel(row, subjects[row.id], emails.get(row.asker), targets.get(row.target), _link(conn, row, ways, now),
                city.name, tuple(one for one in answers if one.id == row.id), ZoneInfo(city.zone))
        for row in rows
    ]  # fmt: skip


def _link(conn: Connection, row: Row[Any], ways: Ways, now: datetime) -> str | None:
    """A link of the mail's own, since of those given before only digests are left."""
    if row.channel != "email" or not ways.public_url:
        return None
    token = new_token()
    run(conn, ASKERS["insert_link_of"], {"digest": digest_of(token), "asker": row.asker, "now": now})
    return f"{ways.public_url.rstrip('/')}/status/{token}"


def _settle(engine: Engine, parcel: _Parcel, ways: Ways, clock: Callable[[], datetime]) -> str:
    row = parcel.row
    try:
        _attempt(parcel, ways, clock())
    except Undelivered as fault:
        now = clock()
        is_dead = fault.is_final or row.attempts >= ways.attempts
        later = now + timedelta(seconds=wait_s(row.attempts, random.random()))
        params = {"id": row.id, "attempts": row.attempts, "fault": fault.why, "now": now, "next_at": later}
        name = "settle_dead" if is_dead else "settle_again"
    else:
        name, params = "settle_sent", {"id": row.id, "now": clock()}
    with transaction(engine) as conn:
        run(conn, SQL[name], params)
    return name


def _attempt(parcel: _Parcel, ways: Ways, now: datetime) -> None:
    """Send it. Whatever goes wrong with one message is that message's fault: raised on, it would hold up all others."""
    try:
        _send(parcel, ways, now)
    except Undelivered:
        raise
    except Exception as fault:
        _LOG.exception("message %s could not be sent", parcel.row.message)
        raise Undelivered(f"it could not be sent ({type(fault).__name__})") from fault


def _send(parcel: _Parcel, ways: Ways, now: datetime) -> None:
    row = parcel.row
    if row.channel == "email":
        assert ways.mailer is not None
        if parcel.email is None:
            raise Undelivered("the address was erased", is_final=True)
        about = parcel.subject
        subject, body = letter(
            parcel.told(), city=parcel.city, case_no=about.asked_no, link=parcel.link, link_for=about.link_for
        )
        ways.mailer.send(to=parcel.email, subject=subject, body=body, message=row.message, now=now)
        return
    if parcel.target is None:
        raise Undelivered("the webhook has ended", is_final=True)
    body_bytes = json.dumps(_body(parcel), ensure_ascii=False).encode()
    post_signed(parcel.target.url, body_bytes, secret=parcel.target.secret, message=row.message, now=now,
                private_allowed=ways.private_allowed)  # fmt: skip


def _body(parcel: _Parcel) -> Mapping[str, Any]:
    """What a webhook is told: numbers, codes and fixed sentences; nothing of anybody."""
    row, subject = parcel.row, parcel.subject
    (says, words), *_ = parcel.told()
    return {
        "type": f"case.{row.kind}",
        "timestamp": row.written_at.isoformat(),
        "data": {
            "report_id": subject.report_id, "case_no": subject.asked_no, "handled_under": subject.case_no,
            "state": subject.state, "step": subject.step, "category": subject.category, "kind": row.kind,
            "says": says[0], "says_zh": says[1], "words": words, "facts": dict(parcel.answers[0].facts),
        },
    }  # fmt: skip


def _counted(done: Delivered, name: str) -> Delivered:
    field = {"settle_sent": "sent", "settle_again": "put_off", "settle_dead": "dead"}[name]
    return replace(done, **{field: getattr(done, field) + 1})
