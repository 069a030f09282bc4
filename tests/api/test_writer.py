"""The gathered intake: what fails, what is retried, what is never lost."""

import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.answers import Answer
from api.app import create_app
from api.dependencies import now
from api.writer import ReportWriter
from spatial.cases.drafts import ReportDraft
from spatial.errors import Unavailable
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import a_report
from tests.racing import PATIENCE_S
from tests.worlds import W, inside


def _draft(**changes: object) -> ReportDraft:
    lon, lat = inside(W)
    said = {"id": uuid4(), "lon": lon, "lat": lat, "captured_at": datetime.now(UTC), "source": "public", "text": "x"}
    return ReportDraft(**(said | {"sender": "public"} | changes))  # type: ignore[arg-type]


def _number(answer: Answer) -> str:
    assert answer.report is not None
    return answer.report.case_no


def test_a_full_queue_is_answered_at_once(fresh_db: Store) -> None:
    writer = ReportWriter(fresh_db, queue_limit=1, clock=now)
    writer.submit(_draft())
    with pytest.raises(Unavailable):
        writer.submit(_draft())


def test_what_waits_together_is_committed_together_and_each_is_answered(fresh_db: Store) -> None:
    writer = ReportWriter(fresh_db, queue_limit=500, clock=now)
    waiting: list[Future[Answer]] = [writer.submit(_draft()) for _ in range(200)]
    writer.start()
    numbers = {_number(future.result(timeout=PATIENCE_S)) for future in waiting}
    writer.stop()
    assert len(numbers) == 200
    with fresh_db.app.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(DISTINCT xid) FROM event WHERE subject = 'case'").scalar() == 1


def test_a_row_that_the_database_refuses_harms_no_other(fresh_db: Store) -> None:
    with fresh_db.owner.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE report ADD CHECK (text <> 'poison')")
    writer = ReportWriter(fresh_db, queue_limit=10, clock=now)
    bad = writer.submit(_draft(text="poison"))
    good = writer.submit(_draft())
    writer.start()
    assert good.result(timeout=PATIENCE_S).status == 201
    assert bad.exception(timeout=PATIENCE_S) is not None
    writer.stop()


def test_a_row_of_a_batch_that_the_database_refuses_harms_no_other(fresh_db: Store) -> None:
    with fresh_db.owner.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE report ADD CHECK (text <> 'poison')")
    writer = ReportWriter(fresh_db, queue_limit=10, clock=now)
    answers = writer.file_batch([_draft(), _draft(text="poison"), _draft()])
    assert [answer.status for answer in answers] == [201, 500, 201]
    assert "log id" in str(answers[1].problem) and "poison" not in str(answers[1].problem)


def test_a_connection_that_is_cut_while_filing_is_filed_again_once(fresh_db: Store) -> None:
    writer = ReportWriter(fresh_db, queue_limit=10, clock=now)
    writer.start()
    writer.submit(_draft()).result(timeout=PATIENCE_S)
    with fresh_db.owner.connect() as conn:
        conn.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND usename = current_user"
        )
    draft = _draft()
    assert writer.submit(draft).result(timeout=PATIENCE_S).status == 201
    assert writer.submit(draft).result(timeout=PATIENCE_S).status == 200
    writer.stop()


def test_one_id_sent_from_many_sides_opens_one_case(fresh_db: Store) -> None:
    draft = _draft()
    answers: list[Answer] = []

    def send() -> None:
        answers.extend(ReportWriter(fresh_db, queue_limit=1, clock=now).file_batch([draft, _draft()])[:1])

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] * 5 + [201]
    assert len({_number(answer) for answer in answers}) == 1


def test_a_database_that_is_gone_is_503_and_comes_back_without_a_restart(fresh_db: Store) -> None:
    with TestClient(create_app(Settings(), fresh_db), raise_server_exceptions=False) as client:
        with fresh_db.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            name = conn.exec_driver_sql("SELECT current_database()").scalar()
            conn.exec_driver_sql(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
            conn.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
            body = a_report()
            for answer in (client.post("/api/v1/reports", json=body), client.get("/api/v1/config")):
                assert answer.status_code == 503 and answer.headers["retry-after"]
                assert answer.json()["code"] == "unavailable" and "gridmaps_" not in answer.text
            conn.exec_driver_sql(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
        assert client.post("/api/v1/reports", json=body).status_code == 201
        assert client.get("/readyz").status_code == 200
