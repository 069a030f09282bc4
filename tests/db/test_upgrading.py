"""A store of the last released schema comes up to the newest with the cases that it holds, and they can go on."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection

from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.lifecycle.handling import receive_case
from spatial.cases.verifying import list_faults
from spatial.store import migrate
from spatial.store.events import EventDraft, append
from spatial.store.opening import Store, connect
from spatial.store.reach import WHOLE_CITY
from tests.acting import held
from tests.conftest import Server

RELEASED = "0007"
FILED, HANDED = datetime(2026, 5, 4, 8, 0, tzinfo=UTC), datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 5, 5, 8, 0, tzinfo=UTC)
TABLES = """
    INSERT INTO department (code, name) VALUES ('roads', 'Roads');
    INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('pothole', 'Pothole', '1 hour', '5 days');
    INSERT INTO case_prefix (district, prefix) VALUES ('000000', '000000') ON CONFLICT DO NOTHING"""
# One in each state that the released schema knew and that the newest asks more of.
CASES = """
    INSERT INTO case_file (district, case_no, report_id, step, state, source, category, certainty, path, current_path,
        revision, candidates, owner, position, accuracy_m, accuracy_assumed, captured_at, received_at, in_force_at,
        step_due_at, due_at, lead, holders, is_history)
    SELECT '000000', lpad(n::text, 19, '0'), gen_random_uuid(), step, state, 'public', 'pothole', 'outside', '{}', '{}',
           0, '[]', '{}', 'SRID=4326;POINT(120 30)', 5, false, at, at, at, at + '1 hour', at + '5 days', lead,
           CASE WHEN lead IS NULL THEN '{}'::text[] ELSE ARRAY[lead] END, state = 'closed'
    FROM (VALUES (1, 'reported', 'reported', NULL), (2, 'reported', 'filed', NULL), (3, 'reported', 'filed', NULL),
                 (4, 'handed_over', 'pending', 'roads'), (5, 'handed_over', 'disputed', NULL),
                 (6, 'handed_over', 'ruled', NULL), (7, 'done', 'closed', NULL)) AS stood(n, step, state, lead)
    CROSS JOIN (SELECT timestamptz '2026-05-04T07:00:00Z' AS at) AS began;
    INSERT INTO dispute (district, case_no, entered_at, entry, state, settled_at)
    SELECT district, case_no, received_at, 'clerk', CASE state WHEN 'ruled' THEN 'ruled' ELSE 'open' END,
           CASE state WHEN 'ruled' THEN received_at END FROM case_file WHERE state IN ('disputed', 'ruled');
    INSERT INTO ruling (dispute, form, members, lead, grounds, ruled_at, ruled_by, effective_from)
    SELECT id, 'written_instruction', '{Chair}', 'roads', 'Duty list', now(), '9', now()
    FROM dispute WHERE state = 'ruled';
    UPDATE case_file SET ruling = (SELECT id FROM ruling) WHERE state = 'ruled'"""


@pytest.fixture
def released(server: Server) -> Iterator[Store]:
    """A store of the last released schema that was worked with."""
    name = "gridmaps_upgrading"
    server.execute(f"CREATE DATABASE {name} OWNER {server.owner}")
    server.execute("CREATE EXTENSION postgis", "CREATE EXTENSION btree_gist", "CREATE EXTENSION pg_trgm", database=name)
    store = connect(server.url(name))
    try:
        with store.owner.begin() as conn:
            config = migrate._config()
            config.attributes["connection"] = conn
            command.upgrade(config, RELEASED)
        with store.app.begin() as conn:
            for statements in (TABLES, CASES):
                conn.exec_driver_sql(statements, execution_options={"no_parameters": True})
            append(conn, [_told(2, "case.filed", FILED), _told(4, "case.filed", FILED),
                          _told(4, "case.dispatched", HANDED)])  # fmt: skip
        yield store
    finally:
        store.app.dispose()
        store.owner.dispose()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _told(case: int, kind: str, at: datetime) -> EventDraft:
    return EventDraft("000000", "case", str(case).rjust(19, "0"), kind, at, "5", (), {"state": "x"})


def _row(conn: Connection, case: int) -> tuple[object, ...]:
    asked = "SELECT filed_at, dispatched_at, is_citizens FROM case_file WHERE case_no = lpad(%s, 19, '0')"
    return tuple(conn.exec_driver_sql(asked, (str(case),)).one())


def test_cases_of_the_released_schema_stand_by_the_newest_and_go_on(released: Store) -> None:
    migrate.upgrade(released.owner)
    with released.app.begin() as conn:
        assert migrate.is_current(conn) and list(list_faults(conn)) == []
        received = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
        assert [_row(conn, case) for case in (1, 2, 3, 4)] == [
            (None, None, True), (FILED, None, True), (received, None, True), (FILED, HANDED, True),
        ]  # fmt: skip
        taken = receive_case(conn, held(conn, "4".rjust(19, "0")), own=None, actor="7", now=NOW)
        assert taken.state == "handling"
        filed = held(conn, "2".rjust(19, "0"))
        handed = dispatch_case(conn, filed, lead="roads", assisting=None, reason=None, actor="5", now=NOW)
        assert handed.state == "pending" and WHOLE_CITY.covers(handed.current_path)
