"""The private cluster: shared, handed over, adopted, and never less durable than PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from spatial.errors import Unavailable
from spatial.store.embedded import Cluster, private_cluster
from spatial.store.embedded_place import POINTER
from spatial.store.embedded_programs import NO_POSTGIS, find_programs

HOLDER = """
import sys
from pathlib import Path
from spatial.store.embedded import private_cluster
with private_cluster(Path(sys.argv[1])) as cluster:
    print("holding", flush=True)
    sys.stdin.readline()
"""
AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root has a directory that the database's user cannot enter"
)


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """One cluster for the whole module: making it is the slow part."""
    place = Path(tempfile.mkdtemp(prefix="gridmaps-cluster-", dir="/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def ask(cluster: Cluster, question: str) -> object:
    with closing(psycopg2.connect(cluster.owner_url())) as conn, conn.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def hold(directory: Path) -> "subprocess.Popen[str]":
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    return holder


def test_durability_is_never_lowered(directory: Path) -> None:
    with private_cluster(directory) as cluster:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(cluster, f"SHOW {name}") == "on"


def test_it_speaks_utf8_and_opens_no_port(directory: Path) -> None:
    with private_cluster(directory) as cluster:
        assert ask(cluster, "SHOW server_encoding") == "UTF8"
        assert ask(cluster, "SHOW listen_addresses") == ""


def test_the_owner_is_no_superuser(directory: Path) -> None:
    with private_cluster(directory) as cluster:
        assert ask(cluster, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_the_keys_are_read_by_nobody_else(directory: Path) -> None:
    with private_cluster(directory) as cluster:
        assert (cluster.home / "keys.json").stat().st_mode & 0o077 == 0
        assert cluster.home.stat().st_mode & 0o077 == 0


def test_two_processes_share_it_and_the_last_one_out_stops_it(directory: Path) -> None:
    holder = hold(directory)
    with private_cluster(directory) as cluster:
        first = postmaster(cluster)
        holder.communicate("\n", timeout=60)
        assert postmaster(cluster) == first
        assert ask(cluster, "SELECT 1") == 1
    assert not (cluster.data / "postmaster.pid").exists()


def test_an_orphan_left_by_kill_9_is_adopted_and_stopped(directory: Path) -> None:
    holder = hold(directory)
    holder.send_signal(signal.SIGKILL)
    holder.communicate(timeout=60)
    with private_cluster(directory) as cluster:
        # The log tells it best: the server that answers is the one the dead process had started.
        assert ask(cluster, "SELECT pg_postmaster_start_time() < now() - interval '10 milliseconds'") is True
        assert cluster.home.joinpath("server.log").read_text().rstrip().endswith("ready to accept connections")
    assert not (cluster.data / "postmaster.pid").exists()


def test_a_database_killed_with_kill_9_comes_back_with_what_was_committed(directory: Path) -> None:
    with private_cluster(directory) as cluster:
        with closing(psycopg2.connect(cluster.owner_url())) as conn, conn, conn.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 7 AS answer")
        os.kill(postmaster(cluster), signal.SIGKILL)
        with private_cluster(directory) as again:
            assert ask(again, "SELECT answer FROM kept") == 7


def test_of_two_holders_one_brings_a_killed_database_back(directory: Path) -> None:
    holder = hold(directory)
    with private_cluster(directory) as cluster:
        first = postmaster(cluster)
        log = cluster.home / "server.log"
        before = log.read_text().count("ready to accept connections")
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 90
        while log.read_text().count("ready to accept connections") == before:
            assert time.monotonic() < deadline, "nobody brought it back"
            time.sleep(0.1)
        time.sleep(4.5)  # time enough for the other one to look twice
        assert postmaster(cluster) != first
        assert ask(cluster, "SELECT 1") == 1
        assert log.read_text().count("ready to accept connections") == before + 1
        holder.communicate("\n", timeout=60)
    time.sleep(2.5)  # nobody is left: what was stopped on purpose stays so
    assert not (cluster.data / "postmaster.pid").exists()


def test_a_stale_pid_file_is_no_obstacle(directory: Path) -> None:
    with private_cluster(directory) as cluster:
        pass
    stale = cluster.data / "postmaster.pid"
    stale.write_text(f"4194303\n{cluster.data}\n1\n5432\n{cluster.socket}\n\n0 0\nready\n")
    if cluster.user is not None:
        os.chown(stale, cluster.user.pw_uid, cluster.user.pw_gid)
    with private_cluster(directory) as again:
        assert ask(again, "SELECT 1") == 1


def test_a_long_path_gets_a_short_socket_and_survives_its_loss() -> None:
    top = Path(tempfile.mkdtemp(prefix="gridmaps-long-", dir="/tmp"))
    top.chmod(0o755)
    try:
        with private_cluster(top / ("d" * 120), durable=False) as cluster:
            assert len(str(cluster.socket)) < 60
            assert ask(cluster, "SELECT 1") == 1
            shutil.rmtree(cluster.socket)
            with private_cluster(top / ("d" * 120), durable=False) as again:
                assert ask(again, "SELECT 1") == 1
        shutil.rmtree(cluster.socket)
    finally:
        shutil.rmtree(top)


@AS_ROOT
def test_a_directory_that_the_database_cannot_enter_gets_a_pointer() -> None:
    closed = Path(tempfile.mkdtemp(prefix="gridmaps-closed-"))
    try:
        with private_cluster(closed / "mine", durable=False) as cluster:
            home = Path((closed / "mine" / POINTER).read_text().strip())
            assert cluster.home == home
            assert not home.is_relative_to(closed)
            assert ask(cluster, "SELECT 1") == 1
        shutil.rmtree(home)
    finally:
        shutil.rmtree(closed)


def test_an_interrupted_making_is_begun_anew() -> None:
    place = Path(tempfile.mkdtemp(prefix="gridmaps-half-", dir="/tmp"))
    place.chmod(0o755)
    try:
        with private_cluster(place, durable=False) as cluster:
            pass
        (cluster.home / "ready").unlink()
        with private_cluster(place, durable=False) as again:
            assert ask(again, "SELECT 1") == 1
    finally:
        shutil.rmtree(place)


def test_a_directory_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(Unavailable, match="--dir"), private_cluster(blocked):
        pass


def test_without_postgis_the_sentence_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spatial.store.embedded_programs._bin_directories", list)
    with pytest.raises(Unavailable) as refused:
        find_programs()
    assert refused.value.sentence == NO_POSTGIS
    assert "GRIDMAPS_DATABASE_URL" in NO_POSTGIS
    assert "docker compose up" in NO_POSTGIS
