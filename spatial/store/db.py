"""Engines, transactions and the way a named query is run.

Knows SQLAlchemy and psycopg2. Refuses to know the domain, and never commits for it: the way in owns the
transaction (`with transaction(engine) as conn`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from spatial.errors import Unavailable

APP_ROLE = "gridmaps_app"
GRID_LOCK = 0x6772_6964  # advisory lock "grid": shared by writers of cases, exclusive for a publish


def open_engine(url: str, *, app: bool = True, pool_size: int = 10) -> Engine:
    """An engine whose sessions run in UTC, and as the application role unless `app` is False.

    The role is set when the session starts, so that even a forgotten `RESET ROLE` leads back to it: the
    application never owns a table and cannot rewrite the event log.
    """
    options = "-c timezone=UTC" + (f" -c role={APP_ROLE}" if app else "")
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg2")
    return create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 5, "application_name": "gridmaps"},
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back on any error.

    Raises Unavailable when the database cannot be reached.
    """
    try:
        with engine.begin() as conn:
            yield conn
    except PoolTimeout as gone:
        raise Unavailable from gone
    except DBAPIError as gone:
        if isinstance(gone, OperationalError) or gone.connection_invalidated:
            raise Unavailable from gone
        raise


def run(conn: Connection, sql: str, params: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Run a named query with bound parameters, exactly as it stands in its file."""
    return conn.exec_driver_sql(sql, dict(params or {}))


def as_array(values: Iterable[float | str]) -> str:
    """Numbers or texts as PostgreSQL writes an array, to be bound as one text where every microsecond counts.

    A list is written by the driver, and read by the server, value by value.
    """
    return "{" + ",".join([_quoted(one) if isinstance(one, str) else repr(one) for one in values]) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def hold_grid_shared(conn: Connection) -> None:
    """Hold the grid as it is until this transaction ends; a publish waits for us (design: coherence)."""
    conn.exec_driver_sql("SELECT pg_advisory_xact_lock_shared(%s)", (GRID_LOCK,))


def hold_grid_alone(conn: Connection) -> None:
    """Wait until nobody files on the grid, and let nobody begin until this transaction ends."""
    conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (GRID_LOCK,))
