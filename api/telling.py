"""A transaction that is told to live readers once it is durable.

Never inside it: NOTIFY there takes a lock over the whole database at commit. A wake-up that fails costs the readers a
second, since they look by themselves, and must not turn what was committed into an error.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from spatial.store.db import transaction
from spatial.store.events import wake
from spatial.store.opening import Store

_log = logging.getLogger("gridmaps.telling")


@contextmanager
def told_transaction(store: Store) -> Iterator[Connection]:
    """One transaction, committed at the end; readers are woken behind it. Raises Unavailable without a database."""
    with transaction(store.app) as conn:
        yield conn
    try:
        wake(store.app)
    except Exception:
        _log.debug("nobody was woken; readers look by themselves every second")
