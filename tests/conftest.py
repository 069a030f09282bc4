"""A real PostGIS for every test that asks for one.

`GRID_TEST_DSN` names an administrator's login on a server of your own; without it a private cluster is made
for this run. A machine that has neither fails with a sentence: a test that quietly skips proves nothing.
"""

import itertools
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from spatial.errors import Unavailable
from spatial.store import migrate
from spatial.store.db import open_engine
from spatial.store.embedded import private_cluster
from spatial.store.opening import Store, connect
from tests.invariants import check_invariants

_numbers = itertools.count(1)

# An example that takes long on a busy machine is not wrong, and who changes nothing is given the examples of the last
# run: `--hypothesis-profile=search` looks for others.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Clean up on SIGTERM too, so that a run that is timed out leaves no cluster behind."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and the owner's login made for this run."""

    admin_url: str
    owner: str
    password: str

    def url(self, database: str) -> str:
        """The owner's address of a database."""
        owner = make_url(self.admin_url).set(username=self.owner, password=self.password, database=database)
        return owner.render_as_string(hide_password=False)

    def execute(self, *statements: str, database: str | None = None) -> None:
        """Run an administrator's statements, each by itself."""
        url = make_url(self.admin_url)
        chosen = url if database is None else url.set(database=database)
        engine = open_engine(chosen.render_as_string(hide_password=False), app=False, pool_size=1)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            for statement in statements:
                conn.exec_driver_sql(statement, execution_options={"no_parameters": True})
        engine.dispose()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this run, with an owner's role of its own."""
    dsn = os.environ.get("GRID_TEST_DSN")
    if dsn:
        yield from _with_owner(dsn)
        return
    # Open to all as far as entering goes: run as root, the database is another user.
    directory = Path(tempfile.mkdtemp(prefix="gridmaps-test-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        with private_cluster(directory, durable=False) as cluster:
            yield from _with_owner(cluster.superuser_url())
    except Unavailable as missing:
        pytest.fail(
            f"The tests need PostGIS: {missing.sentence} Or set GRID_TEST_DSN to an administrator's login.",
            pytrace=False,
        )
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _with_owner(admin_url: str) -> Iterator[Server]:
    server = Server(admin_url, f"gridmaps_test_{os.getpid()}", secrets.token_hex(16))
    server.execute(
        "DO $$ BEGIN CREATE ROLE gridmaps_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"CREATE ROLE {server.owner} LOGIN CREATEROLE PASSWORD '{server.password}'",
        f"GRANT gridmaps_app TO {server.owner}",
    )
    try:
        yield server
    finally:
        server.execute(f"DROP ROLE {server.owner}")


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[str]:
    """The name of a database with the real migrations and the tiny town, made once and copied."""
    from tests.worlds import load_tiny_town

    name = f"gridmaps_{os.getpid()}_template"
    server.execute(f"CREATE DATABASE {name} OWNER {server.owner}")
    try:
        server.execute(
            "CREATE EXTENSION postgis", "CREATE EXTENSION btree_gist", "CREATE EXTENSION pg_trgm", database=name
        )
        store = connect(server.url(name))
        migrate.upgrade(store.owner)
        with store.app.begin() as conn:
            load_tiny_town(conn)
        _dispose(store)
        yield name
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _copy(server: Server, template: str) -> Iterator[Store]:
    name = f"gridmaps_{os.getpid()}_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {server.owner}")
    store = connect(server.url(name))
    try:
        yield store
    finally:
        _dispose(store)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _dispose(store: Store) -> None:
    store.app.dispose()
    store.owner.dispose()


@pytest.fixture(scope="session")
def shared_store(server: Server, template: str) -> Iterator[Store]:
    """One copy for all tests that roll back."""
    yield from _copy(server, template)


@pytest.fixture(scope="session")
def engine(shared_store: Store) -> Engine:
    """The application's engine on the shared copy: read, or roll back."""
    return shared_store.app


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    """A connection as the application, in a transaction that is rolled back after the invariants were checked."""
    with engine.connect() as connection:
        yield connection
        if _is_usable(connection):
            check_invariants(connection)
        connection.rollback()


@pytest.fixture
def fresh_db(server: Server, template: str) -> Iterator[Store]:
    """A database of the test's own, for commits: a Store with .app, .owner and .url."""
    for store in _copy(server, template):
        yield store
        with store.app.connect() as connection:
            check_invariants(connection)


@pytest.fixture
def empty_db(server: Server, template: str) -> Iterator[Store]:
    """Like fresh_db, with the schema and no town."""
    name = f"gridmaps_{os.getpid()}_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} OWNER {server.owner}")
    store = connect(server.url(name))
    try:
        server.execute(
            "CREATE EXTENSION postgis", "CREATE EXTENSION btree_gist", "CREATE EXTENSION pg_trgm", database=name
        )
        migrate.upgrade(store.owner)
        yield store
        with store.app.connect() as connection:
            check_invariants(connection)
    finally:
        _dispose(store)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _is_usable(connection: Connection) -> bool:
    """Whether the transaction still answers; a test that provoked an error has left it aborted."""
    raw: Any = connection.connection.dbapi_connection
    return not connection.closed and raw is not None and not raw.closed and raw.info.transaction_status in (0, 2)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The directory of real sample data, or a skip that says how to have it."""
    here = Path(__file__).resolve().parents[1]
    place = Path(os.environ.get("GRIDMAPS_SAMPLE_DATA", here.parent / "shared" / "data"))
    if not place.is_dir():
        pytest.skip(f"no sample data at {place}; set GRIDMAPS_SAMPLE_DATA")
    return place
