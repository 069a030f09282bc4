"""Who acted, by name: accounts that have or had some work. One that never had any is a citizen's, and is not named.

Knows names of officials, those out of use too: what they did stays theirs. Refuses to know where they acted, and who
may read it.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "officials.sql")


def list_officials(conn: Connection, *, actors: Iterable[str | None]) -> dict[str, str]:
    """The names of the officials among some actors, by the actor as events sign him; one look-up for them all.

    What is no account (`system`, `public`) has no name.
    """
    asked = sorted({int(one) for one in actors if one is not None and one.isascii() and one.isdigit()})
    if not asked:
        return {}
    return {str(row.id): row.name for row in run(conn, SQL["officials"], {"accounts": asked})}
