"""`gridmaps up`: the store, the server and, with --demo, a synthetic city that lives."""

import errno
import json
import signal
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from api.cli.options import Directory, settings_for
from api.cli.running import Note, find_running, noted
from spatial.cases.clocks.editing import fill_known_years
from spatial.cases.clocks.reading import read_clocks
from spatial.errors import Invalid
from spatial.settings import Settings
from spatial.store.db import transaction
from spatial.store.opening import Store, open_store

_PAGES = {"/": "command centre", "/report": "report from the street", "/plan": "planner",
          "/desk": "disputes, supervision, conferences, library, scores"}  # fmt: skip
_FINISH_S = 10  # how long what is under way may take to finish
_PATIENCE_S = 10


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example: gridmaps up --demo --port 8000")(up)


def up(
    directory: Directory = None,
    port: Annotated[int | None, typer.Option(help="The port to serve on (GRIDMAPS_PORT).", show_default="8000")] = None,
    host: Annotated[
        str | None, typer.Option(help="The address to serve on (GRIDMAPS_HOST).", show_default="127.0.0.1")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Add a synthetic city and let it live.")] = False,
) -> None:
    """Serve the pages and the API; start a private PostGIS if GRIDMAPS_DATABASE_URL is not set."""
    settings = settings_for(directory, host=host, port=port)
    listener = _listen(settings)
    if listener is None:
        return
    with listener, _signals_unwind(), _noted(settings, listener) as note:
        with open_store(settings) as store, _city(store, demo=demo) as log_ins:
            _look_ahead(store)
            _serve(settings, store, listener, log_ins, note)


def _noted(settings: Settings, listener: socket.socket) -> AbstractContextManager[Note]:
    return noted(settings.dir, host=settings.host, port=listener.getsockname()[1])


class _Server(uvicorn.Server):
    """A server that says when it serves, and ends the event streams before it waits for anybody."""

    def __init__(self, config: uvicorn.Config, *, app: FastAPI, lines: list[str], note: Note) -> None:
        super().__init__(config)
        self._app = app
        self._lines = lines
        self._note = note

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print what people wait for."""
        await super().startup(sockets=sockets)
        if self.started:
            self._note.write(serves=True)
            typer.echo("\n".join(self._lines))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which never end by themselves, then finish what is under way."""
        self._app.state.feed.close_streams()
        await super().shutdown(sockets=sockets)


def _serve(settings: Settings, store: Store, listener: socket.socket, log_ins: list[str], note: Note) -> None:
    from api.app import create_app

    app: FastAPI = create_app(settings, store, sweeps=True)
    address = _address(settings.host, listener.getsockname()[1])
    lines = [f"{address.rstrip('/')}{path:<10}{what}" for path, what in _PAGES.items()]
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_FINISH_S, lifespan="on")
    server = _Server(config, app=app, lines=[*lines, *log_ins, f"ready {address}"], note=note)
    server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)


def _look_ahead(store: Store) -> None:
    """Fill in what the library knows of the holidays by now; say what is still missing."""
    moment = datetime.now(UTC)
    with transaction(store.app) as conn:
        fill_known_years(conn, actor="system", now=moment)
        warning = read_clocks(conn).look_ahead(moment).warning
    if warning:
        typer.echo(f"warning: {warning}", err=True)


@contextmanager
def _city(store: Store, *, demo: bool) -> Iterator[list[str]]:
    """With --demo: the city, living in a thread until we leave; yields the lines that name its log-ins."""
    if not demo:
        yield []
        return
    from api.demo import seeding as city

    typer.echo("The demo city is being drawn; this takes a moment the first time.", err=True)
    city.seed(store)
    stop = threading.Event()
    life = threading.Thread(target=city.live, args=(store, stop), name="demo", daemon=True)
    life.start()
    try:
        yield [f"log in as {login} / {password} ({what})" for login, password, what in city.LOG_INS]
    finally:
        stop.set()
        life.join(timeout=_PATIENCE_S)


@contextmanager
def _signals_unwind() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into Ctrl-C, so that the cluster is let go of, and let nothing interrupt that."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(settings: Settings) -> socket.socket | None:
    """A listening socket, or None when gridmaps itself already serves there, which is then said.

    Raises Invalid when the address cannot be had.
    """
    if not 0 <= settings.port <= 65535:
        raise Invalid("A port is a number from 0 (any free one) to 65535; see --port.", field="port")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        # Listening before the store is open: who comes early waits instead of being turned away.
        listener.listen(2048)
    except (OSError, OverflowError) as refused:
        if getattr(refused, "errno", None) == errno.EADDRINUSE:
            if _says_who_runs(settings):
                return None
            raise Invalid(
                f"Port {settings.port} is taken by another program; name another with --port.", field="port"
            ) from refused
        raise Invalid(
            f"{settings.host} port {settings.port} cannot be served on ({refused}); see --host and --port."
        ) from refused
    return listener


def _says_who_runs(settings: Settings) -> bool:
    """Print where gridmaps already runs, if it is gridmaps that holds the port.

    A server that is still drawing its city listens and does not answer yet, so its note is read first; only
    a server of another directory has to be asked.
    """
    note = find_running(settings.dir, host=settings.host, port=settings.port)
    address = _address(settings.host, settings.port)
    if note is None and not _is_gridmaps(address):
        return False
    starting = "" if note is None or note.serves else " (it is still starting)"
    typer.echo(f"gridmaps already runs at {address}{starting}")
    return True


def _is_gridmaps(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}healthz", timeout=_PATIENCE_S) as answer:
            return bool(json.load(answer).get("app") == "gridmaps")
    except (OSError, ValueError, AttributeError):
        return False


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
