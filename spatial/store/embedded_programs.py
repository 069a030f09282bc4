"""The machine's own PostgreSQL programs, and the user they run as.

Knows where distributions put PostgreSQL, that PostGIS must lie beside it, and that `postgres` refuses to
run as root. Refuses to know any cluster, and never asks for a fixed version.
"""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spatial.errors import Unavailable

_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)

NO_POSTGIS = (
    "PostgreSQL with PostGIS was not found on this machine. Either install it (on Debian and Ubuntu: apt install "
    "postgresql postgresql-<version>-postgis-3), or take one of two ways out: set GRIDMAPS_DATABASE_URL to a PostGIS "
    "of your own, or run `docker compose up`."
)


@dataclass(frozen=True)
class Programs:
    """One installed PostgreSQL: its major version and the directory of its programs."""

    major: int
    bin: Path

    def run(
        self, name: str, *arguments: str, user: pwd.struct_passwd | None, timeout_s: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the programs, as `user` when given; its output comes back as text."""
        return run_as(user, str(self.bin / name), *arguments, timeout_s=timeout_s)


def run_as(user: pwd.struct_passwd | None, *command: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command from `/` with a small environment, as `user` when given.

    The working directory is changed because the database's user may not be able to enter ours, and the
    command gets a session of its own, so that Ctrl-C in our terminal reaches us and not the database.
    """
    identity: dict[str, Any] = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": "/"}
    return subprocess.run(
        command,
        cwd="/",
        env=environment,
        umask=0o077,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
        **identity,
    )


def database_user() -> pwd.struct_passwd | None:
    """The user that the database runs as: ourselves (None), or when we are root `postgres`, else `nobody`.

    Raises Unavailable when we are root and neither exists.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as.")


def find_programs(major: int | None = None) -> Programs:
    """The newest PostgreSQL that has PostGIS, or the one of exactly that major version.

    Raises Unavailable with the ways out.
    """
    found = sorted(filter(None, map(_examine, _bin_directories())), key=lambda one: one.major, reverse=True)
    for programs in found:
        if major in (None, programs.major):
            return programs
    if major is not None:
        raise Unavailable(
            f"The data were written by PostgreSQL {major}, which is not installed with PostGIS any more. "
            f"Install postgresql-{major}-postgis-3, or move the data with pg_upgrade."
        )
    raise Unavailable(NO_POSTGIS)


def find_client(name: str) -> Path:
    """The newest installed client program of that name (`pg_dump`, `psql`).

    A dump is taken by a program that is not older than the server. Raises Unavailable.
    """
    places = [place for place in _bin_directories() if (place / name).exists()]
    if not places:
        raise Unavailable(f"{name} was not found; install PostgreSQL's client programs (postgresql-client).")
    return max(places, key=lambda place: _major(place / name) or 0) / name


def _bin_directories() -> list[Path]:
    places = [Path(place) for pattern in _PLACES for place in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("pg_config")
    if on_path:
        places.append(Path(_ask(Path(on_path), "--bindir")))
    return places


def _examine(place: Path) -> Programs | None:
    if not all((place / name).exists() for name in ("initdb", "pg_ctl", "postgres", "pg_isready")):
        return None
    major = _major(place / "postgres")
    if major is None:
        return None
    shares = [Path("/usr/share/postgresql") / str(major)]
    if (place / "pg_config").exists():
        shares.append(Path(_ask(place / "pg_config", "--sharedir")))
    has_postgis = any((share / "extension" / "postgis.control").exists() for share in shares)
    return Programs(major=major, bin=place) if has_postgis else None


def _major(program: Path) -> int | None:
    version = re.search(r"\(PostgreSQL\) (\d+)", _ask(program, "--version"))
    return int(version[1]) if version else None


def _ask(program: Path, option: str) -> str:
    try:
        answer = subprocess.run([program, option], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()
