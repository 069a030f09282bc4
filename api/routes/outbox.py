"""The one port out, as its keepers see it: what waits, what is dead, and the webhooks that are told."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.dependencies import AppSettings, Conn, Now
from api.routes.bodies import Editor
from api.schemas.duties import ListPage, id_behind
from api.schemas.port import MessageOut, OutboxPage, WaitingAgain, WebhookBody, WebhookMade
from spatial.cases.port.delivering import revive, revive_all
from spatial.cases.port.outbox import add_target, count_messages, end_target, list_messages, list_targets

router = APIRouter(prefix="/api/v1", tags=["port"])
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")]
State = Annotated[Literal["waiting", "sent", "dead"] | None, Query()]


@router.get("/outbox")
def outbox(conn: Conn, asking: Editor, state: State = None, limit: Limit = 100, cursor: Cursor = None) -> OutboxPage:
    """The messages to citizens, newest first, and how many wait. To whom they go is not told."""
    return _page(conn, state, limit, cursor)


@router.get("/outbox/dead")
def dead(conn: Conn, asking: Editor, limit: Limit = 100, cursor: Cursor = None) -> OutboxPage:
    """The messages that were given up, each with the reason."""
    return _page(conn, "dead", limit, cursor)


@router.post("/outbox/{message}/retry", status_code=204)
def retry(message: int, conn: Conn, asking: Editor, now: Now) -> None:
    """Let a dead message be tried again, under its old id."""
    revive(conn, message=message, now=now)


@router.post("/outbox/retry")
def retry_all(conn: Conn, asking: Editor, now: Now) -> WaitingAgain:
    """Let every dead message be tried again, but for those to a webhook that has ended."""
    return WaitingAgain(messages=revive_all(conn, now=now))


@router.get("/webhooks")
def webhooks(conn: Conn, asking: Editor) -> ListPage:
    """The registered webhooks, those that have ended too."""
    return ListPage(items=[asdict(target) for target in list_targets(conn)], next=None)


@router.post("/webhooks", status_code=201)
def post_webhook(body: WebhookBody, conn: Conn, asking: Editor, now: Now, settings: AppSettings) -> WebhookMade:
    """Register a webhook. What it is sent is signed with the secret in this answer, which is told this once."""
    secret = add_target(
        conn, code=body.code, url=body.url, actor=asking.sender, now=now, private_allowed=settings.webhook_private
    )
    return WebhookMade(code=body.code, url=body.url, secret=secret)


@router.post("/webhooks/{code}/end", status_code=204)
def end_webhook(code: str, conn: Conn, asking: Editor, now: Now) -> None:
    """Tell a webhook nothing any more."""
    end_target(conn, code=code, now=now)


def _page(conn: Conn, state: str | None, limit: int, cursor: str | None) -> OutboxPage:
    before = id_behind(cursor)
    found = list_messages(conn, state=state, limit=limit + 1, before=before)
    counts = count_messages(conn)
    return OutboxPage(
        waiting=counts.waiting, sent=counts.sent, dead=counts.dead, oldest_waiting=counts.oldest,
        items=[MessageOut.of(one) for one in found[:limit]],
        next=str(found[limit - 1].id) if len(found) > limit else None,
    )  # fmt: skip
