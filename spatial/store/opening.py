"""Opening the store: a database of one's own or the private cluster, migrated and ready.

Knows the settings and the two roles. Refuses to know what is stored.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from spatial.errors import Unavailable
from spatial.settings import Settings
from spatial.store import migrate
from spatial.store.db import open_engine
from spatial.store.embedded import private_cluster


@dataclass(frozen=True)
class Store:
    """Two doors to one database: `app` for all work, `owner` for migrations, backup and verification.

    `url` is the owner's address with its password: hand it to programs, never to a log.
    """

    app: Engine
    owner: Engine
    url: str


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store that the settings name, at the newest schema; a private cluster is started or shared.

    Raises Unavailable with a sentence when the database cannot be reached or prepared.
    """
    with ExitStack() as leaving:
        url = settings.database_url
        if url is None:
            url = leaving.enter_context(private_cluster(settings.dir)).owner_url()
        store = connect(url)
        leaving.callback(store.app.dispose)
        leaving.callback(store.owner.dispose)
        _upgrade(store)
        yield store


def connect(url: str) -> Store:
    """The two engines of one database; nothing is connected or migrated yet.

    Raises Unavailable when the address is not one of PostgreSQL.
    """
    try:
        if make_url(url).get_backend_name() != "postgresql":
            raise ArgumentError(url)
        return Store(app=open_engine(url), owner=open_engine(url, app=False, pool_size=2), url=url)
    except (ArgumentError, ValueError) as wrong:
        raise Unavailable("GRIDMAPS_DATABASE_URL is not of the form postgresql://user:password@host/name.") from wrong


def _upgrade(store: Store) -> None:
    try:
        migrate.upgrade(store.owner)
    except OperationalError as gone:
        reason = str(gone.orig).strip().splitlines()[0]
        raise Unavailable(f"The database cannot be reached: {reason}. Check GRIDMAPS_DATABASE_URL.") from gone
