"""The gathered intake: reports that wait at the same moment share one transaction.

A commit costs a disk's turn, whoever waits for it; filing what waits together and answering each after that
one commit gives several times the rate of a commit for each request. One thread a process owns one
connection; the routes hold none.

Knows queues and commits. What filing means is `spatial/cases/intake.py`'s.
"""

import logging
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from api.answers import Answer, answers_of
from api.problems import problem_of, problem_of_unknown
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.numbers import SerialBlocks
from spatial.errors import GridmapsError, Unavailable
from spatial.store.db import transaction
from spatial.store.events import wake
from spatial.store.opening import Store

_log = logging.getLogger("gridmaps.writer")
_MOST_TOGETHER = 256


@dataclass
class _Waiting:
    draft: ReportDraft
    answer: Future[Answer] = field(default_factory=Future)


class ReportWriter:
    """One thread that files what waits."""

    def __init__(self, store: Store, *, queue_limit: int, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._serials = SerialBlocks(store.app)
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(queue_limit)
        self._thread = Thread(target=self._run, name="report-writer", daemon=True)

    def start(self) -> None:
        """Begin to file."""
        self._thread.start()

    def stop(self) -> None:
        """File what waits, then end."""
        self._queue.put(None)
        self._thread.join(timeout=30)

    @property
    def depth(self) -> int:
        """How many reports wait."""
        return self._queue.qsize()

    def submit(self, draft: ReportDraft) -> Future[Answer]:
        """Queue a report; the future ends after its commit. Raises Unavailable when the queue is full."""
        waiting = _Waiting(draft)
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            raise Unavailable("too many reports are waiting; send this one again in a moment") from None
        return waiting.answer

    def file_batch(self, drafts: Sequence[ReportDraft], *, history: bool = False) -> list[Answer]:
        """File many at once, on the caller's thread, in one transaction of their own."""
        try:
            answers = self._retried(drafts, history=history)
        except GridmapsError:
            raise
        except Exception:
            _log.exception("a batch of %d failed; filing each by itself", len(drafts))
            answers = [_as_answer(one) for one in self._each_by_itself(drafts, history)]
        self._wake()
        return answers

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, ending = self._gather(first)
            self._file(batch)
            if ending:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        batch = [first]
        while len(batch) < _MOST_TOGETHER:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _file(self, batch: list[_Waiting]) -> None:
        try:
            answers: Sequence[Answer | Exception] = self._retried([item.draft for item in batch])
        except Unavailable as gone:
            answers = [gone] * len(batch)
        except Exception:
            _log.exception("a batch of %d failed; filing each by itself", len(batch))
            answers = self._each_by_itself([item.draft for item in batch], False)
        for item, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                item.answer.set_exception(answer)
            else:
                item.answer.set_result(answer)
        self._wake()

    def _retried(self, drafts: Sequence[ReportDraft], *, history: bool = False) -> list[Answer]:
        """File, and once more if the connection was lost.

        A connection lost during COMMIT leaves the outcome unknown. Filing again asks `report_key` first: what
        was committed is found there and answered, the rest is filed now.
        """
        try:
            return self._once(drafts, history)
        except Unavailable:
            return self._once(drafts, history)

    def _once(self, drafts: Sequence[ReportDraft], history: bool) -> list[Answer]:
        with transaction(self._store.app) as conn:
            return self._filed(conn, drafts, history)

    def _filed(self, conn: Connection, drafts: Sequence[ReportDraft], history: bool) -> list[Answer]:
        filed = file_reports(conn, drafts=drafts, now=self._clock(), serials=self._serials, history=history)
        return answers_of(conn, filed)

    def _each_by_itself(self, drafts: Sequence[ReportDraft], history: bool) -> list[Answer | Exception]:
        try:
            with transaction(self._store.app) as conn:
                return [self._in_savepoint(conn, draft, history) for draft in drafts]
        except GridmapsError as refused:
            return [refused] * len(drafts)

    def _in_savepoint(self, conn: Connection, draft: ReportDraft, history: bool) -> Answer | Exception:
        try:
            with conn.begin_nested():
                return self._filed(conn, [draft], history)[0]
        except DBAPIError as fault:
            if fault.connection_invalidated:
                raise
            return fault
        except Exception as fault:
            return fault

    def _wake(self) -> None:
        try:
            wake(self._store.app)
        except Exception:
            _log.debug("nobody was woken; readers look by themselves every second")


def _as_answer(outcome: Answer | Exception) -> Answer:
    if isinstance(outcome, Answer):
        return outcome
    document = problem_of(outcome) if isinstance(outcome, GridmapsError) else problem_of_unknown(outcome)
    return Answer(document["status"], problem=document)
