"""`gridmaps user add`: where the password comes from."""

import io
import json
import os
import subprocess
import sys

import pytest

from spatial.errors import Unauthenticated
from spatial.people.accounts import check_password
from spatial.store.opening import Store
from tests.commands import Program
from tests.worlds import SOUTH

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
    ran = gridmaps("user", "add", "li.wei", "--password-stdin", "--cell", SOUTH)
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


def test_a_role_is_granted_listed_and_revoked(gridmaps: Program) -> None:
    ran = gridmaps("user", "grant", "clerk", "--role", "department_handler", "--department", "roads", "--json")
    assert (ran.code, ran.err) == (0, "")
    granted = json.loads(ran.out)
    assert granted["department"] == "roads" and granted["in_force"] and granted["until"] is None
    assert f"{granted['id']}  department_handler in the whole city for roads" in gridmaps("user", "list", "clerk").out
    assert "clerk  Clara Clerk  department_handler, street_clerk" in gridmaps("user", "list").out
    assert "not in force" in gridmaps("user", "revoke", "clerk", str(granted["id"])).out
    assert "clerk  Clara Clerk  street_clerk" in gridmaps("user", "list").out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["grant", "nobody", "--role", "planner"], "no account nobody"),
        (["grant", "clerk", "--role", "mayor"], "one of citizen"),
        (["grant", "clerk", "--role", "grid_officer"], "name its cell"),
        (["grant", "clerk", "--role", "planner", "--until", "2020-01-01"], "until"),
        (["grant", "clerk", "--role", "planner", "--until", "soon"], "not a moment"),
        (["revoke", "clerk", "999"], "no posting 999"),
        (["revoke", "administrator", "1"], "last administrator"),
    ],
)
def test_a_role_that_cannot_be_granted_or_revoked_is_one_sentence(
    gridmaps: Program, words: list[str], named: str
) -> None:
    ran = gridmaps("user", *words)
    assert (ran.code, ran.out) == (2, "") and named in ran.err and len(ran.err.strip().splitlines()) == 1
