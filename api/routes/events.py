"""The live feed as server-sent events, resumable by `Last-Event-ID`."""

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.dependencies import CaseReader, now, store_of, viewer
from api.live import TOO_OLD, Feed, Heard, Subscription, may_hear
from spatial.errors import GridmapsError, Unauthenticated
from spatial.people.accounts import Account
from spatial.store.db import transaction
from spatial.store.events import Cursor, Event, current_epoch, newest_cursor, read_after
from spatial.store.opening import Store

router = APIRouter(prefix="/api/v1/events", tags=["live"])
HEARTBEAT_SECONDS = 10.0
RECHECK_SECONDS = 10.0
_PAGE = 1000


@router.get("/cursor")
def cursor(request: Request, account: CaseReader) -> dict[str, str]:
    """Where the feed stands: read lists after this, then follow the feed from here, and nothing is missed."""
    with transaction(store_of(request).app) as conn:
        return {"cursor": str(newest_cursor(conn))}


@router.get("", response_class=StreamingResponse)
async def stream(
    request: Request,
    account: CaseReader,
    start: Annotated[str | None, Query(alias="cursor")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Follow the feed. A cursor that is unknown or too old is answered `event: reset`: read the lists again."""
    feed: Feed = request.app.state.feed
    subscription = feed.subscribe(account.login, account.reach)
    watch = _Watch(request, account)
    frames = _frames(feed, subscription, store_of(request), last_event_id or start, watch)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)


class _Watch:
    """Whether who opened a stream may still hear what it tells.

    A change of his postings ends the stream by itself (`api/live.py`); a posting that runs out and a session that
    ends make no event.
    """

    def __init__(self, request: Request, account: Account) -> None:
        self._request = request
        self._reach = account.reach
        self._until = account.unchanged_until
        self._checked = monotonic()

    async def is_over(self) -> bool:
        """Whether the stream must end; its reader may open another."""
        if self._until is not None and now() >= self._until:
            return True
        if monotonic() - self._checked < RECHECK_SECONDS:
            return False
        self._checked = monotonic()
        return not await run_in_threadpool(self._is_as_before)

    def _is_as_before(self) -> bool:
        try:
            found = viewer(self._request)
        except Unauthenticated:
            return False
        return found is not None and found.reach == self._reach


async def _frames(
    feed: Feed, subscription: Subscription, store: Store, start: str | None, watch: _Watch
) -> AsyncIterator[str]:
    try:
        yield "retry: 2000\n: open\n\n"
        position = None
        async for heard in _missed(store, subscription, start):
            position = heard.cursor
            yield _frame(heard)
        while (item := await _next(subscription)) != "end" and not await watch.is_over():
            if item == "quiet":
                yield ": quiet\n\n"
            elif position is None or item.event is None or item.cursor > position:
                position = item.cursor
                yield _frame(item)
    finally:
        feed.leave(subscription)


async def _next(subscription: Subscription) -> Any:
    try:
        return await asyncio.wait_for(subscription.queue.get(), HEARTBEAT_SECONDS) or "end"
    except TimeoutError:
        return "quiet"


async def _missed(store: Store, subscription: Subscription, start: str | None) -> AsyncIterator[Heard]:
    """What came between the reader's cursor and now; the queue already gathers what comes next."""
    position = await run_in_threadpool(_begin, store, start)
    if isinstance(position, Heard):
        yield position
        return
    told = 0
    while position is not None:
        events, epoch = await run_in_threadpool(_page, store, position)
        for event in events:
            position = event.cursor(epoch)
            if may_hear(subscription.reach, event):
                yield Heard(position, event)
        told += len(events)
        if told > TOO_OLD:
            yield Heard(position, None)
        if len(events) < _PAGE:
            return


def _begin(store: Store, start: str | None) -> Cursor | Heard | None:
    """The reader's place; None: from now on; an event-less Heard: begin again."""
    if start is None:
        return None
    with transaction(store.app) as conn:
        newest = newest_cursor(conn)
        try:
            position = Cursor.parse(start)
        except GridmapsError:
            return Heard(newest, None)
        return position if position.epoch == newest.epoch and position <= newest else Heard(newest, None)


def _page(store: Store, position: Cursor) -> tuple[list[Event], int]:
    with transaction(store.app) as conn:
        return read_after(conn, cursor=position, limit=_PAGE), current_epoch(conn)


def _frame(heard: Heard) -> str:
    if heard.event is None:
        return f"id: {heard.cursor}\nevent: reset\ndata: {{}}\n\n"
    event = heard.event
    data = {
        "subject": event.subject,
        "subject_id": event.subject_id,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "path": list(event.path),
        "state": event.payload.get("state"),
    }
    return f"id: {heard.cursor}\nevent: {event.kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
