"""Bringing a database to the newest schema.

Knows alembic, the extensions and the two roles. The body of a revision is a .sql file. Refuses to go
back: history is never rewritten, a wrong step is followed by a right one.
"""

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError

from spatial.errors import Unavailable
from spatial.store.db import APP_ROLE

_HERE = Path(__file__).with_name("migrations")
_EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
_MIGRATION_LOCK = 0x6D69_6772  # two servers that start at once must not both migrate
# From PostgreSQL 16 on a role's creator is a member that may not become the role until it is granted so.
_MAY_BECOME = """
SELECT pg_has_role(current_user, %s,
    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
"""


def run_file(name: str) -> None:
    """Run a migration's .sql file as it stands.

    `text()` would eat `:x` inside literals and plain execution would eat `%`, hence no parameters at all.
    """
    sql = (_HERE / "sql" / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql, execution_options={"no_parameters": True})


def upgrade(engine: Engine) -> None:
    """Create what is missing, extensions and role first. `engine` is the owner's.

    Raises Unavailable with the statement that an administrator must run, if we may not run it ourselves.
    """
    with engine.begin() as conn:
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        _ensure_extensions(conn)
        _ensure_app_role(conn)
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def is_current(conn: Connection) -> bool:
    """Whether the schema is the newest that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(conn).get_current_revision() == head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config


def _ensure_extensions(conn: Connection) -> None:
    there = set(conn.exec_driver_sql("SELECT extname FROM pg_extension").scalars())
    missing = [name for name in _EXTENSIONS if name not in there]
    if missing:
        statement = " ".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in missing)
        _as_administrator(conn, statement)


def _ensure_app_role(conn: Connection) -> None:
    exists = conn.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP_ROLE,)).scalar()
    if not exists:
        _as_administrator(conn, f"CREATE ROLE {APP_ROLE} NOLOGIN;")
    if not conn.exec_driver_sql(_MAY_BECOME, (APP_ROLE,)).scalar():
        _as_administrator(conn, f"GRANT {APP_ROLE} TO CURRENT_USER;")


def _as_administrator(conn: Connection, statement: str) -> None:
    try:
        with conn.begin_nested():
            conn.exec_driver_sql(statement, execution_options={"no_parameters": True})
    except ProgrammingError as refused:
        user = conn.exec_driver_sql("SELECT current_user").scalar()
        hint = statement.replace("CURRENT_USER", f'"{user}"')
        raise Unavailable(
            f"This database user may not prepare the database. Let an administrator run once, in it: {hint}"
        ) from refused
