"""Companies and social bodies that take what is not the government's to do, and how soon they call back.

Knows providers and their validity. What is referred to them never counts in a department's performance, which is why
they are no units of government and stand in no row of responsibility.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from spatial.cases.responsibility.bodies import SQL, check_code, check_cursor, check_end, check_span
from spatial.cases.responsibility.spans import Span
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.db import run

KINDS = ("market", "social")
_LONGEST = timedelta(days=30)


@dataclass(frozen=True)
class Provider:
    """A provider; `contact_limit` is how soon it calls the citizen back (15 minutes is 晋江's rule for merchants)."""

    code: str
    name: str
    kind: str
    contact: str
    name_zh: str = ""
    contact_limit: timedelta = timedelta(minutes=15)
    since: datetime | None = None
    until: datetime | None = None


def list_providers(
    conn: Connection,
    *,
    at: datetime | None = None,
    words: str | None = None,
    kind: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> list[Provider]:
    """Providers by code; `at` leaves out those that are not in force then, `after` begins behind a code.

    Raises Invalid for a code in `after` that there never was.
    """
    check_cursor(after, known=run(conn, SQL["is_provider"], {"code": after}).scalar_one())
    params = {"at": at, "words": words, "kind": kind, "limit": limit, "after": after}
    return [Provider(**row._mapping) for row in run(conn, SQL["list_providers"], params)]


def add_provider(conn: Connection, *, provider: Provider) -> None:
    """Add a provider. Raises Invalid naming the field, Conflict for a code that is taken."""
    check_code(provider.code)
    check_span(Span(provider.since, provider.until))
    if provider.kind not in KINDS:
        raise Invalid(f"kind {provider.kind} is unknown; one of {', '.join(KINDS)}", field="kind")
    if not provider.contact.strip():
        raise Invalid("contact is empty; say where the provider is reached", field="contact")
    if not timedelta() < provider.contact_limit <= _LONGEST:
        raise Invalid("contact_limit must be longer than nothing and at most P30D; write PT15M", field="contact_limit")
    if run(conn, SQL["insert_provider"], vars(provider)).first() is None:
        raise Conflict(f"code {provider.code} is taken by another provider; choose another", field="code")


def end_provider(conn: Connection, *, code: str, until: datetime, now: datetime) -> None:
    """Let a provider end. Raises NotFound, and Invalid for an end that lies before now."""
    row = run(conn, SQL["hold_provider"], {"code": code}).first()
    if row is None:
        raise NotFound(f"there is no provider {code}", field="code")
    check_end(Span(row.since, row.until), until=until, now=now)
    run(conn, SQL["end_provider"], {"code": code, "until": until})
