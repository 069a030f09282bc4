"""Who asked about a case: the reporter, his repeats, and those who said the same; and the secret links they hold.

A citizen who says the same again inside the window is given his first number. A link is 128 random bits; only its
SHA-256 is kept, so nobody who reads the tables can open a status page. Contacts stay in `report`; here stands a keyed
digest of them, by which one citizen is known again and not who he is.

Refuses to send anything and to decide what a case is; `telling.py` answers those who stand here.
"""

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.errors import NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "askers.sql")
PUBLIC = "public"
_KEPT_LINKS = 5
_ADDRESS = re.compile(r"[^\s@<>,;\"\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Asker:
    """Who is to be answered about a case. `citizen` is the hex digest by which he is known again, None if he is not."""

    district: str
    case_no: str
    report_id: UUID
    part: str
    citizen: str | None
    target: str | None
    has_email: bool
    asked_at: datetime
    source: str


@dataclass(frozen=True)
class Asked:
    """What the holder of a link asked about: the case as he knows it, before any merge."""

    id: int
    district: str
    case_no: str
    report_id: UUID
    part: str
    asked_at: datetime


def read_pepper(conn: Connection) -> str:
    """What digests of contacts are keyed with, in this database."""
    return str(run(conn, SQL["pepper"]).scalar_one())


def citizen_digest(pepper: str, *, sender: str, source: str, reporter: Mapping[str, Any] | None) -> str | None:
    """By what a citizen is known again: his telephone number, his e-mail address, or the account he reports with.

    None for somebody of whom nothing is known. A clerk's account is no citizen: what he takes down is by contact only.
    """
    said = reporter or {}
    phone = re.sub(r"\D", "", unicodedata.normalize("NFKC", str(said.get("phone") or "")))
    address = email_of(said)
    if len(phone) >= 7:
        who = f"phone:{phone[-11:]}"
    elif address is not None:
        who = f"email:{address.casefold()}"
    elif sender != PUBLIC and source == PUBLIC:
        who = f"account:{sender}"
    else:
        return None
    return hmac.new(pepper.encode(), who.encode(), hashlib.sha256).hexdigest()


def email_of(reporter: Mapping[str, Any] | None) -> str | None:
    """The address that a reporter gave, None where there is none that could be one."""
    given = (reporter or {}).get("email")
    return given.strip() if isinstance(given, str) and _ADDRESS.fullmatch(given.strip()) else None


def target_of(reporter: Mapping[str, Any] | None, *, sender: str) -> str | None:
    """The webhook that was asked for; only somebody with an account may ask for one."""
    given = (reporter or {}).get("webhook")
    return given if isinstance(given, str) and sender != PUBLIC else None


def add_askers(conn: Connection, askers: Sequence[Asker]) -> None:
    """Note who asked, those of citizens' sources."""
    if askers:
        run(conn, SQL["insert_askers"], {"rows": json.dumps([vars(asker) for asker in askers], default=_plain)})


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


def recount_supporters(conn: Connection, *, case_no: str) -> int:
    """Count anew who else said the same, behind a support, a merge or a split; the caller holds the case."""
    return int(run(conn, SQL["recount"], {"case_no": case_no}).scalar_one())


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
