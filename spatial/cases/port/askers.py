"""Who asked about a case: the reporter, his repeats, and those who said the same; and the secret links they hold.

A citizen who says the same again inside the window is given his first number. A link is 128 random bits; only its
SHA-256 is kept, so nobody who reads the tables can open a status page. Contacts stay in `report`; here stands a keyed
digest of them, by which one citizen is known again and not who he is.

What somebody says of himself is one thing (`citizen`), who he is for certain another (`known_as`): anybody can write
down a hundred telephone numbers. Refuses to send anything and to decide what a case is; `telling.py` answers those who
stand here, `counting.py` counts them.
"""

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.port.addresses import address_of
from spatial.errors import Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "askers.sql")
PUBLIC = "public"
_KEPT_LINKS = 5


@dataclass(frozen=True)
class Who:
    """Who asks, as keyed hex digests. `citizen`: by his own word; `known_as`: for certain; `mailbox`: where he reads.

    Each is None where it cannot be told.
    """

    citizen: str | None
    known_as: str | None
    mailbox: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """All digests by which he may be known again: either of his contacts, and his account."""
        return tuple(sorted({key for key in (self.citizen, self.known_as, self.mailbox) if key is not None}))


NOBODY = Who(None, None, None)


@dataclass(frozen=True)
class Asker:
    """Who is to be answered about a case, at which registered webhook besides, and since when."""

    district: str
    case_no: str
    report_id: UUID
    part: str
    who: Who
    target: str | None
    asked_at: datetime
    source: str


@dataclass(frozen=True)
class Asked:
    """What the holder of a link asked about: the case as he knows it, before any merge.

    `is_reporter`: he is the one who reported it, and is asked what he thinks of the result. `is_mailed`: the link came
    to him in a mail; `is_known`: who he is is certain.
    """

    id: int
    district: str
    case_no: str
    report_id: UUID
    part: str
    asked_at: datetime
    is_reporter: bool
    is_mailed: bool
    is_known: bool


def read_pepper(conn: Connection) -> str:
    """What digests of contacts are keyed with, in this database."""
    return str(run(conn, SQL["pepper"]).scalar_one())


def who_asks(pepper: str, *, sender: str, source: str, by_citizen: bool, reporter: Mapping[str, Any] | None) -> Who:
    """Who asks, by what he says of himself and by the account he uses; `sender` is its id or 'public'.

    For certain is a citizen's own account, and a contact that somebody with an account took down: a clerk has spoken
    with him. A clerk's account is no citizen: what he takes down is by contact only.
    """
    contact, address = _contact(reporter), email_of(reporter)
    own = f"account:{sender}" if by_citizen and sender != PUBLIC else None
    citizen = contact or (own if source == PUBLIC else None)
    known_as = None if sender == PUBLIC else own or contact
    mailbox = None if address is None else f"email:{address.casefold()}"
    return Who(_keyed(pepper, citizen), _keyed(pepper, known_as), _keyed(pepper, mailbox))


def email_of(reporter: Mapping[str, Any] | None) -> str | None:
    """The address that a reporter gave, None where there is none that could be one."""
    return address_of((reporter or {}).get("email"))


def target_of(reporter: Mapping[str, Any] | None, *, sender: str) -> str | None:
    """The webhook that was asked for; only somebody with an account may ask for one."""
    given = (reporter or {}).get("webhook")
    return given if isinstance(given, str) and sender != PUBLIC else None


def find_targets(conn: Connection, reporters: Iterable[Mapping[str, Any] | None]) -> frozenset[str]:
    """Those of the webhooks that these reporters name which are registered and in force; nothing is read for none."""
    named = sorted({one["webhook"] for one in reporters if one and isinstance(one.get("webhook"), str)})
    return frozenset(run(conn, SQL["targets_there"], {"codes": named}).scalars()) if named else frozenset()


def check_target(reporter: Mapping[str, Any] | None, *, sender: str, there: Set[str]) -> None:
    """Raise Invalid for a webhook by which nobody would be told: one that there is not, or that takes an account.

    `there` are those in force. Without an account nobody learns which there are.
    """
    given = (reporter or {}).get("webhook")
    if given is None:
        return
    if sender == PUBLIC:
        told = "reporter.webhook is for who has an account; log in, or leave it out and give an e-mail address"
        raise Invalid(told, field="reporter.webhook")
    if given not in there:
        told = f"reporter.webhook: no webhook {given!s:.40} is in force; name a registered one, or leave it out"
        raise Invalid(told, field="reporter.webhook")


def add_askers(conn: Connection, askers: Sequence[Asker]) -> None:
    """Note who asked, those of citizens' sources."""
    rows = [{name: value for name, value in vars(one).items() if name != "who"} | vars(one.who) for one in askers]
    if rows:
        run(conn, SQL["insert_askers"], {"rows": json.dumps(rows, default=_plain)})


def give_links(conn: Connection, report_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, str]:
    """A new secret token for each of these reports that has an asker, by report id. It is told once and never again."""
    tokens = {report_id: new_token() for report_id in report_ids}
    if not tokens:
        return {}
    params = {
        "ids": [str(report_id) for report_id in tokens],
        "digests": [digest_of(token).hex() for token in tokens.values()],
        "now": now,
    }
    given = set(run(conn, SQL["insert_links"], params).scalars())
    return {report_id: token for report_id, token in tokens.items() if report_id in given}


def drop_old_links(conn: Connection, report_ids: Iterable[UUID]) -> None:
    """Make room for one more link of each of these askers: only the newest few are kept."""
    run(conn, SQL["drop_old_links"], {"ids": [str(i) for i in report_ids], "keep": _KEPT_LINKS - 1})


def new_token() -> str:
    """128 random bits, as they stand in a link."""
    return secrets.token_urlsafe(16)


def digest_of(token: str) -> bytes:
    """What of a link's token is kept."""
    return hashlib.sha256(token.encode()).digest()


def get_asked(conn: Connection, *, token: str) -> Asked:
    """What the holder of a status link asked about. Raises NotFound for a token that opens nothing."""
    row = run(conn, SQL["asked_by_link"], {"digest": digest_of(token)}).first()
    if row is None:
        raise NotFound("this link opens nothing; look whether it was copied whole")
    return Asked(**row._mapping)


def _contact(reporter: Mapping[str, Any] | None) -> str | None:
    phone = re.sub(r"\D", "", unicodedata.normalize("NFKC", str((reporter or {}).get("phone") or "")))
    if len(phone) >= 7:
        return f"phone:{phone[-11:]}"
    address = email_of(reporter)
    return None if address is None else f"email:{address.casefold()}"


def _keyed(pepper: str, who: str | None) -> str | None:
    return None if who is None else hmac.new(pepper.encode(), who.encode(), hashlib.sha256).hexdigest()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
