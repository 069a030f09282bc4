"""The event log: chains that show a change, and a feed that skips nothing."""

import dataclasses
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from spatial.errors import Invalid
from spatial.store.events import Cursor, EventDraft, append, list_events, newest_cursor, read_after, verify_chain
from spatial.store.opening import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _draft(subject_id: str, kind: str = "grid.tested", **payload: object) -> EventDraft:
    return EventDraft("330199", "grid", subject_id, kind, NOON, "system", (), dict(payload))


def test_links_chain_by_subject(conn: Connection) -> None:
    append(conn, [_draft("a", n=1), _draft("b", share=0.1), _draft("a", n=2)])
    append(conn, [_draft("a", n=3, word="格")])
    links = list_events(conn, district="330199", subject="grid", subject_id="a")
    assert [link.seq for link in links] == [1, 2, 3]
    assert verify_chain(links) is None
    assert verify_chain(list_events(conn, district="330199", subject="grid", subject_id="b")) is None


def test_a_changed_a_missing_and_a_swapped_link_show(conn: Connection) -> None:
    append(conn, [_draft("a", n=n) for n in range(4)])
    links = list_events(conn, district="330199", subject="grid", subject_id="a")
    changed = [*links[:2], dataclasses.replace(links[2], payload={"n": 99}), links[3]]
    assert "link 3" in str(verify_chain(changed))
    assert "link 2 is missing" in str(verify_chain([links[0], *links[2:]]))
    swapped = [links[0], dataclasses.replace(links[2], seq=2), dataclasses.replace(links[1], seq=3), links[3]]
    assert verify_chain(swapped)


@pytest.mark.parametrize("statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event", "TRUNCATE event"])
def test_the_application_cannot_rewrite_the_log(fresh_db: Store, statement: str) -> None:
    with fresh_db.app.connect() as conn, pytest.raises(DBAPIError, match="permission denied"):
        conn.exec_driver_sql(statement)


def test_an_event_that_commits_late_is_not_skipped(fresh_db: Store) -> None:
    with fresh_db.app.connect() as slow, fresh_db.app.connect() as quick, fresh_db.app.connect() as reader:
        start = newest_cursor(reader)
        reader.rollback()
        append(slow, [_draft("slow")])  # takes its id first
        append(quick, [_draft("quick")])
        quick.commit()
        assert read_after(reader, cursor=start, limit=10) == []  # what is behind the open transaction waits with it
        reader.rollback()
        slow.commit()
        heard = read_after(reader, cursor=start, limit=10)
        assert [event.subject_id for event in heard] == ["slow", "quick"]


def test_a_reader_that_resumes_hears_each_event_once(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        start = newest_cursor(conn)
    for name in "abcdef":
        with fresh_db.app.begin() as conn:
            append(conn, [_draft(name)])
    heard: list[str] = []
    with fresh_db.app.connect() as conn:
        while events := read_after(conn, cursor=start, limit=2):
            heard += [event.subject_id for event in events]
            start = events[-1].cursor(start.epoch)
    assert heard == list("abcdef")


@pytest.mark.parametrize("text", ["", "1-2", "1-2-x", "1-2-3-4", "-1-2-3", f"1-{'9' * 30}-1"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Cursor.parse(text)


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert Cursor.parse(str(Cursor(1, 745, 12))) == Cursor(1, 745, 12)
