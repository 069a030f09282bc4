"""Taking the whole database along in one file, and putting it back.

Knows pg_dump, pg_restore and psql, and what a restore means for readers of the feed: the log may have lost
its end, so the epoch rises and every old cursor is told to begin anew. Refuses to restore by halves: the
file goes in as one transaction or not at all.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from spatial.errors import SourceUnreadable, Unavailable
from spatial.store.embedded_programs import find_client
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "backup.sql")
# What the target already has and its owner could not drop: the extensions are a superuser's.
_KEPT = re.compile(
    r"^\d+; \d+ \d+ "
    r"(EXTENSION|SCHEMA|COMMENT - (EXTENSION|SCHEMA)|ACL - SCHEMA|DEFAULT ACL|TABLE DATA \S+ spatial_ref_sys)\b"
)


def dump(url: str, file: Path) -> None:
    """Write everything to `file` in pg_dump's custom format; an interrupted dump leaves no file of that name.

    Raises Unavailable with pg_dump's own words.
    """
    half = file.with_name(file.name + ".part")
    half.touch(mode=0o600)  # it holds reports and names
    try:
        _client("pg_dump", url, "--format=custom", "--no-owner", f"--file={half}")
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def restore(url: str, file: Path) -> None:
    """Replace everything by what `file` holds and raise the feed's epoch, in one transaction.

    Raises SourceUnreadable when the file is no backup, Unavailable when the database refuses it.
    """
    listed = _pg_restore("--list", str(file))
    if listed.returncode != 0:
        raise SourceUnreadable(f"{file} is not a backup made by `gridmaps db backup`.", field="file")
    wanted = [line for line in listed.stdout.splitlines() if not _KEPT.match(line)]
    with tempfile.TemporaryDirectory(prefix="gridmaps-restore-") as place:
        contents, restoring, script = (Path(place, name) for name in ("contents", "restoring.sql", "script.sql"))
        contents.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        made = _pg_restore("--no-owner", f"--use-list={contents}", f"--file={restoring}", str(file))
        if made.returncode != 0:
            raise SourceUnreadable(f"{file} cannot be read: {made.stderr.strip()}", field="file")
        before = [SQL["empty_schema"], SQL["no_default_privileges"]]
        after = [SQL["default_privileges"], SQL["renumber_log"], SQL["raise_epoch"]]
        steps = [*before, f"\\i {restoring}\nRESET search_path", *after]
        script.write_text("".join(f"{step};\n" for step in steps), encoding="utf-8")
        _client(
            "psql", url, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}"
        )


def _pg_restore(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([find_client("pg_restore"), *arguments], capture_output=True, text=True, check=False)


def _client(name: str, url: str, *arguments: str) -> None:
    """Run a client program on a database; the password travels in the environment, not in the process list."""
    address = make_url(url).set(drivername="postgresql")
    environment = dict(os.environ)
    if address.password is not None:
        environment["PGPASSWORD"] = address.password
    shown = address._replace(password=None).render_as_string()
    answer = subprocess.run(
        [find_client(name), *arguments, f"--dbname={shown}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        lines = answer.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{name} failed: {lines[0]}")
