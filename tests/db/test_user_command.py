"""`gridmaps user add`: where the password comes from."""

import io
import os
import subprocess
import sys

import pytest

from spatial.errors import Unauthenticated
from spatial.people.accounts import check_password
from spatial.store.opening import Store
from tests.commands import Program

PASSWORD = "a long pass 密码"


@pytest.fixture
def gridmaps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh_db: Store) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def pipe(patch: pytest.MonkeyPatch, told: bytes) -> None:
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(told), encoding="utf-8"))


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nmore\n"])
def test_one_line_of_standard_input_is_the_password(
    gridmaps: Program, monkeypatch: pytest.MonkeyPatch, fresh_db: Store, ending: str
) -> None:
    pipe(monkeypatch, f"{PASSWORD}{ending}".encode())
    ran = gridmaps("user", "add", "li.wei", "--password-stdin")
    assert (ran.code, ran.err) == (0, "")
    assert PASSWORD not in ran.out
    with fresh_db.app.connect() as conn:
        assert check_password(conn, login="li.wei", password=PASSWORD).login == "li.wei"
        with pytest.raises(Unauthenticated):
            check_password(conn, login="li.wei", password=f"{PASSWORD}\n")


@pytest.mark.parametrize(
    ("words", "told", "named"),
    [
        ([], b"secret-secret\n", "--password-stdin"),
        (["--password-stdin"], b"", "--password-stdin"),
        (["--password-stdin"], b"\xff\xfe-secret-secret\n", "UTF-8"),
        (["--password-stdin"], b"short\n", "10"),
        (["--password-stdin", "--password", "secret-secret"], b"", "not both"),
    ],
)
def test_a_password_that_cannot_be_had_is_one_sentence(
    gridmaps: Program, monkeypatch: pytest.MonkeyPatch, words: list[str], told: bytes, named: str
) -> None:
    pipe(monkeypatch, told)
    ran = gridmaps("user", "add", "li.wei", *words)
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_without_a_terminal_a_real_shell_gets_the_same_sentence() -> None:
    command = [sys.executable, "-m", "api.cli.main", "user", "add", "li.wei"]
    ran = subprocess.run(command, input="a\na\n", capture_output=True, text=True, env=dict(os.environ), check=False)
    assert ran.returncode == 2
    assert ran.stderr == "There is no terminal to ask for the password at; pipe it in with --password-stdin.\n"
