"""Servers that hear what leaves the house: an SMTP server and a webhook, each in a thread, for tests."""

import http.server
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What a mail server was handed: (recipient, data). `replies` are said to the next recipients, then 250."""

    port: int = 0
    mails: list[tuple[str, str]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)


class _Smtp(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 for one mail after another."""

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self._say("220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "RCPT":
                to = line.partition("<")[2].rstrip(">")
                self._say(box.replies.pop(0) if box.replies else "250 ok")
            elif word == "DATA":
                self._say("354 go on")
                box.mails.append((to, self._data()))
                self._say("250 kept")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
            lines.append(line)
        return "".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A real SMTP server on a port of its own."""
    box = Mailbox()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        with _serving(server):
            yield box


@dataclass
class Hook:
    """What a webhook was sent: (headers, body). `answers` are given first, then 204."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


class _Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook: Hook = self.server.hook  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        hook.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(hook.answers.pop(0) if hook.answers else 204)
        self.send_header("location", "http://127.0.0.1:1/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def webhook() -> Iterator[Hook]:
    """A real HTTP server on a port of its own."""
    hook = Hook()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hook) as server:
        server.hook = hook  # type: ignore[attr-defined]
        hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook?from=city"
        with _serving(server):
            yield hook


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
