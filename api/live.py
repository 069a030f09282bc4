"""The live feed: one LISTEN thread a process reads the event log and hands it to bounded queues.

A NOTIFY only wakes the thread; it reads behind its own cursor and also looks by itself every second, so a
lost call costs a moment and never an event. A subscriber that cannot keep up is told to begin again.

Knows the log and queues. Refuses to know HTTP framing (`api/routes/events.py`).
"""

import asyncio
import logging
import os
import select
from dataclasses import dataclass
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any

from spatial.store.db import transaction
from spatial.store.events import CHANNEL, Cursor, Event, current_epoch, newest_cursor, read_after
from spatial.store.opening import Store
from spatial.store.reach import Reach

_log = logging.getLogger("gridmaps.live")
_PAGE = 1000
_ROOM = 2000  # events that may wait for one subscriber
TOO_OLD = 50_000  # a reader this far behind reads the lists again, which is quicker than every event since


@dataclass(frozen=True)
class Heard:
    """An event with its place in the feed; None for the event means: begin again."""

    cursor: Cursor
    event: Event | None


class Subscription:
    """One reader's bounded queue, filled from the feed's thread."""

    def __init__(self, login: str, reach: Reach, loop: asyncio.AbstractEventLoop) -> None:
        self.login = login
        self.reach = reach
        self._is_closed = False
        self.queue: asyncio.Queue[Heard | None] = asyncio.Queue(_ROOM)
        self._loop = loop

    def offer(self, heard: list[Heard]) -> None:
        """Hand events over to the reader's own loop; one whose postings have changed comes back with a new reach."""
        if any(item.event is not None and _is_about(item.event, self.login) for item in heard):
            self.close()
        if self._is_closed:
            return
        mine = [item for item in heard if item.event is None or may_hear(self.reach, item.event)]
        if mine:
            self._call(self._put, mine)

    def close(self) -> None:
        """End the stream."""
        self._is_closed = True
        self._call(self._end)

    def _call(self, function: Any, *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            _log.debug("a reader's loop has ended")

    def _put(self, heard: list[Heard]) -> None:
        for item in heard:
            if self.queue.full():
                self._start_over(item.cursor)
                return
            self.queue.put_nowait(item)

    def _start_over(self, cursor: Cursor) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(Heard(cursor, None))

    def _end(self) -> None:
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


def may_hear(reach: Reach, event: Event) -> bool:
    """Whether an event may be told: the grid is public, all else lies within the reach or is not told.

    Who was posted where is read from the accounts by those who manage them, and not heard.
    """
    return event.subject == "grid" or event.subject != "account" and reach.covers(event.path)


def _is_about(event: Event, login: str) -> bool:
    return event.subject == "account" and event.subject_id == login


class Feed:
    """The thread and its subscribers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subscribers: set[Subscription] = set()
        self._lock = Lock()
        self._stopping = Flag()
        self._bell, self._rope = os.pipe()  # rung by stop(): else it would wait for the next look
        self._is_lost = False
        self._cursor: Cursor | None = None
        self._thread = Thread(target=self._run, name="event-feed", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End every stream, then the thread."""
        self._stopping.set()
        os.write(self._rope, b".")
        self.close_streams()
        self._thread.join(timeout=5)
        os.close(self._rope)
        os.close(self._bell)

    def close_streams(self) -> None:
        """End every open stream, so that a shutdown need not wait for readers."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.close()

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)

    def subscribe(self, login: str, reach: Reach) -> Subscription:
        """A queue that hears everything within a reach from now on; call it from the reader's own loop."""
        subscription = Subscription(login, reach, asyncio.get_running_loop())
        with self._lock:
            self._subscribers.add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Forget a reader."""
        with self._lock:
            self._subscribers.discard(subscription)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as fault:
                self._say_lost(type(fault).__name__)
                self._stopping.wait(1.0)

    def _say_lost(self, reason: str) -> None:
        """Once for each loss, however often we try."""
        if not self._is_lost:
            _log.warning("the feed lost the database (%s); trying until it is back", reason)
        self._is_lost = True

    def _say_back(self) -> None:
        if self._is_lost:
            _log.warning("the feed has the database again")
        self._is_lost = False

    def _listen(self) -> None:
        raw = self._store.app.raw_connection()
        try:
            link: Any = raw.driver_connection
            link.set_session(autocommit=True)
            with link.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            while not self._stopping.is_set():
                self._hand_out()
                self._say_back()
                select.select([link, self._bell], [], [], 1.0)
                link.poll()
                link.notifies.clear()
        finally:
            # A listening session must not go back to the pool: its next owner would gather calls for ever.
            raw.invalidate()

    def _hand_out(self) -> None:
        while True:
            with transaction(self._store.app) as conn:
                epoch = current_epoch(conn)
                if self._cursor is None or self._cursor.epoch != epoch:
                    self._cursor = newest_cursor(conn)
                events = read_after(conn, cursor=self._cursor, limit=_PAGE)
            if not events:
                return
            heard = [Heard(event.cursor(epoch), event) for event in events]
            self._cursor = heard[-1].cursor
            with self._lock:
                for subscriber in self._subscribers:
                    subscriber.offer(heard)
            if len(events) < _PAGE:
                return
