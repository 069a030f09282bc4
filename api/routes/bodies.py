"""Units of government and those beside it: departments, platforms, territorial bodies, providers."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.dependencies import CaseReader, Conn, Now, require
from api.schemas.duties import (
    DepartmentBody,
    EndBody,
    ListPage,
    ProviderBody,
    TerritorialBodyBody,
    id_behind,
    spanned,
)
from api.schemas.reports import AnyMoment
from spatial.cases.responsibility import bodies, providers
from spatial.errors import Forbidden
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1", tags=["governance"])
At = Annotated[AnyMoment | None, Query(description="As of this moment; default now.")]
Words = Annotated[str | None, Query(max_length=100, description="Part of a code or a name.")]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")]


def editor(asking: Annotated[Account, Depends(require("edit_rules"))]) -> Account:
    """Who edits the city's rules, everywhere. Raises Forbidden for an administrator of a part of the city."""
    if asking.reach_for("edit_rules").tags is not None:
        raise Forbidden("rules are edited by an administrator of the whole city")
    return asking


Editor = Annotated[Account, Depends(editor)]


@router.get("/departments")
def departments(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    q: Words = None,
    platform: str | None = None,
    at: At = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListPage:
    """Departments in force, by code."""
    found = bodies.list_departments(
        conn, at=at or now, words=_words(q), platform=platform, limit=limit + 1, after=cursor
    )
    more = found[limit - 1].code if len(found) > limit else None
    return ListPage(items=[spanned(asdict(one)) for one in found[:limit]], next=more)


@router.post("/departments", status_code=201)
def post_department(body: DepartmentBody, conn: Conn, asking: Editor, now: Now) -> dict[str, Any]:
    """Add a department."""
    return spanned(asdict(bodies.add_department(conn, department=body.value(now))))


class EndedOut(BaseModel):
    """A department's end, with what it still holds and, in a sentence, what becomes of that."""

    code: str
    until: datetime
    open_cases: int
    precedents: int
    detail: str


@router.post("/departments/{code}/end")
def end_department(code: str, body: EndBody, conn: Conn, asking: Editor, now: Now) -> EndedOut:
    """End a department, now or later; refused while rows in force name it or jurisdictions are its own behind that."""
    until = body.until or now
    left = bodies.end_department(conn, code=code, until=until, now=now)
    return EndedOut(code=code, until=until, **asdict(left), detail=str(left))


@router.get("/platforms")
def platforms(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    q: Words = None,
    at: At = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListPage:
    """The work queues in their order, each with its departments and matters."""
    found = bodies.list_platforms(conn, at=at or now, words=_words(q), limit=limit + 1, after=cursor)
    more = found[limit - 1].code if len(found) > limit else None
    return ListPage(items=[asdict(one) for one in found[:limit]], next=more)


@router.get("/bodies")
def territorial_bodies(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    cell: str | None = None,
    at: At = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListPage:
    """Territorial bodies in force: who answers for which cell."""
    found = bodies.list_bodies(conn, at=at or now, cell=cell, limit=limit + 1, after=id_behind(cursor))
    more = str(found[limit - 1].id) if len(found) > limit else None
    return ListPage(items=[spanned(asdict(one)) for one in found[:limit]], next=more)


@router.post("/bodies", status_code=201)
def post_body(body: TerritorialBodyBody, conn: Conn, asking: Editor, now: Now) -> dict[str, Any]:
    """Let a body answer for a cell; the one before it ends then."""
    since = body.since or now
    number = bodies.put_body(conn, cell=body.cell, name=body.name, since=since, now=now)
    return {"id": number, "cell": body.cell, "name": body.name, "from": since, "until": None}


@router.get("/providers")
def list_providers(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    q: Words = None,
    kind: Literal["market", "social"] | None = None,
    at: At = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListPage:
    """Companies and social bodies in force, by code."""
    found = providers.list_providers(conn, at=at or now, words=_words(q), kind=kind, limit=limit + 1, after=cursor)
    more = found[limit - 1].code if len(found) > limit else None
    return ListPage(items=[spanned(asdict(one)) for one in found[:limit]], next=more)


@router.post("/providers", status_code=201)
def post_provider(body: ProviderBody, conn: Conn, asking: Editor, now: Now) -> dict[str, Any]:
    """Add a company or a social body."""
    provider = body.value(now)
    providers.add_provider(conn, provider=provider)
    return spanned(asdict(provider))


@router.post("/providers/{code}/end", status_code=204)
def end_provider(code: str, body: EndBody, conn: Conn, asking: Editor, now: Now) -> None:
    """End a provider, now or later."""
    providers.end_provider(conn, code=code, until=body.until or now, now=now)


def _words(text: str | None) -> str | None:
    return text.strip() or None if text else None
