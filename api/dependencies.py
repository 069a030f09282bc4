"""What routes ask for: a transaction, the time, who is asking.

The way in owns the transaction: a route that takes `Conn` runs in one, committed before the answer leaves.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from sqlalchemy import Connection

from spatial.errors import Forbidden, Invalid, Unauthenticated
from spatial.people import accounts
from spatial.people.accounts import Account
from spatial.people.roles import roles_with
from spatial.settings import Settings
from spatial.store.db import transaction
from spatial.store.opening import Store

COOKIE = "gridmaps_session"


def now() -> datetime:
    """The moment, aware, in UTC. Domain functions never ask for it themselves."""
    return datetime.now(UTC)


def store_of(request: Request) -> Store:
    """The store that this application serves."""
    store: Store = request.app.state.store
    return store


def settings_of(request: Request) -> Settings:
    """The settings that this application runs with."""
    settings: Settings = request.app.state.settings
    return settings


def connection(request: Request) -> Iterator[Connection]:
    """A transaction for one request."""
    with transaction(store_of(request).app) as conn:
        yield conn


def refuse_unknown_parameters(request: Request) -> None:
    """Raise Invalid for a query parameter that the route does not know: a filter misspelt must not show everything.

    And for a NUL anywhere in the address, which no text in the database can hold.
    """
    _refuse_nul(request)
    known = _query_names(request.scope["route"].dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        told = f"it knows {', '.join(sorted(known))}" if known else "it knows none"
        raise Invalid(f"{unknown[0]} is no parameter of this address; {told}", field=unknown[0])


def _refuse_nul(request: Request) -> None:
    told = [*request.path_params.items(), *request.query_params.multi_items()]
    for name in (name for name, value in told if "\x00" in str(value)):
        raise Invalid(f"{name} holds a NUL character; leave it out", field=name)


def _query_names(dependant: Dependant) -> set[str]:
    deeper = (_query_names(inner) for inner in dependant.dependencies)
    return {field.alias for field in dependant.query_params}.union(*deeper)


def viewer(request: Request) -> Account | None:
    """Who is asking, by cookie or bearer token; None for the public. Raises Unauthenticated for a dead token."""
    header = request.headers.get("authorization", "")
    cookie = request.cookies.get(COOKIE)
    if not header and not cookie:
        return None
    with transaction(store_of(request).app) as conn:
        if header:
            return _by_token(conn, header)
        return accounts.find_by_session(conn, token=cookie or "", now=now())


def _by_token(conn: Connection, header: str) -> Account:
    scheme, _, token = header.partition(" ")
    found = accounts.find_by_token(conn, token=token.strip(), at=now()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Unauthenticated("the API token is not known, or was revoked; ask for a new one")
    return found


def account(found: Annotated[Account | None, Depends(viewer)]) -> Account:
    """Who is asking. Raises Unauthenticated for the public."""
    if found is None:
        raise Unauthenticated
    return found


def require(permission: str) -> Callable[[Account], Account]:
    """A dependency that lets through who has a permission somewhere; how far is `account.reach_for(permission)`."""
    roles = roles_with(permission)  # a permission that is none fails here, when the route is written

    def check(asking: Annotated[Account, Depends(account)]) -> Account:
        if not asking.may(permission):
            raise Forbidden(f"this needs the role {' or '.join(roles)}; yours is {asking.role}")
        return asking

    return check


# "function" scope commits before the answer leaves: a 2xx that is not yet durable would be a lie.
Conn = Annotated[Connection, Depends(connection, scope="function")]
Viewer = Annotated[Account | None, Depends(viewer)]
KnownAccount = Annotated[Account, Depends(account)]
CaseReader = Annotated[Account, Depends(require("read_cases"))]
TextReader = Annotated[Account, Depends(require("read_text"))]
Now = Annotated[datetime, Depends(now)]
AppSettings = Annotated[Settings, Depends(settings_of)]
