"""The small clock of a running server: it sweeps every so often, in a thread of its own.

A sweep is safe twice at once, so every server may have one, beside `gridmaps sweep` from a timer. Knows when;
refuses to know what is due.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from spatial.cases.sweeping import Swept, sweep
from spatial.store.events import wake
from spatial.store.opening import Store

_log = logging.getLogger("gridmaps.sweeper")


def sweep_once(store: Store, *, now: datetime) -> Swept:
    """Do what is due, and wake those who read the feed if anything was."""
    done = sweep(store.app, now=now)
    if not done.is_nothing:
        wake(store.app)
    return done


class Sweeper:
    """A thread that sweeps; with `seconds` 0 there is none."""

    def __init__(self, store: Store, *, seconds: float, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock
        self._stopping = Event()
        self._is_lost = False
        self._thread = Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin, with a sweep at once: what was due while nobody ran is caught up."""
        if self._seconds > 0:
            self._thread.start()

    def stop(self) -> None:
        """End behind the sweep that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            self._sweep()
            if self._stopping.wait(self._seconds):
                return

    def _sweep(self) -> None:
        try:
            sweep_once(self._store, now=self._clock())
            self._is_lost = False
        except Exception as fault:
            # Once for each failure: a database that is away for an hour is one line, not sixty.
            if not self._is_lost:
                _log.warning("a sweep failed (%s); trying again every %g s", type(fault).__name__, self._seconds)
            self._is_lost = True
