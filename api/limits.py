"""The largest body that is read, held before anything parses it."""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem, respond

_NUL = b"%00"  # PostgreSQL keeps none, and its driver would fail on it far from here


class BodyLimit:
    """Answers 422 to a body over its limit, told or counted, and reads no further."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if its body fits."""
        if scope["type"] == "http" and _NUL in (scope["raw_path"] or b"") + scope["query_string"]:
            document = problem(422, "invalid", "the address holds a NUL character; leave it out")
            await respond(document)(scope, receive, send)
            return
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS", "DELETE"):
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length")
        if told is not None and told.isdigit():
            held: Receive | None = receive if int(told) <= self._limit else None
        else:
            held = await self._counted(receive)
        if held is None:
            await self._refuse(scope, receive, send)
        else:
            await self._app(scope, held, send)

    async def _counted(self, receive: Receive) -> Receive | None:
        messages: list[Message] = []
        size = 0
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
            size += len(messages[-1].get("body", b""))
            if size > self._limit:
                return None
        waiting = iter(messages)

        async def replay() -> Message:
            return next(waiting, None) or await receive()

        return replay

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"body is larger than {self._limit} bytes; send less, or in parts"
        document: dict[str, Any] = problem(422, "body_too_large", detail, field="body")
        await respond(document)(scope, receive, send)
