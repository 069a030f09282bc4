"""Watching a private cluster: whoever holds it brings it back when its database dies.

One small thread for each holder looks every two seconds and starts the database again under the guard, so
that of several holders one starts it and an intended stop is never undone. Knows threads, pauses and the
guard; refuses to know PostgreSQL, which it reaches through the two functions it is given.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError
from threading import Event as Flag
from threading import Thread

from spatial.errors import Unavailable
from spatial.store.embedded_lock import guard

_log = logging.getLogger("gridmaps.cluster")
_LONGEST_PAUSE_S = 120.0


@contextmanager
def watched(
    home: Path, *, serves: Callable[[], bool], restart: Callable[[], None], every_s: float = 2.0
) -> Iterator[None]:
    """Keep the cluster at `home` alive until we leave.

    `serves` is cheap and asked every `every_s` seconds; `restart` may raise Unavailable, and is then tried
    again after pauses that grow to two minutes.
    """
    watch = _Watch(home, serves, restart, every_s)
    thread = Thread(target=watch.run, name="cluster-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        # The flag is what counts: it is read under the guard, which the stop that follows takes too. A
        # restart under way is not waited for here, but by that guard.
        watch.stopping.set()


class _Watch:
    """What the thread does."""

    def __init__(self, home: Path, serves: Callable[[], bool], restart: Callable[[], None], every_s: float) -> None:
        self.stopping = Flag()
        self._home = home
        self._serves = serves
        self._restart = restart
        self._every_s = every_s
        self._is_lost = False

    def run(self) -> None:
        """Look, and mend, until we are told to stop."""
        pause_s = self._every_s
        while not self.stopping.wait(pause_s):
            try:
                self._look()
                pause_s = self._every_s
            except (Unavailable, OSError, SubprocessError) as refused:
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                _log.warning("the database does not come back (%s); trying again in %.0f s", refused, pause_s)

    def _look(self) -> None:
        if self._serves() and not self._is_lost:
            return
        with guard(self._home):
            # Whoever held the guard may have started it meanwhile, or we are leaving and it shall stop.
            if self.stopping.is_set() or (self._serves() and not self._is_lost):
                return
            if not self._is_lost:
                self._is_lost = True
                _log.warning("the database is gone; starting it again")
            self._restart()
        self._is_lost = False
        _log.warning("the database is back")
