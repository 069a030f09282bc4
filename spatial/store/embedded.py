"""The private cluster: a real PostGIS for one directory, from the machine's own PostgreSQL.

    with private_cluster(Path(".gridmaps")) as cluster:
        open_engine(cluster.owner_url(), app=False)

No TCP port is opened; the socket lies in a private directory and asks for a password. Servers of one
directory share the cluster: whoever comes first starts it, the last one out stops it, and a cluster that
was left behind by kill -9 is adopted. A database that dies under its users is started again by one of them.
Durability is never lowered for a product's data.
Knows PostgreSQL's programs and files. Refuses to know our tables.
"""

import json
import os
import pwd
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from sqlalchemy import URL

from spatial.errors import Unavailable
from spatial.store.embedded_lock import UsersLock, guard
from spatial.store.embedded_place import settle, socket_directory
from spatial.store.embedded_programs import Programs, database_user, find_programs
from spatial.store.embedded_watch import watched
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "embedded.sql")
_READY = "ready"  # written last: a cluster without it was interrupted while it was made
_NOT_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
_PATIENCE_S = 60.0
_WATCH_PATIENCE_S = 5.0  # shorter: who leaves waits for the watch's try, and the watch tries again by itself


@dataclass(frozen=True)
class Cluster:
    """A private cluster's place and keys; it serves while `private_cluster` is entered."""

    home: Path
    socket: Path
    programs: Programs
    user: pwd.struct_passwd | None
    superuser_password: str
    owner_password: str

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    def owner_url(self, database: str = "gridmaps") -> str:
        """Where the owner logs in: it migrates, and may become the application's role."""
        return self._url("gridmaps_owner", self.owner_password, database)

    def superuser_url(self, database: str = "postgres") -> str:
        """Where the administrator logs in."""
        return self._url("postgres", self.superuser_password, database)

    def _url(self, login: str, password: str, database: str) -> str:
        url = URL.create(
            "postgresql", login, password, database=database, query={"host": str(self.socket), "port": "5432"}
        )
        return url.render_as_string(hide_password=False)


@contextmanager
def private_cluster(directory: Path, *, durable: bool = True) -> Iterator[Cluster]:
    """Use the directory's cluster, making and starting it if need be; the last user stops it.

    While it is used, a database that died is started again; its own recovery keeps what was committed.

    `durable=False` is for clusters of tests, whose data nobody misses. Raises Unavailable with a sentence
    when there is no PostGIS or the cluster does not start.
    """
    user = database_user()
    home = settle(directory, user)
    users = UsersLock(home)
    try:
        with guard(home):
            users.join()
        cluster = _bring_up(home, user, durable=durable)
        with watched(
            home,
            serves=lambda: _has_postmaster(cluster),
            restart=lambda: _ensure_running(cluster, durable=durable, patience_s=_WATCH_PATIENCE_S),
        ):
            yield cluster
    finally:
        _let_go(home, user, users)


def _bring_up(home: Path, user: pwd.struct_passwd | None, *, durable: bool) -> Cluster:
    with guard(home):
        cluster = _cluster_at(home, user)
        if not (home / _READY).exists():
            _create(cluster, durable=durable)
        _ensure_running(cluster, durable=durable)
    return cluster


def _let_go(home: Path, user: pwd.struct_passwd | None, users: UsersLock) -> None:
    """Leave, and stop the cluster if nobody else is left; also when we were interrupted while it came up."""
    try:
        with guard(home):
            if users.is_last() and (home / "data" / "postmaster.pid").exists():
                _stop(_cluster_at(home, user))
    finally:
        users.leave()


def _cluster_at(home: Path, user: pwd.struct_passwd | None) -> Cluster:
    version = home / "data" / "PG_VERSION"
    made = (home / _READY).exists() and version.exists()
    programs = find_programs(int(version.read_text().strip()) if made else None)
    keys = _keys(home)
    return Cluster(home, socket_directory(home, user), programs, user, keys["superuser"], keys["owner"])


def _keys(home: Path) -> dict[str, str]:
    file = home / "keys.json"
    if not file.exists():
        half = file.with_suffix(".new")
        half.touch(mode=0o600)
        keys = {"superuser": secrets.token_urlsafe(24), "owner": secrets.token_urlsafe(24)}
        half.write_text(json.dumps(keys), encoding="utf-8")
        half.replace(file)
    return dict(json.loads(file.read_text(encoding="utf-8")))


