"""`gridmaps user`: accounts and API tokens."""

import json
import sys
from typing import Annotated

import typer

from api.cli.options import AsJson, Directory, settings_for
from api.dependencies import now
from spatial.errors import Invalid, NotFound
from spatial.people.accounts import add_account, add_token, find_by_login
from spatial.people.roles import ROLES
from spatial.store.db import transaction
from spatial.store.opening import open_store

app = typer.Typer(no_args_is_help=True, help="Accounts and API tokens.")


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="What is typed to log in.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "grid_officer",
    name: Annotated[str | None, typer.Option(help="The person's name; default the login.")] = None,
    cell: Annotated[
        list[str] | None, typer.Option(help="A cell whose subtree is seen; default the whole city.")
    ] = None,
    password: Annotated[str | None, typer.Option(help="At least 10 characters; asked for if left out.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password as one line from standard input.")
    ] = False,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Add an account.

    Example: gridmaps user add li.wei --role grid_officer --cell 330102001051
    """
    secret = _password(password, from_stdin=password_stdin)
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        added = add_account(
            conn, login=login, name=name or login, role=role, password=secret, cells=cell or None, now=now()
        )
    seen = ", ".join(added.cells) if added.cells else "the whole city"
    print(json.dumps({"login": login, "role": role}) if as_json else f"{login} added as {role}, sees {seen}")


def _password(given: str | None, *, from_stdin: bool) -> str:
    """The password from where it was said to be, or typed twice at a terminal; raises Invalid."""
    if given is not None and from_stdin:
        raise Invalid("Give either --password or --password-stdin, not both.", field="password")
    if given is not None:
        return given
    if from_stdin:
        return _first_line()
    if not sys.stdin.isatty():
        raise Invalid(
            "There is no terminal to ask for the password at; pipe it in with --password-stdin.", field="password"
        )
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _first_line() -> str:
    try:
        line = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as wrong:
        raise Invalid("The password on standard input is not UTF-8.", field="password") from wrong
    if not line:
        raise Invalid("--password-stdin was given, but standard input holds no line.", field="password")
    return line


@app.command("token")
def token(
    login: Annotated[str, typer.Argument(help="Whose token.")],
    label: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token; it is shown this once.

    Example: gridmaps user token li.wei --label "hotline bridge"
    """
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        account = find_by_login(conn, login=login)
        if account is None:
            raise NotFound(f"there is no account {login}", field="login")
        made = add_token(conn, account=account, label=label, now=now())
    print(json.dumps({"login": login, "token": made}) if as_json else made)
