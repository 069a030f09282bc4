"""Which servers run for a directory: each writes its address as soon as it listens.

A note is `servers/<pid>.json`. It counts only while the process that wrote it lives, told by its id and its
start, so that what kill -9 left behind names nobody. Knows processes and notes; refuses to know HTTP. A
directory that cannot be written only costs a second `gridmaps up` its quick answer.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_ANY_HOST = ("0.0.0.0", "::", "")


@dataclass(frozen=True)
class Running:
    """A server's note: `started` tells its process from a later one with the same id."""

    pid: int
    started: str
    host: str
    port: int
    serves: bool = False


class Note:
    """Our own note, while it stands."""

    def __init__(self, directory: Path, *, host: str, port: int) -> None:
        self._place = directory / "servers" / f"{os.getpid()}.json"
        self._host = host
        self._port = port

    def write(self, *, serves: bool) -> None:
        """Say where we listen, and whether we answer yet."""
        pid = os.getpid()
        note = Running(pid, _start_of(pid) or "", self._host, self._port, serves)
        half = self._place.with_suffix(".new")
        with suppress(OSError):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            half.write_text(json.dumps(asdict(note)), encoding="utf-8")
            half.replace(self._place)

    def remove(self) -> None:
        """Say nothing any more."""
        with suppress(OSError):
            self._place.unlink(missing_ok=True)


@contextmanager
def noted(directory: Path, *, host: str, port: int) -> Iterator[Note]:
    """Leave a note that we listen on `host` and `port`; it is removed when we leave."""
    note = Note(directory, host=host, port=port)
    note.write(serves=False)
    try:
        yield note
    finally:
        note.remove()


def find_running(directory: Path, *, host: str, port: int) -> Running | None:
    """The living server of this directory that holds the port, or None; notes of the dead are removed."""
    for place in sorted((directory / "servers").glob("*.json")):
        note = _read(place)
        if note is None or _start_of(note.pid) != note.started:
            with suppress(OSError):
                place.unlink()
        elif note.port == port and (note.host == host or {note.host, host} & set(_ANY_HOST)):
            return note
    return None


def _read(place: Path) -> Running | None:
    try:
        return Running(**json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _start_of(pid: int) -> str | None:
    """When the process began, in whatever form the system tells it; None when there is no such process."""
    stat = Path("/proc") / str(pid) / "stat"
    try:
        # Behind the last bracket, since a program's name may hold anything: state is the 1st, start the 20th.
        fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{_boot()} {fields[19]}"
    except (OSError, IndexError):
        return None if stat.parent.parent.joinpath("self").exists() else _asked_of_ps(pid)


def _boot() -> str:
    # A start is counted from the boot: after a reboot another process could have the same id and start.
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _asked_of_ps(pid: int) -> str | None:
    try:
        told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return told.stdout.strip() or None
