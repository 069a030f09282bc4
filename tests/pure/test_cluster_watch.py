"""The watch of a private cluster, without a cluster: whom it starts, what it says, and when it keeps still."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from spatial.errors import Unavailable
from spatial.store.embedded_lock import guard
from spatial.store.embedded_watch import watched


class Database:
    """A database that refuses to start `refusals` times."""

    def __init__(self, refusals: int = 0) -> None:
        self.lives = True
        self.starts = 0
        self.refusals = refusals

    def serves(self) -> bool:
        return self.lives

    def restart(self) -> None:
        self.starts += 1
        if self.starts <= self.refusals:
            raise Unavailable("not yet")
        self.lives = True


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_a_loss_is_mended_and_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database()
    with watched(tmp_path, serves=database.serves, restart=database.restart, every_s=0.01):
        database.lives = False
        wait_for(lambda: "the database is back" in caplog.messages)
        time.sleep(0.1)
    assert database.starts == 1
    assert caplog.messages == ["the database is gone; starting it again", "the database is back"]


def test_a_database_that_does_not_start_is_tried_again_after_growing_pauses(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    database = Database(refusals=4)
    with watched(tmp_path, serves=database.serves, restart=database.restart, every_s=0.02):
        begun = time.monotonic()
        database.lives = False
        wait_for(lambda: database.lives)
        assert time.monotonic() - begun > 0.02 + 0.04 + 0.08 + 0.16
        wait_for(lambda: "the database is back" in caplog.messages)
    assert caplog.messages.count("the database is gone; starting it again") == 1


def test_an_intended_stop_is_never_undone(tmp_path: Path) -> None:
    database = Database()
    with guard(tmp_path):
        with watched(tmp_path, serves=database.serves, restart=database.restart, every_s=0.01):
            database.lives = False
            time.sleep(0.1)  # it has seen the loss, and waits for the guard that we hold
    time.sleep(0.1)
    assert database.starts == 0


def test_what_another_holder_started_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database()
    with watched(tmp_path, serves=database.serves, restart=database.restart, every_s=0.01):
        with guard(tmp_path):
            database.lives = False
            time.sleep(0.1)
            database.lives = True
        time.sleep(0.1)
    assert database.starts == 0
    assert not caplog.messages