def _create(cluster: Cluster, *, durable: bool) -> None:
    """Make the cluster from nothing; what an interrupted attempt left is cleared first."""
    if cluster.data.exists():
        _stop(cluster)
        shutil.rmtree(cluster.data)
    _initialise(cluster)
    _ensure_running(cluster, durable=durable)
    with closing(psycopg2.connect(cluster.superuser_url())) as conn:
        conn.autocommit = True
        with conn.cursor() as cursor:
            cursor.execute("SELECT set_config('gridmaps.owner_password', %s, false)", (cluster.owner_password,))
            cursor.execute(SQL["create_owner"])
            cursor.execute(SQL["create_database"])
    with closing(psycopg2.connect(cluster.superuser_url("gridmaps"))) as conn, conn, conn.cursor() as cursor:
        cursor.execute(SQL["create_extensions"])
    (cluster.home / _READY).touch()


def _initialise(cluster: Cluster) -> None:
    password_file = cluster.home / "initdb-password"
    password_file.touch(mode=0o600)
    try:
        password_file.write_text(cluster.superuser_password, encoding="utf-8")
        if cluster.user is not None:
            shutil.chown(password_file, cluster.user.pw_uid, cluster.user.pw_gid)
        # Without a locale the encoding becomes SQL_ASCII and the similarity of Chinese texts is always 0.
        made = cluster.programs.run(
            "initdb", "--pgdata", str(cluster.data), "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={password_file}", user=cluster.user,
        )  # fmt: skip
    finally:
        password_file.unlink(missing_ok=True)
    if made.returncode != 0:
        raise Unavailable(f"The private cluster could not be made in {cluster.home}: {_last_line(made.stderr)}")


def _ensure_running(cluster: Cluster, *, durable: bool, patience_s: float = _PATIENCE_S) -> None:
    """Adopt the cluster if it serves, wait if it is coming up, start it otherwise."""
    deadline = time.monotonic() + patience_s
    answer = None
    while time.monotonic() < deadline:
        if _answers(cluster) == 0:
            return
        if _is_running(cluster):
            if not _has_socket(cluster):
                _stop(cluster)  # somebody cleaned /tmp under it: nobody could connect any more
            time.sleep(0.2)
            continue
        # After kill -9 of the database its children need a moment to go; until then a start is refused.
        answer = _start(cluster, durable=durable)
        if answer is not None:
            time.sleep(0.5)
    raise Unavailable(
        f"The private cluster does not start: {answer or 'no answer'} (see {cluster.home / 'server.log'})."
    )


def _start(cluster: Cluster, *, durable: bool) -> str | None:
    options = [
        "-c listen_addresses=",
        f"-c unix_socket_directories={cluster.socket}",
        "-c port=5432",
        "-c max_connections=200",
    ]
    options += ["-c jit=off"]  # compiling a plan costs more than any of our short queries runs
    options += [] if durable else [f"-c {name}=off" for name in _NOT_DURABLE]
    log = cluster.home / "server.log"
    started = cluster.programs.run(
        "pg_ctl", "start", "-w", "-t", "60", "-D", str(cluster.data), "-l", str(log), "-o", " ".join(options),
        user=cluster.user,
    )  # fmt: skip
    if started.returncode == 0:
        return None
    return _last_line(log.read_text(errors="replace") if log.exists() else started.stderr)


def _stop(cluster: Cluster) -> None:
    cluster.programs.run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", str(cluster.data), user=cluster.user)


def _is_running(cluster: Cluster) -> bool:
    return cluster.programs.run("pg_ctl", "status", "-D", str(cluster.data), user=cluster.user).returncode == 0


def _has_postmaster(cluster: Cluster) -> bool:
    """Whether the database's process lives and can be reached; cheap, without starting a program."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split(maxsplit=1)[0])
        if os.getpid() == 1:
            _reap(pid)
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return False
    return _has_socket(cluster)


def _reap(pid: int) -> None:
    """As a container's first process we inherit the database, and unless we reap it, it looks alive for ever."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _has_socket(cluster: Cluster) -> bool:
    return (cluster.socket / ".s.PGSQL.5432").exists()


def _answers(cluster: Cluster) -> int:
    """0: accepts connections; 1: comes up or goes down; 2: no answer."""
    asked = cluster.programs.run(
        "pg_isready", "-q", "-h", str(cluster.socket), "-p", "5432", "-t", "5", user=cluster.user
    )
    return asked.returncode


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
