"""What was written past the acts is told: rows that do not agree, and cases of which their chains know nothing."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from spatial.cases.conferences.opening import OpeningDraft, open_conference
from spatial.cases.conferences.seating import Member
from spatial.cases.conferences.whistles import ReportIn, WhistleDraft, raise_whistle, report_in
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.verifying import list_faults, list_strays
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.acting import NOW, add_rows, file_case, later
from tests.commands import Program
from tests.disputing import file_in
from tests.worlds import SOUTH, W, inside

NOBODY = "open_tasks = 0, lead = NULL, assisting = '{}', holders = '{}'"
OVER = f"UPDATE case_file SET step = 'done', ended_at = now(), tier_since = NULL, {NOBODY}, state"
SPAN = "INSERT INTO case_tier SELECT district, case_no, {}, 4, received_at, received_at + interval '1 h' FROM case_file"


def handed(conn: Connection) -> LockedCase:
    """Handed to sanitation, whom public order assists; a conference sits on it."""
    case = accept_case(conn, file_case(conn), standard=None, actor="2", now=later(1))
    case = dispatch_case(conn, case, lead=None, assisting=["order"], reason=None, actor="2", now=later(2))
    members = Member(person="A"), Member("roads")
    draft = OpeningDraft(case.case_no, "manual", reason="Two of them", members=members)
    open_conference(conn, draft=draft, reach=WHOLE_CITY, actor="2", now=later(3))
    return case


def arrived(conn: Connection) -> int:
    """A whistle that calls roads and sanitation; roads is there."""
    lon, lat = inside(W)
    draft = WhistleDraft("emergency", f"@{SOUTH}", ("roads", "sanitation"), "A burst main", lon, lat, radius_m=50.0)
    number = raise_whistle(conn, draft=draft, reach=WHOLE_CITY, actor="5", now=NOW)
    at = NOW + timedelta(minutes=5)
    said = ReportIn("roads", lon, lat, accuracy_m=5.0, captured_at=at)
    assert report_in(conn, number, said=said, own=None, reach=WHOLE_CITY, actor="7", now=at).counts
    return number


@pytest.mark.parametrize(
    ("written", "told"),
    [("UPDATE case_file SET returns = 2", "counts 2 returns"),
     ("UPDATE case_file SET open_tasks = 7", "counts 7 mandatory tasks"),
     ("UPDATE case_file SET assisting = '{roads}', holders = '{roads,sanitation}'", "order has a task open in it"),
     ("UPDATE case_file SET holders = '{sanitation}'", "order assists in it and does not see it"),
     ("UPDATE case_file SET assisting = '{order,@nowhere}'", "@nowhere assists in it, and is no department"),
     (f"{OVER} = 'merged', merged_into = 'none'", "is merged into none"),
     (f"{OVER} = 'void'", "is over, and joint conference"),
     ("INSERT INTO dispute (district, case_no, entered_at, entry) "
      "SELECT district, case_no, now(), 'clerk' FROM case_file", "is open, and it is not disputed"),
     ("INSERT INTO case_request (district, case_no, kind, unit, asked_at, asked_by) "
      "SELECT district, case_no, 'extension', 'roads', now(), '7' FROM case_file", "waits, and its unit does not lead"),
     (SPAN.format(1), "the times for which levels held it overlap"),
     (f"{OVER} = 'void'; INSERT INTO supervision_order (district, case_no, kind, cause, level, addressee, due_at, "
      "written_at, written_by) SELECT district, case_no, 'chase', 'yellow', 1, 'x', now(), now(), '1' FROM case_file",
      "stands")],
)  # fmt: skip
def test_rows_that_do_not_agree_are_told(conn: Connection, written: str, told: str) -> None:
    handed(conn)
    assert list(list_faults(conn)) == [] and list(list_strays(conn)) == []
    past = conn.begin_nested()
    add_rows(conn, written)
    assert [sentence for sentence in list_faults(conn) if told in sentence], list(list_faults(conn))
    past.rollback()


@pytest.mark.parametrize(
    ("written", "told"),
    [("UPDATE whistle SET units = '{roads}'", "calls roads, and others were called"),
     ("UPDATE whistle_call SET arrived_at = NULL", "is not there by that"),
     (f"INSERT INTO whistle_score VALUES (%s, '@{SOUTH}', 'roads', 5, '', now(), '5')", "there is no result yet")],
)  # fmt: skip
def test_whistles_that_do_not_agree_are_told(conn: Connection, written: str, told: str) -> None:
    number = arrived(conn)
    past = conn.begin_nested()
    add_rows(conn, written.replace("%s", str(number)))
    assert [sentence for sentence in list_faults(conn) if told in sentence], list(list_faults(conn))
    past.rollback()


@pytest.mark.parametrize(
    ("written", "named"),
    [("UPDATE whistle_call SET arrived_at = now()", "arrived_by_a_report_in"),
     ("UPDATE whistle SET units = units || street", "by_a_street"),
     ("INSERT INTO whistle_call (whistle, unit, due_at) SELECT id, 'nobody', due_at FROM whistle", "department"),
     ("INSERT INTO whistle_report_in (whistle, unit, at, captured_at, actor, position, accuracy_m, distance_m, counts, "
      "why) SELECT whistle, unit, at + interval '1 s', captured_at, actor, position, 1, 0, true, 'there' "
      "FROM whistle_report_in", "one_counts")],
)  # fmt: skip
def test_whistles_hold_what_their_rows_say_together(conn: Connection, written: str, named: str) -> None:
    arrived(conn)
    with pytest.raises(IntegrityError, match=f"whistle_\\w*{named}"), conn.begin_nested():
        add_rows(conn, written)


def test_times_of_two_levels_do_not_overlap_and_rows_belong_to_cases(conn: Connection) -> None:
    case = file_case(conn)
    past = conn.begin_nested()
    add_rows(conn, SPAN.format(1))
    with pytest.raises(IntegrityError, match="case_tier_one_at_a_time"), conn.begin_nested():
        add_rows(conn, SPAN.format(2))
    past.rollback()
    strays = [
        "INSERT INTO case_tier VALUES ('330199', 'none', 1, 4, now(), now())",
        "INSERT INTO case_return VALUES ('330199', 'none', 1, 'roads', 'No', 'List', now(), '7')",
        "INSERT INTO case_evaluation VALUES ('330199', 'none', 0, 'report', 5, now(), '7')",
        "INSERT INTO case_task (district, case_no, ordinal, unit, part, opened_at) "
        f"VALUES ('330199', '{case.case_no}', 1, 'nobody', 'lead', now())",
    ]  # fmt: skip
    for stray in strays:
        with pytest.raises(IntegrityError, match="fkey"), conn.begin_nested():
            add_rows(conn, stray)


def test_a_case_that_was_written_past_the_acts_is_told_by_the_command(
    fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = file_in(fresh_db, W, now=NOW)
    verify = Program(monkeypatch, capsys, fresh_db.url)
    told = verify("db", "verify", "--json")
    assert (told.code, json.loads(told.out)) == (0, {"schema_current": True, "faults": [], "standings": []})
    filed = "UPDATE case_file SET state = 'filed', filed_at = now(), returns = 1"
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql(filed)
    told = verify("db", "verify", "--json")
    assert told.code == 1 and json.loads(told.out)["standings"] == [
        f"case {number} counts 1 returns, and there are not so many",
        f"case {number} is filed, and the newest link of its chain says otherwise",
    ]
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET state = 'reported', filed_at = NULL, returns = 0")
