"""A backup goes in whole or not at all, and readers of the feed learn of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from spatial.errors import SourceUnreadable
from spatial.store import events
from spatial.store.backup import dump, restore
from spatial.store.opening import Store
from tests import worlds

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def say(store: Store, what: str) -> None:
    with store.app.begin() as conn:
        events.append(conn, [events.EventDraft(worlds.DISTRICT, "grid", "9", what, NOW, "system", (), {})])


def feed(store: Store) -> list[str]:
    with store.app.begin() as conn:
        start = events.Cursor(events.current_epoch(conn), 0, 0)
        return [event.kind for event in events.read_after(conn, cursor=start, limit=100) if event.subject_id == "9"]


def test_a_restore_brings_everything_back_and_raises_the_epoch(fresh_db: Store, tmp_path: Path) -> None:
    say(fresh_db, "grid.first")
    dump(fresh_db.url, tmp_path / "all.dump")
    say(fresh_db, "grid.lost")
    with fresh_db.app.begin() as conn:
        before = events.current_epoch(conn)
        conn.exec_driver_sql("DELETE FROM posting")
        conn.exec_driver_sql("DELETE FROM account")
    restore(fresh_db.url, tmp_path / "all.dump")
    with fresh_db.app.begin() as conn:
        assert events.current_epoch(conn) > before
        assert conn.exec_driver_sql("SELECT count(*) FROM posting").scalar() == 13
        assert conn.exec_driver_sql("SELECT count(*) FROM cell").scalar() == 16
    say(fresh_db, "grid.second")
    assert feed(fresh_db) == ["grid.first", "grid.second"]


def test_the_application_still_cannot_rewrite_the_log_after_a_restore(fresh_db: Store, tmp_path: Path) -> None:
    dump(fresh_db.url, tmp_path / "all.dump")
    restore(fresh_db.url, tmp_path / "all.dump")
    with fresh_db.app.begin() as conn:
        assert conn.exec_driver_sql("SELECT has_table_privilege('event', 'DELETE')").scalar() is False


def test_a_file_that_is_no_backup_changes_nothing(fresh_db: Store, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear all")
    with pytest.raises(SourceUnreadable, match="not a backup"):
        restore(fresh_db.url, tmp_path / "letter.txt")


def test_a_backup_is_readable_by_its_owner_only(fresh_db: Store, tmp_path: Path) -> None:
    dump(fresh_db.url, tmp_path / "all.dump")
    assert (tmp_path / "all.dump").stat().st_mode & 0o077 == 0
