"""The small clock of a running server that empties the outbox, in a thread of its own.

Safe beside other servers and beside `gridmaps port deliver`. Knows when and by which settings; refuses to know how a
message travels.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from spatial.cases.port.delivering import Delivered, Ways, deliver
from spatial.cases.port.transports import Mailer
from spatial.settings import Settings
from spatial.store.opening import Store

_log = logging.getLogger("gridmaps.deliverer")


def ways_of(settings: Settings) -> Ways:
    """How messages leave, by the settings."""
    mailer = None
    if settings.smtp_host:
        mailer = Mailer(
            settings.smtp_host, settings.smtp_port, settings.mail_from, settings.smtp_security,
            settings.smtp_user, settings.smtp_password,
        )  # fmt: skip
    return Ways(mailer, settings.webhook_private, settings.public_url, settings.deliver_attempts)


class Deliverer:
    """A thread that delivers; with `seconds` 0 there is none."""

    def __init__(self, store: Store, *, ways: Ways, seconds: float, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._ways = ways
        self._seconds = seconds
        self._clock = clock
        self._stopping = Event()
        self._is_lost = False
        self._thread = Thread(target=self._run, name="deliverer", daemon=True)

    def start(self) -> None:
        """Begin, with what waited while nobody ran."""
        if self._seconds > 0:
            self._thread.start()

    def stop(self) -> None:
        """End; what is under way is taken again by the next to run."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            self._deliver()
            if self._stopping.wait(self._seconds):
                return

    def _deliver(self) -> None:
        try:
            done = deliver(self._store.app, clock=self._clock, ways=self._ways)
            self._is_lost = False
        except Exception as fault:
            if not self._is_lost:
                _log.warning("delivery failed (%s); trying again every %g s", type(fault).__name__, self._seconds)
            self._is_lost = True
        else:
            _told(done)


def _told(done: Delivered) -> None:
    if done.dead:
        _log.warning("%d messages were given up; see /api/v1/outbox/dead", done.dead)
