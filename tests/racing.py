"""Two who want the same row at once: the second is seen to wait before the first lets go."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from sqlalchemy import Connection

from spatial.store.opening import Store

PATIENCE_S = 60
_WAITERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"""


@contextmanager
def second_waits(store: Store, second: Callable[[], object]) -> Iterator[Connection]:
    """A transaction that holds what `second` wants: before it commits, `second` waits for it; then both have ended."""
    thread = Thread(target=second)
    with store.app.begin() as first:
        yield first
        thread.start()
        wait_for_a_waiter(store)
    joined(thread)


def wait_for_a_waiter(store: Store) -> None:
    """Until somebody waits for a lock in this database."""
    end = time.monotonic() + PATIENCE_S
    # The owner's session, since the application is not told what other sessions wait for.
    with store.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while not conn.exec_driver_sql(_WAITERS).scalar_one():
            assert time.monotonic() < end, "nobody waited"
            time.sleep(0.02)


def joined(thread: Thread) -> None:
    """Until a thread has ended."""
    thread.join(PATIENCE_S)
    assert not thread.is_alive(), "it never ended"
