"""Who uses a private cluster: locks that die with their holder.

Two files in the cluster's home. `guard.lock` is held alone for the moments of starting and stopping;
`users.lock` is held shared for as long as somebody uses the cluster. The kernel drops both when a process
dies, so that kill -9 leaves no lie behind. Knows flock; refuses to know PostgreSQL.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class UsersLock:
    """One holder's share in the use of a cluster; each instance counts as one user."""

    def __init__(self, home: Path) -> None:
        # Python opens with O_CLOEXEC: the database that we start must not inherit the lock, or it would
        # look like a user for ever.
        self._fd = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def join(self) -> None:
        """Become a user; call it under the guard."""
        fcntl.flock(self._fd, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether nobody else uses the cluster; call it under the guard.

        Turning a shared lock into one held alone lets go of it for a moment; the guard keeps others out.
        """
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def leave(self) -> None:
        """Be no user any more."""
        os.close(self._fd)


@contextmanager
def guard(directory: Path) -> Iterator[None]:
    """Hold `directory` alone while something is started, stopped or set up in it."""
    fd = os.open(directory / "guard.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
