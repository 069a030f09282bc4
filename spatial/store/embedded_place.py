"""Where a private cluster lies: its home, its socket, and a pointer when the two are apart.

PostgreSQL refuses to run as root, so for root the cluster belongs to another user, who may not be able to
enter the directory (as under /root). Then the data go to a directory which that user can reach, and a
pointer file says where. Knows users, permissions and the length limit of a socket's path; refuses to know
PostgreSQL's own files.
"""

import hashlib
import os
import pwd
import secrets
import stat
from pathlib import Path

from spatial.errors import Unavailable
from spatial.store.embedded_lock import guard
from spatial.store.embedded_programs import run_as

POINTER = "cluster-is-at"
ELSEWHERE = Path("/var/lib/gridmaps")
_SOCKET_NAME = ".s.PGSQL.5432.lock"
_LONGEST_SOCKET_PATH = 100  # the kernel stops at 107 bytes


def settle(directory: Path, user: pwd.struct_passwd | None) -> Path:
    """The home of the directory's cluster, created if need be: a directory of the database's user, mode 0700.

    Raises Unavailable when it belongs to somebody else.
    """
    directory = directory.absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with guard(directory):
            home = _chosen_home(directory, user)
            _make_private(home, user)
    except (PermissionError, NotADirectoryError, FileExistsError) as refused:
        raise Unavailable(
            f"The directory {directory} cannot be used ({refused.strerror}); name another with --dir."
        ) from refused
    return home


def socket_directory(home: Path, user: pwd.struct_passwd | None) -> Path:
    """A directory for the socket: the home itself, or a short one under /tmp, made again if it was cleaned.

    Raises Unavailable when somebody else sits on the name.
    """
    if len(os.fsencode(home / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
        return home
    short = Path("/tmp") / f"gridmaps-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"
    _make_private(short, user)
    return short


def _chosen_home(directory: Path, user: pwd.struct_passwd | None) -> Path:
    pointer = directory / POINTER
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").strip())
    near = directory / "cluster"
    if near.exists() or user is None or _can_enter(directory, user):
        return near
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    home = ELSEWHERE / secrets.token_hex(6)
    pointer.write_text(f"{home}\n", encoding="utf-8")
    return home


def _can_enter(directory: Path, user: pwd.struct_passwd) -> bool:
    return run_as(user, "test", "-x", str(directory)).returncode == 0


def _make_private(place: Path, user: pwd.struct_passwd | None) -> None:
    uid = os.geteuid() if user is None else user.pw_uid
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if user is not None:
            os.chown(place, user.pw_uid, user.pw_gid)
    is_at = place.lstat()
    if not stat.S_ISDIR(is_at.st_mode) or is_at.st_uid != uid or is_at.st_mode & 0o077:
        raise Unavailable(
            f"{place} belongs to another user or is open to others. Run as the user who made it, or name another --dir."
        )
