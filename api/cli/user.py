"""`gridmaps user`: accounts, their roles and places, and API tokens."""

import json
import sys
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from api.cli.moments import read_moment
from api.cli.options import AsJson, Directory, settings_for
from api.dependencies import now
from spatial.errors import Invalid, NotFound
from spatial.grid.cells import get_setting
from spatial.people.accounts import add_account, add_token, find_by_login
from spatial.people.postings import PostingDraft, PostingRecord, end_posting, grant, list_postings
from spatial.people.register import get_registered, list_registered
from spatial.people.roles import ROLES
from spatial.store.db import transaction
from spatial.store.opening import open_store

app = typer.Typer(no_args_is_help=True, help="Accounts, their roles, and API tokens.")
_MOST_ACCOUNTS = 100_000


Role = Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")]
Department = Annotated[str | None, typer.Option(help="The department that a handler handles for.")]
Until = Annotated[str | None, typer.Option(help="When the role ends, such as 2026-12-31; default without end.")]


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="What is typed to log in.")],
    role: Role = "grid_officer",
    name: Annotated[str | None, typer.Option(help="The person's name; default the login.")] = None,
    cell: Annotated[
        list[str] | None, typer.Option(help="A cell whose subtree is seen; the whole city where a role allows it.")
    ] = None,
    department: Department = None,
    until: Until = None,
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
            conn, login=login, name=name or login, role=role, password=secret, cells=cell or None,
            department=department, until=_moment(conn, until), now=now(),
        )  # fmt: skip
    seen = ", ".join(added.cells) if added.cells else "the whole city"
    held = f", what {department} holds" if department else ""
    print(json.dumps({"login": login, "role": role}) if as_json else f"{login} added as {role}, sees {seen}{held}")


@app.command("grant")
def grant_role(
    login: Annotated[str, typer.Argument(help="Who is posted.")],
    role: Role,
    cell: Annotated[
        str | None, typer.Option(help="A cell whose subtree is seen; the whole city where a role allows it.")
    ] = None,
    department: Department = None,
    since: Annotated[str | None, typer.Option("--from", help="When the role begins; default now.")] = None,
    until: Until = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Give an account one more role.

    Example: gridmaps user grant li.wei --role street_clerk --cell 330102001 --until 2026-12-31
    """
    moment = now()
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        account = get_registered(conn, login=login, at=moment)
        draft = PostingDraft(role, cell, department, _moment(conn, since) or moment, _moment(conn, until))
        granted = grant(conn, account=account.id, draft=draft, granted_by="system", now=moment)
    print(json.dumps(_told(granted)) if as_json else _line(granted))


@app.command("revoke")
def revoke(
    login: Annotated[str, typer.Argument(help="Whose role.")],
    posting: Annotated[int, typer.Argument(help="The posting's number, as `gridmaps user list LOGIN` shows it.")],
    until: Annotated[str | None, typer.Option(help="When it ends; default now.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """End a role; that it was held stays on record.

    Example: gridmaps user revoke li.wei 12
    """
    moment = now()
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        account = get_registered(conn, login=login, at=moment)
        ended = end_posting(
            conn, account=account.id, posting=posting, ended_by="system", now=moment, until=_moment(conn, until)
        )
    print(json.dumps(_told(ended)) if as_json else _line(ended))


@app.command("list")
def list_accounts(
    login: Annotated[str | None, typer.Argument(help="Every role that this account has or had.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """List the accounts, or the roles of one.

    Example: gridmaps user list li.wei
    """
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        lines, told = _postings_of(conn, login) if login else _everybody(conn)
    print(json.dumps({"items": told}, ensure_ascii=False) if as_json else "\n".join(lines))


_Listing = tuple[list[str], list[dict[str, Any]]]


def _postings_of(conn: Connection, login: str) -> _Listing:
    moment = now()
    found = list_postings(conn, account=get_registered(conn, login=login, at=moment).id, at=moment)
    return [_line(one) for one in found], [_told(one) for one in found]


def _everybody(conn: Connection) -> _Listing:
    found = list_registered(conn, at=now(), limit=_MOST_ACCOUNTS)
    lines = [
        f"{one.login}  {one.name}  {'out of use' if one.disabled_at else ', '.join(one.roles) or 'no role'}"
        for one in found
    ]
    told = [{"login": o.login, "name": o.name, "roles": o.roles, "in_use": o.disabled_at is None} for o in found]
    return lines, told


def _line(one: PostingRecord) -> str:
    where = f"in {one.cell}" if one.cell else "in the whole city"
    held = f" for {one.department}" if one.department else ""
    until = f" until {one.until:%Y-%m-%d %H:%M} UTC" if one.until else ""
    return f"{one.id}  {one.role} {where}{held}{until}{'' if one.in_force else '  (not in force)'}"


def _told(one: PostingRecord) -> dict[str, Any]:
    moments = {"from": one.since.isoformat(), "until": one.until.isoformat() if one.until else None}
    what = {"id": one.id, "role": one.role, "cell": one.cell, "department": one.department}
    return what | moments | {"in_force": one.in_force, "granted_by": one.granted_by}


def _moment(conn: Connection, text: str | None) -> datetime | None:
    return read_moment(text, time_zone=get_setting(conn, key="time_zone"), field="moment")


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
